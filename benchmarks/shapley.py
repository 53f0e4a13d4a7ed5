"""Speed of Shapley and pairwise values, without cache, on all cores.

`python -m benchmarks.shapley` prints and writes benchmarks/shapley.json:

figure_2  the paper's coarse grid of 144 points, sampled until the largest standard error is a
          tenth of the range of the values: `fits`, `seconds` and the `share` reached, for
          points `added` to X (against g) and for the `mesh_alone`
pairs     pairwise values of 100 points from 30 sets: `fits`, `seconds`
"""

import warnings

import numpy as np

from benchmarks.timing import bench, clock
from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.pairwise import pairwise_values
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.methods.shapley.stratified import stratified_shapley
from dvlib.refits.batch import RefitSettings
from dvlib.refits.ledger import Ledger


def figure_2(run, data, how):
    points = MeshGrid.from_step(-10, 25, run.size(3, 17)).points
    settings = RefitSettings(seeds=range(run.size(10, 2)), cache=False, **how)
    grid = points, data.g(points), data.g, settings
    added, (by_g, _) = clock(
        added_point_shapley, data.X, data.y, *grid, n_sets=run.size(60, 2), target=0.1
    )
    alone, found = clock(stratified_shapley, *grid, n_fits=run.size(80_000, 500), target=0.1)
    return {
        name: {
            "fits": values.n_fits,
            "seconds": seconds,
            "share": values.standard_errors.max() / np.ptp(values.values),
        }
        for name, seconds, values in (("added", added, by_g), ("mesh_alone", alone, found.values))
    }


def pairs(run, how):
    data = make_dataset("two_clusters", n_per_class=run.size(50, 4), test_share=0)
    settings = RefitSettings(seeds=range(run.size(5, 1)), cache=False, **how)
    ledger = Ledger()
    seconds, _ = clock(pairwise_values, data.X, data.y, settings, n_sets=run.size(30, 2))
    return {"fits": ledger.n_fits, "seconds": seconds}


def main():
    run = bench("shapley", __doc__)
    warnings.simplefilter("ignore")
    data = make_dataset("two_clusters")
    how = {
        "config": MLPConfig(run.size((1000,), (8,)), max_iter=run.size(200, 20)),
        "mesh": run.size(X_M, MeshGrid(-10, 20, 20)),
    }
    report = {
        "figure_2": figure_2(run, data, how),
        "pairs": pairs(run, how),
    }
    run.write(report)


if __name__ == "__main__":
    main()
