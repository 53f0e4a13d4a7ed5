"""The verdict on each claim: from `figures/claims.json` if it has the claim, else from the bundles.

This module is the page's only source of verdicts.
"""

import json
from dataclasses import dataclass, replace

from dvlib.paper.figures import claims
from dvlib.paper.judging.verdicts import NOT_MEASURED, few_samples
from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root

MARKS = {"reproduced": "✓", "partly": "◐", "not reproduced": "✗", "undecided": "≈"}


@dataclass(frozen=True)
class Finding:
    """The result for a claim, as a figure shows it."""

    id: str
    figure: str  # id of the figure that the claim belongs to
    statement: str
    threshold: str
    verdict: str
    measured: str = ""
    samples: int | None = None  # number of samples; None = no run has measured it
    comment: str = ""
    also: str = ""  # a differing verdict from other samples, and which samples
    regime: str = ""  # of the verdict, where the claim was measured in two
    beside: "Finding | None" = None  # the finding in the other regime
    compared: str = ""  # how the two verdicts differ, or "same"

    @property
    def mark(self):
        return MARKS.get(self.verdict, "–")

    @property
    def in_other_regime(self):
        """The verdict in the other regime in words, "" if there is none."""
        if self.beside is None:
            return ""
        few = f", {self.beside.few}" if self.beside.few else ""
        return f"{self.beside.mark} {self.beside.verdict}{few}"

    @property
    def few(self):
        """ "1 sample" or "few samples (3)" where there are fewer than ten, else ""."""
        return few_samples(self.samples or 0)

    @property
    def kind(self):
        """The verdict as a CSS class of the page."""
        return self.verdict.replace(" ", "-") if self.verdict in MARKS else "not-measured"


def read_record(stem, folder=None):
    """The contents of `figures/{stem}.json` as a dict, empty if the file does not exist.

    Raises
    ------
    ValueError : the file is damaged
    """
    path = (folder or project_root() / "figures") / f"{stem}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): delete it, and make it anew") from None


def findings(entry, folder=None):
    """Findings for the claims of a figure.

    The verdict in `claims.json` is over more samples, so it takes precedence over the figure's own.
    A figure that repeats another figure's claim on other data (C26 in Figure 18) keeps its own
    verdict, because its data are different and not just fewer. If the two verdicts differ, `also`
    holds the other one.

    Parameters
    ----------
    entry : FigureEntry
    folder : Path with the bundles and `claims.json`; None = `figures/` of the clone

    Returns
    -------
    dict of claim id → Finding, in the order of the registered claims
    """
    if entry.id == "claims":  # the overview: its claims belong to the other figures
        return {}
    over_more = read_record("claims", folder).get("claims", {})
    of_figure = read_record(entry.stem, folder).get("claims", {})
    found = {}
    for name in dict.fromkeys((*claims(), *over_more)):
        more, own = over_more.get(name), of_figure.get(name)
        home = more["figure"] if more else claims()[name].figure
        if home == entry.id:
            found[name] = _at_home(name, more, own)
        elif own:
            found[name] = _elsewhere(name, home, more, own)
    return found


def all_findings(folder=None):
    """Every claim as its own figure shows it: dict of claim id → Finding, sorted by id."""
    found = {}
    for entry in FIGURES.values():
        shown = findings(entry, folder).items()
        found |= {name: one for name, one in shown if one.figure == entry.id}
    return dict(sorted(found.items()))


def _at_home(name, more, own):
    """The finding in the claim's own figure; either record may be missing."""
    if more is None:
        return _own(name, claims()[name].figure, own or {})
    differs = own and own["verdict"] != more["verdict"]
    also = f"of this figure's own samples: {own['verdict']}" if differs else ""
    shown = ("figure", "statement", "threshold", "verdict", "measured", "samples", "comment")
    found = Finding(name, **{key: more[key] for key in shown}, also=also)
    if (other := more.get("beside")) is None:
        return found
    its = {key: other[key] for key in ("verdict", "measured", "samples", "regime")}
    return replace(
        found, regime=more["regime"], compared=other["compared"], beside=replace(found, **its)
    )


def _elsewhere(name, home, more, own):
    """The finding in a figure that repeats the claim on other data."""
    differs = more and own["verdict"] != more["verdict"]
    also = f"of {FIGURES[home].name}, over more samples: {more['verdict']}" if differs else ""
    return _own(name, home, own, also)


def _own(name, home, own, also=""):
    claim = claims()[name]
    return Finding(
        name,
        home,
        claim.says,
        own.get("threshold", claim.threshold),
        own.get("verdict", NOT_MEASURED),
        "; ".join(map(_number, own.get("numbers", {}).items())),
        samples=own.get("samples"),
        also=also,
    )


def _number(item):
    """A measured number as text."""
    name, value = item
    if value is None:
        return f"{name} none"
    text = f"{value:.0%} of samples" if name.endswith("holds in") else f"{value:.3g}"
    return f"{name} {text.replace('-', '−')}"


def summary():
    """Table of the bundles (figure, seconds, fits, verdicts), and the number of damaged ones."""
    damaged, lines = 0, [f"{'figure':<34}{'seconds':>8}{'fits':>8}  claims"]
    for entry in FIGURES.values():
        if entry.kind == "overview":
            continue
        try:
            bundle = read_record(entry.stem)
        except ValueError as error:
            damaged += 1
            lines.append(f"{entry.stem:<34}{'damaged':>16}  {error}")
            continue
        if not bundle:
            lines.append(f"{entry.stem:<34}{'not made':>16}")
            continue
        claims = ", ".join(f"{k} {v['verdict']}" for k, v in bundle["claims"].items())
        lines.append(f"{entry.stem:<34}{bundle['seconds']:>8.1f}{bundle['fits']:>8}  {claims}")
    lines.append("seconds: refits of that run; few if they came from the cache")
    return "\n".join(lines), damaged
