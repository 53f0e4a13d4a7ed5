"""What was found of each claim: `figures/claims.json` where it has the claim, else the bundles.

The page of figures reads verdicts here alone.
"""

import json
from dataclasses import dataclass

from dvlib.paper.claims import CLAIMS
from dvlib.paper.claims.verdicts import NOT_MEASURED
from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root

MARKS = {"reproduced": "✓", "partly": "◐", "not reproduced": "✗", "unstable": "≈"}


@dataclass(frozen=True)
class Finding:
    """A claim as one figure shows it."""

    id: str
    figure: str  # the manifest's id of the figure that the claim is registered with
    statement: str
    threshold: str
    verdict: str
    measured: str = ""
    samples: int | None = None  # None: those of the figure's own run
    comment: str = ""
    also: str = ""  # another verdict than this one, and what that one is of

    @property
    def mark(self):
        return MARKS.get(self.verdict, "–")

    @property
    def kind(self):
        """The verdict as a class name of the page."""
        return self.verdict.replace(" ", "-") if self.verdict in MARKS else "not-measured"


def read_record(stem, folder=None):
    """The dict of `figures/{stem}.json`, empty where there is no such file.

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
    """Findings of a figure's claims.

    A claim of `claims.json`, over more samples, goes before the figure's own verdict. But a figure
    that repeats a claim of another's on other data (C26 in Figure 18) keeps its own: the sample is
    another, not more. Where the two differ, `also` has the other one.

    Parameters
    ----------
    entry : FigureEntry
    folder : of the bundles and of `claims.json`; None = `figures/` of the clone

    Returns
    -------
    dict of claim id → Finding, in order of their ids
    """
    if entry.id == "claims":  # every other figure has its own
        return {}
    over_more = read_record("claims", folder).get("claims", {})
    of_figure = read_record(entry.stem, folder).get("claims", {})
    found = {}
    for name in dict.fromkeys((*CLAIMS, *over_more)):
        more, own = over_more.get(name), of_figure.get(name)
        home = more["figure"] if more else CLAIMS[name].figure
        if home == entry.id:
            found[name] = _at_home(name, more, own)
        elif own:
            found[name] = _elsewhere(name, home, more, own)
    return found


def all_findings(folder=None):
    """Every claim as its own figure shows it: dict of claim id → Finding, in order of the ids."""
    found = {}
    for entry in FIGURES.values():
        shown = findings(entry, folder).items()
        found |= {name: one for name, one in shown if one.figure == entry.id}
    return dict(sorted(found.items()))


def _at_home(name, more, own):
    """The finding in the claim's own figure, whichever of the two records exist."""
    if more is None:
        return _own(name, CLAIMS[name].figure, own or {})
    differs = own and own["verdict"] != more["verdict"]
    return Finding(
        name,
        more["figure"],
        more["statement"],
        more["threshold"],
        more["verdict"],
        more["measured"],
        more["samples"],
        more["comment"],
        f"of this figure's own samples: {own['verdict']}" if differs else "",
    )


def _elsewhere(name, home, more, own):
    """The finding in a figure that repeats the claim on other data."""
    differs = more and own["verdict"] != more["verdict"]
    also = f"of {FIGURES[home].name}, over more samples: {more['verdict']}" if differs else ""
    return _own(name, home, own, also)


def _own(name, home, own, also=""):
    claim = CLAIMS[name]
    return Finding(
        name,
        home,
        claim.says,
        own.get("threshold", claim.threshold),
        own.get("verdict", NOT_MEASURED),
        "; ".join(map(_number, own.get("numbers", {}).items())),
        also=also,
    )


def _number(item):
    """A measured number in words."""
    name, value = item
    if value is None:
        return f"{name} none"
    text = f"{value:.0%} of samples" if name.endswith("holds in") else f"{value:.3g}"
    return f"{name} {text.replace('-', '−')}"


def summary():
    """Table of the finished bundles (figure, seconds, fits, verdicts), and how many are damaged."""
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
    lines.append("seconds: refits of that run; little where they came from the cache")
    return "\n".join(lines), damaged
