"""The rule by which the figures' own settings follow from the evidence. Stated before the search.

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

from dvlib.paper.unstated.settings_space import Setting

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


# What we expect of the search, in words; `search.py` measures each in the same order.
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
