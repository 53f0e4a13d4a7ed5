"""The result of every valuation method: points and their values."""

import json
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from dvlib.checks import check_choice, short

# What the values measure. The kind decides how far results of another processor may differ.
KINDS = (
    "share of the mesh", "sampled share of the mesh", "epochs", "frequency",
    "selection probability", "variance of a Gaussian process", "variance over networks",
    "variance over passes", "probability",
)  # fmt: skip
OF_TABLES = ("utility", "length of a gradient")  # of `dvlib.value` only; no figure has them


class Samples(NamedTuple):
    """What `DataValues.over_seeds` needs besides values; methods without refits pass it."""

    points: np.ndarray
    labels: np.ndarray
    settings: object
    n_fits: int = 0


@dataclass(frozen=True, eq=False)
class DataValues:
    """Values of n points, higher = more important.

    Attributes
    ----------
    points : float array of shape (n, 2), or (n, d) of a table
    labels : int array of shape (n,)
    values : float array of shape (n,), means over seeds or samples
    standard_errors : float array of shape (n,); nan with one seed or an infinite value
    method : name of the method, such as "leave-one-out against g"
    kind : what the values measure, one of `KINDS` or `OF_TABLES`
    parameters : settings the values depend on: plain numbers, strings, lists and dicts
    never_learned : float array of shape (n,), share of seeds in which the point was never
        classified correctly; None if that was not recorded
    n_fits : networks trained for these values, base models included
    fitted : bool array of shape (n,), False where the value is interpolated; None = nowhere
    """

    points: np.ndarray
    labels: np.ndarray
    values: np.ndarray
    standard_errors: np.ndarray
    method: str
    kind: str
    parameters: dict = field(default_factory=dict)
    n_fits: int = 0
    never_learned: np.ndarray | None = None
    fitted: np.ndarray | None = None

    def __post_init__(self):
        object.__setattr__(self, "kind", check_choice("kind", self.kind, (*KINDS, *OF_TABLES)))
        object.__setattr__(self, "parameters", plain(self.parameters))

    @classmethod
    def over_seeds(cls, refits, by_seed, method, kind, **parameters):
        """Mean and standard error over the K seeds of `by_seed`, shape (n, K)."""
        n_seeds = by_seed.shape[1]
        errors = np.full(len(by_seed), np.nan)
        if n_seeds > 1:
            with np.errstate(invalid="ignore"):  # infinite values have no standard error
                errors = by_seed.std(axis=1, ddof=1) / np.sqrt(n_seeds)
        return cls(
            refits.points, refits.labels, by_seed.mean(axis=1), errors, method, kind,
            plain(refits.settings) | parameters, refits.n_fits,
        )  # fmt: skip

    @classmethod
    def pooled(cls, parts):
        """Mean of independently computed DataValues of the same points."""
        first, count = parts[0], len(parts)
        errors = [part.standard_errors for part in parts]
        return replace(
            first,
            values=np.mean([part.values for part in parts], axis=0),
            standard_errors=np.sqrt(np.sum(np.square(errors), axis=0)) / count,
            parameters=first.parameters | {"pooled": count},
            n_fits=sum(part.n_fits for part in parts),
        )

    def at(self, where):
        """DataValues of some of the points, given as indices or as bool (n,)."""
        names = ("points", "labels", "values", "standard_errors", "never_learned", "fitted")
        arrays = {name: getattr(self, name) for name in names}
        return replace(self, **{name: a[where] for name, a in arrays.items() if a is not None})

    def to_frame(self, rows=None):
        """A pandas table of the points: x, y, label, value, standard_error, never_learned, fitted.

        In more dimensions than two, the coordinates are x1, x2, …. The columns of `rows`, a table
        of n lines, come first, such as a data set's `rows`, which says which row of a file each
        point is.
        """
        width = self.points.shape[1]
        names = ("x", "y") if width == 2 else [f"x{k + 1}" for k in range(width)]
        columns = dict(zip(names, self.points.T, strict=True))
        columns |= {"label": self.labels, "value": self.values}
        columns["standard_error"] = self.standard_errors
        for name in ("never_learned", "fitted"):
            if getattr(self, name) is not None:
                columns[name] = getattr(self, name)
        if rows is None:
            return pd.DataFrame(columns)
        if len(rows) != len(self.points):
            raise ValueError(f"{len(rows)} rows for {len(self.points)} points: give one for each")
        return rows.reset_index(drop=True).assign(**columns)

    def to_pydvl(self, path):
        """Write the values to a file, from which pyDVL makes a ValuationResult.

        pyDVL 0.10 needs numpy 1, so it cannot run beside dvlib. In an environment with pyDVL, this
        makes the result, with which its curves and tools can go on::

            import json
            from pydvl.utils.status import Status
            from pydvl.valuation.result import ValuationResult
            result = ValuationResult(**json.load(open("values.json")), status=Status.Converged)

        Parameters
        ----------
        path : of the file to write, such as "values.json"; a file that is there is replaced

        Notes
        -----
        Indices are the rows 0 … n - 1. The variances of pyDVL are squared standard errors times the
        number of fits, and 0 where no standard error is known.
        """
        count = max(1, self.n_fits)
        content = {
            "values": self.values.tolist(),
            "variances": (np.nan_to_num(self.standard_errors) ** 2 * count).tolist(),
            "counts": [count] * len(self.values),
            "algorithm": f"dvlib: {self.method}",
        }
        Path(path).write_text(json.dumps(content), encoding="utf-8")


def plain(settings):
    """Settings, a dataclass or a dict, as a dict of what JSON can hold."""
    content = asdict(settings) if is_dataclass(settings) else dict(settings)
    return json.loads(json.dumps(content, default=_listed))


def _listed(value):
    """A NumPy scalar or array as Python numbers and lists."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{short(value)} is no parameter of values: give numbers, strings and lists")
