"""The manifest: every figure of the suite, once. Make, README, runner and tests read it."""

from dataclasses import dataclass, field

from dvlib.checks import check_choice
from dvlib.presets import (
    ADDED_POINT,
    COMPARED,
    ITERATIONS,
    MESH_ALONE_SEEDS,
    ONE_RUN,
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

VALUED = ("two_clusters", "four_clusters", "noisy", "zero_centered")


@dataclass(frozen=True)
class FigureEntry:
    """One figure: what it is, what its notebook takes, and what each preset stands for."""

    number: int  # the paper's, or with `extension` one of our own
    slug: str
    title: str
    caption: str
    alt: str
    presets: dict
    dataset: str | None = "two_clusters"
    datasets: tuple = VALUED
    extra: dict = field(default_factory=dict)  # parameters beyond the common ones, by preset
    unused: tuple = ()  # common parameters without a meaning here
    extension: bool = False  # not a figure of the paper's, but what its text proposes

    @property
    def id(self):
        return f"{'ext' if self.extension else 'fig'}{self.number:02d}"

    @property
    def name(self):
        return f"{'Extension' if self.extension else 'Figure'} {self.number}"

    @property
    def stem(self):
        return f"{self.id}_{self.slug}"


def _trajectory(number, slug, what, dataset, alt):
    return FigureEntry(
        number=number,
        slug=slug,
        title=f"Trajectory of the boundary on {what}",
        caption=f"On {what}: boundaries of ten runs at initialization, then after epochs 1, 3, 9 "
        "and 14, and how often each training point was forgotten, as its size.",
        alt=alt,
        presets=RUNS_10,
        dataset=dataset,
        extra=with_each(SAMPLES, single_run=False),
        unused=("grid_step",),
    )


FIGURES = {
    entry.id: entry
    for entry in (
        FigureEntry(
            number=1,
            slug="leave_one_out",
            title="Leave-one-out values",
            caption="Leave-one-out values on a grid: how much nearer to g the boundary comes with "
            "the point (left), how far the point moves it (centre), and what a point is worth "
            "when the grid is the whole training set (right).",
            alt="Three maps of the plane. Left and centre: two blue wedges of high value between "
            "the straight ground-truth line and the curved learned boundary, one above and one "
            "below the clusters; the rest is red. Right: values of the mesh alone, on a far "
            "smaller scale, even but for the points beside the line.",
            presets=ADDED_POINT,
            extra={p: {"n_seeds_mesh": MESH_ALONE_SEEDS} for p in ("quick", "paper")},
        ),
        FigureEntry(
            number=2,
            slug="shapley",
            title="Data Shapley values",
            caption="Shapley values on the paper's coarse grid: what a point adds to models of "
            "random parts of X, against g (left) and against f_X (centre), and to models of random "
            "parts of the grid itself (right). Below, the first two on the fine grid of Figure 1.",
            alt="Five maps of the plane. Above left and centre, coarse, and below, fine: high "
            "values in the wedges between the straight ground-truth line and the curved learned "
            "boundary. Above right: the mesh alone, with high values only beside the line.",
            # paper: its grid. 60 sets are a bound; the errors reach a tenth of the range before.
            presets={
                "quick": {"grid_step": 7.0, "n_seeds": 3},
                "paper": {"grid_step": 3.0, "n_seeds": 10},
            },
            extra={
                "quick": {"n_data_seeds": 1, "n_sets": 12, "n_fits_mesh": 4_000, "fine_step": None},
                "paper": {"n_data_seeds": 3, "n_sets": 60, "n_fits_mesh": 80_000, "fine_step": 1.0},
            },
        ),
        FigureEntry(
            number=3,
            slug="forgetting_memorization",
            title="Forgetting, last learned and memorization",
            caption="Three values read from the same refits with one grid point added: forgetting "
            "events (left), the epoch the point was first classified correctly (centre), and "
            "memorization (right).",
            alt="Three maps of the plane with the ground-truth line and the learned boundary. "
            "Forgetting is high in both wedges between the boundaries, last learned in the small "
            "region between the clusters, and memorization fills all of the wedges evenly.",
            presets=ADDED_POINT,
        ),
        FigureEntry(
            number=4,
            slug="dvrl",
            title="Data valuation using reinforcement learning",
            caption="Values by DVRL from three inputs: the point, its label and the residual of "
            "f_X (left), the point and the prediction of f_X (centre), the point alone (right); "
            "coordinates scaled as in the method's released code (above) and raw (below).",
            alt="Two rows of three maps of the plane with the ground-truth line and the learned "
            "boundary. Above, with label and residual the wedges between the two stand out, with "
            "the prediction the map follows the learned boundary, with x alone it is nearly even. "
            "Below, the maps shade or cut the plane in ways that follow neither line.",
            presets=ONE_RUN,
            extra=THREE_SAMPLES,
        ),
        FigureEntry(
            number=5,
            slug="datasets",
            title="The synthetic data sets",
            caption="Training and test points of two clusters, four clusters and overlapping "
            "(noisy) clusters, with the ground-truth boundary g and the cluster means.",
            alt="Three scatter plots of points of two labels with the ground-truth boundary: two "
            "separate clusters, two clusters of each label on either side of a bent line, and two "
            "overlapping clusters.",
            presets={"quick": {}, "paper": {}},
            dataset=None,
            datasets=(None, *VALUED),
            unused=("grid_step", "n_seeds", "mesh_side"),
        ),
        FigureEntry(
            number=6,
            slug="out_of_distribution",
            title="Out-of-distribution scores",
            caption="How unsure three models are of each grid point: a Gaussian process (left), "
            "passes of one network with dropout (centre), an ensemble of networks (right).",
            alt="Three maps of the plane with both boundaries. The Gaussian process: low in two "
            "discs around the clusters, high all around them. Dropout and ensemble: high only in "
            "two narrow bands along the learned boundary, which begin beyond the clusters.",
            presets={
                "quick": {"grid_step": 2.0, "n_seeds": 1},
                "paper": {"grid_step": 1.0, "n_seeds": 10},
            },
            # Passes and networks: enough for a variance; samples: half a minute of dropout.
            extra={
                "quick": {"n_data_seeds": 1, "n_networks": 10, "n_passes": 100},
                "paper": {"n_data_seeds": 5, "n_networks": 30, "n_passes": 100},
            },
        ),
        FigureEntry(
            number=7,
            slug="architectures",
            title="Stability of architectures",
            caption="Learned boundaries of 15 runs of networks with one hidden layer of 3, 50 and "
            "1,000 units, and of 4 runs of two deeper networks.",
            alt="Five panels of the two clusters, each with the learned boundaries of many runs. "
            "With 3 units they scatter over the plane, with 50 and 1,000 they form a narrow "
            "bundle, curved and open to the right.",
            # The grid is that of C34, on which a point is added at a time; a coarse one will do.
            presets=with_each(RUNS_15, grid_step=5.0),
            # Scikit-learn fits the deeper ones, 30 times slower: 4 runs on each of 4 samples.
            extra={
                "quick": SAMPLES["quick"] | {"n_deep": 2},
                "paper": SAMPLES["paper"] | {"n_deep": 4},
            },
        ),
        FigureEntry(
            number=8,
            slug="mislabelled_point",
            title="Stability with a mis-labelled point",
            caption="Learned boundaries of 15 runs without (left) and with (right) a mis-labelled "
            "point at the centre of a cluster, for 50, 100 and 500 training points a label, and "
            "for 500 with minibatches of 150.",
            alt="Four pairs of panels. Without the point the boundaries of the runs lie on each "
            "other. With it they still do for 50 points a label, fan out for 100 and less for 500, "
            "and lie on each other again for 500 with minibatches of 150.",
            presets=RUNS_15,
            extra=SAMPLES,
            unused=("grid_step",),
        ),
        FigureEntry(
            number=9,
            slug="new_point",
            title="Stability with a new correct point",
            caption="Learned boundaries of 15 runs without (left) and with (right) a correctly "
            "labelled new point, for 50, 100 and 500 training points a label, for another sample "
            "of 500, and for 500 with minibatches of 150.",
            alt="Five pairs of panels. Without the point the boundaries of the runs lie on each "
            "other; with it they bend towards it. They fan out for 100 and 500 points a label and "
            "on another sample; for 50, and for 500 with minibatches of 150, they stay together.",
            presets=RUNS_15,
            # The paper does not say where its point lies. Ours lies where a network trained
            # without it is wrong: elsewhere a correct point changes little (Figure 1).
            extra=with_each(SAMPLES, new_x=15.0, new_y=-3.0),
            unused=("grid_step",),
        ),
        FigureEntry(
            number=10,
            slug="training_points",
            title="Values of the training points, two clusters",
            caption="Training points sized by leave-one-out, Shapley, last learned and DVRL "
            "(left); dv to g and test accuracy as points are removed from the lowest value up, or "
            "from the highest down, with random removal as the reference (right).",
            alt="Four scatter plots and four line plots. Sizes differ little by leave-one-out, "
            "Shapley and DVRL; by last learned the points of the lower cluster on the side of the "
            "other are large. Removed from the lowest value up, leave-one-out and Shapley bring "
            "the boundary nearer to g than random removal; last learned and DVRL end with one "
            "label.",
            presets=with_each({"quick": {}, "paper": {}}, n_seeds=2),
            extra=TRAINING,
            unused=("grid_step",),
        ),
        FigureEntry(
            number=11,
            slug="training_points_four_clusters",
            title="Values of the training points, four clusters",
            caption="As Figure 10, on four clusters: training points sized by value (left), and "
            "what removing them does (right).",
            alt="Four scatter plots and four line plots. By last learned the points of one cluster "
            "on the side of the others are large, all others alike. Removed from the lowest value "
            "up, Shapley stays with random removal; leave-one-out, last learned and DVRL lose the "
            "boundary as the set gets short, DVRL first.",
            presets=with_each({"quick": {}, "paper": {}}, n_seeds=2),
            dataset="four_clusters",
            extra=TRAINING,
            unused=("grid_step",),
        ),
        FigureEntry(
            number=12,
            slug="noisy",
            title="Four methods on noisy data",
            caption="Leave-one-out, Shapley, forgetting events and DVRL with full input on "
            "overlapping clusters.",
            alt="Four maps of the plane with both boundaries. Leave-one-out and Shapley are high "
            "in the lower wedge between the boundaries, forgetting between the clusters and less "
            "in both wedges, DVRL in both wedges.",
            presets=COMPARED,
            dataset="noisy",
            extra=both(THREE_SAMPLES, SETS),
        ),
        FigureEntry(
            number=13,
            slug="four_clusters",
            title="Four methods on four clusters",
            caption="Leave-one-out, Shapley, forgetting events and DVRL with full input on two "
            "clusters of each label.",
            alt="Four maps of the plane with the bent ground-truth boundary and the learned one. "
            "Leave-one-out is high in the upper and lower region and beside the boundary, Shapley "
            "in the lower one, forgetting right of the upper part of g, DVRL in the upper one.",
            presets=COMPARED,
            dataset="four_clusters",
            extra=both(THREE_SAMPLES, SETS),
        ),
        FigureEntry(
            number=14,
            slug="zero_centered",
            title="Three methods on centred data",
            caption="Leave-one-out, forgetting events and DVRL with full input on two clusters "
            "whose middle is the origin.",
            alt="Three maps of the plane with two almost straight boundaries that cross at the "
            "origin. Leave-one-out is high on one side of the learned boundary and low on the "
            "other, forgetting almost nowhere above 0, DVRL high or low between the boundaries.",
            presets=COMPARED,
            dataset="zero_centered",
            extra=THREE_SAMPLES,
        ),
        FigureEntry(
            number=15,
            slug="mesh_alone",
            title="Forgetting and memorization on the mesh alone",
            caption="Forgetting events and memorization when the grid, labelled by g, is the "
            "whole training set.",
            alt="Two maps of the plane: high values only on grid points beside the ground-truth "
            "line.",
            presets={
                "quick": {"grid_step": 2.0, "n_seeds": MESH_ALONE_SEEDS},
                "paper": {"grid_step": 1.0, "n_seeds": MESH_ALONE_SEEDS},
            },
        ),
        _trajectory(
            16,
            "trajectory_two_clusters",
            "two clusters",
            "two_clusters",
            "Six panels: boundaries in all directions at initialization, then a bundle that turns "
            "around the lower cluster and opens to the right. In the last panel a few points of "
            "the lower cluster, in the boundary's way, are larger.",
        ),
        _trajectory(
            17,
            "trajectory_four_clusters",
            "four clusters",
            "four_clusters",
            "Six panels: boundaries in all directions at initialization, then a bundle that comes "
            "to lie between the clusters of the two labels. In the last panel points of one "
            "cluster are larger, on its side towards the boundary.",
        ),
        _trajectory(
            18,
            "trajectory_noisy",
            "noisy data",
            "noisy",
            "Six panels: boundaries in all directions at initialization, then a bundle that moves "
            "through the lower cluster and ends along the ground truth. In the last panel the "
            "larger points lie along the boundary.",
        ),
        FigureEntry(
            number=19,
            slug="forgetting_variants",
            title="Variants of forgetting",
            caption="Last learned, frequent forgetting and simple forgetting, read from the same "
            "refits as Figures 1 and 3.",
            alt="Three maps of the plane with the ground-truth line and the learned boundary; "
            "last learned and simple forgetting are highest between the clusters, frequent "
            "forgetting in the wedge above them.",
            presets=ADDED_POINT,
        ),
        FigureEntry(
            number=20,
            slug="dvrl_runs",
            title="Repeated runs of DVRL",
            caption="Values by DVRL with full input, three runs on the same training set that "
            "differ by their seed, for each of three baselines.",
            alt="Three rows of three maps of the plane with the ground-truth line and the learned "
            "boundary. The wedges between the two stand out in most runs, high in some and low in "
            "others.",
            # paper: the fewest runs that give ten pairs a baseline
            presets={
                "quick": {"grid_step": 2.0, "n_seeds": 2},
                "paper": {"grid_step": 1.0, "n_seeds": 5},
            },
            extra=ITERATIONS | {"paper": ITERATIONS["paper"] | {"n_iterations": 1_000}},
        ),
        FigureEntry(
            number=21,
            slug="dvrl_rare_point",
            title="DVRL with a rare point",
            caption="Values by DVRL when the training set has one point more, at (15, 5) as in "
            "the paper (above) and where f_X mis-classifies it (below), from three inputs.",
            alt="Two rows of three maps of the plane with both boundaries and the marked rare "
            "point. With label and residual the wedges between the boundaries are high; with the "
            "prediction the maps follow the learned boundary; with x alone they are even, or "
            "nearly so.",
            presets=ONE_RUN,
            # Ours: with clusters of deviation 1.5 the paper's place is classified correctly.
            extra={name: of | {"new_x": 15.0, "new_y": -3.0} for name, of in THREE_SAMPLES.items()},
        ),
        FigureEntry(
            number=1,
            slug="pairwise_values",
            title="Pairwise values",
            caption="Pairwise values of two clusters, four clusters, and two clusters with a small "
            "group: the joint effect as the paper writes it (left), the interaction (centre), and "
            "the clusters recovered from the interaction (right).",
            alt="Three rows of two matrices, ordered by cluster, and a scatter plot. The joint "
            "matrices are striped, the interactions noisy.",
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
            number=2,
            slug="mirror_point",
            title="The most valuable partner of a point",
            caption="How well a model of two points, x and each grid point, agrees with a linear "
            "g: a linear SVM, logistic regression and the MLP. Is the mirror image of x best?",
            alt="Three maps of the plane with a straight ground-truth line, a marked point on one "
            "side and its mirror image on the other.",
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
            number=3,
            slug="agreement",
            title="Agreement of the methods",
            caption="For each data set, from top: rank correlation of the values of every two "
            "methods, overlap of their top deciles, and each method's AUC for the mis-classified "
            "region. The diagonal is a method against itself with other seeds.",
            alt="For four data sets two matrices of methods and a plot of AUCs. On two clusters "
            "leave-one-out and Shapley agree with each other as with themselves; on the other data "
            "sets leave-one-out against f_X and memorization keep AUCs of about 0.9 and more.",
            presets=COMPARED,
            extra=both(THREE_SAMPLES, both(SETS, SCORES)),
            dataset=None,
            datasets=(None,),
            extension=True,
        ),
    )
}


def figure_entry(figure_id):
    """The manifest's entry of "fig01" …; a ValueError names the nearest otherwise."""
    return FIGURES[check_choice("figure", figure_id, FIGURES)]
