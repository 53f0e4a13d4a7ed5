"""The reproduction report: `figures/report.pdf`, from `templates/report.typ` and the bundles.

Typst reads the committed JSON and CSV files itself. It uses the fonts that it brings along and the
time of the newest bundle, so the same files give the same bytes, without a network.
"""

import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from dvlib.paper.judging.parts import RESAMPLES
from dvlib.paper.manifest import FIGURES
from dvlib.paper.regimes import REGIMES
from dvlib.paper.unstated.statements import BY_FIGURE, STATEMENTS
from dvlib.root import project_root
from dvlib.suite.bundle import write_together
from dvlib.suite.findings import read_record

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
REPORT = "figures/report.pdf"


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
    ReportError : Typst is not installed, or a file of `figures/` is missing
    ValueError : a file is damaged
    """

    def __init__(self, root):
        try:
            import typst
        except ImportError:
            words = "Typst is missing: make setup, or pip install dvlib[report]"
            raise ReportError(words) from None
        self._typst = typst
        self._time = _newest(root)
        self._how = {
            "root": str(root), "font_paths": typst.Fonts(include_system_fonts=False),
            "sys_inputs": {"facts": json.dumps(_facts())},
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
    """Names of the files of `figures/` that the template reads, as `figures/claims.json`."""
    return dict.fromkeys(re.findall(r'"/(figures/[\w.]+)"', TEMPLATE.read_text(encoding="utf-8")))


def _newest(root):
    """Time of the newest bundle that the report reads; checks that all its files exist."""
    times = []
    for name in sources():
        path = root / name
        make = next(f"make {entry.id}" for entry in FIGURES.values() if entry.stem == path.stem)
        if not path.exists():
            raise ReportError(f"{name} is missing, and the report reads it: run {make}")
        if path.suffix == ".json":
            record = read_record(path.stem, root / "figures")
            times.append(datetime.fromisoformat(record["time"]))
    return max(times)


def _facts():
    """What the code declares and no bundle holds: regimes, and what the search tried."""
    return {
        "regimes": {name: asdict(regime) for name, regime in REGIMES.items()},
        "statements": list(STATEMENTS),
        "figures": len(BY_FIGURE),
        "resamples": RESAMPLES,
    }
