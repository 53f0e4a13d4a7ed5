"""The playground: drag a point, see the retrained boundary. A page and a widget, one front end."""
