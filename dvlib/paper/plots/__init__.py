"""How the figures are drawn. Notebooks take what they draw with from here, as `dvlib.plots`."""

from dvlib.paper.drawing.maps import draw_values, value_maps
from dvlib.paper.drawing.rows import table_values
from dvlib.paper.plots.core_sets import core_set_panels
from dvlib.paper.plots.labelling import labelling_panels
from dvlib.paper.plots.rules import rule_panels
from dvlib.paper.plots.wide import noisy_label_panels, ten_dimension_panels
