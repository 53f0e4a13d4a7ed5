"""Every claim measured over many samples: the evidence behind the suite's verdicts.

A figure's notebook measures its claims on the samples that it draws. Here the same studies and
functions measure each claim on ten samples that no figure draws, in both regimes of the settings
that the paper leaves open (`dvlib.paper.regimes`). The verdict on a claim is that of the settings'
own regime; the other's stands beside it, in the tables and in the picture of all claims. An
interrupted run resumes where it stopped. The presets "quick" and "confirm" measure the settings'
regime alone, on one sample and on twenty further ones.
"""

import textwrap
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import STRIPE, VERDICT_COLOURS, Drawing, own_look, typeset
from dvlib.paper.figures import claims, groups
from dvlib.paper.judging.verdicts import (
    MOSTLY,
    NOT,
    NOT_MEASURED,
    PARTLY,
    REPRODUCED,
    UNDECIDED,
    VERDICTS,
    compared,
    in_words,
)
from dvlib.paper.places import build_folder
from dvlib.paper.regimes import REGIMES
from dvlib.paper.settings import resolve
from dvlib.refits.progress import progress_bar

# Colour, marker and letter each distinguish the verdicts.
MARKERS = {REPRODUCED: "o", MOSTLY: "p", PARTLY: "D", UNDECIDED: "s", NOT: "X", NOT_MEASURED: "P"}
ROW = 0.36  # inches
COLUMNS = 1.3, 1.65  # places of the verdicts in two regimes, right of the scale from -1 to 1


@dataclass(frozen=True, eq=False)
class ClaimsStudy:
    """All verdicts, ordered by the claims' ids, each with the other regime's beside it.

    `rows` has one dict per measured group.
    """

    verdicts: list
    rows: list
    kind = "verdicts"

    @property
    def table(self):
        """One row per claim: its figure, statement, deciding measure, samples and verdicts."""
        samples = {name: row["samples are"] for row in self.rows for name in row["claims"]}
        lines = [
            {"claim": v.claim.id, "figure": v.claim.figure, "the paper says": v.claim.says,
             "deciding measure": v.measured, "samples": v.n_samples, "of": samples[v.claim.id],
             "verdict": v.verdict} | _of_counterpart(v)
            for v in self.verdicts
        ]  # fmt: skip
        return pd.DataFrame(lines).set_index("claim")

    @property
    def seconds(self):
        """Wall time of each group, in each regime."""
        lines = {", ".join(row["claims"]): {"samples are": row["samples are"]} | row["seconds"]
                 for row in self.rows}  # fmt: skip
        return pd.DataFrame(lines).T.rename_axis("claims")

    def to_frame(self):
        """A pandas table with one row per regime and part of each claim."""
        lines = []
        for verdict in self.verdicts:
            for v in filter(None, (verdict, verdict.counterpart)):
                for name, part in v.parts.items():
                    low, high = part.interval
                    share_low, share_high = part.share_interval
                    lines.append({
                        "claim": v.claim.id, "regime": v.regime, "verdict": v.verdict,
                        "part": name, "mean": part.mean, "low": low, "high": high,
                        "side": part.side, "threshold": part.threshold,
                        "samples": len(part.measured), "share": part.share,
                        "share_low": share_low, "share_high": share_high,
                        "status": part.status, "deciding": name in v.deciding,
                    })  # fmt: skip
        return pd.DataFrame(lines)


def _of_counterpart(verdict):
    """Columns of the table for the other regime; none where it was not measured."""
    other = verdict.counterpart
    if other is None:
        return {}
    return {
        f"in {other.regime}": other.verdict,
        f"samples in {other.regime}": other.n_samples,
        "regimes": compared(verdict, other),
    }


def all_claims(settings):
    """Measure every claim, group by group, in the settings' regime; at paper, then in the other.

    But at quick, `build/claims-so-far.png` shows after each group what was measured.

    Parameters
    ----------
    settings : Settings of the notebook of all claims; it measures `n_data_seeds` samples

    Returns
    -------
    ClaimsStudy
    """
    regimes = sorted(REGIMES, key=lambda name: name != settings.regime)
    regimes = regimes if settings.preset == "paper" else regimes[:1]
    verdicts, rows, every = [], [], groups()
    so_far = build_folder() / "claims-so-far.png"
    so_far.parent.mkdir(parents=True, exist_ok=True)
    with progress_bar(len(every) * len(regimes), "claims", "group") as bar:
        for group in every:
            names = tuple(claim.id for claim in claims_of(group))
            by_regime, seconds = [], {}
            for regime in regimes:
                bar.set_postfix_str(f"{', '.join(names)}, {regime}")
                started = time.perf_counter()
                by_regime.append(measured(group, settings, regime))
                seconds[f"seconds, {regime}"] = round(time.perf_counter() - started, 1)
                bar.update()
            verdicts += [
                replace(first, counterpart=next(iter(second), None))
                for first, *second in zip(*by_regime, strict=True)
            ]
            verdicts.sort(key=lambda verdict: verdict.claim.id)
            if settings.preset != "quick":  # which takes less time than its pictures
                claims_panel(verdicts).savefig(so_far)
            rows.append({"claims": names, "samples are": group.samples, "seconds": seconds})
    return ClaimsStudy(verdicts, rows)


