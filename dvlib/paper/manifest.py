"""The manifest lists every figure of the suite. Make, the page, the runner and the tests read it.

Numbers and presets stand here with their reasons; titles, captions and alt texts stand in
`figures.toml`.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from dvlib.checks import check_choice
from dvlib.data.datasets import NAMES, SAMPLED

WORDS = tomllib.loads(Path(__file__).with_name("figures.toml").read_text(encoding="utf-8"))


def _words(name):
    return property(lambda entry: WORDS[entry.id][name])


@dataclass(frozen=True)
class FigureEntry:
    """One figure: its number and name, its notebook's parameters, and its presets."""

    number: int | None  # in the paper, or among the extensions; None for an overview
    slug: str
    presets: dict  # values of parameters by preset; those beyond the common ones in their order
    dataset: str | None = "two_clusters"
    datasets: tuple = NAMES  # that the notebook accepts; see `check_dataset` for CSV files
    needs: str = ""  # of its data, in words, where the notebook does not accept all data sets
    unused: tuple = ()  # common parameters without a meaning here
    watched: bool = False  # training is watched epoch by epoch, which decides the batches
    extension: bool = False  # not a figure of the paper: it tests an idea from the paper's text
    needs_tensorflow: bool = False  # it runs Monte-Carlo dropout
    # At quick: points per label of drawn data, where the usual 500 cost much, since each training
    # point is left out in turn or a Gaussian process is fitted.
    n_per_class: int | None = None
    # Points of each label that its training set needs, where this is the grid itself.
    points_of_a_label: int | None = None
    least: dict = field(default_factory=dict)  # parameter → smallest value that it makes sense with

    @property
    def id(self):
        kind = "ext" if self.extension else "fig"
        return self.slug if self.number is None else f"{kind}{self.number:02d}"

    @property
    def name(self):
        return self.title if self.number is None else f"{self.kind.title()} {self.number}"

    @property
    def stem(self):
        """File name without an ending: of the notebook and of the bundle's files."""
        return self.slug if self.number is None else f"{self.id}_{self.slug}"

    @property
    def kind(self):
        """What the entry is: a "figure" of the paper, an "extension" or an "overview"."""
        kind = "extension" if self.extension else "figure"
        return "overview" if self.number is None else kind

    @property
    def trains(self):
        """Whether it trains networks. A figure without has no mesh to compare boundaries on."""
        return "mesh_side" not in self.unused

    title = _words("title")
    caption = _words("caption")  # what the figure shows
    alt = _words("alt")  # a description of the picture for readers who cannot see it
    paper = _words("paper")  # what the paper's figure shows, and where the paper says so


# Presets that several figures share, so that these figures share their refits too. `paper` has the
# paper's resolution; `quick` takes a few seconds per figure.
EMPTY = {"quick": {}, "paper": {}}
# paper: X_P^M of section 3; 10 seeds keep the standard error of memorization at or below ⅓.
# quick: a sixth of the points, and the fewest seeds with a standard error.
ADDED_POINT = {
    "quick": {"grid_step": 2.5, "n_seeds": 2},
    "paper": {"grid_step": 1.0, "n_seeds": 10},
}
# A fit to the mesh alone takes two to four times as long as others, and the maps show little but
# noise, which is what the paper says of them (C06, C25). Two seeds are the fewest with a standard
# error.
MESH_ALONE = {name: preset | {"n_seeds": 2} for name, preset in ADDED_POINT.items()}
# paper: the paper's 15 runs on whole training sets (Figures 7 to 9) and 10 (16 to 18), on ten
# samples for the claims. quick: enough runs to see a spread, and enough samples for a difference.
RUNS_15 = {"quick": {"n_seeds": 5, "n_data_seeds": 3}, "paper": {"n_seeds": 15, "n_data_seeds": 10}}
RUNS_10 = {
    "quick": {"n_seeds": 5, "n_data_seeds": 3, "single_run": False},
    "paper": {"n_seeds": 10, "n_data_seeds": 10, "single_run": False},
}
# DVRL. The released code runs 2,000 iterations. A quarter of that leaves time for the many runs
# that the claims need, and twice as many do not make repeated runs agree (Figure 20 runs 1,000).
# quick is far too short, and its notebooks say so.
ITERATIONS = {"quick": {"n_iterations": 40}, "paper": {"n_iterations": 500}}
# The paper does not say whether the estimator saw scaled coordinates. Figures 4, 20 and 21 draw
# both. Where DVRL is one method among others, it sees scaled ones, as in the released code.
SCALED = {name: preset | {"scaled": True} for name, preset in ITERATIONS.items()}
# One run of DVRL and one seed of leave-one-out, on the sample that is drawn; the notebook of all
# claims has the verdicts over ten.
ONE_RUN = {
    "quick": {"grid_step": 2.5, "n_seeds": 1, "n_iterations": 40, "n_data_seeds": 1},
    "paper": {"grid_step": 1.0, "n_seeds": 1, "n_iterations": 500, "n_data_seeds": 1},
}
# Training points: two seeds, the fewest that separate values from noise, and two samples (paper),
# whose removal curves form a band. n_fits: the first pass over all subset sizes takes most of
# them (quick); the rest go where they reduce the error most (paper). Criterion for paper, written
# before it was measured: the least of 2,000, 4,000, 8,000 and 16,000 at which the mean standard
# error of the drawn Shapley values is at most half of their standard deviation, on both data sets.
# Errors are then at most about a quarter of the variance that the sizes of points show. 16,000 is
# the most that may be spent, a minute per figure, whether the criterion is met or not. Measured on
# two and on four clusters: 0.73 and 0.72, 0.58 and 0.59, 0.45 and 0.46; so 8,000.
TRAINING = {
    "quick": {"n_seeds": 2} | SCALED["quick"] | {"n_data_seeds": 1, "n_fits": 300},
    "paper": {"n_seeds": 2} | SCALED["paper"] | {"n_data_seeds": 2, "n_fits": 8_000},
}
# Methods side by side: the paper's grid, one sample, and two seeds, so that the halves can be
# compared. n_sets counts the subsets of both halves, and is small to save time. On their own,
# Figures 10 to 14 and their agreement take 2 min 46 s.
COMPARED = {
    "quick": {"grid_step": 2.5, "n_seeds": 2} | SCALED["quick"] | {"n_data_seeds": 1},
    "paper": {"grid_step": 1.0, "n_seeds": 2} | SCALED["paper"] | {"n_data_seeds": 1},
}
WITH_SHAPLEY = {
    "quick": COMPARED["quick"] | {"shapley_every": 3, "n_sets": 4},
    "paper": COMPARED["paper"] | {"shapley_every": 3, "n_sets": 8},
}


