"""The manifest: every figure of the suite, once. Make, the page, the runner and tests read it.

Numbers, presets and their reasons are here, the words in `figures.toml`.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from dvlib.checks import check_choice
from dvlib.data.datasets import NAMES, SAMPLED
from dvlib.paper.presets import (
    ADDED_POINT,
    COMPARED,
    ITERATIONS,
    MESH_ALONE_SEEDS,
    ONE_RUN,
    ONE_SAMPLE,
    RUNS_10,
    RUNS_15,
    SAMPLES,
    SCORES,
    SETS,
    THREE_SAMPLES,
    TRAINING,
    both,
    with_each,
)

WORDS = tomllib.loads(Path(__file__).with_name("figures.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class FigureEntry:
    """One figure: what it is, what its notebook takes, and what each preset stands for."""

    number: int | None  # the paper's, or with `extension` one of our own; None = what sums up
    slug: str
    presets: dict
    dataset: str | None = "two_clusters"
    datasets: tuple = NAMES  # that it can be made of; CSV files where it takes given points
    extra: dict = field(default_factory=dict)  # parameters beyond the common ones, by preset
    unused: tuple = ()  # common parameters without a meaning here
    extension: bool = False  # not a figure of the paper's, but what its text proposes

    @property
    def id(self):
        if self.number is None:
            return self.slug
        return f"{'ext' if self.extension else 'fig'}{self.number:02d}"

    @property
    def name(self):
        if self.number is None:
            return self.title
        return f"{'Extension' if self.extension else 'Figure'} {self.number}"

    @property
    def stem(self):
        return self.slug if self.number is None else f"{self.id}_{self.slug}"

    @property
    def kind(self):
        """Whether it is one of the paper's figures, an extension, or sums up."""
        if self.number is None:
            return "overview"
        return "extension" if self.extension else "figure"

    @property
    def needs_tensorflow(self):
        """Whether it runs DVRL or Monte-Carlo dropout: it takes their lengths, or (`n_few`, of all
        claims) the number of samples on which they are tried."""
        return not {"n_iterations", "n_passes", "n_few"}.isdisjoint(self.extra.get("paper", {}))

    @property
    def title(self):
        return WORDS[self.id]["title"]

    @property
    def caption(self):
        """What is drawn."""
        return WORDS[self.id]["caption"]

    @property
    def alt(self):
        """The picture in words."""
        return WORDS[self.id]["alt"]

    @property
    def paper(self):
        """What the paper's figure shows, and where the paper says so."""
        return WORDS[self.id]["paper"]


def _trajectory(number, slug, dataset):
    extra = with_each(SAMPLES, single_run=False)
    return FigureEntry(number, slug, RUNS_10, dataset, extra=extra, unused=("grid_step",))


