"""The paper's claims: how each is measured and judged.

Every claim can be imported from here by the name of its measure. Call it with a sample, a list of
samples, or a dict of data set → samples; `verdict_table` shows the verdicts.
"""

from importlib import import_module
from pkgutil import iter_modules

from dvlib.paper.claims.claim import CLAIMS
from dvlib.paper.claims.verdicts import verdict_table

for _module in iter_modules(__path__):  # their decorators fill CLAIMS
    import_module(f"{__name__}.{_module.name}")
_MEASURES = {claim.__name__: claim for claim in CLAIMS.values()}
globals().update(_MEASURES)

__all__ = ["CLAIMS", "verdict_table", *_MEASURES]