def with_each(presets, **same):
    """The presets, with the same values added to each."""
    return {name: preset | same for name, preset in presets.items()}


# An extension that takes no data set.
OWN_DATA = {
    "dataset": None, "datasets": (None,), "extension": True,
    "needs": "the data sets that it chooses itself: leave out dataset",
}  # fmt: skip


FIGURES = {entry.id: entry for entry in (
    FigureEntry(
        1, "leave_one_out",
        {name: ADDED_POINT[name] | {"n_seeds_mesh": preset["n_seeds"]}
         for name, preset in MESH_ALONE.items()}, points_of_a_label=2,
    ),
    FigureEntry(
        # paper: its own grid. 60 subsets are an upper limit: sampling stops earlier, once the
        # errors are a tenth of the range. One sample is drawn: the samples of C07 take most of a
        # minute each, and are measured with all claims.
        2, "shapley", {
            "quick": {"grid_step": 7.0, "n_seeds": 2, "n_data_seeds": 1, "n_sets": 8,
                      "n_fits_mesh": 3_000, "fine_step": None},
            "paper": {"grid_step": 3.0, "n_seeds": 10, "n_data_seeds": 1, "n_sets": 60,
                      "n_fits_mesh": 80_000, "fine_step": 1.0},
        }, points_of_a_label=1,
    ),
    FigureEntry(3, "forgetting_memorization", ADDED_POINT, watched=True),
    FigureEntry(4, "dvrl", ONE_RUN),
    FigureEntry(5, "datasets", EMPTY, dataset=None, datasets=(None, *NAMES),
                unused=("grid_step", "n_seeds", "mesh_side")),
    FigureEntry(
        # Enough passes and networks for a variance; dropout takes seconds per sample.
        6, "out_of_distribution", {
            "quick": {"grid_step": 2.0, "n_data_seeds": 1, "n_networks": 10, "n_passes": 100},
            "paper": {"grid_step": 1.0, "n_data_seeds": 5, "n_networks": 30, "n_passes": 100},
        }, unused=("n_seeds",), needs_tensorflow=True, n_per_class=100,
    ),
    FigureEntry(
        # C34 adds the grid's points one by one; every third point of the paper's grid is enough for
        # it. Scikit-learn fits the deeper networks, 30 times slower: two runs a sample. quick:
        # the sample that is drawn.
        7, "architectures", {
            "quick": RUNS_15["quick"] | {"grid_step": 5.0, "n_data_seeds": 1, "n_deep": 2},
            "paper": RUNS_15["paper"] | {"grid_step": 2.5, "n_deep": 2},
        },
    ),
    FigureEntry(8, "mislabelled_point", RUNS_15, datasets=tuple(SAMPLED),
                needs="samples of 50, 100 and 500 points per label, which are drawn anew",
                unused=("grid_step",)),
    FigureEntry(
        # The paper does not say where its point lies. Ours lies where a network trained without
        # it is wrong: elsewhere a correct point changes little (Figure 1).
        9, "new_point", with_each(RUNS_15, new_x=15.0, new_y=-3.0), datasets=tuple(SAMPLED),
        needs="samples of 50, 100 and 500 points per label, which are drawn anew",
        unused=("grid_step",),
    ),
    FigureEntry(10, "training_points", TRAINING, unused=("grid_step",), watched=True,
                n_per_class=100),
    FigureEntry(11, "training_points_four_clusters", TRAINING, "four_clusters",
                unused=("grid_step",), watched=True, n_per_class=100),
    FigureEntry(12, "noisy", WITH_SHAPLEY, "noisy", watched=True),
    FigureEntry(13, "four_clusters", WITH_SHAPLEY, "four_clusters", watched=True),
    FigureEntry(14, "zero_centered", COMPARED, "zero_centered", watched=True),
    FigureEntry(15, "mesh_alone", MESH_ALONE, watched=True,
                points_of_a_label=2),
    *(
        FigureEntry(number, f"trajectory_{dataset}", RUNS_10, dataset, unused=("grid_step",),
                    watched=True)
        for number, dataset in ((16, "two_clusters"), (17, "four_clusters"), (18, "noisy"))
    ),
    FigureEntry(19, "forgetting_variants", ADDED_POINT, watched=True),
    FigureEntry(
        # paper: as many runs as the paper draws, with each baseline and both coordinates. quick:
        # a baseline is a fit to all points of the mesh, which would take a minute with 500 a side.
        20, "dvrl_runs", {"quick": {"grid_step": 2.5, "n_seeds": 2, "n_iterations": 40,
                                    "mesh_side": 100},
                          "paper": {"grid_step": 1.0, "n_seeds": 3, "n_iterations": 1_000}},
    ),
    FigureEntry(
        # Our own choice: a place that f_X mis-classifies, which the paper says of its own (15, 5).
        # In both regimes f_X classifies (15, 5) correctly.
        21, "dvrl_rare_point", with_each(ONE_RUN, new_x=15.0, new_y=-3.0),
        datasets=tuple(SAMPLED),
        needs="data in the paper's plane, where both of its points have their places",
    ),
    FigureEntry(
        # paper: 32 points. The number of fits grows with their square, and the nine matrices
        # should take half a minute.
        1, "pairwise_values", {
            "quick": {"n_seeds": 2, "n_data_seeds": 1, "n_per_label": 8, "n_sets": 12},
            "paper": {"n_seeds": 5, "n_data_seeds": 3, "n_per_label": 16, "n_sets": 24},
        }, unused=("grid_step",), **OWN_DATA,
    ),
    FigureEntry(
        # Each partner costs a fit to two points; scikit-learn fits the linear models one by one.
        2, "mirror_point", {"quick": {"grid_step": 3.5, "n_seeds": 1, "n_points": 2},
                            "paper": {"grid_step": 1.0, "n_seeds": 3, "n_points": 5}},
        datasets=("two_clusters", "noisy", "zero_centered"),
        needs="two clusters, between which g is a straight line", extension=True,
    ),
    FigureEntry(
        # Scores as in Figure 6, with half its epochs of dropout: there are eight networks to train.
        3, "agreement", {
            "quick": WITH_SHAPLEY["quick"] | {"n_networks": 10, "n_passes": 50, "n_epochs": 10},
            "paper": WITH_SHAPLEY["paper"] | {"n_networks": 30, "n_passes": 100, "n_epochs": 100},
        }, watched=True, needs_tensorflow=True, n_per_class=100,
        # It compares halves, and an ensemble needs two networks.
        least={"n_seeds": 2, "n_networks": 4}, **OWN_DATA,
    ),
    FigureEntry(
        # A committee of five networks, an odd number that cannot tie. paper: ten samples of four
        # data sets in a minute or two; samples from 10 on: measures were tried on 0 to 9.
        4, "next_labels", {
            "quick": {"grid_step": 5.0, "n_seeds": 3, "n_data_seeds": 1, "n_labels": 5},
            "paper": {"grid_step": 1.75, "seed": 10, "n_seeds": 5, "n_data_seeds": 10,
                      "n_labels": 10},
        }, **OWN_DATA,
    ),
    FigureEntry(
        # paper: three seeds, so that another seed's change is known, and ten samples from 10 on, as
        # in Extension 4. Leaving out each point in turn takes most of the two minutes.
        5, "core_sets", {"quick": {"n_seeds": 2, "n_data_seeds": 1},
                         "paper": {"seed": 10, "n_seeds": 3, "n_data_seeds": 10}},
        unused=("grid_step",), n_per_class=200, **OWN_DATA,
    ),
    FigureEntry(
        # paper: 15 by 15 points of eight data sets, two seeds so that noise can be told, and five
        # samples, in two minutes; samples from 10 on, as in Extension 4.
        6, "rule_of_value", {
            "quick": {"grid_step": 7.0, "n_seeds": 1, "n_data_seeds": 1},
            "paper": {"grid_step": 2.5, "seed": 10, "n_seeds": 2, "n_data_seeds": 5},
        }, **OWN_DATA,
    ),
    FigureEntry(
        # paper: 200 candidates, some twenty of which are mis-classified; three seeds, so that pairs
        # of seeds can be compared; ten samples of two data sets; samples from 10 on.
        7, "ten_dimensions", {
            "quick": {"n_seeds": 2, "n_data_seeds": 1, "n_points": 60},
            "paper": {"seed": 10, "n_seeds": 3, "n_data_seeds": 10, "n_points": 200},
        }, unused=("grid_step",), **OWN_DATA,
    ),
    FigureEntry(
        # paper: rows of the published protocol, ten samples of two data sets from 10 on, and up to
        # 10,000 fits of one of them.
        8, "noisy_labels", {
            "quick": {"n_data_seeds": 1, "n_points": 150, "n_fits": 100},
            "paper": {"seed": 10, "n_data_seeds": 10, "n_points": 1_000, "n_fits": 10_000},
        }, unused=("grid_step", "n_seeds"), **OWN_DATA,
    ),
    FigureEntry(
        # paper: places as dense as two dozen points a cluster need, ten slices of each data set,
        # and one seed.
        9, "slices", {"quick": {"n_seeds": 1, "n_data_seeds": 1, "n_places": 7},
                      "paper": {"seed": 10, "n_seeds": 1, "n_data_seeds": 10, "n_places": 11}},
        unused=("grid_step",), **OWN_DATA,
    ),
    FigureEntry(
        # Two seeds, so that another seed can be told from an estimate. paper: 21 by 21 points,
        # since a prediction holds a number for each of them and each point of a mesh; ten samples,
        # from 20 on, which C76 had not seen when it was aimed at short steps.
        10, "spared_retraining", {
            "quick": {"grid_step": 5.0, "n_seeds": 2, "n_data_seeds": 1},
            "paper": {"grid_step": 1.75, "seed": 20, "n_seeds": 2, "n_data_seeds": 10},
        }, extension=True, datasets=tuple(SAMPLED),
        needs="data that are drawn, whose ground truth is known",
    ),
    FigureEntry(
        # paper: data seeds 20 to 29, which no measure has seen. The figures draw seeds from 0 on,
        # extensions from 10 on; measures were tried on both.
        None, "claims", {"quick": {"seed": 0, "n_data_seeds": 1},
                         "paper": {"seed": 20, "n_data_seeds": 10},
                         # Run once, when all measures were frozen: nothing had touched these.
                         "confirm": {"seed": 40, "n_data_seeds": 20}},
        unused=("grid_step", "n_seeds"), needs_tensorflow=True, **OWN_DATA,
    ),
    FigureEntry(
        # With this step and a single seed each of the 36 training settings takes a few seconds.
        # The grid contains the ends of every plotted range.
        None, "robustness", {"quick": {"grid_step": 5.0, "n_seeds": 1, "n_data_seeds": 1},
                             "paper": {"grid_step": 1.25, "n_seeds": 1, "n_data_seeds": 5}},
        datasets=("two_clusters",), extension=True,
        needs="two clusters of several deviations and sizes, which are drawn anew",
    ),
    FigureEntry(
        # grid_step: of the points from which those that are valued are drawn. paper: data seeds 30
        # to 39, which neither the first search (0 to 19) nor the claims (20 to 29) have seen; with
        # about 200 fits a setting and sample, the whole takes minutes.
        None, "unstated", {
            "quick": {"grid_step": 1.0, "seed": 0, "n_seeds": 2, "n_data_seeds": 1, "n_valued": 2,
                      "whole_grid": False},
            "paper": {"grid_step": 0.5, "seed": 30, "n_seeds": 5, "n_data_seeds": 10, "n_valued": 8,
                      "whole_grid": True},
        }, **OWN_DATA,
    ),
)}  # fmt: skip


def figure_entry(figure_id):
    """The manifest's entry for an id such as "fig01"; a ValueError names the nearest known one."""
    return FIGURES[check_choice("figure", figure_id, FIGURES)]
