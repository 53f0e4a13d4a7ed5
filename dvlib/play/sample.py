"""A sample of a named mixture, compiled: the very points of `dvlib.data.datasets.make_dataset`.

That function draws by scikit-learn's `make_blobs` and `train_test_split`. Here are the same random
calls in the same order, so that a browser shows the points of a figure's own seed.
"""

import math

import numpy as np

from dvlib.engine.kernel.stream import STATE, compiled, seed_state, shuffle, u32, uniform

FEWEST = 2  # points of a label, and points of a part, below which no split is made


@compiled
def draw_sample(
    seed, means, mean_labels, n_per_label, std, noisy, test_share, x, y, labels, clusters
):
    """Draw a sample of clusters around `means`, training points first, then test points.

    Parameters
    ----------
    means : float64 (k, 2); mean_labels : int32 (k,), zeros before ones
    n_per_label : points per label before g labels them
    noisy : whether a point takes the label of its cluster instead of the nearest mean's
    x, y : float64 (2 n,), output; labels, clusters : int32 (2 n,), output

    Returns
    -------
    number of training points; -1 if there are too few points of a label or part to split
    """
    total = 2 * n_per_label
    state = np.empty(STATE, u32)
    seed_state(state, u32(seed))
    cluster = _clusters(mean_labels, n_per_label)
    blobs = np.empty((total, 2))
    for i in range(total):
        a, b = _two_normal(state)
        blobs[i, 0] = means[cluster[i], 0] + std * a
        blobs[i, 1] = means[cluster[i], 1] + std * b
    mixed = np.arange(total)
    shuffle(state, mixed)
    found = np.empty(total, np.int64)
    for i in range(total):
        at = mixed[i]
        found[i] = mean_labels[cluster[at] if noisy else _nearest(blobs[at], means)]
    order = np.arange(total)
    n_test = math.ceil(test_share * total) if test_share > 0 else 0
    if test_share > 0 and not _split(found, n_test, u32(seed), order):
        return -1
    for i in range(total):
        at = mixed[order[i]]
        x[i], y[i] = blobs[at, 0], blobs[at, 1]
        labels[i], clusters[i] = found[order[i]], cluster[at]
    return total - n_test


@compiled
def _count(array, value):
    count = 0
    for i in range(array.size):
        count += array[i] == value
    return count


@compiled
def _clusters(mean_labels, n_per_label):
    """Each point's cluster before shuffling; the first clusters of a label take what is left."""
    cluster, at, first = np.empty(2 * n_per_label, np.int64), 0, 0
    for label in range(2):
        count = _count(mean_labels, label)
        for k in range(count):
            for _ in range(n_per_label // count + (k < n_per_label % count)):
                cluster[at] = first + k
                at += 1
        first += count
    return cluster


@compiled
def _two_normal(state):
    """Two standard normal numbers by the polar method, in RandomState's order."""
    while True:
        a, b = 2.0 * uniform(state) - 1.0, 2.0 * uniform(state) - 1.0
        square = a * a + b * b
        if 0.0 < square < 1.0:
            break
    scale = math.sqrt(-2.0 * math.log(square) / square)
    return scale * b, scale * a


@compiled
def _nearest(point, means):
    nearest, least = 0, np.inf
    for k in range(means.shape[0]):
        a, b = point[0] - means[k, 0], point[1] - means[k, 1]
        square = a * a + b * b
        if square < least:
            nearest, least = k, square
    return nearest


@compiled
def _split(labels, n_test, seed, order):
    """Fill `order` with a stratified split, training first; False if too few points."""
    n_train = labels.size - n_test
    zeros = _count(labels, 0)
    if min(n_test, n_train, zeros, labels.size - zeros) < FEWEST:
        return False
    state = np.empty(STATE, u32)
    seed_state(state, seed)
    train = _share(zeros, labels.size - zeros, n_train, state)
    test = _share(zeros - train, labels.size - zeros - (n_train - train), n_test, state)
    own = np.empty(labels.size, np.int64)
    at_train, at_test = 0, n_train
    for label in range(2):
        count = 0
        for i in range(labels.size):
            if labels[i] == label:
                own[count] = i
                count += 1
        mixed = np.arange(count)
        shuffle(state, mixed)
        trained = train if label == 0 else n_train - train
        tested = test if label == 0 else n_test - test
        for i in range(trained + tested):
            if i < trained:
                order[at_train] = own[mixed[i]]
                at_train += 1
            else:
                order[at_test] = own[mixed[i]]
                at_test += 1
    shuffle(state, order[:n_train])
    shuffle(state, order[n_train:])
    return True


@compiled
def _share(zeros, ones, drawn, state):
    """How many of `drawn` points have label 0 (`_approximate_mode` of scikit-learn)."""
    exact_0, exact_1 = zeros / (zeros + ones) * drawn, ones / (zeros + ones) * drawn
    share_0, share_1 = int(exact_0), int(exact_1)
    missing = drawn - share_0 - share_1
    if missing == 0:
        return share_0
    rest_0, rest_1 = exact_0 - share_0, exact_1 - share_1
    if rest_0 == rest_1:  # a tie is broken at random
        both = np.arange(2)
        shuffle(state, both)
        return share_0 + (both[0] == 0 or missing > 1)
    if rest_0 < rest_1:
        return share_0 + (missing > 1)
    return share_0 + 1
