"""How far a figure's numbers may be from the committed ones on another processor, and why.

Differences measured between kernels compiled for "generic" and for "znver4":

- two clusters (3,888 fits of Figure 1): dv changed by at most 1.3e-4 in fits with the same number
  of epochs; 3 fits stopped up to 4 epochs earlier or later, and their dv changed by up to 3e-3
- noisy data (2,592 fits): 77 fits stopped up to 23 epochs earlier or later, and their dv changed
  by up to 8.4e-3; that of the others changed by at most 2.4e-4
- four clusters and centred data (648 fits each): dv changed by at most 2e-5
- Shapley values of noisy data: up to 2.2e-4
- curves of Figures 7 to 9, 16 and 18: at most 0.02 units, if the thinning of points kept another
  corner; most below 0.001
- variance over 30 networks: 4e-6

For comparison, a learning rate 1 % larger moves most curves of Figure 16 by more than the
tolerance, up to 0.3 units.
"""

from dataclasses import dataclass

EPSILON = 1e-4  # share of the mesh whose label changes by float32 rounding alone
STOPPED = {"noisy": 3e-2}  # share of the fits that stop at another epoch, by data set
SELDOM = 1e-3  # the same share for the other data sets
STEP = 1e-2  # largest share of the mesh whose label changes if a fit stops at another epoch
# Share of the fits in which the watched point is correct at other epochs. Measured: 0 of 3,888 on
# two clusters, 2 of 2,592 on noisy data, and 4 of 3,888 for the mesh alone.
FLIPPED = 1e-3
SAME = 1e-6  # numbers that differ by less are equal up to their last digits


@dataclass(frozen=True)
class Tolerance:
    """A rule: rows may be off by `near`, and a share of them that depends on `few` by more.

    Attributes
    ----------
    near : largest allowed difference; None = rounding decides the result, so numbers are compared
        only on the same processor and reported on any other
    errors : number of the row's standard errors that are added to `near`
    few : "", "stopped", "flipped" or "run": which rows may be off by more, and by how much
    why : the reason for the rule
    """

    near: float | None
    why: str
    errors: float = 0.0
    few: str = ""

    def bounds(self, seeds, dataset, spread):
        """Share of the rows that may be off by more than `near`, and their largest difference.

        A value is the mean over `seeds` seeds; `spread` is the range of the committed values.
        """
        # A difference has two fits, and either may stop elsewhere. A mean of K seeds moves by 1/K.
        if self.few == "stopped":
            return min(1.0, 2 * seeds * STOPPED.get(dataset, SELDOM)), 2 * STEP / seeds
        if self.few == "flipped":
            return 2 * seeds * FLIPPED, max(spread, 1 / seeds)
        if self.few == "run":
            return 0.1, 1.0
        return 0.0, self.near


# By the `kind` of a table, which its bundle keeps.
TOLERANCES = {
    "given": Tolerance(SAME, "coordinates, labels, names: they need no fit"),
    "share of the mesh": Tolerance(
        2 * EPSILON,
        "two boundaries, each moved on 1e-4 of the mesh; few: 2 K p of the rows (K seeds; p = "
        "0.001, on noisy data 0.03, of the fits stop at another epoch) by at most 0.02 / K",
        few="stopped",
    ),
    "share of the mesh, error": Tolerance(
        2 * EPSILON, "as the means they belong to", few="stopped"
    ),
    "sampled share of the mesh": Tolerance(
        4 * EPSILON,
        "Shapley and pairwise values: four boundaries; a sampler that stops by its errors may do "
        "one round more or less, which moves a mean of n ≥ 20 sets by z standard errors / √n, "
        "z ≤ 4; a set whose fit stops at another epoch moves it less",
        errors=1.0,
    ),
    "sampled share of the mesh, error": Tolerance(
        4 * EPSILON, "a round of n ≥ 20 that holds z = 4 makes the variance larger by 16 / 20",
        errors=0.5,
    ),
    "epochs": Tolerance(
        SAME,
        "whole numbers per seed; few: in 0.001 of the fits the point is correct at other epochs: "
        "0.002 K of the rows, by any number of the panel's range",
        few="flipped",
    ),
    "frequency": Tolerance(
        SAME, "right or wrong per seed; few: as for epochs, the last one decides", few="flipped"
    ),
    "test accuracy": Tolerance(
        2.1 / 330, "two of the 330 test points may lie where the boundary moves", few="stopped"
    ),
    "curves": Tolerance(
        0.05,
        "units of the plane, Hausdorff distance of a run's curves: corners are thinned within "
        "0.02 in both, and 1e-4 of the mesh is 0.09 units² along some 25 units; few: one run in "
        "ten, which stopped at another epoch, by at most 1",
        few="run",
    ),
    "variance of a Gaussian process": Tolerance(
        1e-3, "the search for its parameters stops at a small change"
    ),
    "variance over networks": Tolerance(
        2.5e-3,
        "a boundary moved by 0.004 units at a slope of up to 0.75 of p: by 0.003, times twice the "
        "largest deviation, 0.4",
    ),
    "agreement": Tolerance(
        0.075,
        "rank correlations, overlaps, AUCs: one point of a top decile of 14; on noisy data 6 % "
        "of the points change rank",
    ),
    "removal by value": Tolerance(
        None, "670 values differ by less than rounding errors, which decide the order"
    ),
    "labelled in turn": Tolerance(
        None, "each choice depends on the networks before it, so one rounding may change the rest"
    ),
    "probability": Tolerance(
        3e-3, "as for a variance: a boundary moved by 0.004 units at a slope of up to 0.75 of p"
    ),
    "variance over passes": Tolerance(
        None, "how TensorFlow's sums differ on another processor is not known"
    ),
    "selection probability": Tolerance(None, "DVRL is chaotic: one rounding changes the run"),
    "verdicts": Tolerance(None, "they depend on all numbers above"),
}  # fmt: skip


def rule_of(kind, column):
    """Name of the tolerance for a column whose rows hold numbers of a kind."""
    if column == "accuracy" and kind == "share of the mesh":
        return "test accuracy"
    error = f"{kind}, error"
    return error if column.endswith("error") and error in TOLERANCES else kind
