"""Two real data sets that scikit-learn ships, reduced to two principal components."""

import functools

import numpy as np


def _breast_cancer():
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer(return_X_y=True)


def _digits():
    from sklearn.datasets import load_digits

    features, digits = load_digits(return_X_y=True)
    chosen = np.isin(digits, (3, 5))
    return features[chosen], (digits[chosen] == 5).astype(int)


_SHIPPED = {
    "breast_cancer": _breast_cancer,
    "digits_3_5": _digits,
}
GIVEN = tuple(_SHIPPED)


@functools.cache
def components(name):
    """The first two principal components of the standardized features, and the labels."""
    from sklearn import config_context
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    features, labels = _SHIPPED[name]()
    with config_context(transform_output="default"):
        scaled = StandardScaler().fit_transform(features)
        return PCA(2, svd_solver="full").fit_transform(scaled), labels
