"""How the figures are drawn. Notebooks take what they draw with from here, as `dvlib.plots`."""

from dvlib.paper.drawing.maps import draw_values, value_maps
from dvlib.paper.drawing.rows import table_values
