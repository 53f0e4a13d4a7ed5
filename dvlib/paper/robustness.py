"""How verdicts depend on what the paper leaves open: spread, training size, width, plotted range.

The sweep measures every combination of these settings ("corner"), since the settings may interact.
The plotted range costs no refits: it only decides which of the valued points count. No map is
drawn, so the maps are adaptive (`dvlib.methods.adaptive`).
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from dvlib.methods.registry import method
from dvlib.paper.drawing.look import VERDICT_COLOURS, Drawing, ink, own_look
from dvlib.paper.evidence import wrapped
from dvlib.paper.figures import claims, learning, leave_one_out
from dvlib.paper.judging.verdicts import (
    MOSTLY,
    NOT,
    NOT_MEASURED,
    PARTLY,
    REPRODUCED,
    UNDECIDED,
    VERDICTS,
)
from dvlib.paper.regimes import LIBRARY, REGIMES
from dvlib.paper.settings import resolve
from dvlib.refits.progress import progress_bar

LETTERS = {REPRODUCED: "✓", MOSTLY: "◕", PARTLY: "◐", UNDECIDED: "≈", NOT: "✗", NOT_MEASURED: "–"}
STDS = (1.0, 1.5, 2.0, 2.5)  # 1.0 is that of regime `library`, 1.5 that of `wide`
SIZES = (100, 500, 1000)  # points per label before the split; 500 gives the paper's 335
WIDTHS = (10, 100, 1000)  # the paper uses 1,000
# study → figure that gives its batches, and the methods whose maps its claims read
FAMILIES = {
    "grid": ("fig01", leave_one_out.METHODS), "watched grid": ("fig03", learning.METHODS),
}  # fmt: skip
RANGES = ((-5.0, 15.0), (-10.0, 20.0), (-10.0, 25.0))  # around the data; A.1.1; section 3
USUAL = (500, 1000, (-10.0, 25.0))  # size, width and range of the figures
# At quick: of each axis the choices of both regimes' figures and one more, a fifth of the sweep.
QUICK = (1.0, 1.5), (100, 500), (10, 1000)


@dataclass(frozen=True, eq=False)
class RobustnessStudy:
    """`corners[std, size, width, range]` is a dict of claim id → Verdict.

    `fitted[std, size, width]` is a dict of study → share of the points that were fitted, mean over
    the samples; the values of the other points are interpolated. `home` is the corner of the
    figures: the deviation is that of the regime.
    """

    corners: dict
    fitted: dict
    home: tuple = (LIBRARY.cluster_std, *USUAL)
    kind = "verdicts"

    @property
    def claims(self):
        return list(next(iter(self.corners.values())))

    @property
    def frame(self):
        """Row and column of the figures' own settings in the panels."""
        std, size, width, extent = self.home
        return self.rows.index((extent, std)), self.columns.index((size, width))

    @property
    def rows(self):
        """(range, deviation) of the rows of the panels."""
        return [*product(RANGES, self._choices[0])]

    @property
    def columns(self):
        """(size, width) of the columns of the panels."""
        return [*product(*self._choices[1:3])]

    @property
    def _choices(self):
        """What the corners chose from: deviations, sizes, widths and ranges."""
        *chosen, _ = (sorted(set(axis)) for axis in zip(*self.corners, strict=True))
        return *chosen, RANGES

    def verdicts(self, claim):
        """Verdicts of a claim as str, shape (rows, columns)."""
        return np.array([
            [self.corners[std, size, width, extent][claim].verdict for size, width in self.columns]
            for extent, std in self.rows
        ])  # fmt: skip

    @property
    def table(self):
        """One row per claim: its verdict at the figures' own settings, the number of corners with
        the same verdict, and the changes of a single setting that change the verdict."""
        rows = {}
        for claim in self.claims:
            usual = self.corners[self.home][claim].verdict
            same = sum(by_claim[claim].verdict == usual for by_claim in self.corners.values())
            rows[claim] = {
                "verdict": usual,
                "same in": f"{same} of {len(self.corners)} corners",
                "flips with": "; ".join(self._flips(claim, usual)) or "none of the single changes",
            }
        return pd.DataFrame(rows).T.rename_axis("claim")

    def _flips(self, claim, usual):
        """Yield the changes of a single setting that give another verdict, in words."""
        names = ("deviation", "points a label", "units", "range")
        for place, (name, choices) in enumerate(zip(names, self._choices, strict=True)):
            for choice in choices:
                corner = (*self.home[:place], choice, *self.home[place + 1 :])
                verdict = self.corners[corner][claim].verdict
                if verdict != usual:
                    words = f"[{choice[0]:g}, {choice[1]:g}]" if place == 3 else f"{choice:g}"
                    yield f"{name} {words}: {verdict}"

    def to_frame(self):
        """A pandas table with one row per corner and claim: settings, verdict, deciding parts."""
        lines = []
        for (std, size, width, (low, high)), by_claim in self.corners.items():
            for claim, verdict in by_claim.items():
                part = verdict.parts[verdict.deciding[0]] if len(verdict.deciding) == 1 else None
                lines.append({
                    "deviation": std, "points_a_label": size, "units": width, "low": low,
                    "high": high, "claim": claim, "verdict": verdict.verdict,
                    "part": "; ".join(verdict.deciding), "mean": part.mean if part else np.nan,
                    "samples": verdict.n_samples,
                    "fitted": self.fitted[std, size, width][_study(claim)],
                })  # fmt: skip
        return pd.DataFrame(lines)


