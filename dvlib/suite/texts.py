"""Documents whose numbers are filled in: `docs/results.md` and `docs/learned.md`.

`templates/results.md` and `learned.toml` have the words. Numbers and verdicts come from
`claims.csv`, `claims.json`, `robustness.csv` and `unstated.csv` of `figures/`, so a document cannot
quote an old one.
"""

import csv
import tomllib
from collections import Counter
from functools import partial
from pathlib import Path

import jinja2

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite.bundle import write_together
from dvlib.suite.findings import all_findings, read_record

HERE = Path(__file__).parent
SORTS = {
    "geometry": "geometry of the model",
    "batches": "artefact of batches",
    "measure": "choice of measure",
    "data": "property of the data",
}
PAPER = "C38"  # the last claim of the paper; later ones are of our extensions


def render_texts(folder=None):
    """Both documents: dict of path in the clone → text.

    Parameters
    ----------
    folder : Path of the folder with the bundles; None = `figures/` of the clone

    Raises
    ------
    LookupError : the files lack a part of a claim that the words quote
    """
    filled = partial(_filled, facts=_facts(folder or project_root() / "figures"))
    words = tomllib.loads((HERE / "learned.toml").read_text(encoding="utf-8"))
    parts = [f"# What we learned\n\n{filled(words['introduction'])}\n"]
    parts += [
        f"{k}. **{finding['title']}** *({SORTS[finding['sort']]})* {filled(finding['text'])}\n"
        for k, finding in enumerate(words["finding"], start=1)
    ]
    results = (HERE / "templates" / "results.md").read_text(encoding="utf-8")
    return {
        "docs/learned.md": "\n".join([*parts, f"{filled(words['close'])}\n"]),
        "docs/results.md": filled(results) + "\n",
    }


def write_texts():
    """Write both documents into the clone; returns their paths."""
    pages = {project_root() / path: text.encode() for path, text in render_texts().items()}
    write_together(pages)
    return list(pages)


def _filled(text, facts):
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["cell"] = _cell
    return environment.from_string(text.strip()).render(facts).strip()


def _cell(text):
    """Text escaped for a cell of a Markdown table."""
    for sign in "\\|*<[]":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _facts(folder):
    """What the words may ask for: functions that look up numbers and verdicts, and counts."""
    from dvlib.paper.unstated.statements import HOLDS  # imports the engine

    with (folder / "claims.csv").open(encoding="utf-8") as lines:
        means = {(row["regime"], row["claim"], row["part"]): row["mean"]
                 for row in csv.DictReader(lines)}  # fmt: skip
    claims = read_record("claims", folder)["claims"]
    with (folder / "robustness.csv").open(encoding="utf-8") as lines:
        swept = [*csv.DictReader(lines)]
    held = Counter(row["claim"] for row in swept if row["verdict"] == "reproduced")
    main = [row for row in swept if row["claim"] == "C01"]
    with (folder / "unstated.csv").open(encoding="utf-8") as lines:
        tried = [row for row in csv.DictReader(lines) if row["search"] == "grid"]

    def mean(claim, part, digits=2, regime="library"):
        """The mean of a claim's part, or of a number beside the parts."""
        number = means.get((regime, claim, part))
        if number is None and regime == claims[claim]["regime"]:
            number = claims[claim]["numbers"].get(part)
        if number is None:
            known = sorted(part for *where, part in means if where == [regime, claim])
            raise LookupError(f"{claim} has no number {part!r} in {regime}: it has {known}")
        return f"{float(number):.{digits}f}".replace("-", "−")

    def statements(cluster_std, batch_size):
        """How many statements hold in a setting of the grid, and how many there are."""
        axes = (cluster_std, batch_size)
        rows = [row for row in tried if (row["cluster_std"], row["batch_size"]) == axes]
        shares = [(float(row["first"]) + float(row["fresh"])) / 2 for row in rows]
        return sum(share >= HOLDS for share in shares), len(shares)

    def times(claim, part, digits=1):
        """The mean of a part in doublings, as a factor."""
        return f"{2 ** float(means['library', claim, part]):.{digits}f}"

    papers = [record for name, record in claims.items() if name[:3] <= PAPER]
    return {
        "mean": mean,
        "times": times,
        "statements": statements,
        "verdict": lambda claim: claims[claim]["verdict"],
        "beside": lambda claim: claims[claim]["beside"]["verdict"],
        "claims": all_findings(folder),
        "figures": FIGURES,
        "total": len(papers),
        "counts": Counter(record["verdict"] for record in papers),
        "beside_counts": Counter(record["beside"]["verdict"] for record in papers),
        "compared": Counter(record["beside"]["compared"] for record in papers),
        "reproduced_in": held,
        "corners": len(main),
        "narrow": sum(row["units"] == "10" and row["verdict"] != "reproduced" for row in main),
    }
