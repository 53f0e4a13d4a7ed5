"""Groups: the samples on which the claims of one study, or of several, are measured together.

Each figure's module lists its groups in `GROUPS`. How many samples a group gets follows from what a
sample costs, and from nothing else. Both regimes together should take 40 minutes of processor time
after the figures. The numbers were set before results were seen, but for those of "scores", "noisy"
and "four clusters": they had ten samples in `library` first. Later, three numbers became smaller to
keep to these 40 minutes: the points of the mesh alone (144 before), the runs of DVRL on one sample
(five) and the fits of "training points" (4,000).

- ten samples in both regimes where a sample takes up to 7 s or they share its refits, and for the
  two grids, which ten claims share;
- ten in the regime of the settings and few in the other (`few_beside`) where it takes up to 10 s;
- few in both (`slow`) where it takes 15 s or more. Every verdict on few samples says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Group:
    """Studies whose samples are made together.

    Attributes
    ----------
    studies : names that claims give in their decorators
    figure : id of the figure whose settings are taken, with `changes` at the `paper` preset
    make : function of the settings and the number of samples that returns the samples of each of
        the studies, in order
    samples : what a sample is, in words
    slow : few samples are made in either regime
    few_beside : few samples are made in the other regime than that of the settings
    """

    studies: tuple
    figure: str
    make: Callable
    samples: str = "samples of the data set"
    slow: bool = False
    few_beside: bool = False
    changes: dict = field(default_factory=dict)
