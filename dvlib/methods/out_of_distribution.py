"""Out-of-distribution scores as data values (paper, section A.2).

A high score means that the model is unsure of the point. No score needs the point's label.
"""

import warnings
from dataclasses import replace
from functools import partial

import numpy as np

from dvlib.checks import check_count, check_memory, check_points, check_seed, check_training_set
from dvlib.engine.mlp import MLPConfig
from dvlib.engine.observe import Outputs
from dvlib.methods.registry import register
from dvlib.methods.tensors import has_usual_settings, import_keras, require_tensorflow, tensorflow
from dvlib.methods.values import DataValues, Samples
from dvlib.refits.batch import refit
from dvlib.refits.progress import progress_bar
from dvlib.refits.store import Store

# Our choice: the noise of the labels ±1 is fitted, too. Without noise the length scale shrinks to 0
# on overlapping clusters. Without a lower bound the matrix is singular on separate clusters.
LEAST_NOISE, MOST_NOISE = 1e-4, 1.0
SMALLER = MLPConfig(hidden_layer_sizes=(50,))  # the paper uses smaller models for ensembles
MODULE = "methods/out_of_distribution"  # stored scores depend on the code of this module
GRAPH_SEED = 87654321  # what TensorFlow takes if no global seed is set
DROPPED = 0.5  # share of hidden units dropped (Gal & Ghahramani 2016)


def gaussian_process(X, y, points, *, cache=True):
    """Predictive standard deviation of a Gaussian process regressor on labels ±1.

    The kernel is Gaussian plus white noise. Length scale and noise level are fitted to X and y.

    Parameters
    ----------
    X, y : (n, 2) and labels 0 or 1 (n,), both present
    points : (m, 2) to score

    Returns
    -------
    DataValues
    """
    X, y, points = _checked(X, y, points)
    # The kernel, its derivatives and its factor; and the kernel between X and the points.
    check_memory(len(X), "points in X", lambda n: 48 * n**2)
    check_memory(len(points), "points to score", lambda m: 24 * m * len(X))
    store = Store("Gaussian process", (MODULE,), keep=cache, n_fits=lambda scores: 1)
    return _scores(_gaussian_process, X, y, points, {}, store, "Gaussian process",
                   "variance of a Gaussian process")  # fmt: skip


def monte_carlo_dropout(X, y, points, *, seed=0, n_passes=100, epochs=200, cache=True):
    """Variance of the probability of label 1 over passes of one network with dropout.

    The network has a hidden layer of 1,000 units. Training and every pass drop half of them (Gal &
    Ghahramani 2016). The other parameters and the result are those of `gaussian_process`.

    Parameters
    ----------
    n_passes : stochastic passes, two or more
    epochs : epochs of training, with Adam and minibatches of 200 as for the other networks

    Raises
    ------
    MissingTensorFlow : TensorFlow is not installed
    """
    settings = {
        "seed": check_seed(seed),
        "n_passes": check_count("n_passes", n_passes, at_least=2, at_most=10_000),
        "epochs": check_count("epochs", epochs),
    }
    code, libraries = (MODULE, "methods/tensors"), ("tensorflow", "keras")
    X, y, points = _checked(X, y, points)
    # The hidden layer twice in float32, and the passes in float32 and float64.
    each = 2 * 4 * 1000 + (4 + 8) * settings["n_passes"]
    check_memory(len(points), "points to score", lambda m: m * each)
    require_tensorflow("Monte-Carlo dropout")
    kind = "dropout" if has_usual_settings() else "dropout with TensorFlow's settings as found"
    store = Store(kind, code, libraries, keep=cache, n_fits=lambda scores: 1)
    return _scores(_dropout, X, y, points, settings, store, "Monte-Carlo dropout",
                   "variance over passes")  # fmt: skip


def ensemble(X, y, points, settings):
    """Variance of the probability of label 1 over networks of 50 units with different seeds.

    Parameters
    ----------
    X, y, points : as for `gaussian_process`
    settings : RefitSettings with two or more seeds; its config is not used

    Returns
    -------
    DataValues
    """
    check_count("networks of an ensemble", len(settings.seeds), at_least=2)
    settings = replace(settings, config=SMALLER)
    X, points = check_points(X, "X"), check_points(points)
    seen = refit(X, y, [np.arange(len(X))], settings, [Outputs(points)], description="ensemble")
    return _unlabelled(
        points, seen.outputs[0].var(0), "ensemble", "variance over networks", settings, seen.n_fits
    )


