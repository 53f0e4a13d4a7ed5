"""A hash of arguments that holds the code they bring along, such as that of a user's classifier.

joblib's hash takes arrays and settings by value, but classes and functions by name: a class that
was edited would have the hash of before. Here, all code that is reached from the arguments is taken
by value, unless it belongs to Python, to an installed package, whose version is taken instead, or
to a library whose version is part of every key. What a function reaches are its defaults, its
closure, its globals and the modules that it imports.
"""

import dis
import functools
import sys
from hashlib import sha256
from importlib import import_module
from importlib.machinery import SOURCE_SUFFIXES
from importlib.metadata import packages_distributions, version
from importlib.util import resolve_name
from operator import itemgetter
from pathlib import Path
from pickle import whichmodule
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    ModuleType,
)

from joblib.hashing import Hasher, NumpyHasher

# Their versions, or the code of dvlib, are part of the key (`dvlib.refits.store.LIBRARIES`).
PINNED = {"dvlib", "joblib", "numba", "numpy", "scipy", "sklearn", *sys.stdlib_module_names}
INSTALLED = ("site-packages", "dist-packages")
# Of classes: what says nothing of their behaviour, or cannot be pickled.
PASSED_OVER = {
    "__annotations__", "__annotate_func__", "__annotations_cache__", "__dict__", "__doc__",
    "__firstlineno__", "__module__", "__orig_bases__", "__parameters__", "__static_attributes__",
    "__weakref__", "_abc_impl",
}  # fmt: skip
SLOTS = (GetSetDescriptorType, MemberDescriptorType)


class Unknown(Exception):
    """Arguments that cannot be hashed, or whose code cannot be known; the message says why."""


def hash_of(arguments):
    """Hash of arguments, as text; raises `Unknown`."""
    return _hashed(arguments)._hash.hexdigest()


def code_of(arguments):
    """Their hash if they bring code along that is in no key by itself, else None."""
    hasher = _hashed(arguments)
    return hasher._hash.hexdigest() if hasher.brings_code else None


def _hashed(arguments):
    hasher = _Hasher()
    try:
        hasher.dump(arguments)
    except Unknown:
        raise
    except Exception as error:  # a user's object may raise anything while it is pickled
        raise Unknown(str(error).splitlines()[0] if str(error) else repr(error)) from error
    hasher._hash.update(hasher.stream.getvalue())
    return hasher


class _Hasher(NumpyHasher):
    def __init__(self):
        super().__init__()
        self._seen, self.brings_code = {}, False

    def reducer_override(self, obj):
        """What stands for an object that is not to be hashed as it is pickled."""
        if isinstance(obj, (set, frozenset)):  # in one order, whatever the process
            return tuple, (tuple(sorted(obj, key=repr)),)
        if isinstance(obj, MappingProxyType):
            return tuple, (tuple(sorted(obj.items(), key=repr)),)
        if isinstance(obj, (property, functools.cached_property, staticmethod, classmethod)):
            names = ("fget", "fset", "fdel", "func", "__func__")
            return self._by_value(obj, lambda: [getattr(obj, name, None) for name in names])
        if isinstance(obj, CodeType):
            return self._by_value(obj, lambda: _parts_of_code(obj))
        if isinstance(obj, ModuleType):
            return self._by_value(obj, lambda: _parts_of_module(obj))
        if isinstance(obj, (type, FunctionType, BuiltinFunctionType, functools._lru_cache_wrapper)):
            origin = _origin(obj.__module__)
            self.brings_code |= origin != ""
            if origin is not None:
                self._hash.update(origin.encode())
            elif isinstance(obj, FunctionType):
                return self._by_value(obj, lambda: _parts_of_function(obj))
            elif hasattr(obj, "__wrapped__"):
                return self._by_value(obj, lambda: [obj.__wrapped__])
            elif isinstance(obj, type):
                return self._by_value(obj, lambda: _parts_of_class(obj))
        return NotImplemented

    def _batch_setitems(self, items, *options):
        # joblib takes a TypeError of a value for one of the keys' order, and begins again.
        items = list(items)
        try:
            items.sort(key=itemgetter(0))
        except TypeError:
            items.sort(key=lambda item: repr(item[0]))
        super(Hasher, self)._batch_setitems(iter(items), *options)

    def save(self, obj):
        if isinstance(obj, BuiltinFunctionType) and isinstance(obj.__self__, ModuleType):
            obj = (obj.__self__, obj.__name__)
        super().save(obj)

    def save_global(self, obj, name=None, **options):
        """Name an object, with the version of its package."""
        origin = _origin(whichmodule(obj, name or obj.__qualname__))
        if origin is None:
            raise Unknown(f"the code of {obj!r} is not known")
        self._hash.update(origin.encode())
        super().save_global(obj, name, **options)

    def _by_value(self, obj, parts):
        if id(obj) in self._seen:  # code may reach itself
            return tuple, (("seen", self._seen[id(obj)][0]),)
        self._seen[id(obj)] = len(self._seen), obj
        return tuple, ((type(obj).__name__, *parts()),)


