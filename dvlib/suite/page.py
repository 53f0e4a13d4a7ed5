"""What is written from the committed files: the pages of figures, and documents with numbers.

The pages are the contact sheet, `figures/README.md`, and `figures/index.html`.

The playground, `figures/playground.html`, stands beside them. Runs with other settings have an
`index.html`, too, in their own folder.

The HTML embeds its pictures (some 5 MB), so it needs no other file and no network. Git ignores it
because of its size. The contact sheet is for code hosts and the book.

The documents are `docs/results.md`, `docs/answer.md` and `docs/learned.md`. `templates/` and
`learned.toml` have the words. Numbers and verdicts come from `claims.csv`, `claims.json`,
`robustness.csv` and `unstated.csv` of `figures/`, so a document cannot quote an old one.
"""

import base64
import csv
import io
import json
import os
import tomllib
from collections import Counter
from pathlib import Path

import jinja2
import markupsafe
from PIL import Image

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite.bundle import write_together
from dvlib.suite.findings import MARKS, all_findings, findings, read_record

HERE = Path(__file__).parent
THUMBNAIL = 480, 240  # pixels: twice as many as are shown, for screens of high density
# The meaning of each verdict, in the order in which the page counts them.
MEANINGS = {
    "reproduced": "every part of the claim holds",
    "mostly": "no part fails, and most hold; the others are undecided",
    "partly": "some parts of the claim hold and others fail, or a weaker threshold is met",
    "not reproduced": "some parts fail, and none holds",
    "undecided": "the samples are too few or too noisy to say",
    "not measured": "no run has measured it",
}
SORTS = {
    "geometry": "geometry of the model",
    "batches": "artefact of batches",
    "measure": "choice of measure",
    "data": "property of the data",
}
PAPER = "C38"  # the last claim of the paper; later ones are of our extensions


def render(folder=None, trial=""):
    """The page and, for the figures' own settings, the contact sheet: dict of file name → text.

    `folder` has the bundles; None = `figures/` of the clone. `trial` are words for other settings,
    under which only what was made is shown.
    """
    folder = folder or project_root() / "figures"
    claims = all_findings(folder)
    figures = [
        _figure(entry, folder, trial)
        for entry in FIGURES.values()
        if not trial or (folder / f"{entry.stem}.json").exists()
    ]
    context = {
        "figures": figures,
        "trial": trial,
        "clone": os.path.relpath(project_root(), folder),
        "claims": claims,
        "shown_in": {
            name: [(shown["entry"], shown["findings"][name]) for shown in figures
                   if name in shown["findings"]]
            for name in claims
        },
        "over_more": (folder / "claims.json").exists(),
        "counts": Counter(
            claim.verdict if claim.verdict in MARKS else "not measured" for claim in claims.values()
        ),
        "compared": Counter(claim.compared for claim in claims.values() if claim.compared),
        "meanings": MEANINGS,
        "marks": MARKS,
    }  # fmt: skip
    environment = _environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=jinja2.select_autoescape(("html",)),
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages = {"index.html": "page.html"} | ({} if trial else {"README.md": "page.md"})
    return {
        name: environment.get_template(template).render(context) for name, template in pages.items()
    }


def render_texts(folder=None):
    """The documents: dict of path in the clone → text.

    `folder` has the bundles; None = `figures/` of the clone. A part of a claim that the words quote
    and the files lack is a LookupError.
    """
    facts, environment = _facts(folder or project_root() / "figures"), _environment()

    def filled(text):
        return environment.from_string(text.strip()).render(facts).strip()

    words = tomllib.loads((HERE / "learned.toml").read_text(encoding="utf-8"))
    parts = [f"# What we learned\n\n{filled(words['introduction'])}\n"]
    parts += [
        f"{k}. **{finding['title']}** *({SORTS[finding['sort']]})* {filled(finding['text'])}\n"
        for k, finding in enumerate(words["finding"], start=1)
    ]
    templates = {name: HERE / "templates" / f"{name}.md" for name in ("results", "answer")}
    return {"docs/learned.md": "\n".join([*parts, f"{filled(words['close'])}\n"])} | {
        f"docs/{name}.md": filled(path.read_text(encoding="utf-8")) + "\n"
        for name, path in templates.items()
    }


def write_page(folder=None, trial=""):
    """Write the pages of `render` into the folder of the bundles; returns their paths.

    Beside `figures/` of the clone, also the playground and the documents.
    """
    committed = project_root() / "figures"
    folder = folder or committed
    pages = {folder / name: text for name, text in render(folder, trial).items()}
    if folder == committed:
        from dvlib.play import page as playground

        pages[folder / playground.PAGE] = playground.render()
        pages |= {project_root() / path: text for path, text in render_texts().items()}
    write_together({path: text.encode() for path, text in pages.items()})
    return list(pages)


