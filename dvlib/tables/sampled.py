"""dv on a sample of points: equation 1 of the paper where a mesh is infeasible.

A sample U of the data's distribution takes the place of the mesh X^M. It needs no labels. If U is
the mesh of the plane, hard dv is the paper's dv. If U is m random points of the mesh's square, the
two agree within about 1/√m, which is twice the largest standard error of a share.
"""

import numpy as np


def soft_dv(P, Q):
    """Mean over points of the total variation between two models' probabilities.

    With two classes this is the mean of |p_A(u) − p_B(u)|, equation 1 with probabilities in place
    of labels. Leading dimensions are broadcast.

    Parameters
    ----------
    P, Q : probabilities (…, m, K) of the K classes at the m points of the sample

    Returns
    -------
    float or array (…), from 0, if the models give the same probabilities everywhere, to 1, if they
    are certain of different classes everywhere

    Examples
    --------
    >>> soft_dv([[0.9, 0.1], [0.5, 0.5]], [[0.7, 0.3], [0.5, 0.5]]).round(3)
    np.float64(0.1)
    """
    return np.abs(np.subtract(P, Q)).sum(-1).mean(-1) / 2


def hard_dv(P, Q):
    """Share of points that two models label differently: equation 1 of the paper on a sample.

    Parameters and shapes are those of `soft_dv`. A label is the class of highest probability; of
    equal ones, the first.
    """
    return (np.argmax(P, -1) != np.argmax(Q, -1)).mean(-1)
