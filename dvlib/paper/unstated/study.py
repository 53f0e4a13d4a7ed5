"""How well each setting makes the paper's statements true, with a bootstrap over figures.

The score of a setting is a mean over figures of the share of their statements that hold, over
statements and samples: each figure counts the same, however much the paper says about it. Figures
and, within each, samples are then drawn anew many times. The support of a setting is the share of
these resamples in which its score is the highest.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from dvlib.methods.agreement import rank_correlation
from dvlib.paper.drawing import look
from dvlib.paper.drawing.scales import Scale, colour_bar, meaning_of
from dvlib.paper.judging.parts import RESAMPLES
from dvlib.paper.regimes import LIBRARY, WIDE
from dvlib.paper.unstated.evidence import gather
from dvlib.paper.unstated.settings_space import Setting, setting_of, settings_tried
from dvlib.paper.unstated.statements import BY_FIGURE, HALVES, STATEMENTS
from dvlib.refits.progress import progress_bar

ROW, COLUMN = 0.21, 0.34  # inches
LEFT, ABOVE, BELOW, RIGHT = 2.6, 0.5, 0.5, 4.8
FACTORS = {"cluster_std": "deviation", "batch_size": "batch", "epochs": "epochs"}


@dataclass(frozen=True, eq=False)
class UnstatedStudy:
    """Numbers of every statement in every setting: (Setting, sample) → dict of id → number."""

    numbers: dict
    kind = "verdicts"

    @cached_property
    def settings(self):
        """The settings that were tried, a list of Setting."""
        return list(dict.fromkeys(setting for setting, _ in self.numbers))

    @cached_property
    def held(self):
        """Whether each statement holds, bool (settings, samples, statements)."""
        rows = [[one.holds(numbers[name]) for name, one in STATEMENTS.items()]
                for numbers in self.numbers.values()]  # fmt: skip
        return np.reshape(rows, (len(self.settings), -1, len(STATEMENTS)))

    def of_regime(self, regime):
        """Whether each statement holds with the setting that a Regime has for its figure.

        bool (samples, statements).
        """
        places = [self.settings.index(setting_of(regime, one.figure))
                  for one in STATEMENTS.values()]  # fmt: skip
        return np.stack([self.held[s, :, j] for j, s in enumerate(places)], axis=-1)

    @cached_property
    def by_figure(self):
        """Share of a figure's statements that hold, (settings + 1, samples, figures).

        The last row is regime `library`.
        """
        every, names = np.stack([*self.held, self.of_regime(LIBRARY)]), list(STATEMENTS)
        columns = [[names.index(name) for name in of_figure] for of_figure in BY_FIGURE.values()]
        return np.stack([every[..., column].mean(-1) for column in columns], axis=-1)

    @cached_property
    def scores(self):
        """Score of each setting and, last, of regime `library`, (settings + 1,)."""
        return self.by_figure.mean((1, 2))

    @cached_property
    def resampled(self):
        """The scores in each resample of figures and of samples, (settings + 1, RESAMPLES)."""
        rng, (_, n_samples, n_figures) = np.random.default_rng(0), self.by_figure.shape
        figures = rng.integers(n_figures, size=(RESAMPLES, n_figures, 1))
        samples = rng.integers(n_samples, size=(RESAMPLES, n_figures, n_samples))
        scores = [shares[samples, figures].mean((1, 2)) for shares in self.by_figure]
        return np.round(scores, 9)  # sums in another order tie, too

    def support(self, settings=None):
        """Share of the resamples in which each setting has the highest score, (settings,).

        Settings that tie share a resample. `settings` None = all.
        """
        rows = range(len(self.settings)) if settings is None else map(self.settings.index, settings)
        scores = self.resampled[[*rows]]
        best = scores == scores.max(0)
        return (best / best.sum(0)).mean(1)

    @cached_property
    def table(self):
        """One row per setting, the best supported first, and regime `library` at the end.

        Half A and B have the scores on odd and on even figures. The difference is to `library`,
        with its 95 % interval.
        """
        apart = self.resampled - self.resampled[-1]
        figures = [*BY_FIGURE]
        halves = {
            f"half {half}": self.by_figure[..., [figures.index(f) for f in of_half]].mean((1, 2))
            for half, of_half in HALVES.items()
        }
        low, high = np.percentile(apart, [2.5, 97.5], axis=1)
        columns = {
            "score": self.scores, **halves, "support": [*self.support(), np.nan],
            "difference": self.scores - self.scores[-1], "low": low, "high": high,
        }  # fmt: skip
        names = pd.Index([*map(str, self.settings), "regime library"], name="setting")
        frame = pd.DataFrame(columns, names)
        return frame.sort_values(["support", "score"], ascending=False, kind="stable")

    @cached_property
    def factors(self):
        """Score and support of each level of each factor.

        Deviation and batch are compared over the settings by the stopping rule, and the two ways
        to stop over the settings that were tried with both.
        """
        grid = [setting for setting in self.settings if setting.epochs is None]
        fixed = [setting for setting in self.settings if setting.epochs]
        both = [Setting(s.cluster_std, s.batch_size) for s in fixed] + fixed
        rows = {}
        for factor, settings in (("cluster_std", grid), ("batch_size", grid), ("epochs", both)):
            support = self.support(settings)
            scores = self.scores[[self.settings.index(setting) for setting in settings]]
            levels = [getattr(setting, factor) for setting in settings]
            for level in dict.fromkeys(levels):
                inside = [other == level for other in levels]
                rows[FACTORS[factor], str(level or "rule")] = {
                    "score": scores[inside].mean(), "support": support[inside].sum(),
                }  # fmt: skip
        return pd.DataFrame(rows).T.rename_axis(["factor", "level"])

    @cached_property
    def statement_table(self):
        """One row per statement: the share of samples in which it holds, in both regimes, and how
        far each factor moves it (largest less smallest mean share over the factor's levels)."""
        grid = [k for k, setting in enumerate(self.settings) if setting.epochs is None]
        axes = [[self.settings[k].cluster_std for k in grid],
                [self.settings[k].batch_size for k in grid]]  # fmt: skip
        shares = pd.DataFrame(self.held[grid].mean(1), columns=[*STATEMENTS])
        frame = pd.DataFrame(
            {name: (f"Figure {one.figure}", one.says, f"{one.side} {one.limit:g}")
             for name, one in STATEMENTS.items()}, index=["figure", "statement", "limit"],
        ).T  # fmt: skip
        for name, regime in (("library", LIBRARY), ("wide", WIDE)):
            frame[f"regime {name}"] = self.of_regime(regime).mean(0)
        frame["best"] = self.held.mean(1).max(0)
        for name, levels in zip(("deviation", "batch"), axes, strict=True):
            frame[f"moved by {name}"] = np.ptp(shares.groupby(levels).mean(), axis=0)
        return frame.rename_axis("statement id")

    @cached_property
    def agreement(self):
        """Rank correlation of the settings' scores between the halves of the figures."""
        settings = self.table.drop("regime library")
        return rank_correlation(settings["half A"], settings["half B"])

    @cached_property
    def better(self):
        """Settings that the rule prefers to regime `library`, a list of their names."""
        return [*self.table.index[self.table["low"] > 0]]

    @property
    def answer(self):
        """The answer in a paragraph, with the numbers of this run."""
        first, library = self.table.iloc[0], self.table.loc["regime library"]
        rule = f"goes to {' or '.join(self.better)}" if self.better else "stays at library"
        return (
            f"Best supported of {len(self.settings)} settings: {first.name}, with the highest "
            f"score in {first['support']:.0%} of the resamples of {len(BY_FIGURE)} figures. Its "
            f"score is {first['score']:.3f}, that of regime library {library['score']:.3f}; "
            f"difference {first['difference']:+.3f}, 95 % interval {first['low']:+.3f} to "
            f"{first['high']:+.3f}. By the rule, the default {rule}. Between the halves of the "
            f"figures, the settings' scores have a rank correlation of {self.agreement:.2f}."
        )

    def to_frame(self):
        """A pandas table of three kinds of rows.

        Of each setting and of regime `library` ("library" in all three factors), one row per
        statement and one for "all", whose share is the score; and of each level of a factor one row
        for "all", with "any" in the other factors.
        """
        lines, numbers = [], list(self.numbers.values())
        n_samples = self.held.shape[1]
        settings = [vars(setting) for setting in self.settings]
        for k, axes in enumerate([*settings, dict.fromkeys(FACTORS, "library")]):
            name = str(self.settings[k]) if k < len(settings) else "regime library"
            held = self.held[k] if k < len(settings) else self.of_regime(LIBRARY)
            row = self.table.loc[name].drop(["half A", "half B"])
            lines.append(axes | {"statement": "all"} | row.rename({"score": "share"}).to_dict())
            for j, statement in enumerate(STATEMENTS):
                line = axes | {"statement": statement, "share": held[:, j].mean()}
                if k < len(settings):
                    measured = [of[statement] for of in numbers[k * n_samples :][:n_samples]]
                    finite = [number for number in measured if np.isfinite(number)]
                    line["value"] = np.median(finite) if finite else np.nan
                lines.append(line)
        titles = {title: factor for factor, title in FACTORS.items()}
        for (title, level), row in self.factors.iterrows():
            axes = dict.fromkeys(FACTORS, "any") | {titles[title]: level}
            lines.append(axes | {"statement": "all", "share": row["score"],
                                 "support": row["support"]})  # fmt: skip
        frame = pd.DataFrame(lines)
        frame["epochs"] = frame["epochs"].fillna("rule")
        return frame


def search_settings(settings):
    """Measure every setting on `n_data_seeds` samples, resumably: an UnstatedStudy.

    The notebook's `settings` also say whether the `whole_grid` is tried.
    """
    tried = settings_tried(settings.whole_grid)
    pairs = list(product(tried, range(settings.n_data_seeds)))
    datasets, numbers, known = dict.fromkeys(s.dataset for s in STATEMENTS.values()), {}, {}
    with progress_bar(len(pairs), "settings × samples", "sample") as bar:
        for setting, k in pairs:
            bar.set_postfix_str(str(setting))
            seen = {}
            for name in datasets:
                key = setting.on(name), k, name
                if key not in known:
                    known[key] = gather(setting, settings, k, name)
                seen[name] = known[key]
            numbers[setting, k] = {
                name: float(one.measure(seen[one.dataset])) for name, one in STATEMENTS.items()
            }
            bar.update()
    return UnstatedStudy(numbers)


@look.own_look
def setting_panel(study):
    """Settings (rows) against figures (columns): the share of a figure's statements that hold.

    White is half of them. To the right, each setting's support, and how far its score is from that
    of regime `library`, with its 95 % interval. Returns a Drawing.
    """
    shares = study.by_figure.mean(1)
    names = [*map(str, study.settings), "regime library"]
    rows = study.table.loc[names]
    width, height = LEFT + COLUMN * len(BY_FIGURE) + RIGHT, ABOVE + ROW * len(names) + BELOW
    figure = look.Drawing(figsize=(width, height), dpi=100)
    figure.colours = 256

    def axes(left, across, **options):
        up = 1 - (ABOVE + BELOW) / height
        return figure.add_axes([left / width, BELOW / height, across / width, up], **options)

    ax = axes(LEFT, COLUMN * len(BY_FIGURE))
    scale = Scale((-0.5, 0.5), meaning_of("statements"))
    image = ax.imshow(shares - 0.5, cmap=scale.colours, norm=scale.norm, aspect="auto")
    ax.set_yticks(range(len(names)), names, fontsize=8)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xticks(range(len(BY_FIGURE)), BY_FIGURE, fontsize=8)
    ax.set_xlabel("figure of the paper", fontsize=8)
    colour_bar(image, ax, scale)
    support = axes(width - RIGHT + 1.4, 1.2, sharey=ax)
    support.barh(range(len(names)), rows["support"], color=look.CLUSTER_COLOURS[2])
    support.set_xlabel("support", fontsize=8)
    apart = axes(width - RIGHT + 2.8, 1.7, sharey=ax)
    apart.hlines(range(len(names)), rows["low"], rows["high"], color="black", linewidth=1)
    apart.plot(rows["difference"], range(len(names)), "o", color="black", markersize=3.5)
    apart.axvline(0, color="black", linewidth=0.6, linestyle=":")
    apart.set_xlabel("score less that of regime library", fontsize=8)
    batches = [setting.batch_size for setting in study.settings]
    groups = np.flatnonzero(np.diff(batches, append=0) < 0)  # a new deviation, or epochs
    for panel in (ax, support, apart):
        panel.tick_params(length=0, labelsize=8, labelleft=panel is ax)
        for row in groups:
            panel.axhline(row + 0.5, color="black", linewidth=0.6)
    return figure
