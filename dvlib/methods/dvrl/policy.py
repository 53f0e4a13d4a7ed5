"""The loop of DVRL: select points, score a predictor trained on them, learn from the score.

It knows neither the predictor nor the points, so it serves the plane and tables of any width.
"""

import threading

import numpy as np

from dvlib.methods.dvrl.estimator import Estimator, as_shares, estimator_inputs
from dvlib.refits.progress import progress_bar
from dvlib.refits.workers import in_threads, one_blas_thread

REPORT_EVERY = 20  # iterations


def learn(inputs, score, level, settings, seed, *, report):
    """Train an estimator for `settings.n_iterations` iterations.

    Parameters
    ----------
    inputs : the arrays from `estimator.estimator_inputs` for the n training points
    score : function of a selection, bool (n,), to the performance of a predictor trained on it
    level : performance to beat; a moving average replaces it
    settings : DVRLSettings
    seed : of the selections and of the estimator's initial weights
    report : function of the iterations done since its last call, the reward, and the mean
        probability

    Returns
    -------
    dict of `performance`, `baseline` and `mean_probability`, (I,) by iteration, and `weights`
    (C, W), the estimator after each of `settings.checkpoints`

    Raises
    ------
    FloatingPointError : the estimator's probabilities are not finite
    """
    n, total = len(inputs[0]), settings.n_iterations
    # Selections have a random stream of their own, apart from that of the predictors' weights.
    rng = np.random.default_rng([seed, 1])
    estimator = Estimator(*inputs, learning_rate=settings.learning_rate, seed=[seed, 2])
    performance, baseline, mean = np.empty(total), np.empty(total), np.empty(total)
    kept, weights = set(settings.checkpoints), []
    for i in range(total):
        mean[i] = estimator.probabilities.mean()
        selected = rng.random(n) < estimator.probabilities
        while not selected.any():  # as in the released code
            selected = rng.random(n) < 0.5
        performance[i] = score(selected)
        if settings.baseline == "moving_average":
            level = performance[max(0, i - settings.window) : max(1, i)].mean()
        baseline[i] = level
        estimator.step(selected, performance[i] - level)
        if not np.isfinite(estimator.probabilities).all():
            raise FloatingPointError(
                f"iteration {i + 1} of {settings} with seed {seed}: the estimator's probabilities "
                "are not finite; give a lower learning_rate"
            )
        if i + 1 in kept:
            weights.append(estimator.weights)
        if (i + 1) % REPORT_EVERY == 0 or i + 1 == total:
            report((i % REPORT_EVERY) + 1, performance[i] - level, mean[i])
    return {
        "performance": performance,
        "baseline": baseline,
        "mean_probability": mean,
        "weights": np.array(weights),
    }


def learn_to_select(X, y, others, train, predict, score, settings, seed, *, report):
    """One run of DVRL, from the models that it starts with to the trained estimator.

    Parameters
    ----------
    X, y : training points (n, d) and labels (n,)
    others : further points (m, d), of the target, which widen the range that coordinates are
        shares of
    train : function of a selection, bool (n,), to a model trained on it; of None, to a model
        trained on the target
    predict : function of a model to its probabilities at X, for the estimator
    score : function of a model to its performance on the target
    settings : DVRLSettings
    seed, report : see `learn`

    Returns
    -------
    dict of what `learn` returns, the models `base` and `guide`, the estimator's `inputs`, and
    `n_fits`, the number of models trained
    """
    base = train(np.ones(len(X), bool))
    on_target = train(None) if settings.trains_on_target else base
    guide = on_target if settings.predictions_of == "target" else base
    level = score(on_target if settings.baseline == "shared" else base)
    places = as_shares(X, X, others) if settings.scaled else X
    inputs = estimator_inputs(settings.inputs, places, y, predict(guide))
    learned = learn(
        inputs, lambda selected: score(train(selected)), level, settings, seed, report=report
    )
    models = {"base": base, "guide": guide, "inputs": inputs}
    return learned | models | {"n_fits": settings.n_fits}


def side_by_side(run, calls, store, *, total, n_jobs, description):
    """Results of runs in threads of this machine, with one bar; an error of one stops all.

    Parameters
    ----------
    run : function of a call's arguments and, by keyword, of the `report` that `learn` takes
    calls : list of tuples of arguments
    store : dvlib.refits.store.Store for the results
    total : iterations of all runs
    """
    stopped, errors = threading.Event(), []
    with one_blas_thread(), progress_bar(total, description, "iteration") as bar:

        def report(count, reward, mean):
            if stopped.is_set():  # after an error or an interrupt; a run would go on for minutes
                raise InterruptedError("runs of DVRL were stopped")
            bar.set_postfix(reward=f"{reward:+.4f}", selected=f"{mean:.2f}", refresh=False)
            bar.update(count)

        def reported(*arguments):
            try:
                return run(*arguments, report=report)
            except Exception as error:
                errors.append(error)
                stopped.set()  # the other runs end at their next report
                raise

        try:
            return list(in_threads(reported, calls, store, n_jobs=n_jobs))
        except InterruptedError:
            raise errors[0] from None
        finally:
            stopped.set()
