"""Shapley values of the rows of a table from fits to sets of all sizes.

The estimate is stratified SVARM (`dvlib.methods.shapley.svarm`). All sets are drawn before the
first fit, so that they form one pass. Banzhaf values need sets of about half of the rows, of which
this pass has few; they are read from a pass of random halves.
"""

from typing import NamedTuple

import numpy as np

from dvlib.checks import check_count
from dvlib.methods.registry import register
from dvlib.methods.shapley.svarm import Stratum, strata_of_sizes, values_of
from dvlib.tables.utilities import HELPS

FEWEST = 20  # sets; with fewer, rows lack sets with them or sets without them


class Sets(NamedTuple):
    """Sets of rows of all sizes.

    `inside`, bool (S, n), are the sets; the first is empty and the second has all rows. `strata`
    are the ranges of sizes. `stratum`, int (S,), is the index of each set's range, −1 for the first
    two.
    """

    inside: np.ndarray
    strata: tuple
    stratum: np.ndarray


def sets_of_all_sizes(n, n_sets, seed):
    """Draw `n_sets` ≥ 20 sets of n ≥ 4 rows for `shapley`: Sets.

    The ranges of sizes are those of SVARM. It takes many small sets until each row has been in one
    of them. While these first draws would take more than half of all sets, the two lowest ranges
    are joined. The remaining sets are shared among the ranges in proportion to the square root of a
    range's width. The best share is proportional to width × standard deviation of the utility,
    since a range counts by its width. We take the standard deviation to fall as 1/√size, and widths
    grow in proportion to sizes.
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
    for stratum, sets, count in zip(strata, drawn, np.diff(ends, prepend=0), strict=True):
        sets += [stratum.deal() for _ in range(count)]
    inside = np.zeros((2 + sum(map(len, drawn)), n), bool)
    inside[1] = True
    for row, rows in zip(inside[2:], (rows for sets in drawn for rows in sets), strict=True):
        row[rows] = True
    stratum = np.repeat(np.arange(len(ranges)), [len(sets) for sets in drawn])
    return Sets(inside, tuple(ranges), np.concatenate([[-1, -1], stratum]))


def shapley(sets, utility):
    """Shapley values (n,) and their standard errors (n,), from the utilities (S,) of Sets."""
    utility, n = np.asarray(utility, float), sets.inside.shape[1]
    strata = [Stratum(sizes, n, [0]) for sizes in sets.strata]
    for rows, number, worth in zip(sets.inside[2:], sets.stratum[2:], utility[2:], strict=True):
        strata[number].add(np.flatnonzero(rows), worth)
    return values_of(utility[1] - utility[0], strata, n)


@register(
    "shapley", domain="rows", title="Shapley", kind="utility", high=HELPS, passes=("sets",),
    target="labels",
)  # fmt: skip
def _shapley(sample):
    """Shapley values by accuracy, unless another utility is asked for.

    A small set may lack a class. Its log loss on that class is huge, and may decide the values: by
    log-likelihood they found less noise in Extension 8.
    """
    sets, seen = sample.sets
    return shapley(sets, sample.worth(sample.at_target(seen), "accuracy"))
