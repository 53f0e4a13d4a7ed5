"""The declared space of settings that the paper does not state, and the rule that decides.

Declared before any of it was measured. Every setting that is tried is reported.

DVRL's raw or scaled coordinates are no axis: no declared statement reads DVRL. The paper states
1,000 units and its legends show 500 points per label. Both are axes of the random search only, to
show whether the answer hangs on them.

Rule: take the library defaults of what section 2.3 says was used. Keep the suite's earlier settings
(regime `wide`: deviation 1.5, batches of 200) where the evidence speaks against the defaults.

- Data: scikit-learn's `make_blobs`, deviation 1.0.
- Figures that need only a trained network: `MLPClassifier`, batches of 200.
- Figures for which training is watched epoch by epoch: Keras, batches of 32.
  Section 2.3 names TensorFlow, not Keras: that its training loop was used is our inference.

The evidence speaks against the defaults of a family of figures if, on the fresh samples, the share
of its statements that hold is lower there than in regime `wide`, and the whole 95 % interval of
the difference lies below zero. The interval is a bootstrap over samples.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from dvlib.engine.mlp import MLPConfig

BY_RULE = "rule"  # scikit-learn's stopping rule, with at most 200 epochs
# The two axes that decide the most, tried in full at the defaults of the others. 1.0 is the default
# of scikit-learn's make_blobs and 1.5 is that of regime `wide`; 200 is the default batch of
# scikit-learn's MLPClassifier and 32 that of Keras.
DEVIATIONS = (0.75, 1.0, 1.25, 1.5, 2.0)
BATCHES = (32, 64, 128, 200)
CORNERS = (1.0, 1.5), (32, 200)  # for a quick look
SPACE = {
    "cluster_std": DEVIATIONS,
    "batch_size": BATCHES,
    "learning_rate": (0.0003, 0.001, 0.003, 0.01),
    # Algorithm 1 runs a fixed number of epochs. The stopping rule is our choice.
    "epochs": (BY_RULE, 20, 50, 100, 200),
    "n_per_class": (250, 500),
    "width": (100, 1000),
    "ratio": (0.5, 1.0, 2.0),  # deviation of label 1, divided by that of label 0
}


@dataclass(frozen=True)
class Setting:
    """A point of the space. The defaults are regime `wide`, the suite's earlier settings."""

    cluster_std: float = 1.5
    batch_size: int = 200
    learning_rate: float = 0.001
    epochs: object = BY_RULE  # or a fixed number of epochs
    n_per_class: int = 500
    width: int = 1000
    ratio: float = 1.0

    def __str__(self):
        """The two main axes, and what differs from the defaults of the others."""
        words = {
            "learning_rate": f"rate {self.learning_rate:g}", "epochs": f"{self.epochs} epochs",
            "n_per_class": f"{self.n_per_class} points", "width": f"{self.width} units",
            "ratio": f"ratio {self.ratio:g}",
        }  # fmt: skip
        differs = (text for name, text in words.items() if vars(self)[name] != vars(WIDE)[name])
        return ", ".join([f"deviation {self.cluster_std:g}", f"batch {self.batch_size}", *differs])

    def config(self, width=None):
        """MLPConfig of the setting; `width` replaces the number of units."""
        stopping = {}
        if self.epochs != BY_RULE:  # more patience than epochs: it never stops early
            stopping = {"max_iter": self.epochs, "n_iter_no_change": self.epochs + 1}
        return MLPConfig(
            hidden_layer_sizes=(width or self.width,), batch_size=self.batch_size,
            learning_rate_init=self.learning_rate, **stopping,
        )  # fmt: skip

    def data(self, settings, k, **options):
        """Sample k of the data set; `options` are those of `make_dataset`.

        Points of label 1 are moved away from their mean by `ratio`. This gives the points that
        `make_blobs` draws with a deviation for each label.
        """
        options = {"cluster_std": self.cluster_std, "n_per_class": self.n_per_class} | options
        data = settings.dataset_of(settings.seed + k, **options)
        if self.ratio == 1:
            return data
        centres = data.means[data.clusters]
        wider = np.where(data.mean_labels[data.clusters] == 1, self.ratio, 1.0)[:, None]
        X = centres + wider * (data.X - centres)
        return replace(data, X=X, y=data.g(X))


# What the figures used before the search: regime `wide` of `dvlib.paper.regimes`.
WIDE = Setting()


def grid_settings(whole=True):
    """Every deviation with every batch, at the defaults of the other axes: a list of Setting."""
    axes = (DEVIATIONS, BATCHES) if whole else CORNERS
    return [Setting(cluster_std, batch_size) for cluster_std, batch_size in product(*axes)]


def random_settings(count, seed):
    """`count` different settings, each axis drawn evenly and independently: a list of Setting."""
    rng = np.random.default_rng([seed, 20])  # a stream of its own, apart from the data's seeds
    drawn = {}
    while len(drawn) < count:
        axes = {name: choices[rng.integers(len(choices))] for name, choices in SPACE.items()}
        drawn[Setting(**axes)] = None
    return list(drawn)


# Family of figures → its figures, and the library defaults.
FAMILIES = {
    "trained networks": ((1, 7, 8, 9), Setting(cluster_std=1.0, batch_size=200)),
    "training watched": ((3, 10, 16, 19), Setting(cluster_std=1.0, batch_size=32)),
}
# Beside: one setting for all figures.
ONE_FOR_ALL = Setting(cluster_std=1.0, batch_size=32)


def default_of(figure):
    """The library defaults of the family that figure number `figure` belongs to, a Setting."""
    return next(default for figures, default in FAMILIES.values() if figure in figures)


# What we expect of the search, in words; `study.py` measures each in the same order.
EXPECTED = (
    "The setting with the highest share on half A and samples 0–9 has a higher share than regime "
    "wide on half B and samples 10–19: the 95 % interval of the difference lies above 0.",
    "Over the settings of the grid, the shares on half A and samples 0–9 and on half B and samples "
    "10–19 agree: rank correlation ≥ 0.5.",
    "Deviation 1.0 with batches of 32 is compatible with half A.",
    "No setting satisfies every statement.",
    "The growth of scatter (S21, S23) holds in more samples with batches of 200 than of 32, at "
    "deviation 1.0.",
    "Random search finds nothing better than the grid: its highest share on half A exceeds the "
    "grid's by at most 0.05.",
)
