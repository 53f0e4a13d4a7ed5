"""The paper: `figures/report.pdf`, from `templates/report.typ` and the committed files.

Typst reads the tables, pictures and references itself; `_facts` hands over the claims. It uses the
fonts that it brings along and the time of the newest bundle, so the same files give the same bytes,
without a network.
"""

import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from dvlib.paper.judging.parts import RESAMPLES, bootstrap_interval, mean_of
from dvlib.paper.manifest import FIGURES
from dvlib.paper.regimes import REGIMES
from dvlib.paper.unstated.statements import BY_FIGURE, STATEMENTS
from dvlib.root import project_root
from dvlib.suite.bundle import write_together
from dvlib.suite.findings import read_record

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
REPORT = "figures/report.pdf"
REGISTER = "docs/register.md"


class ReportError(ValueError):
    """The report cannot be made; says what to do."""


def write_report(root=None):
    """Write the report into `figures/`; returns its path. Parameters and errors: see `Report`."""
    root = root or project_root()
    write_together({root / REPORT: Report(root).compile()})
    return root / REPORT


class Report:
    """The report on the bundles of a clone, from the Path of its folder.

    Raises
    ------
    ReportError : Typst is not installed, or a file that the report reads is missing
    ValueError : a file is damaged
    """

    def __init__(self, root):
        try:
            import typst
        except ImportError:
            words = "Typst is missing: make setup, or pip install dvlib[report]"
            raise ReportError(words) from None
        self._typst = typst
        records = _records(root)
        self._time = max(datetime.fromisoformat(record["time"]) for record in records.values())
        self._how = {
            "root": str(root), "font_paths": typst.Fonts(include_system_fonts=False),
            "sys_inputs": {"facts": json.dumps(_facts(root, records))},
        }  # fmt: skip

    def compile(self, **options):
        """The PDF as bytes; `options` of Typst give another format, such as PNG."""
        return self._typst.compile(
            TEMPLATE.read_bytes(), timestamp=self._time, **self._how, **options
        )

    def query(self, label):
        """Values of the metadata with a label, a list: "claim", "number" or "pages"."""
        text = self._typst.query(TEMPLATE.read_bytes(), f"<{label}>", field="value", **self._how)
        return json.loads(text)


def sources():
    """Paths of the files that the report reads: those that the template names, and all bundles."""
    named = re.findall(r'"/([\w/]+\.\w+)"', TEMPLATE.read_text(encoding="utf-8"))
    return dict.fromkeys([*named, *(f"figures/{entry.stem}.json" for entry in FIGURES.values())])


def _records(root):
    """The JSON of every bundle by the figure's id; checks that all files are there."""
    for name in sources():
        if not (root / name).exists():
            makes = [e.id for e in FIGURES.values() if name.startswith(f"figures/{e.stem}.")]
            how = f"run make {makes[0]}" if makes else f"restore it, as in git checkout -- {name}"
            raise ReportError(f"{name} is missing, and the report reads it: {how}")
    return {e.id: read_record(e.stem, root / "figures") for e in FIGURES.values()}


def _facts(root, records):
    """What the template is given: claims with their intervals, what the code declares, the work."""
    claims = {}
    for (
        figure,
        record,
    ) in records.items():  # the run over all claims comes last, and has the last word
        if figure.startswith("ext") or figure == "claims":
            regime = record["parameters"]["regime"]
            found = _with_spans(record["claims"])
            claims |= {name: {"regime": regime} | one for name, one in found.items()}
    confirmed = read_record("confirm/claims", root / "figures")
    return {
        "claims": claims,
        "confirmed": _with_spans(confirmed["claims"]) if confirmed else None,
        "confirmed_seed": confirmed.get("parameters", {}).get("seed"),
        "register": _table(root / REGISTER),
        "work": {
            figure: {key: record[key] for key in ("fits", "seconds", "processor")}
            for figure, record in (records | {"confirmation": confirmed}).items()
            if record
        },
        "regimes": {name: asdict(regime) for name, regime in REGIMES.items()},
        "statements": len(STATEMENTS),
        "figures": len(BY_FIGURE),
        "resamples": RESAMPLES,
    }


def _with_spans(claims):
    return {name: one | {"parts": _spans(one.get("parts", {}))} for name, one in claims.items()}


def _spans(parts):
    """Mean and interval of each part, beside its threshold and status."""
    spans = {}
    for name, part in parts.items():
        values = [value for value in part["values"] if value is not None]
        low, high = bootstrap_interval(values) if len(values) > 1 else (None, None)
        limits = {key: part[key] for key in ("side", "threshold", "status")}
        mean = mean_of(values) if values else None
        spans[name] = {"mean": mean, "low": low, "high": high, "samples": len(values), **limits}
    return spans


def _table(path):
    """Rows of the first table of a Markdown file, each a list of cells; None without the file."""
    if not path.exists():
        return None
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in rows if not all(re.fullmatch(":?-+:?", cell) for cell in row)]
