"""Values from fits to random halves of the rows, each read from the same pass.

`inside` (S, n) says which rows each of S fits was trained on. Each function returns values and
their standard errors over the sets, both (n,). A row that is in all sets, or in none, has the value
nan where the method needs both.
"""

import numpy as np


def out_of_sample(inside, right):
    """How well fits without the row predict its label (Data-OOB; Kwon & Zou 2023).

    Parameters
    ----------
    inside : bool (S, n)
    right : (S, n), whether each fit gets each row right, or the probability it gives its label

    Returns
    -------
    (values, standard_errors), both (n,), from 0 to 1; low = mislabelled or hard
    """
    return _moments(~np.asarray(inside), right)


def memorization(inside, right):
    """How much better the row is predicted by fits that saw it (Feldman & Zhang 2020, eq. 1).

    High = the label was learned by heart: it does not follow from the other rows. Parameters and
    result are those of `out_of_sample`; values lie between −1 and 1.
    """
    return contrast(inside, right)


def influences(inside, right_at):
    """How much better each target point is predicted by fits that saw a row, (n, m).

    Feldman & Zhang (2020), eq. 2.

    Parameters
    ----------
    inside : bool (S, n)
    right_at : (S, m), whether each fit gets each target point right, or its label's probability
    """
    inside, right = np.asarray(inside, float), np.asarray(right_at, float)
    with np.errstate(invalid="ignore"):
        known = inside.T @ right / inside.sum(0)[:, None]
        return known - (1 - inside).T @ right / (1 - inside).sum(0)[:, None]


def banzhaf(inside, utility):
    """Banzhaf values: utility of sets with the row minus that of sets without it.

    All sets inform the values of all rows (maximum sample reuse; Wang & Jia 2023). With the
    accuracy on the target as utility, this is the mean of `influences` over the target points.

    Parameters
    ----------
    inside : bool (S, n), sets that hold each row with probability ½, apart from the other rows
    utility : (S,), of the model of each set
    """
    return contrast(inside, np.asarray(utility, float)[:, None])


def contrast(inside, observed):
    """Mean of what was observed of sets with each row minus that of sets without it; and its error.

    Parameters
    ----------
    inside : bool (S, n)
    observed : (S, n), or (S, 1) for a number of the whole set
    """
    known, unknown = _moments(inside, observed), _moments(~np.asarray(inside), observed)
    return known[0] - unknown[0], np.hypot(known[1], unknown[1])


def _moments(chosen, observed):
    """Mean over the chosen sets, and its standard error, of each row: (n,) twice."""
    chosen = np.asarray(chosen, float)
    observed = np.broadcast_to(np.asarray(observed, float), chosen.shape)
    count = chosen.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (chosen * observed).sum(0) / count
        variance = (chosen * (observed - mean) ** 2).sum(0) / (count - 1)
        return mean, np.sqrt(np.where(count > 1, variance, np.nan) / count)
