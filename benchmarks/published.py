"""The published protocol of noisy labels with one model for all methods.

LossVal's protocol (Wibiral et al. 2024, after OpenDataVal): 1,000 rows, 100 target points, labels
of both changed alike, and F1 of the lower of two clusters of the values. Their methods were given
different models. Here all of them have the network of `dvlib.value`; methods of neighbours have
none. `python -m benchmarks.published` prints and writes benchmarks/published.json, in 15
minutes:

measured   data set → share of changed labels → method → mean F1 and its standard error, over 25
           repetitions, of data seeds that nothing else uses
published  data set → method → mean F1 of the authors, with 20 % changed
fits       method → number of fits
"""

from itertools import product

import numpy as np
from tqdm import tqdm

from benchmarks.timing import bench, one_bar
from dvlib.data.wide import make_wide
from dvlib.engine.mlp import MLPConfig
from dvlib.paper.figures import noisy_labels as ext08
from dvlib.refits.batch import RefitSettings

TARGET, FIRST_SEED = "100 noisy", 5_000
METHODS = {  # the one with the most fits of a pass comes first
    "random": (ext08.random, 0), "KNN-Shapley": (ext08.knn_shapley, 0, TARGET),
    "out of sample": (ext08.out_of_sample, 100), "memorization": (ext08.memorization, 100),
    "Banzhaf": (ext08.banzhaf, 100, TARGET, "accuracy"),
    "Shapley": (ext08.shapley, 300, TARGET, "accuracy"),
    "mean P(label)": (ext08.mean_probability, 5), "EL2N": (ext08.el2n, 5),
    "influence": (ext08.influence, 1, TARGET, "accuracy"),
}  # fmt: skip


def f1s(name, noise, seed, n):
    """F1 of each method in one repetition."""
    data = make_wide(name, n=n, m=100, seed=seed, noise=noise)
    settings = RefitSettings((seed,), MLPConfig((100,)), cache=False)
    passes = ext08.Passes(data, {TARGET: (range(100), noise)}, settings, seed)
    values = {
        (m, fits): call(passes, fits, *chosen) for m, (call, fits, *chosen) in METHODS.items()
    }
    sample = ext08.NoisySample(data.flipped, values, {})
    return {method: sample.f1(method, fits) for method, fits in values}


def main():
    run = bench("published", __doc__)
    repetitions, n = run.size(25, 2), run.size(1_000, 120)
    measured = {}
    cases = [*product(("fried", "2dplanes"), (0.1, 0.2))]
    with tqdm(total=len(cases) * repetitions, desc="published", unit="table", disable=None) as bar:
        for name, noise in cases:
            found = []
            for k in range(repetitions):
                with one_bar():
                    found.append(f1s(name, noise, FIRST_SEED + k, n))
                bar.update()
            measured.setdefault(name, {})[f"{noise:.0%}"] = {
                method: {
                    "f1": round(float(np.mean([f[method] for f in found])), 3),
                    "error": round(
                        float(np.std([f[method] for f in found], ddof=1) / np.sqrt(repetitions)), 3
                    ),
                }
                for method in METHODS
            }
    on = {"2dplanes": 0, "fried": 1}
    run.write(
        {
            "measured": measured,
            "published": {
                name: {method: pair[k] for method, pair in ext08.PUBLISHED.items()}
                for name, k in on.items()
            },
            "fits": {method: fits for method, (_, fits, *_) in METHODS.items()},
        }
    )


if __name__ == "__main__":
    main()
