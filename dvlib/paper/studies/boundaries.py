"""Boundaries of many runs: Figures 7 to 9 and 16 to 18.

Each study trains on `n_data_seeds` samples of the data set. The first is drawn; claims are measured
on all of them.
"""

from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from dvlib.data.datasets import Dataset
from dvlib.data.regions import Boundaries, Regions, truth_on
from dvlib.engine.mlp import LAST
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.runs import Runs, train_runs
from dvlib.paper.drawing.panels import BoundaryPanel
from dvlib.paper.studies.grid import added_points, sample, samples_of

WIDTHS = (3, 50, 1000)  # of one hidden layer: the paper's (Figure 7)
DEEPER = ((100, 100), (50, 50, 50))  # ours: the paper names no deeper model it tried
SIZES = (50, 100, 500)  # training points per label: the paper's (Figures 8 and 9)
# Scikit-learn's minibatches of 200 divide 200 and 1,000 points: one point more makes a minibatch of
# that point alone, whose step no other point checks. Minibatches of 150 never hold one point here.
BATCHES = (200, 150)
TRAJECTORY = (0, 1, 3, 9, 14, LAST)  # epochs: the paper's (Figures 16 to 18)


@dataclass(frozen=True, eq=False)
class BoundaryStudy:
    """Samples, and the panels of the first sample."""

    samples: list
    panels: dict
    truth: Boundaries

    @property
    def passes(self):
        return [one for sample in self.samples for one in sample.passes]


@dataclass(frozen=True, eq=False)
class ArchitectureSample:
    """Runs of several architectures on one sample.

    Attributes
    ----------
    runs : dict of the hidden layers' sizes → Runs; deeper networks only on the first few samples
    learning : dict of width → OnePointRefits of X ∪ {x} over the grid
    regions : Regions of the grid points, of the widest model
    """

    runs: dict
    learning: dict
    regions: Regions

    @property
    def passes(self):
        return [*self.runs.values(), *self.learning.values()]


@dataclass(frozen=True, eq=False)
class NewPointSample:
    """Runs without and with a new point.

    `runs[batch][size]` is a pair of Runs with minibatches of `batch` points, on `size` points per
    label, without and with the new point.
    """

    runs: dict

    @property
    def passes(self):
        return [one for sizes in self.runs.values() for pair in sizes.values() for one in pair]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Runs on one sample whose weights were kept after several epochs."""

    data: Dataset
    runs: Runs

    @property
    def passes(self):
        return [self.runs]


def architectures(settings):
    """Figure 7: widths of one hidden layer, and two deeper networks for fewer samples and runs."""
    samples = samples_of(settings)
    sets = [(data.X, data.y) for data in samples]
    few, refits = settings.n_deep, settings.refits()
    runs = {}
    for sizes in (*((width,) for width in WIDTHS), *DEEPER):
        config = replace(settings.config, hidden_layer_sizes=sizes)
        deep = len(sizes) > 1
        runs[sizes] = train_runs(
            sets[:few] if deep else sets,
            replace(
                refits,
                config=config,
                seeds=refits.seeds[:few] if deep else refits.seeds,
                engine="sklearn" if deep else "fast",
            ),
            description=f"runs of {sizes_name(sizes)} units",
        )
    found = []
    for k, data in enumerate(samples):
        learning = {width: _learning(settings, data, width) for width in WIDTHS}
        found.append(
            ArchitectureSample(
                runs={sizes: of[k] for sizes, of in runs.items() if k < len(of)},
                learning={width: study.refits for width, study in learning.items()},
                regions=learning[max(WIDTHS)].regions,
            )
        )
    panels = {
        f"{sizes_name(sizes)} units": BoundaryPanel.of_runs(of, settings.curve_mesh)
        for sizes, of in found[0].runs.items()
    }
    return BoundaryStudy(found, panels, _truth(settings))


def _learning(settings, data, width):
    """Refits of X ∪ {x} over the grid with the sample's seed, by a network of one hidden layer."""
    config = replace(settings.config, hidden_layer_sizes=(width,))
    return added_points(settings, data, seeds=(data.seed,), config=config)