def _environment(**options):
    """Templates in which a name that is missing is an error."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, **options)
    environment.filters.update(math=_math, cell=_cell)
    return environment


def _figure(entry, folder, trial):
    """The values that the templates show for a figure."""
    record = read_record(entry.stem, folder)
    parameters = record.get("parameters", {})
    return {
        "entry": entry,
        # The manifest's words are of the figure's own settings, and may be newer than the bundle.
        "alt": record.get("alt", entry.alt) if trial else entry.alt,
        "picture": _picture(folder / f"{entry.stem}.png"),
        "findings": findings(entry, folder),
        "record": record,
        "plays": () if trial else _plays(entry),
        "parameters": {k: v for k, v in parameters.items() if v is not None},
    }


def _picture(path):
    """Name, size in pixels and data URIs of a PNG file; None if the file does not exist."""
    if not path.exists():
        return None
    small = io.BytesIO()
    with Image.open(path) as image:
        width, height = image.size
        # Of a high picture, its upper part.
        upper = image.crop((0, 0, width, min(height, width * THUMBNAIL[1] // THUMBNAIL[0])))
        upper.thumbnail(THUMBNAIL)
        upper.convert("RGB").save(small, "webp", quality=80)
    return {
        "name": path.name,
        "width": width,
        "height": height,
        "uri": _data_uri("png", path.read_bytes()),
        "thumbnail": _data_uri("webp", small.getvalue()),
    }


def _data_uri(kind, content):
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _plays(entry):
    """Names and addresses of the figure's maps in the playground."""
    from dvlib.paper.regimes import LIBRARY
    from dvlib.play import page as playground

    return playground.links(entry.id, entry.dataset, LIBRARY.config(entry.watched).batch_size, 0)


def _math(text):
    """Text as HTML, with the X of f_X as a subscript."""
    return markupsafe.Markup(str(markupsafe.escape(text)).replace("f_X", "f<sub>X</sub>"))


def _cell(text):
    """Text escaped for a cell of a Markdown table."""
    for sign in "\\|*<[]":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _facts(folder):
    """What the words may ask for: functions that look up numbers and verdicts, and counts."""
    from dvlib.paper.unstated.statements import BY_FIGURE, STATEMENTS  # imports the engine

    def rows_of(stem):
        with (folder / f"{stem}.csv").open(encoding="utf-8") as lines:
            return [*csv.DictReader(lines)]

    parts_of = {(row["regime"], row["claim"], row["part"]): row for row in rows_of("claims")}
    for row in rows_of("confirm/claims"):
        parts_of["confirmation", row["claim"], row["part"]] = row
    means = {place: row["mean"] for place, row in parts_of.items()}
    claims = read_record("claims", folder)["claims"]
    swept = rows_of("robustness")
    main = [row for row in swept if row["claim"] == "C01"]
    simulated = json.loads((project_root() / "benchmarks" / "rule.json").read_text())
    scores = [row for row in rows_of("unstated") if row["statement"] == "all" and row["difference"]]
    tried = [row for row in scores if row["cluster_std"] != "library"]

    def mean(claim, part, digits=2, regime="library"):
        """The mean of a claim's part, or of a number beside the parts."""
        number = means.get((regime, claim, part))
        if number is None and regime == claims[claim]["regime"]:
            number = claims[claim]["numbers"].get(part)
        if number is None:
            parts = sorted(part for *place, part in means if place == [regime, claim])
            raise LookupError(f"{claim} has no number {part!r} in {regime}: it has {parts}")
        return f"{float(number):.{digits}f}".replace("-", "−")

    def span(claim, part, digits=2, regime="library"):
        """The mean of a claim's part with its interval."""
        ends = (
            f"{float(parts_of[regime, claim, part][end]):.{digits}f}" for end in ("low", "high")
        )
        return f"{mean(claim, part, digits, regime)} [{', '.join(ends)}]".replace("-", "−")

    def rule(kind, *names):
        """A number of the simulated rule, of ten samples: a percentage, or a number of claims."""
        number = simulated[kind]["10"]
        for name in names:
            number = number[name]
        return f"{number:.1f}" if kind == "family" else f"{100 * number:.0f} %"

    def times(claim, part, digits=1):
        """The mean of a part in doublings, and its interval, as factors."""
        row = parts_of["library", claim, part]
        middle, *ends = (f"{2 ** float(row[name]):.{digits}f}" for name in ("mean", "low", "high"))
        return f"{middle} [{', '.join(ends)}]"

    def reproduced_in(claim, units=None):
        """In how many combinations of the sweep a claim is reproduced, of those with some units."""
        rows = [row for row in swept if row["claim"] == claim and units in (None, row["units"])]
        number = sum(row["verdict"] == "reproduced" for row in rows)
        return number if units is None else f"{number} of {len(rows)}"

    papers = [record for name, record in claims.items() if name[:3] <= PAPER]
    statements = all_findings(folder)
    confirmed = [claim for claim in statements.values() if claim.confirmed]
    return {
        "mean": mean,
        "rule": rule,
        "span": span,
        "samples": Counter(record["samples"] for record in claims.values()).most_common(1)[0][0],
        "times": times,
        "search": {
            "statements": len(STATEMENTS),
            "figures": len(BY_FIGURE),
            "settings": len(tried),
            "best": max(tried, key=lambda row: float(row["support"])),
            "library": next(row for row in scores if row["cluster_std"] == "library"),
            "better": [row for row in tried if float(row["low"]) > 0],
        },
        "signed": lambda number: f"{float(number):+.3f}".replace("-", "−"),
        "verdict": lambda claim: claims[claim]["verdict"],
        "beside": lambda claim: claims[claim]["beside"]["verdict"],
        "claims": statements,
        "confirmed": len(confirmed),
        "changed": [claim for claim in confirmed if claim.confirmed != claim.verdict],
        "figures": FIGURES,
        "total": len(papers),
        "counts": Counter(record["verdict"] for record in papers),
        "beside_counts": Counter(record["beside"]["verdict"] for record in papers),
        "compared": Counter(record["beside"]["compared"] for record in papers),
        "reproduced_in": reproduced_in,
        "corners": len(main),
    }
