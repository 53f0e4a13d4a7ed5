"""The manifest: every figure of the suite, once. Make, README, runner and tests read it."""

from dataclasses import dataclass, field

from dvlib.checks import check_choice

VALUED = ("two_clusters", "four_clusters", "noisy", "zero_centered")

# Each figure has its own; these are shared, so that figures read each other's refits.
# paper: X_P^M of section 3; 10 seeds keep the standard error of memorization at or below ⅓.
# quick: a quarter of the points and as few seeds as still give a standard error worth the name.
ADDED_POINT = {
    "quick": {"grid_step": 2.0, "n_seeds": 3},
    "paper": {"grid_step": 1.0, "n_seeds": 10},
}
# A fit to the mesh alone has twice the points and runs twice the epochs: 3 seeds in either.
MESH_ALONE_SEEDS = 3


@dataclass(frozen=True)
class FigureEntry:
    """One figure: what it is, what its notebook takes, and what each preset stands for."""

    number: int
    slug: str
    title: str
    caption: str
    alt: str
    presets: dict
    dataset: str | None = "two_clusters"
    datasets: tuple = VALUED
    extra: dict = field(default_factory=dict)  # parameters beyond the common ones, by preset
    unused: tuple = ()  # common parameters without a meaning here

    @property
    def id(self):
        return f"fig{self.number:02d}"

    @property
    def stem(self):
        return f"{self.id}_{self.slug}"


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
    )
}


def figure_entry(figure_id):
    """The manifest's entry of "fig01" …; a ValueError names the nearest otherwise."""
    return FIGURES[check_choice("figure", figure_id, FIGURES)]
