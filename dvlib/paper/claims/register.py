"""The register of the paper's claims, each with a threshold set beforehand.

The statements are in our own words. "Region" is a mis-classified region: points where g and f_X
differ. Claims are measured in the modules named `…_claims`. Some measures were replaced or
sharpened after a first run had shown that they missed their claim; they say so where they are
computed.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

# Written once the numbers were there: what was found, or what a number is of.
COMMENTS = tomllib.loads(Path(__file__).with_name("comments.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Claim:
    """One statement of the paper and how it is judged."""

    id: str
    figure: str
    study = None
    says: str
    threshold: str  # of its parts; in brackets a looser one, which makes it "partly"

    @property
    def found(self):
        """A line on what was found, or on what the number is of."""
        return COMMENTS.get(self.id, "")


CLAIMS = {
    claim.id: claim
    for claim in (
        Claim(
            "C11", "fig04",
            "the values of DVRL match those of the other methods in none of its three settings",
            # what C01 calls no match, and less than half of a common order
            "AUC of value for the regions < 0.75 and rank correlation with leave-one-out < 0.5, "
            "with each of the three inputs, in the runs that rank the points at all",
        ),
        Claim(
            "C12", "fig20", "repeated runs of DVRL on one training set give different values",
            "mean rank correlation of the values of two runs < 0.5 with each of three baselines, "
            "over the checkpoints of the last half of the runs",
        ),
        Claim(
            "C28", "fig21",
            "DVRL rates a rare point important with full input and with x alone, not with "
            "predictions only",
            "value of the point above nine tenths of the training points with full input and with "
            "x alone; with full input, but not with predictions; at the place the paper gives",
        ),
        Claim(
            "C13", "fig06",
            "a Gaussian process rates the points off the training set, Monte-Carlo dropout and an "
            "ensemble only those near the learned boundary",
            "rank correlation of the score with distance to the training points (process) or "
            "nearness to the boundary (others) ≥ 0.5, and above that with the other of the two",
        ),
        Claim(
            "C14", "fig06", "dropout finds the upper part of the boundary better than an ensemble",
            "AUC of the score for points within 1 of the boundary, against points beyond 2 of it: "
            "larger for dropout above the clusters' middle, and by more than below it",
        ),
        Claim(
            "C18", "fig10",
            "leave-one-out and forgetting give every training point the same value and Shapley "
            "nearly, last learned and DVRL do not",
            # 1.5 as in C06; ½: sizes that differ by less look alike; 0.05: by probabilities that
            # differ less, all points are drawn alike
            "spread of the values ≤ 1.5 × the standard error: leave-one-out, forgetting; above it: "
            "last learned; spread beyond the noise ≤ ½ of the mean: Shapley; standard deviation of "
            "DVRL's probabilities ≥ 0.05",
        ),
        Claim(
            "C19", "fig10",
            "to shrink the training set, removing the points of lowest value by DVRL and by last "
            "learned works best",
            "area under dv to g, removed from the lowest value up, for DVRL and for last learned "
            "below those of leave-one-out, Shapley and random removal",
        ),
        Claim(
            "C20", "fig11",
            "of four clusters, Shapley values one of the two of each label a little higher; last "
            "learned and DVRL value one cluster far lower than the rest",
            # half: a difference that sizes of points show
            "means of the two clusters of each label ≥ 2 standard errors apart (Shapley); lowest "
            "mean of a cluster ≤ ½ of the next (last learned, DVRL); the same cluster in all "
            "samples",
        ),
        Claim(
            "C21", "fig12",
            "noisy data: leave-one-out and Shapley agree on the regions, forgetting rates the one "
            "between the clusters and part of the upper one, DVRL differs",
            # thresholds of C01, C09 and C11
            "AUC for the regions ≥ 0.9 (leave-one-out, Shapley), < 0.75 (DVRL, runs that rank), "
            "rank correlation of the first two ≥ 0.5, against g and against f_X; forgetting > 2 × "
            "correct points: mean between the clusters, 0.1 to 0.9 of the upper region's points",
        ),
        Claim(
            "C22", "fig13",
            "four clusters: leave-one-out and Shapley find the regions but the small one between "
            "the clusters, forgetting finds all, DVRL differs",
            "AUC for the regions ≥ 0.9 (leave-one-out, Shapley), < 0.75 (DVRL, runs that rank); "
            "mean between ≤ ½ that of the other regions (first two), against g and against f_X; "
            "mean of each region > 2 × correct points (forgetting)",
        ),
        Claim(
            "C23", "fig14", "of centred data the network learns a straight boundary",
            # half a step of the paper's grid
            "root mean square distance of the boundary's points from their best line ≤ 0.5, and "
            "≤ a third of that on two clusters that are not centred",
        ),
        Claim(
            "C24", "fig14",
            "centred data: mis-classified points and points near a boundary count more by "
            "leave-one-out and forgetting",
            "AUC of value ≥ 0.75 against correct points beyond 2 of both boundaries: for "
            "mis-classified points, and for correct ones within 1; leave-one-out against g and "
            "against f_X",
        ),
        Claim(
            "C29", "ext03", "on every data set the mis-classified points are the important ones",
            "AUC of leave-one-out for the regions ≥ 0.9 against g and against f_X, on each of "
            "four data sets",
        ),
        Claim(
            "C15", "fig07", "larger models have stabler boundaries",
            "mean pairwise dv over runs smaller for 50 units than for 3, and for 1,000 than for 50",
        ),
        Claim(
            "C16", "fig08",
            "a mis-labelled point in a cluster disturbs larger training sets more, and "
            "leaves the predictions on the training points",
            # 0.001: at most one of the 1,000 largest training points
            "growth of mean pairwise dv by the point larger for 500 a label than for 50; "
            "predictions of ≤ 0.001 of the training points changed, for each size",
        ),
        Claim(
            "C17", "fig09",
            "a new correct point causes more variance on larger training sets, and more "
            "again on another sample: some initializations are prone to noise",
            # 2: what a spread within the error of the estimates seldom reaches
            "growth of mean pairwise dv by the point larger for 500 a label than for 50; spread "
            "of mean pairwise dv between samples ≥ 2 of its standard errors; the same runs stand "
            "apart on other samples, rank correlation ≥ 0.3",
        ),
        Claim(
            "C26", "fig16",
            "forgotten training points are near the learned boundary; on two clusters "
            "none is forgotten",
            "AUC of nearness to the run's boundary for points forgotten in it ≥ 0.9; on two "
            "clusters no point forgotten in at least half of the runs",
        ),
        Claim(
            "C30", "fig07", "all widths, and deeper networks, come to similar boundaries",
            # 0.05: two boundaries that differ by a wedge, not by their course
            "mean dv from a run of 1,000 units ≤ 0.05 for each other architecture",
        ),
        Claim(
            "C31", "ext02", "of a linear g, the best partner of a point is its mirror image",
            "agreement with g of the model of the two at most 0.002 (a mesh column) below that of "
            "the best grid point: linear SVM, logistic regression, MLP",
        ),
        Claim(
            "C32", "ext01", "pairwise values reveal the clusters",
            # 0.5: more pairs of points rightly together than not, beyond chance
            "adjusted Rand index of spectral clustering ≥ 0.5: of the matrix as the paper writes "
            "it, and of its interactions",
        ),
        Claim(
            "C33", "ext01",
            "leave-one-out values singletons only, Shapley points of small groups too",
            "leave-one-out of a point of a group of 2 to 20 ≤ 0.2 of a singleton's; Shapley of "
            "one of a group of 2 or 5 ≥ 0.2 of a singleton's, and ≥ 2 standard errors; a "
            "singleton's above 0",
        ),
        Claim(
            "C34", "fig07", "mis-classified points are learned latest by every width, and smaller "
            "networks learn fewer of them",
            "AUC of the epoch first correct for the regions ≥ 0.75 with each width; share of "
            "their points wrong at the end larger for 3 units than for 50, and for 50 than for "
            "1,000",
        ),
        # What follows is said in the paper's text too; the first list of claims had passed it by.
        Claim(
            "C38", "fig10",
            "many points can be removed without affecting the model, and it does not matter which "
            "(section 4)",
            # a hundredth of the mesh, and of the test points
            "half of the points removed at random: dv to g and test accuracy change by ≤ 0.01",
        ),
    )
}  # fmt: skip
