"""Data valuation by reinforcement learning on tables (Yoon et al. 2020, Algorithm 1).

An estimator gives each row a probability of selection. Its inputs are the row, the row's label, and
how far the prediction of a model trained on the target is from that label. In each iteration, the
model is trained on a random selection of rows and scored on the target, and the estimator learns
from the score.
"""

from operator import itemgetter
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_count
from dvlib.engine.classifiers import fit_model, quiet_fits
from dvlib.methods.dvrl.estimator import probabilities
from dvlib.methods.dvrl.policy import learn_to_select, side_by_side
from dvlib.methods.dvrl.settings import PREDICTOR, DVRLSettings
from dvlib.methods.registry import register
from dvlib.refits.store import Store
from dvlib.tables.learning import over_runs
from dvlib.tables.utilities import HELPS, accuracy, log_likelihood

UTILITIES = {"accuracy": accuracy, "log_loss": log_likelihood}
# The choices of Yoon et al. The defaults of DVRLSettings are those of the reproduced paper.
ARTICLE = DVRLSettings(
    baseline="moving_average", performance="log_loss", predictions_of="target", n_checkpoints=1
)


class Selections(NamedTuple):
    """R runs of I iterations on n rows.

    `probabilities` (R, n) are each run's final probabilities of selection. `performance` (R, I) is
    the score of each iteration's selection, and `baseline` (R, I) the score it is compared with.
    """

    probabilities: np.ndarray
    performance: np.ndarray
    baseline: np.ndarray


def learn_selections(
    X, y, X_target, y_target, settings, *, n_runs, n_classes, choices=ARTICLE, description="DVRL"
):
    """Learn, with several seeds, which rows to select for a model that does well on a target.

    All fits of a run have the same seed, so a network always starts from the same weights.

    Parameters
    ----------
    X, y : float64 rows (n, d) and their classes (n,), int 0 … K − 1
    X_target, y_target : labelled points (m, d) and (m,)
    settings : RefitSettings; its config is the predictor, of any kind
    n_runs : number of runs, with the seeds settings.seed, settings.seed + 1, …
    choices : DVRLSettings without a predictor of its own

    Returns
    -------
    Selections

    Raises
    ------
    ValueError : before any fit, for settings with a predictor, or rows or a target of one class
    FloatingPointError : an estimator's probabilities are not finite
    """
    check_count("n_runs", n_runs)
    if (choices.predictor, choices.config) != ("fast", PREDICTOR):
        raise ValueError("choices has a predictor: leave it out, settings.config is the predictor")
    for what, labels in (("y", y), ("the target", y_target)):
        if len(np.unique(labels)) < 2:
            raise ValueError(f"DVRL: {what} has labels of one class, give two or more")
    calls = [
        (X, y, X_target, y_target, n_classes, settings.config, settings.engine, choices,
         settings.seed + k)
        for k in range(n_runs)
    ]  # fmt: skip
    store = Store(
        "DVRL",
        ("engine", "methods/dvrl", "tables/dvrl", "tables/utilities"),
        keep=settings.cache,
        n_fits=itemgetter(3),
    )  # fmt: skip
    with quiet_fits():
        runs = side_by_side(
            _run, calls, store,
            total=n_runs * choices.n_iterations, n_jobs=settings.n_jobs, description=description,
        )  # fmt: skip
    by_run, performance, baseline, _ = map(np.array, zip(*runs, strict=True))
    return Selections(by_run, performance, baseline)


@register(
    "dvrl", domain="rows", reads=("selections",), title="DVRL", kind="selection probability",
    high=HELPS, passes=("dvrl",), target="labels",
)  # fmt: skip
def dvrl(selections):
    """Probability of selection, mean over the runs; high = helps on the target.

    Returns
    -------
    (values, standard_errors), both (n,). Runs differ a lot, so look at the errors; they are nan
    with a single run
    """
    return over_runs(selections.probabilities)


def _run(X, y, X_target, y_target, n_classes, model, engine, choices, seed, *, report):
    """One run: probabilities (n,), performance and baseline (I,), and the number of fits."""
    utility = UTILITIES[choices.performance]

    def train(selected):
        rows = (X_target, y_target) if selected is None else (X[selected], y[selected])
        return fit_model(*rows, n_classes, model, seed, engine)

    run = learn_to_select(
        X, y, X_target, train,
        lambda predict: predict(X),
        lambda predict: utility(predict(X_target), y_target),
        choices, seed, report=report,
    )  # fmt: skip
    values = probabilities(run["weights"][-1], *run["inputs"]).astype(float)
    return values, run["performance"], run["baseline"], run["n_fits"]
