"""The figures: a module for each, or for each family, with what it computes, claims and draws."""

from importlib import import_module
from pkgutil import iter_modules

from dvlib.paper.judging import claim


def claims():
    """Every claim by its id, in order: a dict. The modules are imported when this is first asked.

    So no figure's module is imported before another one is complete.
    """
    _modules()
    return claim.CLAIMS


def groups():
    """The groups of samples on which claims are measured: a list of Group."""
    return [group for module in _modules() for group in getattr(module, "GROUPS", ())]


def _modules():
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
