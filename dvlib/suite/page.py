"""The pages of figures: the contact sheet `figures/README.md`, and `figures/index.html`.

The playground, `figures/playground.html`, stands beside them. Runs with other settings have an
`index.html`, too, in their own folder.

The HTML embeds its pictures (some 5 MB), so it needs no other file and no network. Git ignores it
because of its size. The contact sheet is for code hosts and the book.
"""

import base64
import io
import os
from collections import Counter
from pathlib import Path

import jinja2
import markupsafe
from PIL import Image

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite.bundle import write_together
from dvlib.suite.findings import MARKS, all_findings, findings, read_record

THUMBNAIL = 480, 240  # pixels: twice as many as are shown, for screens of high density
# The meaning of each verdict, in the order in which the page counts them.
MEANINGS = {
    "reproduced": "the claim holds",
    "partly": "some parts of the claim hold and others fail, or a weaker threshold is met",
    "not reproduced": "the claim fails",
    "undecided": "the samples are too few or too noisy to say",
    "not measured": "no run has measured it",
}


def render(folder=None, trial=""):
    """Render the page, and for the figures' own settings the contact sheet.

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
            name: [(one["entry"], one["findings"][name]) for one in figures
                   if name in one["findings"]]
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
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["math"] = _math
    pages = {"index.html": "page.html"} | ({} if trial else {"README.md": "page.md"})
    return {
        name: environment.get_template(template).render(context) for name, template in pages.items()
    }


def write_page(folder=None, trial=""):
    """Write the pages into the folder of the bundles; returns their paths."""
    own = project_root() / "figures"
    folder = folder or own
    pages = {folder / name: text.encode() for name, text in render(folder, trial).items()}
    if folder == own:
        from dvlib.play import page as playground

        pages[folder / playground.PAGE] = playground.render().encode()
    write_together(pages)
    return list(pages)


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
