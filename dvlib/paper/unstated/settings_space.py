"""The settings that are compared, and the rule that decides: declared before any was measured.

Two factors are crossed in full, the deviation of the clusters and the size of the minibatches. A
third, when training stops, has two levels, of which the second is tried at the corners only. An
earlier search also drew 20 settings at random from a wider space, with other learning rates, sizes
and widths. None of them came near the best of the grid, a setting that nobody else has tried says
nothing about its factors, and the paper states the width. So the random settings are gone.

Rule: the figures keep regime `library` unless the score of another setting is higher with a 95 %
interval of the difference that excludes zero. The interval is a bootstrap over figures, and over
samples within each. With so many settings that are compared without a correction, the rule is
lenient towards a change.
"""

from dataclasses import dataclass, replace
from itertools import product

from dvlib.data.datasets import SAMPLED
from dvlib.engine.mlp import MLPConfig
from dvlib.paper.manifest import figure_entry

# 1.0 is the default of scikit-learn's make_blobs and 1.5 that of regime `wide`; 200 is the default
# batch of scikit-learn's MLPClassifier and 32 that of Keras.
DEVIATIONS = (0.75, 1.0, 1.25, 1.5, 2.0)
BATCHES = (32, 64, 128, 200)
CORNERS = (1.0, 1.5), (32, 200)  # those of the two regimes
# Algorithm 1 fits a fixed number of epochs one by one, as calls of scikit-learn's `partial_fit` do,
# and does not state the number. Figures 16 to 18 show boundaries still on their way after the
# fourteenth epoch, so it is larger. 50 lies between the 30 epochs after which the stopping rule
# ends on two clusters in batches of 32, and the 70 in batches of 200.
EPOCHS = 50


@dataclass(frozen=True)
class Setting:
    """Deviation of the clusters, size of the minibatches, and number of epochs.

    `cluster_std` None = the data set's own; `epochs` None = scikit-learn's stopping rule.
    """

    cluster_std: float | None
    batch_size: int
    epochs: int | None = None

    def __str__(self):
        ending = f", {self.epochs} epochs" if self.epochs else ""
        return f"deviation {self.cluster_std:g}, batches of {self.batch_size}{ending}"

    def on(self, name):
        """The setting as a data set sees it: noisy data keep their own deviation, and the mesh
        alone has none."""
        varied = name in SAMPLED and SAMPLED[name].cluster_std is None
        return self if varied else replace(self, cluster_std=None)

    def config(self, width=1000):
        """MLPConfig of the setting's networks with one hidden layer of `width` units."""
        stopping = {}
        if self.epochs:  # more patience than epochs: it never stops early
            stopping = {"max_iter": self.epochs, "n_iter_no_change": self.epochs + 1}
        return MLPConfig((width,), batch_size=self.batch_size, **stopping)


def settings_tried(whole=True):
    """The grid by the stopping rule, then the corners with a fixed number of epochs.

    Returns a list of Setting. Without `whole`, the grid has its corners only.
    """
    grid = product(DEVIATIONS, BATCHES) if whole else product(*CORNERS)
    fixed = product(*CORNERS, [EPOCHS])
    return [Setting(*axes) for axes in (*grid, *fixed)]


def setting_of(regime, figure):
    """The Setting of a figure, given by its number, in a `dvlib.paper.regimes.Regime`."""
    watched = figure_entry(f"fig{figure:02d}").watched
    return Setting(regime.cluster_std, regime.config(watched).batch_size)
