"""Extension 8: which method finds noisy labels, at equal numbers of fits.

Pilots on one or two samples had been seen before the claims were written: the F1 of out-of-sample
correctness was 0.63 to 0.75. The samples of the figure had not been seen.
"""

from dataclasses import dataclass
from functools import partial
from itertools import compress, groupby, product

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from dvlib.checks import check_choice
from dvlib.data.wide import flip_labels, make_wide
from dvlib.methods.agreement import auc
from dvlib.paper.drawing.look import legend, own_look, panels_of
from dvlib.paper.judging.claim import claim
from dvlib.paper.table import Table
from dvlib.refits.batch import RefitSettings
from dvlib.tables import halves, learning, neighbours
from dvlib.tables.influence_functions import Influence
from dvlib.tables.passes import fits_of, random_halves, trajectories_of
from dvlib.tables.shapley import sets_of_all_sizes
from dvlib.tables.shapley import shapley as shapley_of_sets
from dvlib.tables.utilities import accuracy, label_probability, log_likelihood

UTILITIES = {"accuracy": accuracy, "log-likelihood": log_likelihood}
DAMPING = 0.01  # of influence functions, as in Extension 10
REMOVAL_SEEDS = 2
FIRST = ", first sample"  # of a data set: the one that has the largest numbers of fits
# F1 of the lower of two clusters of the values, means over the raw result files of LossVal
# (github.com/twibiral/LossVal): 1,000 rows, 100 noisy target points, 20 % noise; their network has
# five layers of 100 units and trains for five epochs.
PUBLISHED = {  # on 2dplanes and on fried
    "random": (0.287, 0.283), "LOO": (0.253, 0.281), "Shapley": (0.275, 0.288),
    "Banzhaf": (0.285, 0.285), "influence": (0.280, 0.286), "DVRL": (0.279, 0.280),
    "out of sample": (0.281, 0.283), "KNN-Shapley": (0.467, 0.451),
    "out of sample, logistic": (0.587, 0.524), "LossVal": (0.722, 0.670),
}  # fmt: skip
# Drawn methods. Pink watches a few runs, black leaves folds out, blue trains on halves, green on
# sets; brown and grey need targets more than fits.
LOOKS = {
    "mean P(label)": ("#d6489b", "o", "-"), "out-of-fold": ("black", "^", "-"),
    "influence functions": ("#8c510a", "P", "-"),
    "out of sample": ("#08519c", "o", "-"), "memorization": ("#4292c6", "v", "--"),
    "Banzhaf, 100 noisy, accuracy": ("#a6bddb", "s", ":"),
    "Banzhaf, 2,000 clean, log-likelihood": ("#08519c", "s", ":"),
    "Shapley, 100 noisy, accuracy": ("#a6dba0", "D", ":"),
    "Shapley, 2,000 clean, accuracy": ("#1b7837", "D", ":"),
    "KNN-Shapley, 100 noisy": ("#bf812d", "x", ""),
    "KNN-Shapley, 2,000 clean": ("#8c510a", "*", ""),
    "target alone, 100 clean": ("#bdbdbd", "p", ""),
    "target alone, 2,000 clean": ("#525252", "p", ""),
    "random": ("#737373", "x", ""),
}  # fmt: skip
REMOVAL = (  # methods of the lower panels
    "out of sample", "mean P(label)", "out-of-fold", "Shapley, 2,000 clean, accuracy",
    "KNN-Shapley, 2,000 clean", "random",
)  # fmt: skip


