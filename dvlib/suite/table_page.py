"""One page on a user's table, in one file: what was done, which labels look wrong, and beside what.

The page needs no network, and holds the rows that it shows.
"""

from importlib.metadata import version

import jinja2
import numpy as np

from dvlib.checks import listed, percent
from dvlib.suite.page import HERE
from dvlib.tables.lookalikes import lookalikes, neighbours_of

MOST = 40  # suspicious rows that are shown
LONGEST = 60  # letters of a cell that are shown
COLUMNS = 40  # columns that are shown of a row
PAIRS = 12  # pairs of near duplicates, and far rows, that are named


def table_page(found, *, title, csv, command, overrule, decisions=None, decided=""):
    """The page as HTML.

    Parameters
    ----------
    found : dvlib.tables.value.TableValues with a verdict
    title : of the page, such as the file's name
    csv, command : the written table, and the command that reads its decisions
    overrule : a sentence on how to overrule what was done to the table
    decisions : dict of row position → what the user decided
    decided : a sentence on what the decisions changed
    """
    rows, verdict = found.rows, found.verdict
    decisions = decisions or {}
    order = np.argsort(-verdict.wrong, kind="stable")
    shown = [k for k in order if verdict.flagged[k] or verdict.also[k]][:MOST]
    classes = rows.classes
    pairs, far = lookalikes(rows.X)
    names = [f"{rows.index[i]} = {rows.index[j]}" for i, j in pairs]
    template = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    ).get_template("table.html")  # fmt: skip
    return template.render(
        title=title, csv=csv, command=command, overrule=overrule, decided=decided,
        version=version("dvlib"), to_check=_named(rows, verdict.to_check()),
        n_rows=len(rows.y), n_columns=len(rows.names), label=rows.label, unused=rows.unused,
        computed=f"{found.plan}, in {found.seconds:.0f} s.", says=found.says(),
        liberties=rows.liberties, hints=rows.hints, n_flagged=int(verdict.flagged.sum()),
        suspects=[*_suspects(found, shown, decisions)], percent=percent,
        doubles=listed(names, PAIRS), n_opposite=sum(rows.y[i] != rows.y[j] for i, j in pairs),
        far=listed(rows.index[far], PAIRS),
        classes=[_of_class(found, k, label) for k, label in enumerate(classes)],
        agreement=[*_agreement(found)],
    )  # fmt: skip


def _suspects(found, shown, decisions):
    """What the page shows of each suspicious row, beside its neighbours."""
    rows, verdict = found.rows, found.verdict
    ids = [name for name, why in rows.unused.items() if "names" in why or "ids" in why]
    names = [name for name in rows.frame if name not in rows.unused or name in ids][:COLUMNS]
    same, other = neighbours_of(rows.X, rows.y, shown, 2)
    for k, alike, different in zip(shown, same, other, strict=True):
        places = [k, *alike, *different]
        cells = rows.frame.iloc[places]
        yield {
            "row": rows.index[k],
            "given": rows.classes[rows.y[k]],
            "suggested": rows.classes[verdict.suggested[k]],
            "wrong": verdict.wrong[k],
            "flagged": verdict.flagged[k],
            "decision": decisions.get(k, ""),
            "ids": [(name, _cell(cells[name].iloc[0])) for name in ids[:2]],
            "columns": [{"row": rows.index[i], "label": rows.classes[rows.y[i]]} for i in places],
            "lines": [
                {
                    "name": name,
                    "cells": [*zip(map(_cell, column), _differ(rows, name, places), strict=True)],
                }
                for name, column in cells[names].items()
            ],
        }


def _differ(rows, name, places):
    """Whether cells of a column differ clearly from the first one."""
    if name not in rows.columns:
        return [False] * len(places)
    values = rows.columns[name].read(rows.frame[name])
    if values.dtype.kind == "O":
        return values[places] != values[places[0]]
    return np.abs(values[places] - values[places[0]]) > np.nanstd(values)


def _named(rows, places):
    """Rows by their index, in words."""
    return ", ".join(map(str, rows.index[places]))


def _of_class(found, k, label):
    rows, verdict = found.rows, found.verdict
    flagged = verdict.flagged & (rows.y == k)
    counts = np.bincount(verdict.suggested[flagged], minlength=len(rows.classes))
    likes = [f"{rows.classes[j]} ({counts[j]})" for j in np.argsort(-counts) if counts[j]]
    return {
        "label": label, "rows": int((rows.y == k).sum()), "flagged": int(flagged.sum()),
        "p": found.p_label[rows.y == k].mean(), "like": listed(likes, 4),
    }  # fmt: skip


def _agreement(found):
    correlations = found.agreement()
    names = [*correlations]
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            yield f"{first} and {second}: {correlations.loc[first, second]:.2f}"


def _cell(cell):
    text = (
        ""
        if cell is None or cell != cell
        else f"{cell:.6g}"
        if isinstance(cell, float)
        else str(cell)
    )
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
