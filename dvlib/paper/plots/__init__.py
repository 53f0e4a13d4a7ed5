"""How the figures are drawn. Notebooks take what they draw with from here, as `dvlib.plots`."""

from dvlib.paper.drawing.maps import dataset_panels, draw_values, value_maps
from dvlib.paper.drawing.rows import table_values
from dvlib.paper.plots.boundaries import boundary_panels
from dvlib.paper.plots.pairwise import pairwise_panels
