"""How a row is learned: scores from a few runs on all rows, watched after each epoch.

Each score takes Trajectories and the labels y, int (n,). It returns the mean over runs and its
standard error, both (n,); with a single run the error is nan. Epochs after a run stopped early do
not count.
"""

import numpy as np

from dvlib.checks import check_choice, check_count
from dvlib.methods import forgetting as counts
from dvlib.methods.registry import register
from dvlib.tables.gradients import gradient_norms
from dvlib.tables.utilities import label_probability

EARLY = 20  # epoch of EL2N and GraNd; Paul et al. take EL2N at epoch 20 of 200


LEARNED = {"domain": "rows", "reads": ("runs", "y"), "passes": ("runs",)}
HARD = LEARNED | {"hard": True}


@register("p_label", title="mean P(label)", kind="probability", high="easily learned", **LEARNED)
def mean_probability(runs, y):
    """Probability of the row's own label, mean over the epochs; low = hard or mislabelled.

    Swayamdipta et al. (2020) call it confidence. Pleiss et al. (2020) average margins of the
    outputs before the softmax over the epochs (area under the margin). With two classes, margins of
    probabilities would rank rows as this score does.
    """
    ran = _ran(runs)[..., None]
    p = label_probability(runs.probabilities, y)
    return over_runs((p * ran).sum(1) / ran.sum(1))


@register("forgetting", kind="epochs", high="forgotten often: hard", **HARD)
def forgetting(runs, y, never_learned="epochs"):
    """Number of times the row went from right to wrong (Toneva et al. 2018); high = hard.

    `never_learned` is the count of a row that was never right, and so could not be forgotten:
    "epochs", the number of epochs run, so that it ranks among the hardest (as in Toneva et al., who
    count it as infinite); or "zero".
    """
    choice = check_choice("never_learned", never_learned, ("epochs", "zero"))
    hits, ran = _hits(runs, y)
    never = ran.sum(-1) if choice == "epochs" else 0
    return over_runs(np.where((hits & ran).any(-1), counts.forgetting(hits, ran), never))


@register("last_learned", title="last learned", kind="epochs", high="learned late: hard", **HARD)
def last_learned(runs, y):
    """First epoch after which the row was right; if none, the epochs run; high = hard.

    The paper's variant of Figure 19 (`dvlib.methods.forgetting.last_learned`).
    """
    return over_runs(counts.last_learned(*_hits(runs, y)))


@register("el2n", title="EL2N", kind="length of a gradient", high="hard", **HARD)
def el2n(runs, y, epoch=EARLY):
    """Euclidean norm of p − onehot(y) early in training (Paul et al. 2021); high = hard.

    It is taken after `epoch`, an int ≥ 1; for a shorter run, after its last one.
    """
    at = min(check_count("epoch", epoch), runs.probabilities.shape[1]) - 1
    p = runs.probabilities[:, at].astype(float)  # a run repeats its last epoch
    return over_runs(np.linalg.norm(p - np.eye(p.shape[-1])[y], axis=-1))


@register(
    "grand", title="GraNd", kind="length of a gradient", high="hard",
    **HARD | {"reads": ("early_runs", "X", "y")},
)  # fmt: skip
def grand(runs, X, y):
    """Norm of the gradient of the row's loss, mean over the kept epochs (Paul et al. 2021).

    X (n, d) are the rows that the runs were trained on. Runs that kept no networks are a
    ValueError.
    """
    if not runs.epochs:
        raise ValueError(f"runs without networks: watch them with epochs=({EARLY},)")
    norms = [[gradient_norms(network, X, y) for network in kept] for kept in runs.networks]
    return over_runs(np.mean(norms, axis=1))


def _ran(runs):
    """Whether each epoch was run, bool (R, E)."""
    return np.arange(runs.probabilities.shape[1]) < np.asarray(runs.n_iter)[:, None]


def _hits(runs, y):
    """Whether a row was right after each epoch, and whether the epoch was run: bool (R, n, E)."""
    hits = (runs.probabilities.argmax(-1) == y).transpose(0, 2, 1)
    return hits, np.broadcast_to(_ran(runs)[:, None], hits.shape)


def over_runs(by_run):
    """Mean and standard error over runs of an array (R, n)."""
    count = len(by_run)
    if count == 1:
        return by_run[0].astype(float), np.full(by_run.shape[1], np.nan)
    return by_run.mean(0), by_run.std(0, ddof=1) / np.sqrt(count)
