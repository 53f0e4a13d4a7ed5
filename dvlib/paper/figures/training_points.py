"""Figures 10 and 11: values of training points, and what removing points by them does."""

from functools import cached_property
from itertools import product

import numpy as np

from dvlib.methods.registry import method
from dvlib.methods.removal import lowest_first, removal_curves
from dvlib.methods.sample import TrainingPoints, begin_dvrl
from dvlib.paper.drawing import look
from dvlib.paper.drawing.maps import draw_values, sizes_title
from dvlib.paper.figures.dvrl import judged, long_enough
from dvlib.paper.judging.claim import Group, claim
from dvlib.paper.table import Table

# Colours from palettes for colour-blind readers. None is that of a label; markers differ, too.
CURVES = {
    "leave-one-out": ("#08519c", "o"), "Shapley": ("#4292c6", "s"),
    "last learned": ("#1b7837", "^"), "DVRL": ("#d6489b", "D"), "random": ("#737373", "x"),
}  # fmt: skip
DRAWN = ("leave-one-out", "Shapley", "last learned", "DVRL")  # the panels
RANDOM_ORDERS = 5  # ours: each is a curve from one end only, the other methods have two


class RemovedPoints(TrainingPoints):
    """Values of the training points of a sample, and the curves of removing them in that order."""

    @cached_property
    def curves(self):
        """RemovalCurves in the orders (method, "lowest") and (method, "highest"), by what is
        removed first, and ("random", k)."""
        X, y, g = self.training_set
        rng = np.random.default_rng(self.data.seed)
        orders = {("random", j): rng.permutation(len(X)) for j in range(RANDOM_ORDERS)}
        for name in DRAWN:
            order = lowest_first(self.values[name].values, rng)
            orders |= {(name, "lowest"): order, (name, "highest"): order[::-1]}
        return removal_curves(X, y, self.data.X_test, self.data.y_test, g, orders, self.settings)


def removed_points(settings, methods):
    """`n_data_seeds` samples with their values and removal curves: a list of RemovedPoints.

    `methods` is a dict of name → Recipe, applied to every sample. Without the four of `DRAWN`, a
    ValueError is raised before any fit.
    """
    missing = [name for name in DRAWN if name not in methods]
    if missing:
        raise ValueError(f"no method {', '.join(missing)}: the figure draws {', '.join(DRAWN)}")
    samples = settings.samples(kind=RemovedPoints, methods=methods)
    begin_dvrl(samples)  # each run has a seed of its own, which decides much of what it finds
    for sample in samples:
        sample.compute().curves  # noqa: B018
    return samples


def recipe(settings):
    """The methods whose claims are measured, for `removed_points`."""
    run = {"n_iterations": settings.n_iterations, "scaled": settings.scaled}
    methods = {name: method(name) for name in ("leave-one-out", "last learned", "forgetting")}
    return methods | {
        "Shapley": method("SVARM", n_fits=settings.n_fits), "DVRL": method("DVRL", **run),
    }  # fmt: skip


def tables(samples):
    """What is saved: the drawn values of the first sample, and the removal curves of all."""
    drawn, rows = ({name: samples[0].values[name] for name in DRAWN}), samples[0].data.rows
    values = {name: Table(drawn[name].to_frame(rows), drawn[name].kind) for name in DRAWN}
    return values | {f"removal, sample {k + 1}": sample.curves for k, sample in enumerate(samples)}


@claim(
    "C18", figure="fig10", study="training points", repeatable=False,
    says="leave-one-out and forgetting give every training point the same value and Shapley "
    "nearly, last learned and DVRL do not",
    threshold="share of the points whose value differs from the median by at most a tenth of it: "
    "{leave_one_out} (leave-one-out), {forgetting} (forgetting), {Shapley} (Shapley), "
    "{last_learned} (last learned), {DVRL} (DVRL)",
    # points that differ by a tenth are drawn alike; nine of ten are nearly all
    leave_one_out="≥ 0.9", forgetting="≥ 0.9", Shapley="≥ 0.9", last_learned="< 0.9", DVRL="< 0.9",
    note="Values as the paper writes them, dv of the model without the point, or with it.",
)  # fmt: skip
def which_methods_tell_points_apart(sample):
    """Share of the points that have about the same value, for each method.

    Leave-one-out and Shapley values are taken as the paper writes them: dv itself, from which the
    dv without the point is not subtracted. At first their spread was compared with their noise, or
    with a mean near 0, which says whether it can be detected and not whether it can be seen. Then
    methods that tell points apart had a threshold of their own, ½, and a share between the two was
    neither.
    """
    values, level = sample.values, _random_area(sample.curves, "dv")
    written = {
        "leave-one-out": sample.refits.dv_g.mean(1),
        "forgetting": values["forgetting"].values,
        # A marginal contribution takes this much off the mean dv of random subsets.
        "Shapley": level - values["Shapley"].values,
        "last learned": values["last learned"].values,
        "DVRL": values["DVRL"].values,
    }
    parts = {f"share alike, {name}": _share_alike(values) for name, values in written.items()}
    name = "share alike, DVRL"
    parts[name] = long_enough(parts[name], sample.n_iterations)
    return parts, {f"variation, {name}": _variation(values) for name, values in written.items()}


