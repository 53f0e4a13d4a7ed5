"""Figures 4, 20 and 21: data valuation using reinforcement learning, DVRL.

The paper does not say whether DVRL's estimator saw scaled coordinates. The figures draw runs with
raw and with scaled ones, and the claims are measured with both, as parts of the same claim.
"""

from dataclasses import replace
from itertools import chain, combinations, starmap

import numpy as np
import pandas as pd

from dvlib.data.regions import Boundaries, truth_on
from dvlib.engine.boundaries import boundary
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.methods.dvrl.runs import dvrl_values
from dvlib.methods.dvrl.settings import BASELINES, PREDICTOR
from dvlib.methods.registry import method
from dvlib.methods.sample import begin_dvrl
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.judging.claim import Group, claim
from dvlib.paper.judging.parts import mean_of
from dvlib.refits.single import fit

COORDINATES = {"raw": False, "scaled": True}  # as in the released code, which scales them
# How pictures name the recipes of the claims.
TITLES = {"full": "x, label, residual", "predictions": "x, prediction"}
DRAWN_RUNS = 3  # per baseline: as many as the paper shows (Figure 20)
PAPERS_PLACE = (15.0, 5.0)  # of the rare point (Figure 21)
# Ours: places that networks trained without the point mis-classify, on either side of the boundary.
# The last is the paper's with its coordinates swapped, the second has another sign.
WRONG_PLACES = ((15.0, -3.0), (15.0, -5.0), (5.0, 15.0))

ALIKE = 1e-3  # probabilities that differ by no more select points alike
LEAST = 500  # iterations of a run that a claim may read: a quarter of the released code's
HIGH = 0.9  # a value is high if this share of the training points lies below it
AGREE = 0.5  # rank correlation from which two runs agree: half of a perfect one


# What all claims on DVRL share, those of Figures 10 to 14 too.


def ranks(values):
    """Whether selection probabilities (n,) rank the points; they do not if all are alike."""
    return np.ptp(values) >= ALIKE


def judged(measured, values, n_iterations):
    """What was measured on a run of DVRL, or nan where the run cannot be judged.

    It cannot be judged before `LEAST` iterations, or if its `values`, selection probabilities (n,),
    rank no point: a run that learned nothing says nothing for or against a claim.
    """
    return long_enough(measured if ranks(values) else np.nan, n_iterations)


def long_enough(measured, n_iterations):
    """What was measured, a number or an array, or nan if the runs were too short."""
    return measured if n_iterations >= LEAST else np.full(np.shape(measured), np.nan)


def budget(settings):
    """A sentence on how long runs of DVRL are."""
    count = settings.n_iterations
    if count < LEAST:
        return (
            f"{count} iterations per run: a short budget, to look at, not to judge by. Claims are "
            f"measured from {LEAST:,} on; the released code makes 2,000."
        )
    return f"{count:,} iterations per run; the released code makes 2,000."


def three_inputs(settings, methods, coordinates=COORDINATES):
    """Figure 4: `n_seeds` runs with each of the inputs on each of `n_data_seeds` samples.

    `methods` is a dict of name → Recipe, `coordinates` one of name → whether the estimator sees
    scaled coordinates. Returns a dict of coordinates → list of Sample, one per run; the runs on a
    data set share its refits.
    """
    samples = _runs(settings, settings.samples(methods=methods), coordinates)
    runs, first = [*chain(*samples.values())], {}
    begin_dvrl(runs)
    for run in runs:
        shared = first.setdefault(id(run.data), run)
        for name in ("refits", "boundaries", "regions"):
            setattr(run, name, getattr(shared, name))
    return samples


def repeated_runs(settings, methods, coordinates=COORDINATES, *, count=1, in_turn=False):
    """Figure 20: `n_seeds` runs with each of the baselines on each of `count` training sets.

    `methods` and `coordinates` are those of `three_inputs`; `in_turn`, a training set has the next
    of the methods alone. Returns a dict of coordinates → list of tuple of Sample: a tuple per
    training set, a Sample per run.
    """
    n_runs = settings.n_seeds
    recipes = [{name: recipe} for name, recipe in methods.items()] if in_turn else [methods]
    sets = [settings.sample(k * n_runs, methods=recipes[k % len(recipes)]) for k in range(count)]
    runs = _runs(settings, sets, coordinates)
    begin_dvrl([*chain(*runs.values())])
    starts = range(0, count * n_runs, n_runs)
    return {name: [tuple(every[k : k + n_runs]) for k in starts] for name, every in runs.items()}


