"""Presets that several figures share, so that these figures share their refits too.

`paper` has the paper's resolution; `quick` takes a few seconds per figure. The reason for each
number stands beside it.
"""

EMPTY = {"quick": {}, "paper": {}}
# paper: X_P^M of section 3; 10 seeds keep the standard error of memorization at or below ⅓.
# quick: a quarter of the points, and the fewest seeds that give a useful standard error.
ADDED_POINT = {
    "quick": {"grid_step": 2.0, "n_seeds": 3},
    "paper": {"grid_step": 1.0, "n_seeds": 10},
}
# A fit to the mesh alone has twice the points and runs twice the epochs: 3 seeds in both presets.
MESH_ALONE_SEEDS = 3
# Many runs on whole training sets. paper: the paper's 15 runs (Figures 7 to 9) and 10 (16 to 18),
# on ten samples for the claims. quick: enough runs to see a spread, and enough samples to see a
# difference.
RUNS_15 = {"quick": {"n_seeds": 5}, "paper": {"n_seeds": 15}}
RUNS_10 = {"quick": {"n_seeds": 5}, "paper": {"n_seeds": 10}}
SAMPLES = {"quick": {"n_data_seeds": 3}, "paper": {"n_data_seeds": 10}}
# DVRL. The released code runs 2,000 iterations. A quarter of that leaves time for the many runs
# that the claims need, and twice as many do not make repeated runs agree (Figure 20 runs 1,000).
# quick is far too short, and its notebooks say so.
ITERATIONS = {"quick": {"n_iterations": 100}, "paper": {"n_iterations": 500}}
# The paper does not say whether the estimator saw scaled coordinates. Figures 4, 20 and 21 draw
# both. Where DVRL is one method among others, it sees scaled ones, as in the released code.
SCALED = {name: preset | {"scaled": True} for name, preset in ITERATIONS.items()}
# One run of DVRL and one seed of leave-one-out.
ONE_RUN = {
    "quick": {"grid_step": 2.0, "n_seeds": 1},
    "paper": {"grid_step": 1.0, "n_seeds": 1},
}
# The sample that is drawn; the notebook of all claims has the verdicts over ten.
DRAWN_SAMPLE = {name: preset | {"n_data_seeds": 1} for name, preset in ITERATIONS.items()}
ONE_SAMPLE = {name: preset | {"n_data_seeds": 1} for name, preset in SCALED.items()}
# Training points: two seeds, the fewest that separate values from noise, and two samples (paper),
# whose removal curves form a band. n_fits: the first pass over all subset sizes takes about 1,350
# fits (quick); the rest go where they reduce the error most (paper). Criterion for paper, written
# before it was measured: the least of 2,000, 4,000, 8,000 and 16,000 at which the mean standard
# error of the drawn Shapley values is at most half of their standard deviation, on both data sets.
# Errors are then at most about a quarter of the variance that the sizes of points show. 16,000 is
# the most that may be spent, a minute per figure, whether the criterion is met or not. Measured on
# two and on four clusters: 0.73 and 0.72, 0.58 and 0.59, 0.45 and 0.46; so 8,000.
TRAINING = {
    "quick": SCALED["quick"] | {"n_data_seeds": 1, "n_fits": 1_000},
    "paper": SCALED["paper"] | {"n_data_seeds": 2, "n_fits": 8_000},
}
# Methods side by side: the paper's grid, and two seeds, so that the halves can be compared. n_sets
# counts the subsets of both halves, and is small to save time. On their own, Figures 10 to 14 and
# their agreement take 2 min 46 s.
COMPARED = {
    "quick": {"grid_step": 2.0, "n_seeds": 2},
    "paper": {"grid_step": 1.0, "n_seeds": 2},
}
# Scores as in Figure 6, with half its epochs of dropout: there are eight networks to train.
SCORES = {
    "quick": {"n_networks": 30, "n_passes": 100, "n_epochs": 40},
    "paper": {"n_networks": 30, "n_passes": 100, "n_epochs": 100},
}
SETS = {"quick": {"shapley_every": 4, "n_sets": 8}, "paper": {"shapley_every": 3, "n_sets": 8}}


def with_each(presets, **same):
    """The presets, with the same values added to each."""
    return {name: preset | same for name, preset in presets.items()}


def both(some, others):
    """For each preset the values of both arguments."""
    return {name: some[name] | others[name] for name in some}