class Passes:
    """The passes of fits over one sample, each computed when a method first asks for it.

    A pass of at least as many fits as are asked for serves again, so that methods have to take its
    first fits, and the method that needs the most has to be the first to ask. The `seed` of the
    sample draws the changed labels of the `targets` (see `value_rows`) and random values.
    """

    def __init__(self, data, targets, settings, seed):
        self.data, self.settings, self.seed = data, settings, seed
        self.targets = {}  # title → slice of U, and labels
        for title, (points, noise) in targets.items():
            labels = data.y_U[points.start : points.stop]
            if noise:
                labels, _ = flip_labels(labels, noise, np.random.default_rng([seed, 1]))
            self.targets[title] = slice(points.start, points.stop), labels
        self._points = data.U[: max((points.stop for points, _ in targets.values()), default=0)]
        self.fits = partial(fits_of, data.X, data.y, settings=settings, n_classes=2)
        self._runs, self._halves, self._sets = None, None, {}

    def runs(self, count):
        """Trajectories of watched runs; networks after epoch `EARLY` and after the last one."""
        if self._runs is None or len(self._runs.n_iter) < count:
            last = self.settings.config.max_iter
            self._runs = trajectories_of(
                self.data.X, self.data.y, self.settings, n_runs=count, n_classes=2,
                epochs=tuple(sorted({min(learning.EARLY, last), last})),
            )  # fmt: skip
        return self._runs

    def halves(self, count):
        """Random halves: rows inside (S, n), rows predicted correctly (S, n), P at the targets."""
        if self._halves is None or len(self._halves[0]) < count:
            n, points = len(self.data.X), np.concatenate([self.data.X, self._points])
            inside = random_halves(n, count, self.settings.seed)
            P = self.fits(inside, at=points, description="fits to random halves").probabilities
            self._halves = inside, P[:, :n].argmax(-1) == self.data.y, P[:, n:]
        return self._halves

    def sets(self, count):
        """About `count` sets of rows of all sizes (Sets), and P at the targets."""
        if count not in self._sets:
            sets = sets_of_all_sizes(len(self.data.X), count, self.settings.seed)
            words = "fits to sets of all sizes"
            fits = self.fits(sets.inside, at=self._points, description=words)
            self._sets[count] = sets, fits.probabilities
        return self._sets[count]

    def utility(self, P, target, name):
        """Utilities (S,) of fits with P (S, m, 2) at the points of all targets."""
        points, labels = self.targets[target]
        return UTILITIES[name](P[:, points], labels)


# Each method returns values (n,) of the rows from `count` fits; low = taken for noisy. Some take
# the title of a target as well, and some the name of a utility.


def random(passes, count):
    """Chance."""
    return np.random.default_rng([passes.seed, 2]).random(len(passes.data.X))


def knn_shapley(passes, count, target):
    """Shapley values of the model of nearest neighbours, which takes no fit."""
    (points, labels), data = passes.targets[target], passes.data
    return neighbours.knn_shapley(data.X, data.y, data.U[points], labels)[0]


def mean_probability(passes, count):
    """Probability of the row's own label, mean over the epochs of watched runs."""
    return learning.mean_probability(_early(passes, count), passes.data.y)[0]


def el2n(passes, count):
    """Minus the norm of p − onehot(y) early in watched runs."""
    return -learning.el2n(_early(passes, count), passes.data.y)[0]


def grand(passes, count):
    """Minus the norm of the gradient of the row's loss early in watched runs."""
    return -learning.grand(_early(passes, count), passes.data.X, passes.data.y)[0]


def influence(passes, count, target, utility):
    """Utility of trained networks less what influence functions predict for it without the row."""
    (points, labels), data, measure = passes.targets[target], passes.data, UTILITIES[utility]
    U, values = data.U[points], []
    for *_, network in passes.runs(count).networks[:count]:
        solved = Influence.from_network(network, data.X, data.y, damping=DAMPING)
        without = measure(solved.moved(U, solved.left_out(U)), labels)
        values.append(measure(network.probabilities(U), labels) - without)
    return np.mean(values, axis=0)


def out_of_sample(passes, count):
    """How well fits to random halves without the row predict its label."""
    inside, right, _ = passes.halves(count)
    return halves.out_of_sample(inside[:count], right[:count])[0]


def memorization(passes, count):
    """Minus how much better fits to random halves with the row predict its label."""
    inside, right, _ = passes.halves(count)
    return -halves.memorization(inside[:count], right[:count])[0]


def banzhaf(passes, count, target, utility):
    """Utility of random halves with the row less that of random halves without it."""
    inside, _, P = passes.halves(count)
    return halves.banzhaf(inside[:count], passes.utility(P, target, utility)[:count])[0]


def shapley(passes, count, target, utility):
    """Shapley values from sets of all sizes."""
    sets, P = passes.sets(count)
    return shapley_of_sets(sets, passes.utility(P, target, utility))[0]


def out_of_fold(passes, count):
    """Probability of the row's label by the fit to the other folds; there are `count` folds."""
    from sklearn.model_selection import KFold

    data, values = passes.data, np.empty(len(passes.data.X))
    folds = [*KFold(count, shuffle=True, random_state=passes.seed).split(data.X)]
    rows, left_out = zip(*folds, strict=True)
    fits = passes.fits(rows, at=data.X, description="fits to the other folds")
    for P, fold in zip(label_probability(fits.probabilities, data.y), left_out, strict=True):
        values[fold] = P[fold]
    return values