FIGURES = {
    entry.id: entry
    for entry in (
        FigureEntry(
            1,
            "leave_one_out",
            presets=ADDED_POINT,
            extra={p: {"n_seeds_mesh": MESH_ALONE_SEEDS} for p in ("quick", "paper")},
        ),
        FigureEntry(
            2,
            "shapley",
            # paper: its grid. 60 sets are a bound; the errors reach a tenth of the range before.
            # One sample: those of C07 take most of a minute each, and are among all claims.
            presets={
                "quick": {"grid_step": 7.0, "n_seeds": 3},
                "paper": {"grid_step": 3.0, "n_seeds": 10},
            },
            extra={
                "quick": {"n_data_seeds": 1, "n_sets": 12, "n_fits_mesh": 4_000, "fine_step": None},
                "paper": {"n_data_seeds": 1, "n_sets": 60, "n_fits_mesh": 80_000, "fine_step": 1.0},
            },
        ),
        FigureEntry(3, "forgetting_memorization", presets=ADDED_POINT),
        FigureEntry(4, "dvrl", presets=ONE_RUN, extra=THREE_SAMPLES),
        FigureEntry(
            5,
            "datasets",
            presets={"quick": {}, "paper": {}},
            dataset=None,
            datasets=(None, *NAMES),
            unused=("grid_step", "n_seeds", "mesh_side"),
        ),
        FigureEntry(
            6,
            "out_of_distribution",
            presets={"quick": {"grid_step": 2.0}, "paper": {"grid_step": 1.0}},
            unused=("n_seeds",),
            # Passes and networks: enough for a variance; samples: half a minute of dropout.
            extra={
                "quick": {"n_data_seeds": 1, "n_networks": 10, "n_passes": 100},
                "paper": {"n_data_seeds": 5, "n_networks": 30, "n_passes": 100},
            },
        ),
        FigureEntry(
            7,
            "architectures",
            # The grid is that of C34, on which a point is added at a time; a coarse one will do.
            presets=with_each(RUNS_15, grid_step=5.0),
            # Scikit-learn fits the deeper ones, 30 times slower: 4 runs on each of 4 samples.
            extra={
                "quick": SAMPLES["quick"] | {"n_deep": 2},
                "paper": SAMPLES["paper"] | {"n_deep": 4},
            },
        ),
        # Figures 8 and 9 sample training sets of several sizes, which given points are not.
        FigureEntry(
            8,
            "mislabelled_point",
            presets=RUNS_15,
            datasets=tuple(SAMPLED),
            extra=SAMPLES,
            unused=("grid_step",),
        ),
        FigureEntry(
            9,
            "new_point",
            presets=RUNS_15,
            # The paper does not say where its point lies. Ours lies where a network trained
            # without it is wrong: elsewhere a correct point changes little (Figure 1).
            extra=with_each(SAMPLES, new_x=15.0, new_y=-3.0),
            datasets=tuple(SAMPLED),
            unused=("grid_step",),
        ),
        FigureEntry(
            10,
            "training_points",
            presets=with_each({"quick": {}, "paper": {}}, n_seeds=2),
            extra=TRAINING,
            unused=("grid_step",),
        ),
        FigureEntry(
            11,
            "training_points_four_clusters",
            presets=with_each({"quick": {}, "paper": {}}, n_seeds=2),
            dataset="four_clusters",
            extra=TRAINING,
            unused=("grid_step",),
        ),
        FigureEntry(12, "noisy", presets=COMPARED, dataset="noisy", extra=both(ONE_SAMPLE, SETS)),
        FigureEntry(
            13,
            "four_clusters",
            presets=COMPARED,
            dataset="four_clusters",
            extra=both(ONE_SAMPLE, SETS),
        ),
        FigureEntry(
            14, "zero_centered", presets=COMPARED, dataset="zero_centered", extra=ONE_SAMPLE
        ),
        FigureEntry(
            15,
            "mesh_alone",
            presets={
                "quick": {"grid_step": 2.0, "n_seeds": MESH_ALONE_SEEDS},
                "paper": {"grid_step": 1.0, "n_seeds": MESH_ALONE_SEEDS},
            },
        ),
        _trajectory(16, "trajectory_two_clusters", "two_clusters"),
        _trajectory(17, "trajectory_four_clusters", "four_clusters"),
        _trajectory(18, "trajectory_noisy", "noisy"),
        FigureEntry(19, "forgetting_variants", presets=ADDED_POINT),
        FigureEntry(
            20,
            "dvrl_runs",
            # paper: the fewest runs that give ten pairs a baseline
            presets={
                "quick": {"grid_step": 2.0, "n_seeds": 2},
                "paper": {"grid_step": 1.0, "n_seeds": 5},
            },
            extra=ITERATIONS | {"paper": ITERATIONS["paper"] | {"n_iterations": 1_000}},
        ),
        FigureEntry(
            21,
            "dvrl_rare_point",
            presets=ONE_RUN,
            datasets=tuple(SAMPLED),  # its places lie in the paper's plane
            # Ours: with clusters of deviation 1.5 the paper's place is classified correctly.
            extra={name: of | {"new_x": 15.0, "new_y": -3.0} for name, of in THREE_SAMPLES.items()},
        ),
        FigureEntry(
            1,
            "pairwise_values",
            presets={"quick": {"n_seeds": 2}, "paper": {"n_seeds": 5}},
            # 32 points: fits grow with their square, and nine matrices are to take half a minute.
            extra={
                "quick": {"n_data_seeds": 1, "n_per_label": 8, "n_sets": 12},
                "paper": {"n_data_seeds": 3, "n_per_label": 16, "n_sets": 24},
            },
            unused=("grid_step",),
            dataset=None,
            datasets=(None,),
            extension=True,
        ),
        FigureEntry(
            2,
            "mirror_point",
            # A partner is a fit of two points, of linear models in scikit-learn one by one.
            presets={
                "quick": {"grid_step": 3.5, "n_seeds": 1},
                "paper": {"grid_step": 1.0, "n_seeds": 3},
            },
            extra={"quick": {"n_points": 2}, "paper": {"n_points": 5}},
            datasets=("two_clusters", "noisy", "zero_centered"),
            extension=True,
        ),
        FigureEntry(
            3,
            "agreement",
            presets=COMPARED,
            extra=both(ONE_SAMPLE, both(SETS, SCORES)),
            dataset=None,
            datasets=(None,),
            extension=True,
        ),
        FigureEntry(
            None,
            "claims",
            presets={"quick": {}, "paper": {}},
            # paper: ten samples, and three where one costs more than half a minute.
            extra={
                "quick": {"n_data_seeds": 1, "n_few": 1},
                "paper": {"n_data_seeds": 10, "n_few": 3},
            },
            unused=("grid_step", "n_seeds"),
            dataset=None,
            datasets=(None,),
            extension=True,
        ),
        FigureEntry(
            None,
            "robustness",
            # 36 corners: a step and a seed that let one be measured in a few seconds. The grid has
            # the ends of every plotted range.
            presets={
                "quick": {"grid_step": 5.0, "n_seeds": 1},
                "paper": {"grid_step": 1.25, "n_seeds": 1},
            },
            extra={"quick": {"n_data_seeds": 1}, "paper": {"n_data_seeds": 5}},
            datasets=("two_clusters",),
            extension=True,
        ),
    )
}


def figure_entry(figure_id):
    """The manifest's entry of "fig01" …; a ValueError names the nearest otherwise."""
    return FIGURES[check_choice("figure", figure_id, FIGURES)]
