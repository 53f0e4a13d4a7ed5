"""Settings of a run of DVRL; those of the method's released code, because the paper states none."""

from dataclasses import dataclass, field

import numpy as np

from dvlib.checks import (
    ENGINES,
    check_choice,
    check_count,
    check_kind,
    check_memory,
    check_positive,
    why_not_fast,
)
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.dvrl.estimator import INPUTS
from dvlib.methods.dvrl.target import PERFORMANCES

# Performance to beat. full: of a predictor trained on all points. moving_average: mean of the last
# iterations. shared: of a predictor trained on the target set itself, which few selections beat.
# The released code has this baseline, because copies of its model share layers.
BASELINES = ("full", "moving_average", "shared")
# Model whose predictions the estimator sees: f_X, trained on the training set, as in the paper, or
# a model trained on the target set, as in the released code.
PREDICTIONS_OF = ("train", "target")
LARGEST_RUN = 10_000_000  # iterations; their records take 240 MB
ESTIMATOR_BYTES = 4 * 21_841  # of the weights with the most inputs
PREDICTOR = MLPConfig(batch_size=256, max_iter=100, n_iter_no_change=100)


@dataclass(frozen=True)
class DVRLSettings:
    """How a run learns; numbers without a comment are those of the released code."""

    inputs: str = "labels_and_residuals"  # one of estimator.INPUTS, the paper's settings
    baseline: str = "full"
    performance: str = "accuracy"
    predictions_of: str = "train"
    n_iterations: int = 2000
    learning_rate: float = 0.01
    window: int = 20  # iterations of the moving average, as in the article
    scaled: bool = True  # the estimator sees coordinates as shares of their range
    predictor: str = "fast"  # or "sklearn"
    config: MLPConfig = field(default=PREDICTOR)
    n_checkpoints: int = 10  # our choice: evenly spaced iterations whose estimators are kept

    def __post_init__(self):
        choices = {
            "inputs": INPUTS, "baseline": BASELINES, "performance": PERFORMANCES,
            "predictions_of": PREDICTIONS_OF, "scaled": (True, False),
            "predictor": ENGINES,
        }  # fmt: skip
        checked = {
            name: check_choice(name, getattr(self, name), allowed)
            for name, allowed in choices.items()
        }
        for name in ("n_iterations", "window", "n_checkpoints"):
            checked[name] = check_count(name, getattr(self, name), at_most=LARGEST_RUN)
        kept = min(checked["n_checkpoints"], checked["n_iterations"])
        check_memory(kept, "checkpoints", lambda count: count * ESTIMATOR_BYTES)
        checked["learning_rate"] = check_positive("learning_rate", self.learning_rate)
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        check_kind("config", self.config, MLPConfig)
        reason = why_not_fast(self.config)
        if self.config.n_iter_no_change < self.config.max_iter:
            reason = f"n_iter_no_change {self.config.n_iter_no_change}: it runs all of max_iter"
        if reason:
            raise ValueError(f"DVRL's predictor cannot have {reason}")

    @property
    def trains_on_target(self):
        return self.predictions_of == "target" or self.baseline == "shared"

    @property
    def n_fits(self):
        """Predictors that a run trains."""
        return self.n_iterations + 1 + self.trains_on_target

    @property
    def checkpoints(self):
        """Iterations, counted from 1, after which the estimator is kept; always the last one."""
        count = min(self.n_checkpoints, self.n_iterations)
        return np.unique(np.linspace(0, self.n_iterations, count + 1).astype(int)[1:])