@claim(
    "C19", figure="fig10", study="training points", repeatable=False,
    says="to shrink the training set, removing points by DVRL and by last learned works best",
    threshold="area under dv to g, for DVRL and for last learned, less the best of leave-one-out, "
    "Shapley and random removal: {dv}, removed from the lowest value up, and from the highest down",
    dv="< 0",
    note="The paper does not say from which end.",
)  # fmt: skip
def low_values_can_go(sample):
    """Area under dv to g as points are removed, from either end.

    Runs of DVRL that give all points the same value have no order and are not measured. At first
    only removal from the lowest value was measured.
    """
    curves, numbers, parts = sample.curves, {}, {}
    methods = sorted({name for name, _ in curves.dv if name != "random"})
    for measure, end in product(("dv", "accuracy"), ("lowest", "highest")):
        areas = {name: curves.area(measure, (name, end)) for name in methods}
        areas["random"] = _random_area(curves, measure)
        if curves.reference != "g" and measure == "dv":  # which is unknown
            areas = dict.fromkeys(areas, np.nan)
        areas["DVRL"] = judged(areas["DVRL"], sample.values["DVRL"].values, sample.n_iterations)
        for name, area in areas.items():
            ending = "" if name == "random" else f", {end} first"
            numbers[f"{measure}, {name}{ending}"] = area
        if measure == "dv":
            best = np.min([areas[name] for name in ("leave-one-out", "Shapley", "random")])
            for name in ("DVRL", "last learned"):
                parts[f"dv, {name} less the best other, {end} first"] = areas[name] - best
    return parts, numbers


@claim(
    "C20", figure="fig11", study="training points of four clusters", together=True,
    repeatable=False,
    says="of four clusters, Shapley values one of the two of each label a little higher; last "
    "learned and DVRL value one cluster far lower than the rest",
    threshold="means of the two clusters of each label apart, in standard errors: {apart} "
    "(Shapley); lowest mean of a cluster, as a share of the next: {lowest_cluster} (last learned, "
    "DVRL); the same cluster in all samples",
    apart="≥ 2",
    lowest_cluster="≤ 0.5",  # half: a difference that shows in the sizes of points
)  # fmt: skip
def clusters_differ(samples):
    """How far the mean values of the clusters' points differ.

    The same cluster has to stand apart in all samples: a sample with another one than usual counts
    against the claim. A label that does not have two clusters is not measured.
    """
    parts, numbers, clusters = {}, {}, range(len(samples[0].data.means))
    for name in ("Shapley", "last learned", "DVRL"):
        groups = [
            [sample.values[name].values[sample.data.clusters == cluster] for cluster in clusters]
            for sample in samples
        ]
        means = np.array([[group.mean() for group in by_cluster] for by_cluster in groups])
        if name == "Shapley":
            labels = samples[0].data.mean_labels
            pairs = [np.flatnonzero(labels == k) for k in (0, 1)]
            apart = np.array(
                [[_apart(*(by_cluster[c] for c in pair)) if len(pair) == 2 else np.nan
                  for pair in pairs] for by_cluster in groups]
            )  # fmt: skip
            usual = np.sign(np.median(apart, axis=0))
            # The label whose clusters differ less decides.
            parts["clusters of a label apart, Shapley"] = np.min(apart * usual, axis=1)
        else:
            lowest, next_lowest = np.sort(means, axis=1)[:, :2].T
            which = means.argmin(axis=1)
            same = which == np.bincount(which).argmax()
            # Values are above 0. If the lowest cluster is not the usual one, it counts as no lower.
            ratio = np.where(same, lowest / next_lowest, 1.0)
            if name == "DVRL":
                ratio = long_enough(ratio, samples[0].n_iterations)
            parts[f"lowest cluster / next, {name}"] = ratio
        for (x, y), over_samples in zip(samples[0].data.means, means.T, strict=True):
            numbers[f"{name}, ({x:g}, {y:g})"] = over_samples
    return parts, numbers


@claim(
    "C38", figure="fig10", study="training points",
    says="many points can be removed without affecting the model, and it does not matter which "
    "(section 4)",
    threshold="half of the points removed at random: change of dv to g and of test accuracy "
    "{change}",
    change="≤ 0.01",  # a hundredth of the mesh, and of the test points
)  # fmt: skip
def half_can_go(sample):
    """Absolute changes by random removal of half of the points, averaged over removal orders.

    At first the absolute value was taken after averaging, so that opposite changes cancelled.
    """
    curves = sample.curves
    half = int(np.argmin(np.abs(curves.shares - 0.5)))
    change = {
        measure: np.mean([
            abs(runs[half].mean() - runs[0].mean())
            for name, runs in getattr(curves, measure).items()
            if name[0] == "random"
        ])
        for measure in ("dv", "accuracy")
    }  # fmt: skip
    return {
        "change of dv to g": change["dv"] if curves.reference == "g" else np.nan,
        "change of test accuracy": change["accuracy"],
    }


