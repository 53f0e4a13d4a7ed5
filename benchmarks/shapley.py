"""Speed of Shapley and pairwise values, without cache, on all cores.

`python benchmarks/shapley.py` prints and writes benchmarks/shapley.json:

permutations  24 permutations of 16 grid points, `fast` and `sklearn` in turn: `fits` and
              `fits_per_second` of each, `ratio`, and `values_apart`, the largest difference of
              a value (the engines round differently)
figure_2      the paper's coarse grid of 144 points until the largest standard error is a tenth of
              the range of the values: `fits`, `seconds` and that `share`, of points `added` to X
              (against g) and of the `mesh_alone`
pairs         the pairwise matrix of 100 points from 30 sets: `fits`, `seconds`
"""

import json
import os
import sys
import warnings
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from dvlib.batches import RefitSettings
from dvlib.datasets import make_dataset
from dvlib.mesh import MeshGrid
from dvlib.pairwise import pairwise_values
from dvlib.shapley import added_point_shapley, shapley_values
from dvlib.stratified import stratified_shapley

TARGET = Path(__file__).with_name("shapley.json")


def permutations(data):
    points = MeshGrid(-10, 20, 4).points
    report, values = {}, {}
    for engine in ("fast", "sklearn"):
        settings = RefitSettings(cache=False, engine=engine)
        if engine == "fast":  # compiled beforehand
            shapley_values(points[4:12], data.g(points[4:12]), data.g, settings, n_permutations=24)
        values[engine] = shapley_values(
            points, data.g(points), data.g, settings, n_permutations=24, tolerance=0
        )
        fits, seconds = values[engine].n_fits, values[engine].seconds
        report[engine] = {"fits": fits, "fits_per_second": fits / seconds}
    fast, reference = report["fast"], report["sklearn"]
    report["ratio"] = fast["fits_per_second"] / reference["fits_per_second"]
    report["values_apart"] = np.abs(values["fast"].values - values["sklearn"].values).max()
    return report


def figure_2(data):
    points = MeshGrid.from_step(-10, 25, 3).points
    settings = RefitSettings(seeds=range(10), cache=False)
    added, _ = added_point_shapley(
        data.X, data.y, points, data.g(points), data.g, settings, n_sets=60, target=0.1
    )
    alone = stratified_shapley(
        points, data.g(points), data.g, settings, n_fits=80_000, target=0.1
    ).values
    return {
        name: {
            "fits": of.n_fits,
            "seconds": of.seconds,
            "share": of.standard_errors.max() / np.ptp(of.values),
        }
        for name, of in {"added": added, "mesh_alone": alone}.items()
    }


def pairs():
    data = make_dataset("two_clusters", n_per_class=50, test_share=0)
    found = pairwise_values(data.X, data.y, RefitSettings(seeds=range(5), cache=False), n_sets=30)
    return {"fits": found.n_fits, "seconds": found.seconds}


def main():
    warnings.simplefilter("ignore")
    data = make_dataset("two_clusters")
    report = {"permutations": permutations(data), "figure_2": figure_2(data), "pairs": pairs()}
    text = json.dumps(report, indent=2)
    TARGET.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
