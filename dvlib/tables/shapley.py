"""Shapley values of the rows of a table from fits to sets of all sizes.

The estimate is stratified SVARM (`dvlib.methods.shapley.svarm`), with sets that are all drawn
before the first fit, so that they form one pass. Few of these sets have about half of the rows, so
Banzhaf values are read from a pass of their own.
"""

from typing import NamedTuple

import numpy as np

from dvlib.checks import check_count
from dvlib.methods.shapley.svarm import Stratum, strata_of_sizes, values_of

FEWEST = 20  # sets: with fewer, no row is in and out of several


class Sets(NamedTuple):
    """Sets of rows of all sizes.

    `inside` (S, n); the first set has no rows, the second has all. `strata` are the ranges of sizes
    and `stratum` (S,) the number of each set's range, −1 for the first two.
    """

    inside: np.ndarray
    strata: tuple
    stratum: np.ndarray


def sets_of_all_sizes(n, n_sets, seed):
    """Draw sets for `shapley`.

    Ranges of sizes are those of SVARM. Small sets need many draws until each row was in some of
    them, so where they would take more than half of all sets, the lowest ranges are joined. What is
    left is divided by the square root of a range's width: contrasts of a range count by its width,
    and the utility's deviation falls about as the root of the size.

    Parameters
    ----------
    n : number of rows, at least 4
    n_sets : number of sets, at least 20
    seed : int ≥ 0

    Returns
    -------
    Sets
    """
    n, n_sets = check_count("number of rows", n, 4), check_count("number of sets", n_sets, FEWEST)
    ranges = strata_of_sizes(n)
    while True:
        strata = [Stratum(sizes, n, [seed, sizes[0]]) for sizes in ranges]
        drawn = [stratum.first_look() for stratum in strata]
        left = n_sets - 2 - sum(map(len, drawn))
        if len(ranges) == 1 or left >= n_sets / 2:
            break
        ranges = [range(1, ranges[1].stop), *ranges[2:]]
    shares = np.sqrt([len(sizes) for sizes in ranges])
    ends = np.round(np.cumsum(shares) / shares.sum() * max(left, 0)).astype(int)
    for stratum, sets, more in zip(strata, drawn, np.diff(ends, prepend=0), strict=True):
        sets += [stratum.deal() for _ in range(more)]
    inside = np.zeros((2 + sum(map(len, drawn)), n), bool)
    inside[1] = True
    for row, rows in zip(inside[2:], (rows for sets in drawn for rows in sets), strict=True):
        row[rows] = True
    stratum = np.repeat(np.arange(len(ranges)), [len(sets) for sets in drawn])
    return Sets(inside, tuple(ranges), np.concatenate([[-1, -1], stratum]))


def shapley(sets, utility):
    """Shapley values from the utilities of sets of all sizes, and their standard errors.

    Parameters
    ----------
    sets : Sets
    utility : (S,), of the model of each set, that without rows and that of all among them

    Returns
    -------
    (values, standard_errors), both (n,)
    """
    utility, n = np.asarray(utility, float), sets.inside.shape[1]
    strata = [Stratum(sizes, n, [0]) for sizes in sets.strata]
    for rows, number, found in zip(sets.inside[2:], sets.stratum[2:], utility[2:], strict=True):
        strata[number].add(np.flatnonzero(rows), found)
    return values_of(utility[1] - utility[0], strata, n)
