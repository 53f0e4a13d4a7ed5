"""The page of figures: `figures/index.html` and `figures/README.md`, from manifest and bundles.

The playground, `figures/playground.html`, stands beside it.

Runs with other settings have such a page, too, without the README, in their own folder.

The HTML embeds its pictures (some 4.5 MB for 24 of them), so it needs no other file and no network.
Git ignores it because of its size. The README is for code hosts, which show it below the list of
files.
"""

import base64
import os
import struct
from collections import Counter
from pathlib import Path

import jinja2
import markupsafe

from dvlib.paper.manifest import FIGURES
from dvlib.paper.regimes import LIBRARY
from dvlib.play import page as playground
from dvlib.root import project_root
from dvlib.suite.bundle import write_together
from dvlib.suite.findings import MARKS, all_findings, findings, read_record
from dvlib.suite.texts import learned

PAGES = {"index.html": "page.html"}
CODE_HOST = {"README.md": "page.md"}  # beside the page of figures/ only
# The meaning of each verdict, in the order in which the page counts them.
MEANINGS = {
    "reproduced": "the claim holds",
    "partly": "some parts of the claim hold and others fail, or a weaker threshold is met",
    "not reproduced": "the claim fails",
    "undecided": "the samples are too few or too noisy to say",
    "not measured": "no run has measured it",
}

# What the regimes are (`dvlib.paper.regimes`), after their names.
REGIME_WORDS = {
    "library": ", the defaults of scikit-learn and Keras (clusters of deviation 1.0; batches of "
    "200, and of 32 where training is watched)",
    "wide": ", with wider clusters (deviation 1.5) and batches of 200 everywhere",
}


def _picture(path):
    """Name, size in pixels and data URI of a PNG file; None if the file does not exist."""
    if not path.exists():
        return None
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])  # the header chunk comes first
    uri = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return {"name": path.name, "width": width, "height": height, "uri": uri}


def render(folder=None, trial=""):
    """Render the page, and for the figures' own settings the README.

    Parameters
    ----------
    folder : Path of the folder of bundles; None = `figures/` of the clone
    trial : words for other settings, under which only what was made is shown

    Returns
    -------
    dict of file name → text
    """
    folder = folder or project_root() / "figures"
    claims = all_findings(folder)
    shown = [
        (entry, findings(entry, folder))
        for entry in FIGURES.values()
        if not trial or (folder / f"{entry.stem}.json").exists()
    ]
    verdicts = (one.verdict if one.verdict in MARKS else "not measured" for one in claims.values())
    context = {
        "figures": [_figure(entry, found.values(), folder, trial) for entry, found in shown],
        "kinds": {entry.kind for entry, _ in shown},
        "trial": trial,
        "clone": os.path.relpath(project_root(), folder),
        "claims": claims.values(),
        "shown_in": {
            name: [(entry, found[name]) for entry, found in shown if name in found]
            for name in claims
        },
        "learned": learned(folder) if _has_all_claims(folder) else None,
        "over_more": (folder / "claims.json").exists(),
        "counts": Counter(verdicts),
        "compared": Counter(one.compared for one in claims.values() if one.compared),
        "regimes": next(
            ((one.regime, one.beside.regime) for one in claims.values() if one.beside), None
        ),
        "words_of": REGIME_WORDS,
        "meanings": MEANINGS,
        "marks": MARKS,
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"md": _markdown, "math": _math}
    pages = PAGES if trial else PAGES | CODE_HOST
    return {
        name: environment.get_template(template).render(context) for name, template in pages.items()
    }


def write_page(folder=None, trial=""):
    """Write the pages into the folder of the bundles; returns their paths."""
    folder = folder or project_root() / "figures"
    pages = {folder / name: text.encode() for name, text in render(folder, trial).items()}
    if folder == project_root() / "figures":
        pages[folder / playground.PAGE] = playground.render().encode()
    write_together(pages)
    return list(pages)


def _has_all_claims(folder):
    """Whether the folder has the files that the findings quote, and is not one of trial runs."""
    names = ("claims.csv", "claims.json", "robustness.csv", "unstated.csv")
    own = folder == project_root() / "figures"
    return own and all((folder / name).exists() for name in names)


def _figure(entry, found, folder, trial):
    """The values that the templates show for a figure."""
    record = read_record(entry.stem, folder)
    parameters = record.get("parameters", {})
    return {
        "entry": entry,
        # The manifest's words are of the figure's own settings, and may be newer than the bundle.
        "alt": record.get("alt", entry.alt) if trial else entry.alt,
        "picture": _picture(folder / f"{entry.stem}.png"),
        "findings": found,
        "record": record,
        "plays": () if trial else _plays(entry),
        "parameters": {k: v for k, v in parameters.items() if v is not None},
    }


def _plays(entry):
    """Names and addresses of the figure's maps in the playground."""
    return playground.links(entry.id, entry.dataset, LIBRARY.config(entry.watched).batch_size, 0)


def _markdown(text):
    """Text escaped for a cell of a Markdown table."""
    for sign in "\\|*<[]":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _math(text):
    """Text as HTML, with the X of f_X as a subscript."""
    return markupsafe.Markup(str(markupsafe.escape(text)).replace("f_X", "f<sub>X</sub>"))
