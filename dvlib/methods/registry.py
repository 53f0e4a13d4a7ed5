"""The methods: one list for the plane and for tables, which figures, pictures and commands read.

A method is registered where it is defined, by `method`, and found when the list is first asked for.
To add one takes a module and a test.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from dvlib.checks import check_choice

# Where the methods of each domain are defined.
PACKAGES = {
    "plane": ("dvlib.methods", "dvlib.methods.dvrl", "dvlib.methods.shapley"),
    "rows": ("dvlib.tables",),
}
_REGISTERED = {domain: {} for domain in PACKAGES}


@dataclass(frozen=True)
class Method:
    """A method that values the points of a sample.

    Attributes
    ----------
    name : by which it is asked for, such as "leave-one-out, g" or, on tables, "loo"
    compute : function of what it reads and of its own arguments. On the plane it returns
        DataValues, on tables values and standard errors, both (n,)
    reads : names of the sample's passes and arrays that `compute` takes; () = the sample itself
    title : its name in pictures and tables
    kind : what its numbers are, one of `dvlib.methods.values.KINDS` or `OF_TABLES`
    high : what a high value says of a point
    passes : names of the sample's passes of fits that it needs, for a plan of them (tables)
    unit : of the numbers, beside a colour bar
    from_zero : whether zero is where a picture's colours are white
    alone : whether each panel has a scale of its own
    hard : whether the points of high value are the ones to look at first
    target : "labels", it needs labelled target rows; "points", any rows, by default those of the
        table; "none"
    """

    name: str
    compute: Callable
    reads: tuple
    title: str
    kind: str
    high: str
    passes: tuple = ()
    unit: str = ""
    from_zero: bool = True
    alone: bool = False
    hard: bool = False
    target: str = "none"

    def __call__(self, sample, **arguments):
        read = [getattr(sample, name) for name in self.reads] or [sample]
        return self.compute(*read, **arguments)

    @property
    def arguments(self):
        """Names of the arguments that the method takes beside what it reads."""
        return [*inspect.signature(self.compute).parameters][max(1, len(self.reads)) :]


@dataclass(frozen=True)
class Recipe:
    """A method with its arguments, ready to value any sample: `recipe(sample)`."""

    method: Method
    arguments: dict = field(default_factory=dict)

    def __call__(self, sample):
        return self.method(sample, **self.arguments)

    def __repr__(self):
        words = [repr(self.method.name), *(f"{name}={v!r}" for name, v in self.arguments.items())]
        return f"method({', '.join(words)})"


def register(name, *, domain="plane", reads=(), title=None, **attributes):
    """Decorator that adds a function to the list of methods of a domain, "plane" or "rows".

    The name (also the title, if that is None), `reads` and the attributes are those of `Method`. A
    name that another method has is a ValueError.
    """
    reads = (reads,) if isinstance(reads, str) else reads

    def decorate(compute):
        if name in _REGISTERED[domain]:
            raise ValueError(f"method {name!r} of {domain} exists: give another name")
        _REGISTERED[domain][name] = Method(name, compute, reads, title or name, **attributes)
        return compute

    return decorate


@cache
def known_methods(domain="plane"):
    """The methods by name, of a domain: "plane", or "rows" of tables of any width."""
    for package in PACKAGES[check_choice("domain", domain, PACKAGES)]:
        for module in iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
    return dict(sorted(_REGISTERED[domain].items()))


def method(name, **arguments):
    """A method of the plane with its arguments, as figures apply it to each of their samples.

    Parameters
    ----------
    name : a key of `known_methods()`
    arguments : of the method, by name

    Returns
    -------
    Recipe

    Raises
    ------
    ValueError : an unknown name, or an argument that the method does not take

    Examples
    --------
    >>> method("forgetting", never_learned="epochs")
    method('forgetting', never_learned='epochs')
    """
    chosen = known_methods()[check_choice("method", name, known_methods())]
    for argument in arguments if "changes" not in chosen.arguments else ():
        check_choice(f"argument of method {name!r}", argument, chosen.arguments)
    return Recipe(chosen, arguments)