def target_alone(passes, count, target):
    """Probability of the row's label by fits to the target alone, which see no row."""
    (points, labels), data = passes.targets[target], passes.data
    fits = fits_of(
        data.U[points], labels, [np.arange(len(labels))] * count, passes.settings, at=data.X,
        n_classes=2, description="fits to the target",
    )  # fmt: skip
    return label_probability(fits.probabilities, data.y).mean(0)


def _early(passes, count):
    """The first `count` watched runs, with their networks after epoch `EARLY` only."""
    runs = passes.runs(count)
    return runs._replace(
        probabilities=runs.probabilities[:count], n_iter=runs.n_iter[:count],
        networks=tuple(kept[:1] for kept in runs.networks[:count]), epochs=runs.epochs[:1],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class NoisySample:
    """Values of one sample's rows by all methods, and what leaving rows out does."""

    flipped: np.ndarray  # bool (n,), rows whose label was changed
    values: dict  # (method, fits) → (n,), low = taken for noisy
    # (method, "lowest" or "highest", share left out) → accuracy on clean labels; ("", "", 0.0) has
    # that of all rows.
    kept: dict

    def auc(self, method, fits):
        """AUC of low values for the rows whose label was changed; nan if there are no values."""
        values = self.values.get((method, fits))
        return np.nan if values is None else auc(self.flipped, -values)

    def auc_of_most(self, method):
        """`auc` of a method's values from the most fits."""
        return self.auc(method, most_fits(self.values, method))

    def f1(self, method, fits):
        """F1 of the lower of two clusters of the values, the published measure."""
        from sklearn.cluster import KMeans
        from sklearn.metrics import f1_score

        column = np.asarray(self.values[method, fits])[:, None]
        groups = KMeans(2, n_init=3, random_state=0).fit(column)
        lower = groups.cluster_centers_[:, 0].argmin()
        return float(f1_score(self.flipped, groups.labels_ == lower))

    def gain(self, method, end, share):
        """Accuracy on clean labels without a share of the rows, less that of all rows; or nan."""
        return self.kept.get((method, end, share), np.nan) - self.kept["", "", 0.0]


def most_fits(values, method):
    """The largest number of fits from which a method has values; None if it has none."""
    return max((fits for name, fits in values if name == method), default=None)


def value_rows(
    settings, datasets, model, methods, *, noise, targets, test, ordered=(), shares=(), count=None
):
    """Value the rows of samples with noisy labels by all methods, and leave rows out.

    Parameters
    ----------
    settings : Settings of `n_data_seeds` samples of `n_points` rows; a number of fits of a method
        above `n_fits` is passed over
    datasets, model : names of `dvlib.data.wide.FORMULAS`, and an MLPConfig
    methods : dict of title → (function, numbers of fits[, targets[, utilities]]). A tuple of
        targets or utilities makes a method of each, whose name follows the title. With a single
        name, the method is called by its title
    noise : share of the training labels that are changed
    targets : dict of title → (range of points of U, share of their labels that is changed)
    test : range of points of U, the last of it, on which the fits without some rows are tested
    ordered, shares : methods, by full name, whose values from the most fits decide which rows are
        left out, and shares of the rows
    count : number of samples; None = `n_data_seeds`

    Returns
    -------
    dict of data set → list of NoisySample. A ValueError is raised before any fit for an unknown
    name, or for test points that a target has
    """
    recipe = _recipe(methods, targets)
    for method in ordered:
        check_choice("method whose rows are left out", method, dict(recipe.keys()))
    if any(points.stop > test.start for points, _ in targets.values()):
        raise ValueError(f"test {test}: give points after those of all targets")
    recipe = {key: call for key, call in recipe.items() if key[1] <= settings.n_fits}
    samples = {name: [] for name in datasets}
    for name, k in product(datasets, range(count or settings.n_data_seeds)):
        seed, how = settings.seed + k, RefitSettings((settings.training_seed(k),), model)
        data = make_wide(name, n=settings.n_points, m=test.stop, seed=seed, noise=noise)
        passes, values = Passes(data, targets, how, seed), {}
        for method, fits in sorted(recipe, key=lambda key: -key[1]):  # see Passes
            function, *chosen = recipe[method, fits]
            values[method, fits] = function(passes, fits, *chosen)
        values = {key: values[key] for key in recipe}
        kept = _left_out(passes, values, ordered, shares, test)
        samples[name].append(NoisySample(data.flipped, values, kept))
    return samples


def _recipe(methods, targets):
    """Dict of (full name of the method, fits) → (function[, target[, utility]]), sorted by fits
    among neighbours with the same numbers of fits."""
    recipe, known = {}, (("target", targets), ("utility", UTILITIES))
    for counts, group in groupby(methods.items(), key=lambda item: item[1][1]):
        group = list(group)
        for count in counts:
            for title, (function, _, *choices) in group:
                options = [
                    [check_choice(what, name, names) for name in np.atleast_1d(choice).tolist()]
                    for choice, (what, names) in zip(choices, known, strict=False)
                ]
                several = [not isinstance(choice, str) for choice in choices]
                for chosen in product(*options):
                    name = ", ".join([title, *compress(chosen, several)])
                    recipe[name, count] = function, *chosen
    return recipe


def _left_out(passes, values, methods, shares, test):
    """Accuracy on clean labels once rows are left out, as `NoisySample.kept`."""
    data, n = passes.data, len(passes.data.X)
    keys, subsets = [("", "", 0.0)], [np.arange(n)]
    for method in methods:
        if (fits := most_fits(values, method)) is None:
            continue
        order = np.argsort(values[method, fits], kind="stable")
        for share in shares:
            count = round(share * n)
            keys += [(method, "lowest", share), (method, "highest", share)]
            subsets += [np.sort(order[count:]), np.sort(order[: n - count])]
    seeds = np.repeat(passes.settings.seed + np.arange(REMOVAL_SEEDS), len(subsets))
    points, words = slice(test.start, test.stop), "fits without some rows"
    fits = passes.fits(subsets * REMOVAL_SEEDS, at=data.U[points], seeds=seeds, description=words)
    right = accuracy(fits.probabilities, data.y_U[points]).reshape(REMOVAL_SEEDS, -1).mean(0)
    return dict(zip(keys, right.tolist(), strict=True))


def scores(samples):
    """AUC and F1 by data set, method and fits, means over samples: a pandas table."""
    return _means(samples, "values", ("method", "fits"), AUC=NoisySample.auc, F1=NoisySample.f1)


def removal(samples):
    """Accuracy on clean labels by data set, method, end and share left out: a pandas table."""
    names = ("method", "end", "share")
    return _means(samples, "kept", names, accuracy=lambda sample, *key: sample.kept[key])


def _means(samples, attribute, names, **measures):
    """Means of measures over samples, by data set and the keys of an attribute: a pandas table."""
    return pd.DataFrame([
        {"dataset": dataset, **dict(zip(names, key, strict=True))}
        | {title: np.mean([measure(sample, *key) for sample in drawn])
           for title, measure in measures.items()}
        for dataset, drawn in samples.items() for key in getattr(drawn[0], attribute)
    ])  # fmt: skip


def less_noise(settings, datasets, model, methods, *, noises, test):
    """AUC, and the gain without the lowest tenth, of each data set at each of the shares `noises`.

    Other parameters are those of `value_rows`; the methods need no target. Returns a pandas table
    of means over samples.
    """
    rows = []
    for name, noise in product(datasets, noises):
        samples = value_rows(
            settings, (name,), model, methods, noise=noise, targets={}, test=test,
            ordered=methods, shares=(0.1,),
        )[name]  # fmt: skip
        row = {"dataset": name, "noise": noise}
        for method, count in samples[0].values:
            aucs = [sample.auc(method, count) for sample in samples]
            gains = [sample.gain(method, "lowest", 0.1) for sample in samples]
            row |= {f"AUC, {method}": np.mean(aucs),
                    f"gain without the lowest tenth, {method}": np.mean(gains)}  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def _with_first(samples, longer):
    """Samples by data set, and those with the largest numbers of fits under names of their own."""
    return samples | {name + FIRST: drawn for name, drawn in longer.items()}


def numbers(samples, longer):
    """The Table of every number of the picture, one a row; see `draw`."""
    by_fits = scores(_with_first(samples, longer)).melt(
        ["dataset", "method", "fits"], var_name="measure"
    )
    left_out = removal(samples).rename(columns={"accuracy": "value", "end": "measure"})
    return Table(pd.concat([by_fits, left_out], ignore_index=True), "agreement")


def with_published(samples):
    """The Table of F1 of ours with the most fits beside the published ones."""
    best = scores(samples).sort_values("fits").groupby(["dataset", "method"], sort=False).last()
    ours = best["F1"].unstack("dataset").round(2).add_suffix(", ours")
    columns = ["2dplanes, published", "fried, published"]
    theirs = pd.DataFrame.from_dict(PUBLISHED, orient="index", columns=columns).round(2)
    return Table(theirs.join(ours, how="outer").astype(object).fillna(""))


@claim(
    "C69", figure="ext08", study="noisy labels",
    says="ours: a few watched fits find noisy labels better than hundreds of Shapley or Banzhaf "
    "fits",
    threshold="AUC for the changed labels of mean P(label) over ten runs: {AUC}; less that of "
    "Banzhaf and Shapley values from the most fits, with 100 noisy target points and accuracy: "
    "{lead}; on each data set",
    AUC="≥ 0.9 (≥ 0.75)",  # as C01
    lead="≥ 0.1",  # a fifth of the way from chance to perfect
)  # fmt: skip
def watched_fits_find_noise(sample):
    """AUC of 1 − value for the rows whose label was changed."""
    best = sample.auc("mean P(label)", 10)
    rivals = {name: f"{name}, 100 noisy, accuracy" for name in ("Banzhaf", "Shapley")}
    leads = {f"lead, {name}": best - sample.auc_of_most(rivals[name]) for name in rivals}
    return {"AUC": best} | leads


@claim(
    "C70", figure="ext08", study="noisy labels",
    says="ours: Banzhaf values near chance are the protocol's doing, not the method's",
    threshold="AUC of Banzhaf values from the most fits with 2,000 clean target points and "
    "log-likelihood, less that with 100 noisy ones and accuracy: {protocol}; accuracy gained on "
    "clean labels without the fifth of lowest out-of-sample correctness: {gain}; on each data set",
    protocol="≥ 0.1",  # as C69
    gain="> 0",  # no gain
)  # fmt: skip
def the_protocol_decides(sample):
    """Difference of AUCs, and accuracy after removal less that of all rows.

    The statement was first about Shapley values, too, which it does not measure.
    """
    good = sample.auc_of_most("Banzhaf, 2,000 clean, log-likelihood")
    poor = sample.auc_of_most("Banzhaf, 100 noisy, accuracy")
    return {"protocol": good - poor, "gain": sample.gain("out of sample", "lowest", 0.2)}


@own_look
def draw(samples, longer):
    """AUC by number of fits, and accuracy as rows are left out, one column per data set.

    `longer`, like the samples, has the first sample of data sets with the largest numbers of fits,
    whose curves are thin.
    """
    by_fits, by_share = scores(_with_first(samples, longer)), removal(samples)
    count = len(samples)
    figure, axes = panels_of(2 * count, count, size=5.2, dpi=85, height=0.72, colours=256)
    drawn = {*by_fits["method"]}
    looks = {method: look for method, look in LOOKS.items() if method in drawn}
    for name, above, below in zip(samples, axes, axes[count:], strict=False):
        _draw_by_fits(above, by_fits.query("dataset == @name"), looks)
        thin = {"linewidth": 0.8, "mfc": "white"}
        _draw_by_fits(above, by_fits.query("dataset == @name + @FIRST"), looks, **thin)
        above.set_title(f"{name}: who finds the changed labels?", fontsize=10)
        _draw_by_share(below, by_share.query("dataset == @name"))
        below.set_title(f"{name}: lowest (filled) or highest left out", fontsize=10)
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle=line, markersize=5, label=method)
        for method, (colour, marker, line) in looks.items()
    ]
    if longer:
        thin |= {"color": "black", "marker": "s", "ls": ":", "markersize": 5}
        handles.append(Line2D([], [], **thin, label="first sample, more fits"))
    legend(figure, handles)
    return figure


