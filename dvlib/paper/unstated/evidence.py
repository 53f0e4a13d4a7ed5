"""What the statements read from one setting, one sample and one data set: passes of few refits.

A setting and a sample take about 200 fits: on each data set a few runs of f_X and one refit for
each of a stratified set of grid points; on two clusters also runs of two smaller networks, and runs
with and without a new point. All refits go through dvlib's store, so a search that was stopped
resumes.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from dvlib.data.regions import NAMES, Boundaries, Regions, find_regions, truth_on
from dvlib.methods.forgetting import forgetting, last_learned
from dvlib.methods.one_point import refits_with_point
from dvlib.methods.registry import known_methods
from dvlib.methods.runs import predictions_changed, stability, train_runs
from dvlib.paper.figures.comparison import bend

NARROW = (3, 50)  # units, as in Figure 7
SIZES = (50, 500)  # points per label: the smallest and the largest of Figures 8 and 9
NEW = (15.0, -3.0)  # as in our Figure 9: a place where f_X is wrong
READ = (
    "leave-one-out, g", "leave-one-out, f_X", "forgetting", "last learned", "frequent", "simple",
)  # fmt: skip
NEW_POINTS = ("without", "mis-labelled", "correct")
TWO, FOUR, NOISY, CENTRED = "two_clusters", "four_clusters", "noisy", "zero_centered"
MESH = "mesh alone"  # the grid of the paper's step as training set, labelled by g of two clusters


@dataclass(frozen=True, eq=False)
class Evidence:
    """Measurements of one setting on one sample of a data set.

    X has n training points, on which f_X has K runs, and m grid points are valued. The mesh alone
    has no valued points. `scatter` and `changed` are measured on two clusters only.
    """

    forgotten: np.ndarray  # (n, K), how often a run of f_X forgets the training point
    distance: np.ndarray  # (n, K), from the training point to the run's final boundary
    last_learned: np.ndarray  # (n,), epoch when a training point was first correct, mean over runs
    clusters: np.ndarray  # (n,), cluster of each training point
    bend: float  # root mean square distance of the runs' boundaries from a line
    regions: Regions | None = None  # of the valued points
    weights: np.ndarray | None = None  # (m,), number of grid points that each stands for
    values: dict = field(default_factory=dict)  # method → array (m,)
    # Mean pairwise dv of K runs, for "setting" (f_X), "3 units", "50 units" and, with new points,
    # (name, points per label).
    scatter: dict = field(default_factory=dict)
    changed: float = np.nan  # largest share of training points that a mis-labelled one changes

    def means(self, method):
        """Mean values of the upper region, the one between and the lower; nan if there is none."""
        return tuple(self.regions.mean(self.values[method], name) for name in NAMES)

    def mean(self, method, inside):
        """Mean value over grid points, bool (m,), by what each stands for; nan if there is none."""
        if not inside.any():
            return np.nan
        return np.average(self.values[method][inside], weights=self.weights[inside])

    def growth(self, point, size):
        """By how much a new point raises the mean pairwise dv, for `size` points per label."""
        return self.scatter[point, size] - self.scatter["without", size]


def gather(setting, settings, k, name):
    """The Evidence of a `Setting` on sample k of a data set, or on the mesh alone.

    The notebook's `settings` have the numbers of runs `n_seeds` and of points of each kind
    `n_valued`, and `grid_step` of the points that these are drawn from.
    """
    alone, options = name == MESH, {"cluster_std": setting.on(name).cluster_std}
    data = settings.dataset_of(settings.seed + k, TWO if alone else name, **options)
    how = replace(settings.refits(k=k), config=setting.config())
    X, y, clusters = data.X, data.y, data.clusters
    if alone:
        X = settings.mesh_of_step(2 * settings.grid_step).points
        y = clusters = data.label(X)
    (runs,) = train_runs([(X, y)], how, watch=True, description=f"f_X, {name}")
    hits, n_iter = runs.learning
    ran, curve_mesh = np.arange(hits.shape[-1]) < n_iter[..., None], settings.curve_mesh
    watched = Evidence(
        forgetting(hits, ran), _distances(runs, curve_mesh), last_learned(hits, ran).mean(1),
        clusters, bend(runs.networks(), curve_mesh),
    )  # fmt: skip
    if alone:
        return watched
    mesh = settings.drawing_mesh
    boundaries = Boundaries(mesh, truth_on(data, mesh), runs.boundaries(mesh).mean(0))
    regions = find_regions(data, boundaries, settings.grid.points)
    rng = np.random.default_rng([settings.seed + k, 20])  # a stream apart from the data's
    chosen, weights = stratified(regions, settings.n_valued, rng)
    regions = regions.at(chosen)
    labels, one_seed = data.label(regions.points), replace(how, seeds=how.seeds[:1])
    refits = refits_with_point(X, y, regions.points, labels, data.g, one_seed)
    values = {method: known_methods()[method].compute(refits).values for method in READ}
    # Every run is a model without the point.
    without = np.mean([net.predict(regions.points) == labels for net in runs.networks()], axis=0)
    values["memorization"] = refits.right_with_point.mean(1) - without
    valued = replace(watched, regions=regions, weights=weights, values=values)
    if name != TWO:
        return valued
    scatter, changed = _new_points(setting, settings, k, how)
    scatter["setting"] = stability(runs.boundaries())
    for width in NARROW:  # of Figure 7
        narrow = replace(how, config=setting.config(width))
        (runs,) = train_runs([(X, y)], narrow, description=f"runs of {width} units")
        scatter[f"{width} units"] = stability(runs.boundaries())
    return replace(valued, scatter=scatter, changed=changed)


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


def _distances(runs, mesh):
    """Distance of each training point to each run's final boundary, (n, K); inf without one."""
    from scipy.spatial.distance import cdist

    vertices = [np.concatenate([*curves, np.empty((0, 2))]) for curves in runs.curves(mesh)]
    return np.stack([cdist(runs.points, v).min(1, initial=np.inf) for v in vertices], axis=1)


def _new_points(setting, settings, k, how):
    """Scatter with and without a new point, the share of predictions changed."""
    sets, keys = [], []
    for size in SIZES:
        options = {"cluster_std": setting.cluster_std, "n_per_class": size, "test_share": 0}
        data = settings.dataset_of(settings.seed + k, TWO, **options)
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
