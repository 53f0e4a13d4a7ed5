"""The manifest lists every figure of the suite. Make, the page, the runner and the tests read it.

Numbers and presets stand here with their reasons; titles, captions and alt texts stand in
`figures.toml`.
"""

from dvlib.checks import check_choice
from dvlib.data.datasets import NAMES, SAMPLED
from dvlib.paper.entry import FigureEntry
from dvlib.paper.presets import (
    ADDED_POINT,
    COMPARED,
    DRAWN_SAMPLE,
    EMPTY,
    ITERATIONS,
    MESH_ALONE_SEEDS,
    ONE_RUN,
    ONE_SAMPLE,
    RUNS_10,
    RUNS_15,
    SAMPLES,
    SCORES,
    SETS,
    TRAINING,
    both,
    with_each,
)

ITS_OWN = "the data sets that it chooses itself: leave out dataset"


FIGURES = {entry.id: entry for entry in (
    FigureEntry(1, "leave_one_out", ADDED_POINT,
                extra=with_each(EMPTY, n_seeds_mesh=MESH_ALONE_SEEDS)),
    FigureEntry(
        2, "shapley",
        # paper: its own grid. 60 subsets are an upper limit: sampling stops earlier, once the
        # errors are a tenth of the range. One sample is drawn: the samples of C07 take most of a
        # minute each, and are measured with all claims.
        presets={"quick": {"grid_step": 7.0, "n_seeds": 3},
                 "paper": {"grid_step": 3.0, "n_seeds": 10}},
        extra={
            "quick": {"n_data_seeds": 1, "n_sets": 12, "n_fits_mesh": 4_000, "fine_step": None},
            "paper": {"n_data_seeds": 1, "n_sets": 60, "n_fits_mesh": 80_000, "fine_step": 1.0},
        },
    ),
    FigureEntry(3, "forgetting_memorization", ADDED_POINT, watched=True),
    FigureEntry(4, "dvrl", ONE_RUN, extra=DRAWN_SAMPLE),
    FigureEntry(5, "datasets", EMPTY, dataset=None, datasets=(None, *NAMES),
                unused=("grid_step", "n_seeds", "mesh_side")),
    FigureEntry(
        6, "out_of_distribution",
        presets={"quick": {"grid_step": 2.0}, "paper": {"grid_step": 1.0}},
        # Enough passes and networks for a variance; dropout takes seconds per sample.
        extra={"quick": {"n_data_seeds": 1, "n_networks": 10, "n_passes": 100},
               "paper": {"n_data_seeds": 5, "n_networks": 30, "n_passes": 100}},
        unused=("n_seeds",),
    ),
    FigureEntry(
        7, "architectures",
        # C34 adds the grid's points one by one, and a coarse grid is enough for it.
        presets=with_each(RUNS_15, grid_step=5.0),
        # Scikit-learn fits the deeper networks, 30 times slower: 4 runs on each of 4 samples.
        extra={"quick": SAMPLES["quick"] | {"n_deep": 2},
               "paper": SAMPLES["paper"] | {"n_deep": 4}},
    ),
    FigureEntry(8, "mislabelled_point", RUNS_15, extra=SAMPLES, datasets=tuple(SAMPLED),
                needs="samples of 50, 100 and 500 points per label, which are drawn anew",
                unused=("grid_step",)),
    FigureEntry(
        9, "new_point", RUNS_15,
        # The paper does not say where its point lies. Ours lies where a network trained without
        # it is wrong: elsewhere a correct point changes little (Figure 1).
        extra=with_each(SAMPLES, new_x=15.0, new_y=-3.0),
        datasets=tuple(SAMPLED),
        needs="samples of 50, 100 and 500 points per label, which are drawn anew",
        unused=("grid_step",),
    ),
    FigureEntry(10, "training_points", with_each(EMPTY, n_seeds=2), extra=TRAINING,
                unused=("grid_step",), watched=True),
    FigureEntry(11, "training_points_four_clusters", with_each(EMPTY, n_seeds=2), "four_clusters",
                extra=TRAINING, unused=("grid_step",), watched=True),
    FigureEntry(12, "noisy", COMPARED, "noisy", extra=both(ONE_SAMPLE, SETS), watched=True),
    FigureEntry(13, "four_clusters", COMPARED, "four_clusters", extra=both(ONE_SAMPLE, SETS),
                watched=True),
    FigureEntry(14, "zero_centered", COMPARED, "zero_centered", extra=ONE_SAMPLE, watched=True),
    FigureEntry(15, "mesh_alone", with_each(ADDED_POINT, n_seeds=MESH_ALONE_SEEDS), watched=True),
    *(
        FigureEntry(number, f"trajectory_{dataset}", RUNS_10, dataset,
                    extra=with_each(SAMPLES, single_run=False), unused=("grid_step",), watched=True)
        for number, dataset in ((16, "two_clusters"), (17, "four_clusters"), (18, "noisy"))
    ),
    FigureEntry(19, "forgetting_variants", ADDED_POINT, watched=True),
    FigureEntry(
        20, "dvrl_runs",
        # paper: as many runs as the paper draws, with each baseline and both coordinates
        presets={"quick": {"grid_step": 2.0, "n_seeds": 2},
                 "paper": {"grid_step": 1.0, "n_seeds": 3}},
        extra=ITERATIONS | {"paper": ITERATIONS["paper"] | {"n_iterations": 1_000}},
    ),
    FigureEntry(
        21, "dvrl_rare_point", ONE_RUN,
        # Our own choice: a place that f_X mis-classifies, which the paper says of its own (15, 5).
        # In both regimes f_X classifies (15, 5) correctly.
        extra=with_each(DRAWN_SAMPLE, new_x=15.0, new_y=-3.0),
        datasets=tuple(SAMPLED),
        needs="data in the paper's plane, where both of its points have their places",
    ),
    FigureEntry(
        1, "pairwise_values",
        presets={"quick": {"n_seeds": 2}, "paper": {"n_seeds": 5}},
        # paper: 32 points. The number of fits grows with their square, and the nine matrices
        # should take half a minute.
        extra={"quick": {"n_data_seeds": 1, "n_per_label": 8, "n_sets": 12},
               "paper": {"n_data_seeds": 3, "n_per_label": 16, "n_sets": 24}},
        unused=("grid_step",), dataset=None, datasets=(None,), needs=ITS_OWN, extension=True,
    ),
    FigureEntry(
        2, "mirror_point",
        # Each partner costs a fit to two points; scikit-learn fits the linear models one by one.
        presets={"quick": {"grid_step": 3.5, "n_seeds": 1},
                 "paper": {"grid_step": 1.0, "n_seeds": 3}},
        extra={"quick": {"n_points": 2}, "paper": {"n_points": 5}},
        datasets=("two_clusters", "noisy", "zero_centered"),
        needs="two clusters, between which g is a straight line", extension=True,
    ),
    FigureEntry(3, "agreement", COMPARED, extra=both(ONE_SAMPLE, both(SETS, SCORES)),
                dataset=None, datasets=(None,), needs=ITS_OWN, watched=True, extension=True),
    FigureEntry(
        4, "next_labels",
        # A committee of five networks, an odd number that cannot tie. paper: ten samples of four
        # data sets in a minute or two; samples from 10 on: measures were tried on 0 to 9.
        presets={"quick": {"grid_step": 5.0, "n_seeds": 3},
                 "paper": {"grid_step": 1.75, "seed": 10, "n_seeds": 5}},
        extra={"quick": {"n_data_seeds": 1, "n_labels": 5},
               "paper": {"n_data_seeds": 10, "n_labels": 10}},
        dataset=None, datasets=(None,), needs=ITS_OWN, extension=True,
    ),
    FigureEntry(
        5, "core_sets",
        # paper: three seeds, so that another seed's change is known, and ten samples from 10 on, as
        # in Extension 4. Leaving out each point in turn takes most of the two minutes.
        presets={"quick": {"n_seeds": 2}, "paper": {"seed": 10, "n_seeds": 3}},
        extra={"quick": {"n_data_seeds": 1}, "paper": {"n_data_seeds": 10}},
        dataset=None, datasets=(None,), needs=ITS_OWN, unused=("grid_step",), extension=True,
    ),
    FigureEntry(
        6, "rule_of_value",
        # paper: 15 by 15 points of eight data sets, two seeds so that noise can be told, and five
        # samples, in two minutes; samples from 10 on, as in Extension 4.
        presets={"quick": {"grid_step": 7.0, "n_seeds": 1},
                 "paper": {"grid_step": 2.5, "seed": 10, "n_seeds": 2}},
        extra={"quick": {"n_data_seeds": 1}, "paper": {"n_data_seeds": 5}},
        dataset=None, datasets=(None,), needs=ITS_OWN, extension=True,
    ),
    FigureEntry(
        7, "ten_dimensions",
        # paper: 200 candidates, some twenty of which are mis-classified; three seeds, so that pairs
        # of seeds can be compared; four samples of two data sets, 5,000 fits; samples from 10 on.
        presets={"quick": {"n_seeds": 2}, "paper": {"seed": 10, "n_seeds": 3}},
        extra={"quick": {"n_data_seeds": 1, "n_points": 60},
               "paper": {"n_data_seeds": 4, "n_points": 200}},
        dataset=None, datasets=(None,), needs=ITS_OWN, unused=("grid_step",),
        extension=True,
    ),
    FigureEntry(
        8, "noisy_labels",
        # paper: rows of the published protocol, and three samples of two data sets, 8,640
        # fits; samples from 10 on.
        presets={"quick": {}, "paper": {"seed": 10}},
        extra={"quick": {"n_data_seeds": 1, "n_points": 150, "n_fits": 100},
               "paper": {"n_data_seeds": 3, "n_points": 1_000, "n_fits": 600}},
        dataset=None, datasets=(None,), needs=ITS_OWN, unused=("grid_step", "n_seeds"),
        extension=True,
    ),
    FigureEntry(
        9, "slices",
        # paper: places as dense as two dozen points a cluster need, three slices of each data set,
        # and one seed: 1,100 fits of tables.
        presets={"quick": {"n_seeds": 1}, "paper": {"seed": 10, "n_seeds": 1}},
        extra={"quick": {"n_data_seeds": 1, "n_places": 7},
               "paper": {"n_data_seeds": 3, "n_places": 11}},
        dataset=None, datasets=(None,), needs=ITS_OWN, unused=("grid_step",), extension=True,
    ),
    FigureEntry(
        10, "spared_retraining",
        # Two seeds, so that another seed can be told from an estimate. paper: 21 by 21 points,
        # since a prediction holds a number for each of them and each point of a mesh; three
        # samples, from 10 on, as in Extension 4.
        presets={"quick": {"grid_step": 5.0, "n_seeds": 2},
                 "paper": {"grid_step": 1.75, "seed": 10, "n_seeds": 2}},
        extra={"quick": {"n_data_seeds": 1}, "paper": {"n_data_seeds": 3}},
        datasets=tuple(SAMPLED), needs="data that are drawn, whose ground truth is known",
        extension=True,
    ),
    FigureEntry(
        None, "claims",
        # paper: data seeds 10 to 19. The figures draw seeds from 0 on, on which measures were
        # tried; a verdict is about samples that nobody had seen. quick shares the figures' refits.
        presets={"quick": {"seed": 0}, "paper": {"seed": 10}},
        # paper: ten samples, and few where a sample costs much (`dvlib.paper.groups`)
        extra={"quick": {"n_data_seeds": 1, "n_few": 1},
               "paper": {"n_data_seeds": 10, "n_few": 3}},
        unused=("grid_step", "n_seeds"), dataset=None, datasets=(None,), needs=ITS_OWN,
        extension=True,
    ),
    FigureEntry(
        None, "robustness",
        # With this step and a single seed each of the 36 training settings takes a few seconds.
        # The grid contains the ends of every plotted range.
        presets={"quick": {"grid_step": 5.0, "n_seeds": 1},
                 "paper": {"grid_step": 1.25, "n_seeds": 1}},
        extra={"quick": {"n_data_seeds": 1}, "paper": {"n_data_seeds": 5}},
        datasets=("two_clusters",), extension=True,
        needs="two clusters of several deviations and sizes, which are drawn anew",
    ),
    FigureEntry(
        None, "unstated",
        # grid_step: of the points from which those that are valued are drawn. A setting and a
        # sample take about 120 fits, so that the whole takes minutes.
        presets={"quick": {"grid_step": 1.0, "n_seeds": 2},
                 "paper": {"grid_step": 0.5, "n_seeds": 5}},
        extra={"quick": {"n_data_seeds": 1, "n_valued": 4, "n_random": 1, "whole_grid": False},
               "paper": {"n_data_seeds": 10, "n_valued": 12, "n_random": 20, "whole_grid": True}},
        datasets=("two_clusters",), extension=True,
        needs="two clusters of several deviations and sizes, which are drawn anew",
    ),
)}  # fmt: skip


def figure_entry(figure_id):
    """The manifest's entry for an id such as "fig01".

    Raises
    ------
    ValueError : unknown id; the message names the nearest known one
    """
    return FIGURES[check_choice("figure", figure_id, FIGURES)]