def _random_area(curves, measure):
    """Mean area of random removal: the mean over subsets, every size equally likely."""
    return np.mean([curves.area(measure, name) for name in curves.dv if name[0] == "random"])


def _share_alike(values):
    """Share of the values that differ from their median by at most a tenth of it."""
    median = np.median(values)
    if np.isnan(median):  # g is unknown
        return np.nan
    return np.mean(np.abs(values - median) <= abs(median) / 10)


def _variation(values):
    """Coefficient of variation, standard deviation over mean; 0 if all values are the same."""
    spread = values.std()
    return spread / abs(values.mean()) if spread else 0.0


def _apart(a, b):
    """Difference of two groups' means, in standard errors of the difference (Welch)."""
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return (a.mean() - b.mean()) / error


@look.own_look
def draw(samples):
    """Values of the first sample's points as their sizes, and removal curves over all samples.

    `samples` is a list of RemovedPoints. Returns a Drawing of four panels of each.
    """
    figure, axes = look.panels_of(8, 4, size=3.2, dpi=74, height=1.0)
    axes = axes.reshape(2, 4)
    first, curves = samples[0], [sample.curves for sample in samples]
    limits = _limits(first.values)
    for ax, name in zip(axes[:, :2].ravel(), DRAWN, strict=True):
        values = first.values[name]
        draw_values(values, ax=ax, limits=limits[name], rows=first.data.rows)
        look.draw_boundaries(ax, *first.boundaries)
        look.frame([ax], values.points)
        ax.set_title(sizes_title(name, values), fontsize=9)
    titles = {"dv": look.typeset(f"dv to {curves[0].reference}"), "accuracy": "test accuracy"}
    for row, (measure, title) in zip(axes[:, 2:], titles.items(), strict=True):
        for ax, end in zip(row, ("lowest", "highest"), strict=True):
            _draw_curves(ax, curves, measure, end)
            ax.set_title(f"{end} value goes first", fontsize=9)
            ax.set_ylabel(title)
        lows, highs = zip(*(ax.get_ylim() for ax in row), strict=True)
        for ax in row:
            ax.set_ylim(min(lows), max(highs))
    handles, _ = axes[0, 2].get_legend_handles_labels()
    lines = look.line_entries(first.boundaries.g is not None, True)
    look.legend(figure, [*lines, *look.point_entries(("train",)), *handles])
    return figure


def _limits(values):
    """By method, the values that are drawn smallest and largest.

    Leave-one-out and Shapley values are both shares of the mesh and get one scale. The scales of
    the others start at the lowest possible value.
    """
    shares = np.concatenate([values[name].values for name in ("leave-one-out", "Shapley")])
    epochs = 1.0, max(2.0, values["last learned"].values.max())
    limits = dict.fromkeys(("leave-one-out", "Shapley"), (shares.min(), shares.max()))
    return limits | {"last learned": epochs, "DVRL": (0.0, 1.0)}


def _draw_curves(ax, curves, measure, end):
    """Draw the mean over samples and seeds, and a band with the middle half of the curves.

    The band shows quartiles: random removal has more curves than a method, so that its extremes
    would lie farther apart.
    """
    removed = curves[0].shares
    for name, (colour, marker) in CURVES.items():
        heights = np.concatenate(
            [runs for sample in curves for order, runs in getattr(sample, measure).items()
             if order[0] == name and (order[1] == end or name == "random")], axis=1
        )  # fmt: skip
        ax.plot(
            removed, heights.mean(1), color=colour, marker=marker, markersize=4, linewidth=1.2,
            linestyle=":" if name == "random" else "-", label=f"{name} removal",
        )  # fmt: skip
        low, high = np.quantile(heights, (0.25, 0.75), axis=1)
        ax.fill_between(removed, low, high, color=colour, alpha=0.15, linewidth=0)
    ax.set_xlabel("share of the training points removed")


def _samples(settings, count):
    figures = {"two clusters": "fig10", "four clusters": "fig11"}
    samples = {
        name: removed_points(other, recipe(other))
        for name, other in settings.on_each(figures).items()
    }
    return [samples, samples["four clusters"]]


GROUPS = (
    # 35 s of processor time a sample. With so many fits, the errors of Shapley values are smaller
    # than what they differ by.
    Group(("training points", "training points of four clusters"), "fig10", _samples,
          changes={"n_fits": 2_500}),
)  # fmt: skip
