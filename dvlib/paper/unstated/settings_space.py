"""The declared space of settings that the paper does not state, and the points of it that we try.

Declared before any of it was measured. Every setting that is tried is reported.

DVRL's raw or scaled coordinates are no axis: no declared statement reads DVRL. The paper states
1,000 units and its legends show 500 points per label. Both are axes of the random search only, to
show whether the answer hangs on them.
"""

from dataclasses import dataclass, replace

import numpy as np

from dvlib.engine.mlp import MLPConfig

BY_RULE = "rule"  # scikit-learn's stopping rule, with at most 200 epochs
# The two axes that decide the most, tried in full at the defaults of the others. 1.0 is the default
# of scikit-learn's make_blobs and 1.5 is that of regime `wide`; 200 is the default batch of
# scikit-learn's MLPClassifier and 32 that of Keras.
DEVIATIONS = (0.75, 1.0, 1.25, 1.5, 2.0)
BATCHES = (32, 64, 128, 200)
SMALL = {"cluster_std": (1.0, 1.5), "batch_size": (32, 200)}  # corners, for a quick look
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
        others = {
            f"rate {self.learning_rate:g}": self.learning_rate != 0.001,
            f"{self.epochs} epochs": self.epochs != BY_RULE,
            f"{self.n_per_class} points": self.n_per_class != 500,
            f"{self.width} units": self.width != 1000,
            f"ratio {self.ratio:g}": self.ratio != 1,
        }
        words = [name for name, differs in others.items() if differs]
        return ", ".join([f"deviation {self.cluster_std:g}", f"batch {self.batch_size}", *words])

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
    axes = {"cluster_std": DEVIATIONS, "batch_size": BATCHES} if whole else SMALL
    return [
        Setting(cluster_std=std, batch_size=batch)
        for std in axes["cluster_std"]
        for batch in axes["batch_size"]
    ]


def random_settings(count, seed):
    """`count` different settings, each axis drawn evenly and independently: a list of Setting."""
    rng = np.random.default_rng([seed, 20])  # a stream of its own, apart from the data's seeds
    drawn = {}
    while len(drawn) < count:
        one = Setting(**{name: of[rng.integers(len(of))] for name, of in SPACE.items()})
        drawn[one] = None
    return list(drawn)
