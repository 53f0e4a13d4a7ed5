"""Influence functions: what a refit without a row, or with one more, would change, by one solve.

Koh & Liang (2017) take one Newton step from the trained weights. Here the Gauss–Newton matrix takes
the place of the Hessian, with the L2 term and a damping on its diagonal: Jᵀ A J + μ I. J are the
gradients of the outputs of all n rows with respect to the weights, A is the curvature of the log
loss with respect to the outputs, and μ = n (α / batch + damping). The biases are treated as the
weights are, although scikit-learn has no L2 term for them.

The matrix has as many rows as the network has weights. But
(Jᵀ A J + μ I)⁻¹ Jᵀ = Jᵀ (A J Jᵀ + μ I)⁻¹, so it is enough to solve with A J Jᵀ + μ I, which has
n · outputs rows.

The method on tables values rows by it. `estimated_dv` predicts the dv of refits with one point more
(Extension 10).
"""

import time
from dataclasses import dataclass, replace

import numpy as np

from dvlib.checks import check_labels, check_memory, check_number
from dvlib.methods.registry import register
from dvlib.refits.progress import progress_bar
from dvlib.tables.gradients import Jacobian, residuals
from dvlib.tables.learning import over_runs
from dvlib.tables.utilities import HELPS_OR_MOVES, soft_dv

# In Extension 10, a whole step has about the right length with it. With 0.01 it is three to four
# times too long, and overshoots.
DAMPING = 0.1
AT_ONCE = 4_096  # points whose outputs are held for all points to add: 16 MB for 500 of these


@dataclass(frozen=True, eq=False)
class Influence:
    """The solved system of one trained network; made by `Influence.from_network`.

    `left_out` and `added` estimate changes of the outputs before the last activation, which are
    log-odds if there are two classes. `moved` turns the changes into probabilities.
    """

    network: object
    jacobian: Jacobian
    residuals: np.ndarray  # (n, outputs)
    curvature: np.ndarray  # A, (n, outputs, outputs)
    system: np.ndarray  # A J Jᵀ
    factors: tuple  # LU of A J Jᵀ + μ I
    mu: float

    @classmethod
    def from_network(cls, network, X, y, *, damping=0.0):
        """Solve for a network, of any hidden layers, and its training rows (n, d) and classes (n,).

        Its config has α and the batch, since scikit-learn divides the L2 term by the size of the
        minibatch. `damping`, 0 or more, is added to the diagonal of the mean loss's curvature: a
        trained network is not exactly at a minimum, and without damping, the step goes too far
        along flat directions. A negative damping, no L2 term and no damping, or a system too large
        is a ValueError.
        """
        check_memory(len(X), "rows", lambda n: 32 * (n * network.outputs) ** 2)
        p = network.probabilities(X)
        if network.outputs == 1:
            curvature = (p[:, 1] * p[:, 0])[:, None, None]
        else:
            curvature = p[:, :, None] * (np.eye(network.outputs) - p[:, None, :])
        jacobian = Jacobian(network, X)
        system = _blockwise(curvature, jacobian.products(jacobian))
        made = cls(network, jacobian, residuals(network, X, y), curvature, system, None, 0.0)
        return made.damped(damping)

    def damped(self, damping):
        """The same with another damping; the gradients are not computed again."""
        from scipy.linalg import lu_factor

        damping, config = check_number("damping", damping), self.network.config
        n = len(self.residuals)
        mu = n * (config.alpha / min(config.batch_size, n) + damping)
        if damping < 0 or mu == 0:
            raise ValueError(f"damping {damping}: give a number above 0, or 0 with an L2 term")
        system = self.system.copy()
        system[np.diag_indices(len(system))] += mu
        return replace(self, factors=lu_factor(system, overwrite_a=True), mu=mu)

    def left_out(self, at):
        """Change of the outputs at points (m, d) if each row were left out, (n, m, outputs)."""
        n, outputs = self.residuals.shape
        check_memory(n, "rows", lambda n: 16 * len(at) * n * outputs**2)
        gradients = np.zeros((n, outputs, n))
        gradients[np.arange(n), :, np.arange(n)] = self.residuals
        across = Jacobian(self.network, at).products(self.jacobian)
        change = across @ self._solve(gradients.reshape(n * outputs, n))
        return change.reshape(len(at), outputs, n).transpose(2, 0, 1)

    def products(self, points, at):
        """What `added` needs of points (S, d) and (m, d), the same for any damping: three arrays.

        Products of gradients of the points with those of the rows, of `at` with those of the rows,
        and of `at` with those of the points.
        """
        seen, new = Jacobian(self.network, at), Jacobian(self.network, points)
        return self.jacobian.products(new), seen.products(self.jacobian), seen.products(new)

    def added(self, points, labels, at, products=None):
        """Change of the outputs at points (m, d) if each of S points were added, (S, m, outputs).

        `points` (S, d) have the classes `labels` (S,). `products` are `products(points, at)`, to
        use them for several dampings.
        """
        s, outputs = len(points), self.residuals.shape[1]
        check_memory(s, "points to add", lambda s: 16 * len(at) * s * outputs**2)
        known, across, direct = products or self.products(points, at)
        rest = direct - across @ self._solve(_blockwise(self.curvature, known))
        rest = rest.reshape(len(at), outputs, s, outputs)
        left = residuals(self.network, points, labels)
        return -np.einsum("mcsk,sk->smc", rest, left, optimize=True) / self.mu

    def moved(self, at, change):
        """Probabilities (…, m, K) at points after a change (…, m, outputs) of the outputs."""
        from scipy.special import expit, softmax

        p = self.network.probabilities(at)
        if self.network.outputs == 1:
            with np.errstate(divide="ignore"):  # a sure network stays sure
                p = expit(np.log(p[:, 1]) - np.log(p[:, 0]) + change[..., 0])
            return np.stack([1 - p, p], axis=-1)
        with np.errstate(divide="ignore"):
            return softmax(np.log(p) + change, axis=-1)

    def _solve(self, columns):
        """(A J Jᵀ + μ I)⁻¹ columns."""
        from scipy.linalg import lu_solve

        return lu_solve(self.factors, columns)


