"""Leave-one-out: how far one point moves the decision boundary (paper, sections 2.3 and 3.1)."""

import numpy as np

from dvlib.methods.registry import register
from dvlib.methods.values import DataValues

SHARE = {"reads": "refits", "kind": "share of the mesh", "unit": "share of the mesh"}


@register("leave-one-out, g", title="leave-one-out against g", high="nearer to g", **SHARE)
def against_g(refits):
    """How much nearer to g the boundary lies with the point than without it.

    The paper writes dv(f_{X ∪ x}, g) and draws high values blue, though a good point lowers that
    number. Here the value is a difference, so that a good point has a high value:
    dv(f_X, g) − dv(f_{X ∪ x}, g) for an added point, dv(f_{X \\ x}, g) − dv(f_X, g) for a point
    left out. `refits.dv_g` holds the paper's number.

    Parameters
    ----------
    refits : dvlib.methods.one_point.OnePointRefits

    Returns
    -------
    DataValues, in shares of the mesh; nan if g is unknown
    """
    gain = refits.base_dv_g - refits.dv_g
    return DataValues.over_seeds(
        refits, gain if refits.added else -gain, "leave-one-out against g", "share of the mesh",
        reference="g",
    )  # fmt: skip


@register(
    "leave-one-out, f_X", title="leave-one-out against f_X", high="moves the boundary far", **SHARE
)
def against_base(refits):
    """How far the point moves the boundary: dv(f_{X ∪ x}, f_X), or dv(f_{X \\ x}, f_X).

    The parameters and the result are those of `against_g`, except that g need not be known.
    """
    return DataValues.over_seeds(
        refits, refits.dv_base, "leave-one-out against f_X", "share of the mesh", reference="f_X"
    )


@register("leave-one-out", high="nearer to g", **SHARE)
def against_reference(refits):
    """`against_g` or, where g is unknown, `against_base`, the paper's own advice (section 3.1)."""
    return against_base(refits) if np.isnan(refits.base_dv_g).all() else against_g(refits)