def measured(group, settings, regime):
    """Verdicts on a group's claims in a regime."""
    group_settings = _settings(group, settings, regime)
    made = group.make(group_settings, settings.n_data_seeds)
    samples = dict(zip(group.studies, made, strict=True))
    return [replace(claim(samples[claim.study]), regime=regime) for claim in claims_of(group)]


def claims_of(group):
    """The claims that are measured on the samples of a Group."""
    return [claim for claim in claims().values() if claim.study in group.studies]


def _settings(group, settings, regime):
    """The group figure's settings in a regime, with the claims' preset, seed, mesh and samples."""
    values, count = settings.values, settings.n_data_seeds
    chosen = {name: values[name] for name in ("seed", "mesh_side")} | {"regime": regime}
    chosen["preset"] = "quick" if settings.preset == "quick" else "paper"
    if settings.preset != "quick":
        chosen |= group.changes
    extra = resolve(group.figure, **chosen).values
    samples = {name: count for name in ("n_data_seeds", "n_points") if name in extra}
    return resolve(group.figure, **chosen | samples)


@own_look
def claims_panel(verdicts):
    """The deciding parts of each claim against their thresholds, one row per claim.

    Each part has a scale of its own; marks to the right of the line support the claim. Small marks
    are samples; the large mark is their mean, with its 95 % interval. Where claims were measured in
    two regimes, the parts are those of the first, and two columns have the verdicts of both.

    Parameters
    ----------
    verdicts : list of Verdict

    Returns
    -------
    Drawing
    """
    height = ROW * len(verdicts) + 1.0
    figure = Drawing(figsize=(12.4, height), dpi=90)
    figure.colours = 48
    ax = figure.add_axes([0.375, 0.75 / height, 0.24, 1 - 0.95 / height])
    for row, verdict in enumerate(verdicts):
        colour = VERDICT_COLOURS[verdict.verdict]
        for name in verdict.deciding:
            _draw_part(ax, row, verdict.parts[name], verdict, colour)
        ax.axhspan(row - 0.5, row + 0.5, color=STRIPE if row % 2 else "white", zorder=0)
        texts = {-4.4: verdict.claim.id, -4.12: wrapped(verdict.claim.says, 74),
                 COLUMNS[1] + 0.2 if verdict.counterpart else 1.14: _numbers(verdict)}  # fmt: skip
        for x, text in texts.items():
            ax.text(x, row, text, va="center", fontsize=7.5, clip_on=False)
        for x, drawn in zip(COLUMNS, (verdict, verdict.counterpart), strict=True):
            if verdict.counterpart:
                ax.plot(x, row, marker=MARKERS[drawn.verdict], color=VERDICT_COLOURS[drawn.verdict],
                        markersize=7, clip_on=False)  # fmt: skip
    for x, name in zip(COLUMNS, _regimes(verdicts), strict=False):
        ax.text(x, -0.6, name, ha="center", va="bottom", fontsize=7.5, clip_on=False)
    ax.axvline(0, color="black", linewidth=1)
    ax.set(xlim=(-1.08, 1.08), ylim=(len(verdicts) - 0.5, -0.5), yticks=[], xticks=[])
    ax.set_xlabel("← against the claim      threshold      for it →", fontsize=8)
    handles = [
        Line2D([], [], linestyle="", marker=MARKERS[name], color=VERDICT_COLOURS[name],
               label=f"{name} ({sum(v.verdict == name for v in verdicts)})")
        for name in VERDICTS
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=8
    )
    return figure


def _regimes(verdicts):
    """Names of the two regimes, () where the claims were measured in one."""
    verdict = next((v for v in verdicts if v.counterpart), None)
    return (verdict.regime, verdict.counterpart.regime) if verdict else ()


def _draw_part(ax, row, part, verdict, colour):
    toward = 1 if part.side in "≥>" else -1
    low, high = sorted(toward * (np.array(part.interval) - part.threshold))
    margins, mean = part.margins, part.margins.mean()
    ends = [*margins, *(end for end in (low, high) if np.isfinite(end))]
    scale = max(map(abs, ends)) or 1.0
    ax.scatter(margins / scale, np.full(len(margins), row), s=9, color=colour, alpha=0.35,
               linewidths=0)  # fmt: skip
    if np.isfinite(low):
        ax.plot([low / scale, high / scale], [row, row], color=colour, linewidth=2)
    ax.plot(mean / scale, row, marker=MARKERS[verdict.verdict], color=colour, markersize=6,
            markeredgecolor="white", markeredgewidth=0.5)  # fmt: skip


def _numbers(verdict):
    # The names of many undecided parts would run into the next row; the CSV file has them.
    measured, *undecided = verdict.measured.split("; undecided: ")
    words = f"{_with_samples(verdict)}. {measured}{'; others are undecided' if undecided else ''}"
    if (other := verdict.counterpart) and other.verdict != verdict.verdict:
        words += f". {other.regime}: {_with_samples(other)}"
    return wrapped(words, 64)


def _with_samples(verdict):
    return f"{verdict.verdict}, {in_words(verdict.n_samples)}"


def wrapped(text, width):
    return typeset("\n".join(textwrap.wrap(text, width)))
