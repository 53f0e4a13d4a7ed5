"""Two regimes: the values of two settings that the paper does not state, but that decide a lot.

The rule and the evidence for `library` are in `dvlib.paper.unstated`. `wide` is what this suite
used before that evidence; most of the claims' measures were developed on it.
"""

from dataclasses import dataclass

from dvlib.data.datasets import CLUSTER_STD, SAMPLED
from dvlib.engine.mlp import MLPConfig


@dataclass(frozen=True)
class Regime:
    """Deviation of the clusters, and the batches of the two families of figures.

    A figure either needs only trained networks, or watches training epoch by epoch.
    """

    cluster_std: float
    batch_size: int
    watched_batch_size: int

    def config(self, watched):
        """MLPConfig of the networks of a figure."""
        return MLPConfig(batch_size=self.watched_batch_size if watched else self.batch_size)

    def cluster_std_of(self, name):
        """Deviation of the clusters of a named data set; None = it has its own."""
        unstated = name in SAMPLED and SAMPLED[name].cluster_std is None
        return self.cluster_std if unstated else None

    def words_of(self, name, watched):
        """What it decides for a data set and a figure, such as "deviation 1, batches of 32".

        `name` None = a figure that chooses its data sets itself.
        """
        std = self.cluster_std if name is None else self.cluster_std_of(name)
        deviation = "" if std is None else f"deviation {std:g}, "
        return f"{deviation}batches of {self.config(watched).batch_size}"


#: Library defaults of what section 2.3 says was used: make_blobs and MLPClassifier of
#: scikit-learn, and Keras, which is our inference, where training is watched.
LIBRARY = Regime(CLUSTER_STD, 200, 32)
WIDE = Regime(1.5, 200, 200)
REGIMES = {"library": LIBRARY, "wide": WIDE}
