"""What we learned: ten findings with their numbers, for `docs/learned.md` and the page of figures.

`learned.toml` has the words, with places for numbers. The numbers come from `figures/claims.csv`.
"""

import csv
import tomllib
from pathlib import Path

import jinja2

from dvlib.root import project_root

PAGE, WORDS = "docs/learned.md", Path(__file__).with_name("learned.toml")
SORTS = {
    "geometry": "geometry of the model",
    "batches": "artefact of batches",
    "measure": "choice of measure",
    "data": "property of the data",
}


def learned(folder=None):
    """The findings with their numbers filled in.

    Parameters
    ----------
    folder : Path of the folder with `claims.csv`; None = `figures/` of the clone

    Returns
    -------
    dict: `introduction` and `close` are str, `findings` a list of dicts of `title`, `text`, `sort`

    Raises
    ------
    LookupError : the file lacks a part of a claim that the words quote
    """
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    mean = _means((folder or project_root() / "figures") / "claims.csv")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)

    def filled(text):
        return " ".join(environment.from_string(text).render(mean=mean).split())

    return {
        "introduction": filled(words["introduction"]),
        "close": filled(words["close"]),
        "findings": [
            {"title": one["title"], "text": filled(one["text"]), "sort": SORTS[one["sort"]]}
            for one in words["finding"]
        ],
    }


def write_learned():
    """Write the page into the clone; returns its path."""
    found = learned()
    parts = [f"# What we learned\n\n{found['introduction']}\n"]
    parts += [
        f"{k}. **{one['title']}** *({one['sort']})* {one['text']}\n"
        for k, one in enumerate(found["findings"], start=1)
    ]
    path = project_root() / PAGE
    path.write_text("\n".join([*parts, f"{found['close']}\n"]), encoding="utf-8")
    return path


def _means(path):
    """A function that looks up the mean of a claim's part: `mean(claim, part, digits, regime)`."""
    with path.open(encoding="utf-8") as lines:
        means = {(row["regime"], row["claim"], row["part"]): row["mean"]
                 for row in csv.DictReader(lines)}  # fmt: skip

    def mean(claim, part, digits=2, regime="library"):
        if (regime, claim, part) not in means:
            known = sorted(name for of, one, name in means if (of, one) == (regime, claim))
            raise LookupError(f"{claim} has no part {part!r} in {path.name}: it has {known}")
        return f"{float(means[regime, claim, part]):.{digits}f}".replace("-", "−")

    return mean