def rare_point(settings, methods, coordinates=COORDINATES, *, places, in_turn=False):
    """Figure 21: `n_seeds` runs with a rare point on each of `n_data_seeds` samples.

    `methods` and `coordinates` are those of `three_inputs`. A run has the point at each of the
    `places` (x, y) or, `in_turn`, at the next of them that f_X misclassifies, so that many runs
    share the places. Returns a dict of coordinates → list of dict of place → Sample, one per run.
    """

    def with_point(k, run):
        drawn = [_next_wrong(run, places, k)] if in_turn else places
        return {_place(x, y): replace(run, data=_with_point(run.data, x, y)) for x, y in drawn}

    runs = _runs(settings, settings.samples(methods=methods), coordinates)
    samples = {name: [*starmap(with_point, enumerate(every))] for name, every in runs.items()}
    begin_dvrl([sample for run in chain(*samples.values()) for sample in run.values()])
    return samples


def _next_wrong(run, places, k):
    """The first of the places, from the k-th on, that f_X misclassifies, else the k-th."""
    turned = [*places[k % len(places) :], *places[: k % len(places)]]
    network = fit(run.data.X, run.data.y, PREDICTOR, seed=run.run_seed).network
    points = np.array(turned, float)
    wrong = np.flatnonzero(network.predict(points) != run.data.label(points))
    return turned[wrong[0] if len(wrong) else 0]


def _with_point(data, x, y):
    """A data set with a further training point, the last one, which g labels."""
    place = np.array([x, y], float)
    X, labels = np.concatenate([data.X, place[None]]), np.append(data.y, data.label(place))
    return replace(data, X=X, y=labels, clusters=np.append(data.clusters, -1))


def _runs(settings, samples, coordinates):
    """`n_seeds` runs on each of the samples: a dict of coordinates → list of Sample.

    No two runs share a seed, which decides much of what a run finds.
    """

    def run(k, sample, scaled):
        methods = {
            name: replace(recipe, arguments=recipe.arguments | {"scaled": scaled})
            for name, recipe in sample.methods.items()
        }
        return replace(sample, run_seed=settings.seed + k, methods=methods)

    repeated = [sample for sample in samples for _ in range(settings.n_seeds)]
    return {
        name: [run(k, sample, scaled) for k, sample in enumerate(repeated)]
        for name, scaled in coordinates.items()
    }


def _place(x, y):
    return f"({x:g}, {y:g})"


def runs_of(sample):
    """DVRLRun of each of a sample's recipes, a dict by name."""
    return {name: sample.dvrl_run(**recipe.arguments) for name, recipe in sample.methods.items()}


def drawn(samples):
    """The runs on the first sample of `three_inputs` or `rare_point` by title, a dict."""
    return {
        ", ".join(filter(None, (TITLES.get(name, name), coordinates, place))): run
        for coordinates, (first, *_) in samples.items()
        for place, sample in (first if isinstance(first, dict) else {"": first}).items()
        for name, run in runs_of(sample).items()
    }


def drawn_repeats(samples):
    """The runs on the first training set of `repeated_runs` by title, baseline after baseline."""
    return {
        f"{name.replace('_', ' ')}, {coordinates}, run {k + 1}": runs_of(sample)[name]
        for coordinates, (first, *_) in samples.items()
        for name in first[0].methods
        for k, sample in enumerate(first)
    }


