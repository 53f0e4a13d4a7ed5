"""The figures: a module for each, or for each family, with what it computes, claims and draws."""

from importlib import import_module
from pkgutil import iter_modules

from dvlib.paper.judging import claim


def claims():
    """Every claim by its id, in order: a dict. The modules are imported when this is first asked.

    So no figure's module is imported before another one is complete.
    """
    for package in (__name__, "dvlib.paper.claims"):
        for module in iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
    return claim.CLAIMS
