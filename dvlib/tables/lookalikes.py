"""stub"""

import numpy as np


def near_duplicates(X):
    return []


def far_rows(X):
    return np.array([], int)


def neighbours_of(X, y, rows, count=2):
    rows = np.asarray(rows, int)

    def near(k, ok):
        d = ((X - X[k]) ** 2).sum(1)
        d[~ok] = np.inf
        d[k] = np.inf
        return np.argsort(d)[:count]

    return [near(k, y == y[k]) for k in rows], [near(k, y != y[k]) for k in rows]
