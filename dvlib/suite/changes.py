"""The page of changed measures: `docs/claims-changed.md`, from three sources.

`docs/claims-before.toml` has the old verdicts and why a measure was changed, `dvlib.paper.claims`
the new measures, and `figures/claims.json` the new verdicts.
"""

import tomllib

from dvlib.paper.figures import claims
from dvlib.root import project_root
from dvlib.suite.findings import read_record

PAGE, BEFORE = "docs/claims-changed.md", "docs/claims-before.toml"
HEAD = """\
# Claims: measures that changed

`python -m dvlib page` writes this page. The old verdicts stand in `docs/claims-before.toml`, the \
new ones in `figures/claims.json`.

Three things changed at once. A review found that a third of the measures missed what the claim \
says; they were re-aimed. [The rule for verdicts](results.md#how-a-verdict-is-reached) changed. \
And the samples are new: data seeds 10 to 19, which nobody had seen when the measures were \
written. The old verdicts are of data seeds 0 to 9. Each measure, its threshold and its reason was \
committed before any result of it on the new samples was seen. A dash means that a verdict is \
still to be measured.

The settings changed, too. The old verdicts are of the regime that is now called `wide`; the \
figures' own is now `library` (`dvlib.paper.regimes`). So there are two new verdicts. That of \
`wide` has the settings of the old one: the change from it is that of the measure, the rule and \
the samples. From `wide` to `library` only the settings change.

## Measures that were re-aimed

| claim | before | verdict then | now | now, in `wide` | now, in `library` | why |
|---|---|---|---|---|---|---|
"""
REST = """
## Other claims

Their measures are the same. Only the rule for verdicts and the samples changed.

| claim | measured then | verdict then | now, in `wide` | now, in `library` |
|---|---|---|---|---|
"""
REGIMES = "wide", "library"  # in the order of the columns


def changes_page():
    """The page as Markdown."""
    root = project_root()
    before = tomllib.loads((root / BEFORE).read_text(encoding="utf-8"))
    records = read_record("claims").get("claims", {})
    now = {name: record for name, record in records.items() if _of_this_rule(name, record)}
    changed = [name for name in claims() if "why" in _before(name, before)]
    same = [name for name in claims() if name in records and name not in changed]
    lines = [_changed(name, _before(name, before), now.get(name)) for name in changed]
    rest = [_same(name, _before(name, before), now.get(name)) for name in same]
    return HEAD + "".join(lines) + REST + "".join(rest)


def write_changes():
    """Write the page into the clone; returns its path."""
    path = project_root() / PAGE
    path.write_text(changes_page(), encoding="utf-8")
    return path


def _of_this_rule(name, record):
    """Whether a record was made with today's measure and rule; older ones have no status."""
    statuses = all("status" in part for part in record["parts"].values())
    return name in claims() and record["threshold"] == claims()[name].threshold and statuses


def _before(name, before):
    """What stood for a claim before; one that was split off stands with its first half."""
    return before.get(name) or before.get(name.rstrip("b"), {})


def _changed(name, old, new):
    claim = claims()[name]
    cells = (
        f"{name}: {claim.says}", old["measure"], _verdict(old), claim.threshold,
        *_in_regimes(new), old["why"],
    )  # fmt: skip
    return _row(cells)


def _same(name, old, new):
    said = f"{name}: {claims()[name].says}"
    return _row((said, old.get("measured", "–"), _verdict(old), *_in_regimes(new)))


def _in_regimes(record):
    """Verdict and number of a record in each of the regimes, a dash where there is none."""
    every = [one for one in (record, (record or {}).get("beside")) if one]
    by_name = {one.get("regime", ""): one for one in every}
    return [
        f"{_verdict(one)}: {one['measured'] or '–'}" if (one := by_name.get(name)) else "–"
        for name in REGIMES
    ]


def _verdict(record):
    """Verdict and number of samples of a record; a dash where there is none."""
    if not record:
        return "–"
    return f"{record['verdict']} ({record['samples']} sample{'s' * (record['samples'] != 1)})"


def _row(cells):
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |\n"
