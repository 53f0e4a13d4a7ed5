"""What the statements read from one setting and one sample: shared passes of few refits.

A setting and a sample take about 120 fits: a few runs of f_X, one refit for each of a stratified
set of grid points, runs of two smaller networks, and runs with and without a new point. All refits
go through dvlib's store, so a search that was stopped resumes.
"""

from dataclasses import dataclass, replace

import numpy as np

from dvlib.data.regions import NAMES, Boundaries, Regions, find_regions, truth_on
from dvlib.methods.forgetting import forgetting, last_learned
from dvlib.methods.one_point import refits_with_point
from dvlib.methods.registry import known_methods
from dvlib.methods.runs import predictions_changed, stability, train_runs

NARROW = (3, 50)  # units, as in Figure 7
SIZES = (50, 500)  # points per label: the smallest and the largest of Figures 8 and 9
NEW = (15.0, -3.0)  # as in our Figure 9: a place where f_X is wrong
READ = (
    "leave-one-out, g", "leave-one-out, f_X", "forgetting", "last learned", "frequent", "simple",
)  # fmt: skip
NEW_POINTS = ("without", "mis-labelled", "correct")


@dataclass(frozen=True, eq=False)
class Evidence:
    """Measurements of one setting on one sample."""

    regions: Regions  # of the valued grid points, m of them
    weights: np.ndarray  # (m,), number of grid points that each stands for
    values: dict  # method → array (m,)
    forgotten: np.ndarray  # bool (n, K), whether a run of f_X forgets the training point
    last_learned: np.ndarray  # (n,), epoch when a training point was first correct, mean over runs
    # Mean pairwise dv of K runs, for "setting" (f_X), "3 units", "50 units" and, with new points,
    # (name, points per label).
    scatter: dict
    changed: float  # largest share of the training points that a mis-labelled point changes

    def means(self, method):
        """Mean values of the upper region, the one between and the lower; nan if there is none."""
        return tuple(self.regions.mean(self.values[method], name) for name in NAMES)

    def growth(self, point, size):
        """By how much a new point raises the mean pairwise dv, for `size` points per label."""
        return self.scatter[point, size] - self.scatter["without", size]


def gather(setting, settings, k):
    """The Evidence of a `Setting` on sample k.

    The notebook's `settings` have the numbers of runs `n_seeds` and of points of each kind
    `n_valued`, and `grid_step` of the points that these are drawn from.
    """
    data = setting.data(settings, k)
    how = replace(settings.refits(k=k), config=setting.config())
    (runs,) = train_runs([(data.X, data.y)], how, watch=True, description="f_X")
    mesh = settings.drawing_mesh
    boundaries = Boundaries(mesh, truth_on(data, mesh), runs.boundaries(mesh).mean(0))
    regions = find_regions(data, boundaries, settings.grid.points)
    chosen, weights = stratified(regions, settings.n_valued, np.random.default_rng([k, 20]))
    regions = regions.at(chosen)
    labels = data.label(regions.points)
    one_seed = replace(how, seeds=how.seeds[:1])
    refits = refits_with_point(data.X, data.y, regions.points, labels, data.g, one_seed)
    values = {name: known_methods()[name].compute(refits).values for name in READ}
    # Every run is a model without the point.
    without = np.mean([net.predict(regions.points) == labels for net in runs.networks()], axis=0)
    values["memorization"] = refits.right_with_point.mean(1) - without
    hits, n_iter = runs.learning
    ran = np.arange(hits.shape[-1]) < n_iter[..., None]
    scatter, changed = _new_points(setting, settings, k, how)
    scatter["setting"] = stability(runs.boundaries())
    for width in NARROW:  # of Figure 7
        narrow = replace(how, config=setting.config(width))
        (runs,) = train_runs([(data.X, data.y)], narrow, description=f"runs of {width} units")
        scatter[f"{width} units"] = stability(runs.boundaries())
    forgotten, learned = forgetting(hits, ran) > 0, last_learned(hits, ran).mean(1)
    return Evidence(regions, weights, values, forgotten, learned, scatter, changed)


def stratified(regions, count, rng):
    """Draw up to `count` points of each kind: indices (m,), and how many points each stands for.

    The kinds are the three regions, and the correct points within 1 of the learned boundary, within
    2, and beyond.
    """
    right, distance = ~regions.misclassified, regions.to_learned
    kinds = [regions.name == name for name in NAMES]
    kinds += [right & (distance <= 1), right & (distance > 1) & (distance <= 2)]
    kinds += [right & (distance > 2)]
    chosen, weights = [], []
    for kind in kinds:
        members = np.flatnonzero(kind)
        drawn = rng.permutation(members)[:count]
        chosen.append(np.sort(drawn))
        weights.append(np.full(len(drawn), len(members) / max(1, len(drawn))))
    return np.concatenate(chosen), np.concatenate(weights)


def _new_points(setting, settings, k, how):
    """Scatter with and without a new point, the share of predictions changed."""
    sets, keys = [], []
    for size in SIZES:
        data = setting.data(settings, k, n_per_class=size, test_share=0)
        X, y = data.X, data.y
        centre = data.means[data.mean_labels == 0][0]
        sets.append((X, y))
        for point, label in ((centre, 1), (NEW, data.g(NEW))):
            sets.append((np.concatenate([X, [point]]), np.append(y, label)))
        keys += [(name, size) for name in NEW_POINTS]
    runs = dict(zip(keys, train_runs(sets, how, description="runs with a new point"), strict=True))
    changed = [
        predictions_changed(runs["without", size], runs["mis-labelled", size]) for size in SIZES
    ]
    scatter = {key: stability(with_point.boundaries()) for key, with_point in runs.items()}
    return scatter, max(changed)
