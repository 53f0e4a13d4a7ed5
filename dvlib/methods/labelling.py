"""Which points to label next (paper, section 4, "Data-Centric AI and Long-Tail Theory").

A strategy asks for the labels of candidates one at a time. After each label the networks are
trained again on X and the points labelled so far, and the strategy sees them anew. Extension 4,
`dvlib.paper.figures.labelling`, compares strategies.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_choice, check_count, check_measured, check_points, check_training_set
from dvlib.engine.boundaries import boundary
from dvlib.engine.observe import Difference, Outputs
from dvlib.refits.batch import check_plane, planned, refit_each


class View(NamedTuple):
    """What is known of m candidates before the next label is asked for.

    `outputs` (K, m) are the probabilities of label 1 by K networks, `distance` (m,) is that to the
    nearest labelled point, whose label is `by_neighbour` (m,). `by_mean` (m,) is the label whose
    labelled points have the nearer mean. `labels` (m,) are the true labels, which only the
    candidates "misclassified" read. `rng` decides what is left to chance.
    """

    outputs: np.ndarray
    distance: np.ndarray
    by_mean: np.ndarray
    by_neighbour: np.ndarray
    labels: np.ndarray
    rng: np.random.Generator

    @property
    def predicted(self):
        """Label (m,) by the mean output of the networks."""
        return (self.outputs.mean(0) > 0.5).astype(int)

    @property
    def wrong(self):
        """Whether the networks misclassify the candidate, bool (m,)."""
        return self.predicted != self.labels

    @property
    def split(self):
        """Whether the networks give the candidate different labels, bool (m,)."""
        votes = self.outputs > 0.5
        return votes.any(0) & ~votes.all(0)


# Which candidates may be asked for, bool (m,). If there is none of a kind, every candidate may be.
CANDIDATES = {
    "any": lambda view: np.ones(len(view.labels), bool),
    "misclassified": lambda view: view.wrong,
    "networks disagree": lambda view: view.split,
    "nearest mean disagrees": lambda view: view.by_mean != view.predicted,
    "nearest point disagrees": lambda view: view.by_neighbour != view.predicted,
}
# Which of these is asked for: the one with the highest score (m,).
FIRST = {
    "farthest": lambda view: view.distance,
    "least confident": lambda view: -np.abs(view.outputs.mean(0) - 0.5),
    "largest variance": lambda view: view.outputs.var(0),
    "random": lambda view: view.rng.random(len(view.labels)),
}
#: Strategies of the extension: name → a name of `CANDIDATES` and a name of `FIRST`.
STRATEGIES = {
    # They know the labels before they ask for them, so they are bounds and not recipes.
    "mis-classified and far": ("misclassified", "farthest"),
    "mis-classified": ("misclassified", "random"),
    # They replace this knowledge by something that can be known.
    "networks disagree and far": ("networks disagree", "farthest"),
    "nearest mean disagrees and far": ("nearest mean disagrees", "farthest"),
    "nearest point disagrees and far": ("nearest point disagrees", "farthest"),
    "far": ("any", "farthest"),
    "low confidence": ("any", "least confident"),
    "networks disagree": ("any", "largest variance"),
    "random": ("any", "random"),
}


class LabelCurves(NamedTuple):
    """One training set, to which each strategy adds L of the candidates `points` (m, 2), in turn.

    By strategy, `chosen` (L,) are indices of the candidates in the order of labelling, `hits`, bool
    (L,), says whether the networks misclassified the candidate when it was chosen, and `dv`
    (L + 1, K) is the boundary difference to g of each network before the first label and after
    each.
    """

    data: object
    points: np.ndarray
    chosen: dict
    hits: dict
    dv: dict

    def mean_dv(self, strategy):
        """Mean of dv to g over the labels bought and the networks: low is good."""
        check_measured("strategy", strategy, self.dv)
        return float(self.dv[strategy][1:].mean())


def choose(view, strategy, taken):
    """Index of the candidate that a strategy asks for, beside those `taken` already.

    A strategy is a name of `CANDIDATES` and a name of `FIRST`. Equal scores are decided by chance.
    No candidate left is a ValueError.
    """
    candidates, first = strategy
    among, score = CANDIDATES[candidates](view), FIRST[first](view)
    left = np.ones(len(score), bool)
    left[list(taken)] = False
    if not left.any():
        raise ValueError(f"all {len(score)} candidates are labelled: give more")
    allowed = np.flatnonzero(left & among if (left & among).any() else left)
    ranked = np.lexsort([view.rng.random(len(allowed)), score[allowed]])
    return int(allowed[ranked[-1]])


def label_in_turn(datasets, points, settings, *, n_labels, strategies=STRATEGIES, seeds=None):
    """Let each strategy add labelled points to each training set, one at a time.

    Parameters
    ----------
    datasets : list of Dataset whose g is known; `data.seed` draws what is left to chance
    points : candidates (m, 2), labelled by g when asked for
    settings : RefitSettings; the networks of its K seeds choose together
    n_labels : labels L that each strategy asks for, at most m
    strategies : dict of name → (name of `CANDIDATES`, name of `FIRST`)
    seeds : the K seeds of each data set; None = those of the settings for each

    Returns
    -------
    list of LabelCurves, one for each data set

    Raises
    ------
    ValueError : bad points, an unknown g or kind of candidates, or more labels than candidates;
        before any fit
    """
    points = check_points(points)
    n_labels = check_count("n_labels", n_labels, at_most=len(points))
    for candidates, first in strategies.values():
        check_choice("candidates", candidates, CANDIDATES)
        check_choice("first candidate", first, FIRST)
    of_each = [settings.seeds] * len(datasets) if seeds is None else seeds
    runs = [
        _Run(data, points, strategies, replace(settings, seeds=own))
        for data, own in zip(datasets, of_each, strict=True)
    ]
    for step in range(n_labels + 1):
        batches = (run.batch(f"{step} labels, {run.data.name}") for run in runs)
        for run, seen in zip(runs, refit_each(batches, settings), strict=True):
            run.observe(seen, ask=step < n_labels)
    return [run.curves() for run in runs]


class _Run:
    """One training set while its strategies ask for labels."""

    def __init__(self, data, points, strategies, settings):
        if data.g is None:
            raise ValueError(f"data set {data.name!r}: nobody knows its g to label points")
        X, y = check_training_set(data.X, data.y)
        check_plane(X, y, settings.mesh)
        self.strategies, self.settings = strategies, settings
        self.data, self.points, self.labels = data, points, data.g(points)
        self.X, self.y = np.concatenate([X, points]), np.concatenate([y, self.labels])
        self.truth = boundary(data.g, settings.mesh)[None]
        self.chosen, self.hits, self.dv = ({name: [] for name in strategies} for _ in range(3))

    def batch(self, description):
        """The refits of this step. Strategies that chose the same points share them."""
        settings, references = self.settings, [self.truth] * len(self.settings.seeds)
        self.sets = list(dict.fromkeys(map(tuple, self.chosen.values())))
        return planned(
            self.X, self.y, [self._labelled(chosen) for chosen in self.sets], settings,
            [Difference(settings.mesh, references), Outputs(self.points)],
            description=description,
        )  # fmt: skip

    def observe(self, seen, ask):
        """Keep dv of each strategy's networks and, if asked, let it choose its next point."""
        for name, chosen in self.chosen.items():
            row = self.sets.index(tuple(chosen))
            self.dv[name].append(seen.dv[row, :, 0])
            if ask:
                view = self._view(seen.outputs[row], chosen)
                candidate = choose(view, self.strategies[name], chosen)
                self.hits[name].append(view.wrong[candidate])
                chosen.append(candidate)

    def _labelled(self, chosen):
        """Indices of X and of the points chosen so far."""
        n = len(self.data.X)
        return np.array([*range(n), *(n + k for k in chosen)])

    def _view(self, outputs, chosen):
        from scipy.spatial import KDTree

        labelled = self._labelled(chosen)
        X, y = self.X[labelled], self.y[labelled]
        distance, nearest = KDTree(X).query(self.points)
        means = np.stack([X[y == label].mean(0) for label in (0, 1)])
        by_mean = np.square(self.points[:, None] - means).sum(-1).argmin(1)
        rng = np.random.default_rng([self.data.seed, len(chosen)])
        return View(outputs, distance, by_mean, y[nearest], self.labels, rng)

    def curves(self):
        by_name = (self.chosen, self.hits, self.dv)
        arrays = ({name: np.array(part) for name, part in parts.items()} for parts in by_name)
        return LabelCurves(self.data, self.points, *arrays)