def _gaussian_process(X, y, points):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, WhiteKernel

    # If it starts at length 1 or noise 1e-2, the fit to overlapping clusters explains everything as
    # noise. The start is clipped to scikit-learn's bounds: points may coincide or lie far apart.
    kernel = RBF(np.clip(X.std(), 1e-5, 1e5)) + WhiteKernel(0.1, (LEAST_NOISE, MOST_NOISE))
    with np.errstate(under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the noise may reach its lower bound
        model = GaussianProcessRegressor(kernel).fit(X, 2.0 * y - 1)
        return model.predict(points, return_std=True)[1]


def _dropout(X, y, points, seed, n_passes, epochs):
    tf, keras = tensorflow(), import_keras()
    first, dropped, last, shuffled = map(
        int, np.random.default_rng(seed).integers(2**31, size=4)
    )  # fmt: skip
    glorot, f32 = keras.initializers.GlorotUniform, {"dtype": "float32"}
    model = keras.Sequential(
        [
            keras.Input((2,), **f32),
            keras.layers.Dense(1000, activation="relu", kernel_initializer=glorot(first), **f32),
            keras.layers.Dropout(DROPPED, seed=dropped, **f32),
            keras.layers.Dense(1, kernel_initializer=glorot(last), **f32),
        ]
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True, **f32)
    adam = keras.optimizers.Adam(lambda: 0.001)  # a number would be rounded to Keras's float type
    model.compile(adam, loss, jit_compile=False, auto_scale_loss=False)

    @tf.function
    def shuffled_pairs():
        # TensorFlow mixes its global seed into that of a shuffle. In a function, this call sets the
        # seed of the function's graph alone.
        tf.compat.v1.set_random_seed(GRAPH_SEED)
        pairs = X.astype(np.float32), y[:, None].astype(np.float32)
        return tf.data.Dataset.from_tensor_slices(pairs).shuffle(len(X), seed=shuffled).batch(200)

    data = shuffled_pairs()
    model.fit(data, epochs=epochs, shuffle=False, verbose=0)  # `data` shuffles with our seed
    points = tf.constant(points, tf.float32)
    once = tf.function(partial(model, training=True))
    passes = [once(points).numpy()[:, 0] for _ in range(n_passes)]
    return _variance(np.array(passes, float))


def _variance(logits):
    """Variance of the probability over passes, (passes, n) → (n,).

    Both labels have the same variance. The less likely label is used, because floats near 0 keep
    differences that floats near 1 lose.
    """
    from scipy.special import expit

    return expit(-np.sign(logits.mean(0)) * logits).var(0)


def _checked(X, y, points):
    return *check_training_set(X, y), check_points(points)


def _scores(function, X, y, points, settings, store, method, kind):
    arguments = (*_checked(X, y, points), *settings.values())
    with progress_bar(1, method, "fit") as bar:
        values = store.result(function, arguments)
        bar.update()
    if not np.isfinite(values).all():
        raise ValueError(f"{method}: its scores are not finite; scale the points down")
    return _unlabelled(arguments[2], values, method, kind, settings, 1)


def _unlabelled(points, values, method, kind, settings, n_fits):
    """DataValues of points that were scored without a label; their labels are −1."""
    none = np.full(len(points), -1)
    samples = Samples(points, none, settings, n_fits)
    return DataValues.over_seeds(samples, values[:, None].astype(float), method, kind)


@register(
    "Gaussian process", kind="variance of a Gaussian process", unit="variance of the process",
    high="unsure",
)  # fmt: skip
def _process(sample):
    X, y, _ = sample.training_set
    return gaussian_process(X, y, sample.points)


@register(
    "Monte-Carlo dropout", kind="variance over passes", unit="variance of predictions",
    high="unsure",
)  # fmt: skip
def _passes(sample, n_passes=100, epochs=200):
    X, y, _ = sample.training_set
    found = monte_carlo_dropout(
        X, y, sample.grid.points, seed=sample.run_seed, n_passes=n_passes, epochs=epochs
    )
    # Of the whole grid: the masks that dropout draws depend on the number of points.
    return found if sample.where is None else found.at(sample.where)


@register(
    "ensemble", kind="variance over networks", unit="variance of predictions", high="unsure"
)  # fmt: skip
def _networks(sample, n_networks=30):
    X, y, _ = sample.training_set
    settings = replace(sample.settings, seeds=sample.seeds(n_networks))
    return ensemble(X, y, sample.points, settings)
