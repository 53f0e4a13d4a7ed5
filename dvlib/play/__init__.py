"""The playground: drag a point, see the retrained boundary; a page and a widget of one front end."""