def mislabelled_centre(settings):
    """Figure 8: the new point is the mean of the first cluster of label 0, with label 1."""
    data = settings.data
    return _new_point(settings, data.means[data.mean_labels == 0][0], 1, again=False)


def correct_point(settings):
    """Figure 9: the new point is at (new_x, new_y) and has the label of g."""
    point = np.array([settings.new_x, settings.new_y])
    return _new_point(settings, point, int(settings.data.g(point)), again=True)


def _new_point(settings, point, label, again):
    samples = {
        size: [
            sample(settings, k, n_per_class=size, test_share=0)
            for k in range(settings.n_data_seeds)
        ]
        for size in SIZES
    }
    runs = {}
    for batch in BATCHES:
        if batch != BATCHES[0]:
            del samples[SIZES[0]]  # smaller than both minibatches: nothing changes
        flat = [(data.X, data.y) for data in chain(*samples.values())]
        more = [(np.concatenate([X, point[None]]), np.append(y, label)) for X, y in flat]
        refits = replace(settings.refits(), config=replace(settings.config, batch_size=batch))
        # Two calls: the first does not depend on the point, so other figures find it in the cache.
        without = train_runs(flat, refits, description="runs without the point")
        added = train_runs(more, refits, description="runs with the point")
        pairs = iter(zip(without, added, strict=True))
        runs[batch] = {size: [next(pairs) for _ in of] for size, of in samples.items()}

    largest = SIZES[-1]
    drawn = {f"{size} a label": runs[BATCHES[0]][size][0] for size in SIZES}
    if again and settings.n_data_seeds > 1:
        drawn["another sample"] = runs[BATCHES[0]][largest][1]
    drawn[f"{largest}, batches of {BATCHES[1]}"] = runs[BATCHES[1]][largest][0]
    panels = {
        f"{title}, {name} the point": BoundaryPanel.of_runs(
            one, settings.curve_mesh, new_point=point, new_label=label, point_is_in=name == "with"
        )
        for title, pair in drawn.items()
        for name, one in zip(("without", "with"), pair, strict=True)
    }
    found = [
        NewPointSample({batch: {size: of[k] for size, of in by_size.items()}
                        for batch, by_size in runs.items()})
        for k in range(settings.n_data_seeds)
    ]  # fmt: skip
    return BoundaryStudy(found, panels, _truth(settings))


def trajectories(settings):
    """Figures 16 to 18: boundaries after several epochs, and forgetting of the training points."""
    samples = samples_of(settings)
    runs = train_runs(
        [(data.X, data.y) for data in samples], settings.refits(), epochs=TRAJECTORY, watch=True,
        description="runs with weights kept",
    )  # fmt: skip
    shown = runs[0].run(0) if settings.single_run else runs[0]
    panels = {
        f"after epoch {epoch}" if epoch else "initialization": BoundaryPanel.of_runs(
            shown if epoch else runs[0], settings.curve_mesh, epoch, first_bold=epoch > 0
        )
        for epoch in TRAJECTORY[:-1]
    }
    panels["forgetting events"] = BoundaryPanel.of_runs(
        shown, settings.curve_mesh, first_bold=True, values=forgetting_values(shown),
        rows=samples[0].rows,
    )  # fmt: skip
    found = [Trajectory(data, its_runs) for data, its_runs in zip(samples, runs, strict=True)]
    return BoundaryStudy(found, panels, _truth(settings))


def _truth(settings):
    """g over the plotted range, without a learned boundary."""
    mesh = settings.drawing_mesh
    return Boundaries(mesh, truth_on(settings.data, mesh), None, settings.data.units)


def sizes_name(sizes):
    """Sizes of hidden layers in words, such as "100 × 100"."""
    return " × ".join(map(str, sizes))