def sweep(settings):
    """Measure the claims on grid points in every corner of the sweep, on two clusters.

    The batches are those of the regime: where training is watched, those of such figures.

    Parameters
    ----------
    settings : Settings of the notebook; each corner has `n_data_seeds` samples and `n_seeds`
        training seeds

    Returns
    -------
    RobustnessStudy
    """
    corners, fitted = {}, {}
    fits = list(product(*QUICK if settings.preset == "quick" else (STDS, SIZES, WIDTHS)))
    with progress_bar(len(fits), "corners", "corner") as bar:
        for std, size, width in fits:
            bar.set_postfix_str(f"deviation {std:g}, {size} a label, {width} units")
            studies = {}
            for family, (figure, names) in FAMILIES.items():
                config = resolve(figure, regime=settings.regime).config
                config = replace(config, hidden_layer_sizes=(width,))
                methods = {name: method(name) for name in names}
                datasets = [
                    settings.dataset_of(settings.seed + k, cluster_std=std, n_per_class=size)
                    for k in range(settings.n_data_seeds)
                ]
                studies[family] = [
                    settings.sample(
                        k, data=data, settings=replace(settings.refits(k=k), config=config),
                        adaptive=True, methods=methods,
                    )
                    for k, data in enumerate(datasets)
                ]  # fmt: skip
            for extent in RANGES:
                corners[std, size, width, extent] = _verdicts(studies, extent)
            fitted[std, size, width] = {
                family: np.mean([sample.refits.places.share for sample in samples])
                for family, samples in studies.items()
            }
            bar.update()
    home = (REGIMES[settings.regime].cluster_std, *USUAL)
    return RobustnessStudy(corners, fitted, home)


def _verdicts(studies, extent):
    """Verdicts of the claims on grid points, from the points within a plotted range."""
    samples = {
        family: [_within(sample, *extent) for sample in every] for family, every in studies.items()
    }
    swept = (claim for claim in claims().values() if _study(claim.id) in samples)
    return {claim.id: claim(samples[_study(claim.id)]) for claim in swept}


def _study(claim):
    """The study of the sweep on whose samples a claim is measured."""
    study = claims()[claim].study
    # C02 is about every data set without noise; the sweep asks it of this one.
    return "grid" if study == "noise-free" else study


def _within(sample, low, high):
    """A sample at its points within a range. All ranges share the maps of all points."""
    points = sample.points
    return sample.at(((points >= low) & (points <= high)).all(1))


@own_look
def draw(study):
    """Verdicts over all corners of the sweep, one panel per claim.

    Rows are cluster deviations within plotted ranges; columns are hidden units within training
    sizes.

    Parameters
    ----------
    study : RobustnessStudy

    Returns
    -------
    Drawing
    """
    count, columns = len(study.claims), 4
    row_names = [f"{std:g}  [{low:g}, {high:g}]" for (low, high), std in study.rows]
    column_names = [f"{width}\n{size}" for size, width in study.columns]
    rows = -(-count // columns)
    figure = Drawing(figsize=(4.2 * columns, 3.3 * rows + 0.5), dpi=80, layout="constrained")
    figure.colours = 256
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes[count:]:
        ax.remove()
    for ax, claim in zip(axes, study.claims, strict=False):
        grid = study.verdicts(claim)
        colours = np.array([[to_rgb(VERDICT_COLOURS[v]) for v in row] for row in grid])
        ax.imshow(colours, aspect="auto")
        for (i, j), verdict in np.ndenumerate(grid):
            ax.text(j, i, LETTERS[verdict], ha="center", va="center", fontsize=7,
                    color=ink(VERDICT_COLOURS[verdict]))  # fmt: skip
        i, j = study.frame
        ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, linewidth=2, zorder=3))
        ax.set_title(wrapped(f"{claim}  {claims()[claim].says}", 52), fontsize=8)
        ax.set_xticks(range(len(column_names)), column_names, fontsize=6)
        ax.set_yticks(range(len(row_names)), row_names, fontsize=6)
        ax.set_xlabel("hidden units\npoints a label", fontsize=7)
        ax.set_ylabel("cluster deviation, in plotted range", fontsize=7)
        height, width = len(row_names) // len(RANGES), len({width for _, width in study.columns})
        for at in range(height, len(row_names), height):
            ax.axhline(at - 0.5, color="white", linewidth=2)
        for at in range(width, len(column_names), width):
            ax.axvline(at - 0.5, color="white", linewidth=2)
    handles = [
        Line2D([], [], linestyle="", marker="s", markersize=9, color=VERDICT_COLOURS[name],
               label=f"{LETTERS[name]} {name}")
        for name in VERDICTS
    ]  # fmt: skip
    handles.append(Line2D([], [], linestyle="", marker="s", markersize=9, color="black",
                          markerfacecolor="none", label="the figures' own settings"))  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False,
                  fontsize=8)  # fmt: skip
    return figure