def _draw_by_fits(ax, table, looks, **style):
    """AUC of each method against its number of fits; those without fits stand at the left."""
    for method, (colour, marker, line) in looks.items():
        rows = table[table["method"] == method].sort_values("fits").replace({"fits": {0: 0.3}})
        style |= {"color": colour, "marker": marker, "ls": line, "markersize": 5}
        ax.plot("fits", "AUC", data=rows, **style)
    ax.axhline(0.5, color="black", linewidth=0.6)
    ax.set(xscale="log", xlabel="fits", ylabel="AUC for the changed labels")
    ticks = {0.3: "none", 1: "1", 10: "10", 100: "100", 600: "600", 10_000: "10,000"}
    ax.set_xticks([*ticks], ticks.values())
    ax.minorticks_off()


def _draw_by_share(ax, table):
    """Accuracy on clean labels against the share of rows that are left out."""
    all_rows = table[table["method"] == ""]
    for method, end in product(REMOVAL, ("lowest", "highest")):
        colour, marker, line = LOOKS[method]
        rows = table.query("method == @method and end == @end")
        if len(rows):
            ax.plot(
                "share", "accuracy", data=pd.concat([all_rows, rows]), color=colour, marker=marker,
                ls=line or "-.", markersize=5, mfc=colour if end == "lowest" else "white",
            )  # fmt: skip
    ax.set(xlabel="share of the rows left out", ylabel="accuracy on clean labels")
