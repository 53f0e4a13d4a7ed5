"""dv on a sample of points: equation 1 of the paper where no mesh can be.

X^M is a sample U of the data's distribution in place of a mesh. It needs no labels. On the plane
and with U a mesh, hard dv is the paper's dv; with m random points it agrees within about 1/√m,
the standard error of a share.
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
    float or array (…), 0 if the models agree everywhere, 1 if they are sure and never agree

    Examples
    --------
    >>> soft_dv([[0.9, 0.1], [0.5, 0.5]], [[0.7, 0.3], [0.5, 0.5]]).round(3)
    np.float64(0.1)
    """
    return np.abs(np.subtract(P, Q)).sum(-1).mean(-1) / 2


def hard_dv(P, Q):
    """Share of points that two models label differently: equation 1 of the paper on a sample.

    Parameters and shapes are those of `soft_dv`; a label is the class of highest probability, the
    first of equal ones.
    """
    return (np.argmax(P, -1) != np.argmax(Q, -1)).mean(-1)
