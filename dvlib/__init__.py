"""Helpers of the data-values reproduction suite: value points by how they move a boundary.

`__init__.pyi` lists the names that `dvlib` exports, and the module of each. A name is imported when
it is first used, so a command or a figure imports only the libraries that it needs.
"""

import ast
from importlib import import_module
from pathlib import Path

_LIST = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
_MODULES = {
    alias.name: node.module
    for node in _LIST.body
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
}
__all__ = sorted(_MODULES)


def __getattr__(name):
    """Import a name of the list, and keep it as an attribute of this module (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = import_module(_MODULES[name])
    if not hasattr(found, name):  # a module of a package, such as plots
        import_module(f"{found.__name__}.{name}")
    globals()[name] = getattr(found, name)
    return globals()[name]


def __dir__():
    return sorted({*globals(), *__all__})
