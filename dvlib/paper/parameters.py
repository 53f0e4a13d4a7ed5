"""What each parameter of a notebook may be, by itself."""

from functools import partial

from dvlib.checks import check_choice, check_coordinate, check_count, check_positive, check_seed

# Limits of counts, so that a slip of a digit is told at once. MANY: of seeds, what 10,000 points
# did in 200 epochs takes 2 GB; LONG: of fits or iterations, what is kept takes 1 GB.
MANY, LONG = 1_000, 1_000_000
MOST_PER_LABEL = 200  # the subsets of 400 points without a pair take 256 MB
MOST_PARTNERED = 670  # training points of a data set


def _count(at_least=1, **limits):
    return partial(check_count, at_least=at_least, **limits)


def _switch(what, given):
    return check_choice(what, given, (False, True))


# By name, a function of the name and the value given.
CHECKS = {
    "grid_step": check_positive,
    "seed": lambda _, given: check_seed(given),
    "n_seeds": _count(at_most=MANY),
    "n_seeds_mesh": _count(at_most=MANY),
    "n_data_seeds": _count(at_most=MANY),
    "n_few": _count(at_most=MANY),
    "n_sets": _count(2, at_most=MANY),
    "n_fits": _count(at_most=LONG),
    "shapley_every": _count(),
    "n_epochs": _count(at_most=MANY),
    "n_fits_mesh": _count(at_most=LONG),
    "fine_step": check_positive,
    "n_per_label": _count(4, at_most=MOST_PER_LABEL),
    "n_iterations": _count(at_most=LONG),
    "n_networks": _count(2, at_most=MANY),
    "n_passes": _count(2, at_most=MANY),
    "n_points": _count(at_most=MOST_PARTNERED),
    "n_deep": _count(at_most=MANY),
    "new_x": check_coordinate,
    "new_y": check_coordinate,
    "scaled": _switch,
    "single_run": _switch,
    "mesh_side": _count(2),
}


def checked(name, given):
    """The value of a parameter as given, if it may be that; those without a check as they are.

    Raises
    ------
    ValueError : says what is allowed
    """
    return CHECKS[name](name, given) if name in CHECKS else given
