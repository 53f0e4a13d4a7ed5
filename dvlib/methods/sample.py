"""Samples: a training set of the plane, and the passes that values are read from.

A pass is a batch of fits. Each is computed once, when a method first reads it: many methods share
one pass. What is valued distinguishes the kinds of samples: points that are added to the training
set, its own points, or the points of a mesh that is the training set itself.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from dvlib.data.datasets import Dataset
from dvlib.data.regions import Boundaries, find_regions, truth_on
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.adaptive import adaptive_refits
from dvlib.methods.dvrl.runs import Task, dvrl_values, run_dvrl
from dvlib.methods.dvrl.settings import DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.methods.one_point import added_in_parts, refits_without_point
from dvlib.methods.registry import method
from dvlib.methods.runs import train_runs
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.methods.shapley.stratified import stratified_shapley
from dvlib.methods.shapley.svarm import svarm_shapley
from dvlib.methods.values import DataValues
from dvlib.refits.batch import RefitSettings
from dvlib.refits.workers import in_background

NEAREST = "label of the nearest training point"  # the truth of the grid alone, if g is unknown
OF_REFITS = (("refits",), ("learning",))  # what methods read whose maps can be adaptive
LEARNED_RUNS = 11  # an odd number of runs of f_X, so that they cannot tie


class Values(dict):
    """DataValues by method, each computed when it is first asked for.

    A name without a recipe is that of a method, which then has its usual arguments.
    """

    def __init__(self, sample):
        super().__init__()
        self._sample = sample

    def __missing__(self, name):
        recipe = self._sample.methods.get(name) or method(name)
        values = recipe(self._sample)
        if self._sample.adaptive and recipe.method.reads in OF_REFITS:
            values = self._sample.refits.places.spread(values, self._sample)
        self[name] = values
        return values


@dataclass(eq=False, kw_only=True)
class Sample:
    """A training set of the plane with the points that are added to it, one at a time.

    Attributes
    ----------
    data : Dataset
    settings : RefitSettings of the refits
    grid : MeshGrid on which the valued points lie
    drawing_mesh : MeshGrid over the plotted range, for boundaries and regions
    seed : of the first of the runs whose majority is the learned boundary
    run_seed : of a run of DVRL or of dropout; None = that of the data
    methods : dict of name → Recipe (`dvlib.method`): what `values` computes under a name
    where : (n,), indices of the valued points in the grid; None = all of them
    weights : (n,), how many points of the grid each valued point represents; None = one
    half : 0 or 1 of a sample that has one half of the seeds (`halves`), else None
    adaptive : refit only the points of the grid at which the maps of `methods` change, and
        interpolate the values of the others (`dvlib.methods.adaptive`); for maps that are not drawn

    Raises
    ------
    ValueError : an adaptive sample without a method that reads the refits
    """

    data: Dataset
    settings: RefitSettings
    grid: MeshGrid
    drawing_mesh: MeshGrid
    seed: int = 0
    run_seed: int | None = None
    methods: dict = field(default_factory=dict)
    where: np.ndarray | None = None
    weights: np.ndarray | None = None
    half: int | None = None
    adaptive: bool = False

    def __post_init__(self):
        if self.adaptive and not self._maps:
            raise ValueError("an adaptive sample without maps of refits: give its methods")
        if self.run_seed is None:
            self.run_seed = self.data.seed
        self.values, self._dvrl_runs = Values(self), {}

    @property
    def training_set(self):
        """X (n, 2), y (n,) and g, a function or None."""
        return self.data.X, self.data.y, self.data.g

    @cached_property
    def points(self):
        """The points x that are valued, (n, 2)."""
        return self.grid.points if self.where is None else self.grid.points[self.where]

    @property
    def labels(self):
        """Labels of the points: by g or, where it is unknown, by the nearest training point."""
        return self.data.label(self.points)

    # The passes

    @cached_property
    def refits(self):
        """OnePointRefits of X ∪ {x} for each point x; of an adaptive sample, for those fitted."""
        X, y, g = self.training_set
        refits_at = added_in_parts(X, y, self.points, self.labels, g, self.settings)
        if self.adaptive:
            return adaptive_refits(refits_at, self.grid.side, self._maps)
        return refits_at(slice(None))

    @property
    def _maps(self):
        """The recipes whose values are computed from the refits."""
        return [r for r in self.methods.values() if r.method.reads in OF_REFITS]

    def whole(self, values):
        """Values (n, …) of all points from those (m, …) of the refits' points."""
        places = self.refits.places
        return values if places is None else places.whole(values)

    @property
    def learning(self):
        """What forgetting and its variants read: the refits with each point."""
        return self.refits

    @cached_property
    def boundaries(self):
        """Boundaries: g, and the learned boundary, the majority of several runs of f_X."""
        X, y, _ = self.training_set
        seeds = range(self.seed, self.seed + LEARNED_RUNS)
        (runs,) = train_runs([(X, y)], replace(self.settings, seeds=seeds), description="f_X")
        learned = runs.boundaries(self.drawing_mesh).mean(0)
        return Boundaries(self.drawing_mesh, *self._truth(learned))

    def _truth(self, learned):
        return truth_on(self.data, self.drawing_mesh), learned, self.data.units

    @cached_property
    def regions(self):
        """Regions of the points, between g and the learned boundary."""
        return find_regions(self.data, self.boundaries, self.points)

    def dvrl_run(self, **changes):
        """DVRLRun on the training set; `changes` are of the DVRLSettings."""
        key = tuple(sorted(changes.items()))
        if key not in self._dvrl_runs:
            (run,) = run_dvrl([self.dvrl_task(**changes)])
            self._dvrl_runs[key] = lambda: run
        return self._dvrl_runs[key]()

    def dvrl_task(self, **changes):
        """Task of a run of DVRL: its target is the mesh labelled by g, or else the test points."""
        X, y, g = self.training_set
        if g is None:
            target = Target(self.data.y_test, points=self.data.X_test)
        else:
            target = Target.of_mesh(self.settings.mesh, g)
        return Task(X, y, target, DVRLSettings(**changes), self.run_seed)

    def dvrl(self, **changes):
        """DataValues of the points by a run of DVRL."""
        return dvrl_values([self.dvrl_run(**changes)], self.points, self.labels)

    def shapley(self, reference=None, *, n_sets, target=None, by_halves=False):
        """DataValues of the points: Shapley values against "g" or "f_X".

        Parameters
        ----------
        reference : None = g or, where it is unknown, f_X
        n_sets, target : see `added_point_shapley`
        by_halves : the mean of the values from either half of the seeds, with half the sets each
        """
        if by_halves and (self.half is not None or len(self.halves) > 1):
            n_sets = max(2, n_sets // 2)
            if self.half is None:
                parts = [h.shapley(reference, n_sets=n_sets, target=target) for h in self.halves]
                return DataValues.pooled(parts)
        key = ("Shapley", n_sets, target)
        if key not in self.__dict__:
            X, y, g = self.training_set
            self.__dict__[key] = added_point_shapley(
                X, y, self.points, self.labels, g, self.settings, n_sets=n_sets, target=target
            )
        reference = reference or ("f_X" if self.data.g is None else "g")
        return self.__dict__[key][("g", "f_X").index(reference)]

    @property
    def n_iterations(self):
        """Iterations of the longest run of DVRL that the recipes ask for; 0 without one."""
        asked = (r.arguments for r in self.methods.values() if r.method.name == "DVRL")
        usual = DVRLSettings.n_iterations
        return max((arguments.get("n_iterations", usual) for arguments in asked), default=0)

    # Parts of a sample

    def at(self, where, weights=None):
        """The same sample at some of its points: indices, or bool (n,); passes are shared."""
        chosen = np.arange(len(self.points))[where]
        part = replace(
            self, where=chosen if self.where is None else self.where[chosen], weights=weights,
            adaptive=False,
        )  # fmt: skip
        if self.adaptive:  # a map is interpolated as a whole
            part.values |= {name: v.at(where) for name, v in self.compute().values.items()}
        elif "refits" in self.__dict__:  # otherwise fewer refits will do
            part.refits = self.refits.at(where)
        part.boundaries, part.regions = self.boundaries, self.regions.at(where)
        part._dvrl_runs = self._dvrl_runs
        return part

    @cached_property
    def halves(self):
        """The same sample with either half of the seeds; with one seed, the sample alone.

        The runs that have no seeds of their own, such as those of DVRL, have another one in each.
        """
        middle = len(self.settings.seeds) // 2
        if not middle:
            return [self]
        parts = []
        for k, seeds in enumerate((slice(middle), slice(middle, None))):
            settings = replace(self.settings, seeds=self.settings.seeds[seeds])
            part = replace(self, settings=settings, run_seed=self.run_seed + k, half=k)
            part.refits, part.regions = self.refits.of_seeds(seeds), self.regions
            part.boundaries = self.boundaries
            parts.append(part)
        return parts

    def seeds(self, count):
        """Seeds of `count` runs that have seeds of their own; in a half, one half of them."""
        every, middle = range(self.seed, self.seed + count), count // 2
        return every if self.half is None else every[middle:] if self.half else every[:middle]

    def compute(self):
        """Compute the values of all recipes; returns the sample."""
        for name in self.methods:
            self.values[name]
        return self


class TrainingPoints(Sample):
    """A training set whose own points are valued: each is left out, and watched in whole runs."""

    N_RUNS = 10  # whole runs, of which forgetting and last learned take one fit each

    @property
    def points(self):
        return self.data.X

    @property
    def labels(self):
        return self.data.y

    @cached_property
    def refits(self):
        """OnePointRefits of X \\ {x}."""
        return refits_without_point(*self.training_set, self.settings)

    @cached_property
    def learning(self):
        """Runs on the whole training set, in which every point is watched."""
        X, y, _ = self.training_set
        settings = replace(self.settings, seeds=range(self.seed, self.seed + self.N_RUNS))
        (runs,) = train_runs(
            [(X, y)], settings, watch=True, description="runs, every point watched"
        )
        return runs

    def shapley(self, *, n_fits):
        """DataValues by SVARM; where g is unknown, f_X stands for it."""
        X, y, g = self.training_set
        truth = g or self.refits.base_networks[0]
        return svarm_shapley(X, y, truth, self.settings, n_fits=n_fits)


class MeshAlone(Sample):
    """The grid as the training set itself, labelled by g: each of its points is left out."""

    @property
    def training_set(self):
        return self.grid.points, self.data.label(self.grid.points), self.data.label

    @cached_property
    def refits(self):
        """OnePointRefits of X_P^M \\ {x}."""
        return refits_without_point(*self.training_set, self.settings, self.where)

    def _truth(self, learned):
        if self.data.g is not None:
            return super()._truth(learned)
        return boundary(self.data.label, self.drawing_mesh), learned, self.data.units, NEAREST

    def shapley(self, *, n_fits, target=None):
        """Stratified samples of marginal contributions, and the values computed from them."""
        return stratified_shapley(*self.training_set, self.settings, n_fits=n_fits, target=target)


def begin_dvrl(samples):
    """Begin the runs of DVRL that the recipes of samples ask for, in a background thread.

    A run keeps one core busy. So runs go beside the refits of the same samples, and beside each
    other, and no core is idle. A sample's values wait for its run.
    """
    asked = [
        (sample, recipe.arguments)
        for sample in samples
        for recipe in sample.methods.values()
        if recipe.method.name == "DVRL"
    ]
    if not asked:
        return
    tasks = [sample.dvrl_task(**arguments) for sample, arguments in asked]
    runs = in_background(run_dvrl, tasks)
    for k, (sample, arguments) in enumerate(asked):
        sample._dvrl_runs[tuple(sorted(arguments.items()))] = lambda k=k: runs()[k]
