"""The paper's claims: how each is measured and judged.

Every claim is here under the name of its measure, whichever module has it. Call it with a sample, a
list of samples, or a dict of data set → samples; `verdict_table` shows the verdicts.
"""

from importlib import import_module

from dvlib.paper.claims import register
from dvlib.paper.claims.claim import CLAIMS
from dvlib.paper.claims.verdicts import verdict_table

for _family in (
    "boundaries", "comparison", "dvrl", "extensions", "out_of_distribution", "training_points",
    "values",
):  # fmt: skip
    import_module(f"{__name__}.{_family}")
_MEASURES = {claim.__name__: claim for claim in CLAIMS.values()}
globals().update(_MEASURES)
CLAIMS.update(register.CLAIMS)  # those without a decorator yet
for _name in sorted(CLAIMS):
    CLAIMS[_name] = CLAIMS.pop(_name)

__all__ = ["CLAIMS", "verdict_table", *_MEASURES]
