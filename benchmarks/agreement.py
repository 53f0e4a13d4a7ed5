"""How closely the fast engine's fits equal scikit-learn's float64 fits, over sizes and seeds.

`python -m benchmarks.agreement` fits `two_clusters` for 20 seeds x n in {50, 671, 1295} points x H
in {3, 50, 1000} hidden units. In each case, three fits are compared with the reference, by epochs
run and by cells of the 500 x 500 mesh:

fast     engine "fast"
float32  scikit-learn's own fit on float32 arrays
nudged   scikit-learn's float64 fit from initial weights with a relative change of 1e-7

The last two are controls: they show how far any rounding changes this training. The script writes
benchmarks/agreement.csv, one row per case:

n, hidden, seed    the case
epochs, loss       of the float64 reference
margin             least |loss - (best - tol)| over the reference's epochs: how close the stopping
                   rule came to a different decision
epochs_<fit>       epochs run by the fit
loss_<fit>         its last loss minus the reference's
cells_<fit>        share of the mesh cells whose labels differ from the reference's
"""

import csv
import itertools
import warnings
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from sklearn.neural_network import MLPClassifier
from tqdm import tqdm

from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M
from dvlib.engine.mlp import MLPConfig, Network
from dvlib.refits.single import fit

SEEDS, SIZES, WIDTHS = range(20), (50, 671, 1295), (3, 50, 1000)
FITS = ("fast", "float32", "nudged")
NUDGE = 1e-7
CELLS_ALLOWED = 1e-4
TARGET = Path(__file__).with_name("agreement.csv")


class Nudged(MLPClassifier):
    """MLPClassifier whose initial weights are changed by ±NUDGE, relatively."""

    def _init_coef(self, *args):
        rng = np.random.default_rng(0)
        return tuple(
            w * (1 + NUDGE * rng.choice((-1, 1), w.shape)) for w in super()._init_coef(*args)
        )


def reference(X, y, hidden, seed, kind=MLPClassifier):
    """scikit-learn's fit in the precision of X: boundary, epochs, losses of all epochs."""
    model = kind((hidden,), random_state=seed, batch_size=min(200, len(X)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, y)
    network = Network.of_layers(model.coefs_, model.intercepts_)
    return boundary(network, X_M), model.n_iter_, model.loss_curve_


def margin(losses, tol):
    """How close the stopping rule came to a different decision."""
    best = np.minimum.accumulate(losses)[:-1]
    return np.abs(losses[1:] - (best - tol)).min()


def case(n, hidden, seed):
    """One row of the table."""
    data = make_dataset("two_clusters", seed=seed, n_per_class=n)
    X, y = data.X[:n], data.y[:n]
    config = MLPConfig(hidden_layer_sizes=(hidden,))
    truth, epochs, losses = reference(X, y, hidden, seed)
    row = {"n": n, "hidden": hidden, "seed": seed, "epochs": epochs, "loss": losses[-1]}
    row["margin"] = margin(losses, config.tol)
    fast = fit(X, y, config, seed=seed)
    results = {
        "fast": (boundary(fast.network, X_M), fast.n_iter, [fast.loss]),
        "float32": reference(X.astype(np.float32), y, hidden, seed),
        "nudged": reference(X, y, hidden, seed, Nudged),
    }
    for name, (labels, n_iter, curve) in results.items():
        row[f"epochs_{name}"] = n_iter
        row[f"loss_{name}"] = curve[-1] - losses[-1]
        row[f"cells_{name}"] = dv(labels, truth)
    return row


def summary(rows):
    """Lines of the printed table: one group per size and width, then all cases together."""
    yield f"{'n':>5} {'H':>5} {'fit':8} {'epochs differ by 0/1/more':>26}  " + (
        f"{'cells: median':>13} {'95th %':>9} {'max':>9}   share <= {CELLS_ALLOWED:g}"
    )
    groups = [*itertools.product(SIZES, WIDTHS), ("all", "all")]
    for (n, hidden), name in itertools.product(groups, FITS):
        part = [r for r in rows if n in (r["n"], "all") and hidden in (r["hidden"], "all")]
        apart = np.array([abs(r[f"epochs_{name}"] - r["epochs"]) for r in part])
        cells = np.array([r[f"cells_{name}"] for r in part])
        counts = f"{(apart == 0).sum()}/{(apart == 1).sum()}/{(apart > 1).sum()}"
        yield f"{n:>5} {hidden:>5} {name:8} {counts:>26}  " + (
            f"{np.median(cells):13.2e} {np.percentile(cells, 95):9.2e} {cells.max():9.2e}"
            f"   {np.mean(cells <= CELLS_ALLOWED):.3f}"
        )


def main():
    cases = sorted(itertools.product(SIZES, WIDTHS, SEEDS), key=lambda c: -c[0] * c[1])
    workers = Parallel(n_jobs=2, return_as="generator_unordered", batch_size=1)
    jobs = workers(delayed(case)(*c) for c in cases)
    rows = list(tqdm(jobs, total=len(cases), unit="case", desc="agreement"))
    rows.sort(key=lambda r: (r["n"], r["hidden"], r["seed"]))
    with TARGET.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})
    print("\n".join(summary(rows)))


if __name__ == "__main__":
    main()
