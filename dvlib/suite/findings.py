"""The verdict on each claim: from `figures/claims.json` if it has the claim, else from the bundles.

This module is the page's only source of verdicts.
"""

import json
from dataclasses import dataclass, replace

from dvlib.paper.figures import claims
from dvlib.paper.judging.verdicts import NOT_MEASURED, in_words
from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root

MARKS = {"reproduced": "✓", "mostly": "◕", "partly": "◐", "not reproduced": "✗", "undecided": "≈"}


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
    counterpart: "Finding | None" = None  # the finding in the other regime
    compared: str = ""  # how the two verdicts differ, or "same"
    confirmed: str = ""  # the verdict on the samples of the confirmation

    @property
    def mark(self):
        return MARKS.get(self.verdict, "–")

    @property
    def in_other_regime(self):
        """The verdict in the other regime in words, "" if there is none."""
        if self.counterpart is None:
            return ""
        return f"{self.counterpart.mark} {self.counterpart.verdict}"

    @property
    def over(self):
        """The number of samples in words, "" if no run has measured the claim."""
        return in_words(self.samples) if self.samples else ""

    @property
    def kind(self):
        """The verdict as a CSS class of the page."""
        return self.verdict.replace(" ", "-") if self.verdict in MARKS else "not-measured"


def read_record(stem, folder=None):
    """The contents of `figures/{stem}.json` as a dict, empty if the file does not exist.

    A damaged file is a ValueError.
    """
    path = (folder or project_root() / "figures") / f"{stem}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): delete it, and make it anew") from None


def findings(entry, folder=None):
    """Findings for the claims of a figure: dict of claim id → Finding, in the order of the claims.

    The verdict in `claims.json` is over more samples, so it takes precedence over the figure's own.
    A figure that repeats another figure's claim on other data (C26 in Figure 18) keeps its own
    verdict, because its data are different and not just fewer. If the two verdicts differ, `also`
    holds the other one. `folder` has the bundles and `claims.json`; None = `figures/` of the clone.
    """
    if entry.id == "claims":  # the overview: its claims belong to the other figures
        return {}
    over_more = read_record("claims", folder).get("claims", {})
    confirmed = read_record("confirm/claims", folder).get("claims", {})
    of_figure = read_record(entry.stem, folder).get("claims", {})
    shown = {}
    for name in dict.fromkeys((*claims(), *over_more)):
        swept, drawn = over_more.get(name), of_figure.get(name)
        home = swept["figure"] if swept else claims()[name].figure
        differs = swept and drawn and drawn["verdict"] != swept["verdict"]
        if home == entry.id and swept:
            also = f"of this figure's own samples: {drawn['verdict']}" if differs else ""
            anew = confirmed.get(name, {}).get("verdict", "")
            shown[name] = replace(_over_more(name, swept, also), confirmed=anew)
        elif home == entry.id or drawn:
            place = f"of {FIGURES[home].name}, over more samples: "
            also = place + swept["verdict"] if differs else ""
            shown[name] = _of_figure(name, home, drawn or {}, also)
    return shown


def all_findings(folder=None):
    """Every claim as its own figure shows it: dict of claim id → Finding, sorted by id."""
    at_home = {}
    for entry in FIGURES.values():
        shown = findings(entry, folder).items()
        at_home |= {name: finding for name, finding in shown if finding.figure == entry.id}
    return dict(sorted(at_home.items()))


def _over_more(name, record, also):
    """The finding of `claims.json`, with that of the other regime if there is one."""
    names = ("figure", "statement", "threshold", "verdict", "measured", "samples", "comment")
    finding = Finding(name, **{key: record[key] for key in names}, also=also)
    if (second := record.get("beside")) is None:
        return finding
    names = ("verdict", "measured", "samples", "regime")
    counterpart = replace(finding, **{key: second[key] for key in names})
    return replace(
        finding, regime=record["regime"], compared=second["compared"], counterpart=counterpart
    )


def _of_figure(name, home, record, also):
    """The finding of a figure's own samples; an empty record was not measured."""
    claim = claims()[name]
    return Finding(
        name, home, claim.says, record.get("threshold", claim.threshold),
        record.get("verdict", NOT_MEASURED),
        "; ".join(map(_number, record.get("numbers", {}).items())),
        samples=record.get("samples"), also=also,
    )  # fmt: skip


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
