"""The paper's claims by the names of their measures, for notebooks."""

from dvlib.paper.judging.verdicts import verdict_table

__all__ = ["verdict_table"]


def __getattr__(name):
    from dvlib.paper.figures import claims

    measures = {claim.__name__: claim for claim in claims().values()}
    if name not in measures:
        raise AttributeError(f"no claim {name!r}")
    return measures[name]
