"""Figure 6: how unsure models are of a point, three out-of-distribution scores."""

from dvlib.methods.agreement import in_top, rank_correlation
from dvlib.methods.registry import method
from dvlib.paper.judging.claim import Group, claim
from dvlib.refits.workers import side_by_side

DROPOUT = "Monte-Carlo dropout"
HIGHEST = 0.05  # of the points: what a map shows darkest


def scored(settings, methods):
    """`n_data_seeds` samples with the scores of the grid points, by `methods`, a dict of Recipe."""
    samples = [
        settings.sample(
            k,
            methods=methods,
            settings=settings.refits_of(1, k),
            run_seed=settings.training_seed(k),
        )
        for k in range(settings.n_data_seeds)
    ]

    def dropout(sample):
        return sample.values[DROPOUT] if DROPOUT in methods else None

    # Dropout takes longest and keeps one core busy, so the next samples' runs beside the rest.
    scores = zip(samples, side_by_side(dropout, samples), strict=True)
    return [sample.compute() for sample, _ in scores]


def recipe(settings):
    """The methods whose claims are measured, for `scored`."""
    return {
        "Gaussian process": method("Gaussian process"),
        DROPOUT: method(DROPOUT, n_passes=settings.n_passes),
        "ensemble": method("ensemble", n_networks=settings.n_networks),
    }


@claim(
    "C13", figure="fig06", study="scores",
    says="a Gaussian process rates the points off the training set, Monte-Carlo dropout and an "
    "ensemble only those near the learned boundary",
    threshold="rank correlation of the score with distance to the training points (process) or "
    "nearness to the boundary (others): {rank_correlation}; less that with the other of the two: "
    "{above_that_with_the_other}",
    rank_correlation="≥ 0.5", above_that_with_the_other="> 0",
)  # fmt: skip
def only_the_process_finds_far_points(sample):
    """Rank correlations of each score with the distances to the data and to the boundary."""
    from scipy.spatial import cKDTree

    parts, numbers = {}, {}
    to_data, _ = cKDTree(sample.data.X).query(sample.points)
    for name in sample.methods:
        scores = sample.values[name].values
        data = rank_correlation(scores, to_data)
        near = rank_correlation(scores, -sample.regions.to_learned)
        right, wrong = (data, near) if name == "Gaussian process" else (near, data)
        parts[f"{name}, rank correlation"] = right
        parts[f"{name}, above that with the other"] = right - wrong
        numbers |= {f"{name}, distance to data": data, f"{name}, nearness to boundary": near}
    return parts, numbers


@claim(
    "C14", figure="fig06", study="scores", repeatable=False,
    says="dropout finds the upper part of the boundary better than an ensemble",
    threshold="share above the clusters' middle, dropout's less the ensemble's: of the sum of the "
    "scores {mass}, and of the twentieth of the points with the highest scores {highest}",
    mass="≥ 0.05",  # a twentieth, which a map shows
    highest="≥ 0.05",
    note="Where a map is dark, above or below, wherever the method's own boundary lies.",
)  # fmt: skip
def dropout_finds_the_upper_boundary(sample):
    """How much more of a score lies above the clusters' middle, by dropout than by the ensemble.

    At first it was how well a score finds the boundary of f_X, which punishes a band beside it.
    """
    above = {name: _above(sample, name) for name in (DROPOUT, "ensemble")}
    parts = {
        f"{what}, dropout less ensemble": above[DROPOUT][what] - above["ensemble"][what]
        for what in ("mass above", "highest above")
    }
    numbers = {f"{what}, {name}": above[name][what] for name in above for what in above[name]}
    return parts, numbers


def _above(sample, name):
    """Shares of a score's sum, and of its highest points, above the middle of the clusters."""
    scores = sample.values[name].values
    highest, upper = in_top(scores, HIGHEST), sample.points[:, 1] > sample.data.means[:, 1].mean()
    return {
        "mass above": scores @ upper / scores.sum(),
        "highest above": highest @ upper / highest.sum(),
    }


GROUPS = (
    # 15 s of processor time a sample: dropout by TensorFlow
    Group(("scores",), "fig06", lambda settings, count: [scored(settings, recipe(settings))]),
)  # fmt: skip