def _blockwise(curvature, matrix):
    """A times a matrix (n · outputs, …), where A is block by block the curvature of each row."""
    n, outputs, _ = curvature.shape
    blocks = matrix.reshape(n, outputs, -1)
    return np.matmul(curvature, blocks).reshape(n * outputs, -1)


@register(
    "influence_functions", domain="rows", title="influence functions", kind="utility",
    high=HELPS_OR_MOVES, passes=("runs",), target="points",
)  # fmt: skip
def _influence_functions(sample):
    """What each row's leave-one-out value would be, from the networks at the end of the runs."""
    by_run, networks = [], sample.runs.networks
    with progress_bar(len(networks), "influence functions", "run") as bar:
        for *_, network in networks:
            influence = Influence.from_network(network, sample.X, sample.y, damping=DAMPING)
            without = influence.moved(sample.at, influence.left_out(sample.at))
            base = network.probabilities(sample.at)
            if sample.labels is None:
                by_run.append(soft_dv(without, base))
            else:
                by_run.append(sample.worth(base) - sample.worth(without))
            bar.update()
    return over_runs(np.array(by_run))


@dataclass(frozen=True, eq=False)
class EstimatedDV:
    """What a network's gradients predict of S refits with one point more, by L lengths of the step.

    `to_base` (L, S) is the share of the sample whose label the added point would change, and `to_g`
    (L, S) that where the predicted model differs from g; the network itself differs on `base_to_g`.
    `seconds` is the wall time with this damping alone.
    """

    to_base: np.ndarray
    to_g: np.ndarray
    base_to_g: float
    seconds: float


def estimated_dv(network, X, y, points, labels, at, g_at, dampings, lengths=(1,)):
    """Predict the hard dv of the refits X ∪ {x} from the gradients of f_X, without any refit.

    Parameters
    ----------
    network : dvlib.engine.mlp.Network of two classes, trained on X
    X, y : its training rows (n, d) and their labels (n,)
    points, labels : rows (S, d) to add, one at a time, and their labels (S,)
    at : points (m, d) where models are compared
    g_at : labels (m,) of these points by the ground truth
    dampings : numbers, see `Influence.from_network`; the gradients serve all of them
    lengths : parts of the step that are taken, above 0. The whole step, 1, stands for the refit.
        The shorter the step, the closer the prediction is to a derivative

    Returns
    -------
    list of EstimatedDV, one for each damping. Its seconds are what it takes alone: its own steps,
    and all that the dampings share

    Raises
    ------
    ValueError : more than two classes, labels of another number, or a bad damping
    """
    clock = _Clock(len(dampings))
    if network.outputs != 1:
        raise ValueError(f"a network of {network.outputs} classes: give one of two")
    g_at = check_labels(g_at, len(at), what="labels of the points where models are compared")
    base = network.decision(at)
    first = Influence.from_network(network, X, y, damping=dampings[0])
    clock.shared()
    influences = []
    for k, damping in enumerate(dampings):
        influences.append(first.damped(damping))
        clock.single(k)
    moved, wrong = np.zeros((2, len(influences), len(lengths), len(points)))
    for start in range(0, len(at), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        products = first.products(points, at[part])
        clock.shared()
        for k, influence in enumerate(influences):
            change = influence.added(points, labels, at[part], products)[..., 0]
            for j, length in enumerate(lengths):
                after = base[part] + length * change > 0
                moved[k, j] += (after != (base[part] > 0)).sum(1)
                wrong[k, j] += (after != g_at[part]).sum(1)
            clock.single(k)
    base_to_g = float(np.mean((base > 0) != g_at))
    estimates = zip(moved / len(at), wrong / len(at), clock.seconds.tolist(), strict=True)
    return [EstimatedDV(to_base, to_g, base_to_g, seconds) for to_base, to_g, seconds in estimates]


class _Clock:
    """Seconds of several results, each as if it were computed alone: some work serves them all."""

    def __init__(self, count):
        self.seconds, self._last = np.zeros(count), time.perf_counter()

    def shared(self):
        """The work since the last call was for all of them."""
        self.seconds += self._since()

    def single(self, k):
        """The work since the last call was for result k."""
        self.seconds[k] += self._since()

    def _since(self):
        last, self._last = self._last, time.perf_counter()
        return self._last - last
