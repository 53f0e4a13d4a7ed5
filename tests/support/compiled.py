"""Compiles the kernels of the plane or of tables into the cache, by one small fit of each kind."""

import sys

import numpy as np

from dvlib.engine.boundaries import boundary
from dvlib.engine.classifiers import fit_model
from dvlib.engine.mesh import X_M
from dvlib.engine.mlp import MLPConfig, train

CONFIG = MLPConfig((16,), max_iter=2, n_iter_no_change=3)
RNG = np.random.default_rng(0)


def plane():
    X = RNG.normal(size=(60, 2))
    boundary(train(X, (X[:, 0] > 0).astype(int), CONFIG, seed=0, engine="fast").network, X_M)


def tables():
    X = RNG.normal(size=(60, 5))
    for n_classes in (2, 3):
        fit_model(X, np.arange(60) % n_classes, n_classes, CONFIG, 0, "fast")


if __name__ == "__main__":
    {"plane": plane, "tables": tables}[sys.argv[1]]()