def _parts_of_function(function):
    reached, modules = set(), set()
    _look_through(function.__code__, function.__globals__, reached, modules)
    cells = []
    for cell in function.__closure__ or ():
        try:
            cells.append(cell.cell_contents)
        except ValueError:  # it is filled later
            cells.append("empty")
    known = {name: function.__globals__[name] for name in reached & set(function.__globals__)}
    return [
        function.__code__, function.__defaults__, function.__kwdefaults__, cells,
        vars(function), known, [_imported(name) for name in sorted(modules)],
    ]  # fmt: skip


def _look_through(code, known, reached, modules):
    """Enter the names of globals that code reads, also in nested code, and modules it imports."""
    before = []
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            reached.add(step.argval)
        elif step.opname == "IMPORT_NAME":  # after the level of the import and its names
            level = before[-2].argval or 0
            name = "." * level + step.argval
            modules.add(resolve_name(name, known.get("__package__") or "") if level else name)
        before.append(step)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _look_through(constant, known, reached, modules)


def _imported(name):
    if name.split(".")[0] in PINNED:
        return name
    try:
        return import_module(name)
    except ImportError:
        return name


def _parts_of_code(code):
    return [
        code.co_name, code.co_code, code.co_consts, code.co_names, code.co_varnames,
        code.co_freevars, code.co_cellvars, code.co_flags, code.co_argcount,
        code.co_posonlyargcount, code.co_kwonlyargcount, getattr(code, "co_exceptiontable", b""),
    ]  # fmt: skip


def _parts_of_class(of):
    return [
        of.__qualname__, type(of), of.__bases__, _bytes_of_extension(of.__module__),
        {
            name: part
            for name, part in vars(of).items()
            if name not in PASSED_OVER and not isinstance(part, SLOTS)
        },
    ]  # fmt: skip


def _bytes_of_extension(module):
    """Digest of the file of a compiled module; None for one of Python."""
    path = getattr(sys.modules.get(module), "__file__", None)
    if path is None or Path(path).suffix in SOURCE_SUFFIXES:
        return None
    return sha256(Path(path).read_bytes()).hexdigest()


def _parts_of_module(module):
    origin, path = _origin(module.__name__), getattr(module, "__file__", None)
    if origin is not None:
        return [module.__name__, origin]
    code = {
        name: part
        for name, part in vars(module).items()
        if isinstance(part, (FunctionType, type, ModuleType)) and name != "__builtins__"
    }
    return [module.__name__, path and Path(path).read_bytes(), code]


@functools.cache
def _origin(module):
    """Packages and versions of a module, "" for those in every key, None for a user's own code."""
    top = (module or "").split(".")[0]
    if top in PINNED:
        return ""
    if top == "__main__":  # its file may be that of an installed kernel
        return None
    loaded = sys.modules.get(top)
    places = [getattr(loaded, "__file__", None), *getattr(loaded, "__path__", ())]
    if any(part in INSTALLED for place in places if place for part in Path(place).parts):
        packages = packages_distributions().get(top, ())
        return " ".join(f"{name} {version(name)}" for name in sorted(packages)) or None
    return None