def table(runs):
    """A pandas table of what the estimators of runs of DVRL learned; `runs` is a dict by name."""
    rows = {}
    for name, run in runs.items():
        final = run.probabilities(run.task.X, run.task.y)
        rows[name] = {
            "performance of f_X": run.task.target.score(run.base, run.task.settings.performance),
            "mean reward, last tenth": run.reward[-max(1, len(run.reward) // 10) :].mean(),
            "mean selection probability": final.mean(),
            "range of values on X": np.ptp(final),
            "ranks the points": ranks(final),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def panels(settings, runs, *, last_point=None):
    """Maps of the values of the grid points by runs of DVRL, with the boundary of each run's f_X.

    `runs` is a dict of title → DVRLRun, and `last_point` the name under which the last training
    point of each run is marked (None = no mark). Returns a list of Panel.
    """
    mesh, points = settings.drawing_mesh, settings.grid.points
    truth, labels = truth_on(settings.data, mesh), settings.data.label(points)
    return [
        Panel(
            title, dvrl_values([run], points, labels), settings.grid,
            Boundaries(mesh, truth, boundary(run.base, mesh), settings.data.units),
            data=run.task, marks={last_point: run.task.X[-1]} if last_point else {},
        )
        for title, run in runs.items()
    ]  # fmt: skip


def repeated_panels(settings, samples):
    """Figure 20: panels of the first three runs with each baseline, as many as the paper shows.

    Values are rounded to five places, finer than a colour shows: nine maps share one table.
    """
    shown = {name: [first[:DRAWN_RUNS]] for name, (first, *_) in samples.items()}
    return [
        replace(panel, values=replace(panel.values, values=panel.values.values.round(5)))
        for panel in panels(settings, drawn_repeats(shown))
    ]


def correlations(runs):
    """Mean rank correlation of the values of two runs, a pandas table by recipe and iteration.

    `runs` is a tuple of Sample, one per run on the same training set.
    """
    means = pd.DataFrame(correlation_matrices(runs)).map(_mean_of_pairs)
    return means.rename_axis("iteration").T


def correlation_matrices(runs):
    """Rank correlations of the values of all pairs of runs: by recipe, a dict by iteration.

    Each is a matrix (K, K) of the K of the `runs` that rank the points at that checkpoint.
    """
    points, labels = runs[0].points, runs[0].labels
    repeated = [runs_of(sample) for sample in runs]
    return {
        name: {
            int(iteration): correlation_matrix(
                [by_name[name].probabilities(points, labels, c) for by_name in repeated]
            )
            for c, iteration in enumerate(run.task.settings.checkpoints)
        }
        for name, run in repeated[0].items()
    }


def correlation_matrix(values):
    """Rank correlations of all pairs of the K runs that rank the points at all, (K, K)."""
    ranking = [run for run in values if ranks(run)]
    if len(ranking) < 2:
        return np.ones((len(ranking), len(ranking)))
    from scipy.stats import rankdata

    return np.corrcoef(rankdata(ranking, axis=1))


def percentile(run):
    """Share of training points with a lower value than the last one; ties count half.

    So it is ½ if the run values all points alike.
    """
    *others, value = run.probabilities(run.task.X, run.task.y)
    difference = np.array(others) - value
    alike = np.abs(difference) <= ALIKE
    return float(np.mean((difference < -ALIKE) + alike / 2))


def misclassified(places):
    """Whether f_X, trained without the rare point, mis-classifies it: a dict by place.

    `places` is a dict of place → Sample with the point there. The paper's place comes first in any
    case, because the paper says that f_X is wrong there.
    """
    sample = next(iter(places.values()))
    data = sample.data
    network = fit(data.X[:-1], data.y[:-1], PREDICTOR, seed=sample.run_seed).network
    points = {_place(*PAPERS_PLACE): np.array(PAPERS_PLACE)}
    points |= {place: with_point.data.X[-1] for place, with_point in places.items()}
    return {name: network.predict(x[None])[0] != data.label(x) for name, x in points.items()}


def _mean_of_pairs(matrix):
    """Mean of the entries of a matrix (K, K) above the diagonal; nan if K < 2."""
    return matrix[np.triu_indices(len(matrix), 1)].mean() if len(matrix) > 1 else np.nan


@claim(
    "C11", figure="fig04", study="three inputs", repeatable=False,
    says="the values of DVRL match those of the other methods in none of its three settings",
    threshold="AUC of value for the regions, from ½ by {AUC}, and size of the rank correlation "
    "with leave-one-out {rank_correlation}, with each of the three inputs, in the runs that rank "
    "the points at all",
    # below the looser threshold of C01, and less than half of a perfect correlation
    AUC="< 0.25", rank_correlation="< 0.5",
    note="Raw and scaled coordinates, one run of each input on each sample.",
)  # fmt: skip
def other_methods_differ(sample):
    """Agreement of the values with the regions and with leave-one-out, for each input.

    A map that is the exact opposite of another method's shows the same regions, so the size of the
    agreement counts and not its sign. At first an AUC near 0 counted as no match. Runs that give
    all points the same value are not measured.
    """
    parts, numbers = {}, {}
    leave_one_out = sample.values["leave-one-out, g"].values
    for name in ("full", "predictions", "x alone"):
        values = sample.values[name].values
        area = judged(auc(sample.regions.misclassified, values), values, sample.n_iterations)
        correlation = abs(rank_correlation(values, leave_one_out))
        parts[f"AUC from ½, {name}"] = abs(area - 0.5)
        parts[f"size of rank correlation, {name}"] = judged(
            correlation, values, sample.n_iterations
        )
        numbers[f"AUC, {name}"] = area
        numbers[f"share of runs that rank, {name}"] = ranks(values)
    return parts, numbers


@claim(
    "C12", figure="fig20", study="repeated runs", repeatable=False,
    says="three repeated runs of DVRL on one training set give different values",
    threshold="share of the triples of runs with a pair whose values have a rank correlation below "
    "0.5, over baselines and the checkpoints of the last half of the runs: {triples}",
    triples="≥ 0.8",  # four of five who repeat the paper's three runs see a difference
    note="Raw and scaled coordinates, four runs on each sample, with another baseline on each.",
)  # fmt: skip
def repeated_runs_differ(runs):
    """Share of triples of runs that differ, as the paper's three do.

    At first it was the mean correlation of three pairs, whose interval was wider than its range.
    """
    shares, numbers = [], {}
    for baseline, matrices in correlation_matrices(runs).items():
        name, later = baseline.replace("_", " "), [*matrices.values()][len(matrices) // 2 :]
        share = mean_of([
            mean_of([matrix[np.ix_(three, three)].min() < AGREE
                     for three in combinations(range(len(matrix)), 3)])
            for matrix in later
        ])  # fmt: skip
        shares.append(long_enough(share, runs[0].n_iterations))
        numbers[f"triples that differ, {name}"] = shares[-1]
        numbers[f"rank correlation, {name}"] = mean_of([*map(_mean_of_pairs, later)])
    return {"triples that differ": np.mean(shares)}, numbers


@claim(
    "C28", figure="fig21", study="rare point", repeatable=False,
    says="DVRL rates a mis-classified rare point important with full input and with x alone, not "
    "with predictions only",
    threshold="where f_X mis-classifies the point, share of the training points of lower value: "
    "{percentile} with full input and with x alone; with full input above that with predictions "
    "by {above_predictions}",
    percentile=f"≥ {HIGH}",
    above_predictions="> 0",
    note="Raw and scaled coordinates, at (15, −3), (15, −5) or (5, 15), in turn where f_X is "
    "wrong. At the paper's (15, 5) no network tried is wrong; see Figure 21.",
)  # fmt: skip
def rare_point_is_important(places):
    """Share of the training points with a lower value than the rare point, for each input.

    It is the mean over the places of the sample that f_X, trained without the point, mis-classifies
    there. At first the claim was judged at (15, 5), which f_X classifies correctly; then at three
    places in turn, also where f_X was right. "Not with predictions" asks that full input does
    better. A run that values all points alike does not rate this one important: its percentile is
    ½. For a while such runs were left out, and few samples of the scaled coordinates were left.
    """
    percentiles = {
        (place, name): percentile(run)
        for place, sample in places.items()
        for name, run in runs_of(sample).items()
    }
    wrong, n_iterations = misclassified(places), next(iter(places.values())).n_iterations
    full, predictions, x_alone = (
        mean_of([percentiles[place, name] for place in sorted(places) if wrong[place]])
        for name in ("full", "predictions", "x alone")
    )
    parts = {
        "percentile, full": full, "percentile, x alone": x_alone,
        "full above predictions": full - predictions,
    }  # fmt: skip
    parts = {name: long_enough(share, n_iterations) for name, share in parts.items()}
    numbers = {f"percentile, {name}, {place}": share
               for (place, name), share in percentiles.items()}  # fmt: skip
    numbers["mean, predictions"] = predictions
    numbers |= {f"mis-classified at {place}": answer for place, answer in wrong.items()}
    return parts, numbers


def _inputs(settings):
    """Recipes of the three inputs, as Figures 4 and 21 have them."""
    inputs = {"full": "labels_and_residuals", "predictions": "predictions", "x alone": "features"}
    how = {"n_iterations": settings.n_iterations}
    return {name: method("DVRL", inputs=read, **how) for name, read in inputs.items()}


def _baselines_in_turn(settings, count):
    how = {"n_iterations": settings.n_iterations}
    methods = {name: method("DVRL", baseline=name, **how) for name in BASELINES}
    return [repeated_runs(settings, methods, count=count, in_turn=True)]


# Processor time is in seconds a sample.
GROUPS = (
    # 17 s each: six runs of DVRL
    Group(("three inputs",), "fig04",
          lambda settings, count: [three_inputs(settings, _inputs(settings))]),
    # 28 s. Four runs make four triples; each is as long as those of the other claims.
    Group(("repeated runs",), "fig20", _baselines_in_turn, "samples, four runs each",
          changes={"n_iterations": 500, "n_seeds": 4}),
    Group(("rare point",), "fig21",
          lambda settings, count: [rare_point(settings, _inputs(settings), places=WRONG_PLACES,
                                              in_turn=True)]),
)  # fmt: skip
