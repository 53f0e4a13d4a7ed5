"""One fit of the paper's network, with checked arguments."""

from dvlib.checks import (
    check_engine,
    check_epochs,
    check_kind,
    check_labels,
    check_points,
    check_seed,
    check_training_set,
)
from dvlib.engine.mlp import MLPConfig, train


def fit(
    X, y, config=None, *, seed=0, engine="fast", sample_weight=None, probes=None,
    probe_labels=None, snapshot_epochs=(), stream=None,
):  # fmt: skip
    """Train one network.

    Parameters
    ----------
    X, y : array of shape (n, 2) and labels of shape (n,), with both labels 0 and 1 present
    config : MLPConfig; None = the paper's settings
    seed : int ≥ 0, the `random_state` of scikit-learn
    engine : "fast" or "sklearn"
    sample_weight : array of 0 and 1 of shape (n,); None = all 1. The fast engine skips a
        minibatch whose weights are all 0; scikit-learn would divide by zero.
    probes, probe_labels : points of shape (k, 2) to classify after each epoch, and their labels
    snapshot_epochs : increasing epochs after which to keep the network; 0 = the initialization.
        An epoch beyond the last one run, such as `dvlib.engine.mlp.LAST`, gives the final weights.
    stream : dvlib.engine.mlp.Stream drawn for (len(X), config, seed), to reuse it (fast only)

    Returns
    -------
    dvlib.engine.mlp.Fit

    Raises
    ------
    ValueError : bad arrays, an unknown engine, or settings that the fast engine cannot fit
    """
    config = MLPConfig() if config is None else check_kind("config", config, MLPConfig)
    engine = check_engine(engine, config)
    X, y = check_training_set(X, y)
    if sample_weight is not None:
        sample_weight = check_labels(sample_weight, len(X), what="sample_weight")
        if not sample_weight.any():
            raise ValueError("sample_weight is 0 for every point: a fit needs some of weight 1")
    if probes is not None:
        probes = check_points(probes, "probes")
        probe_labels = check_labels(probe_labels, len(probes), what="probe_labels")
    if stream is not None and engine == "fast":
        (hidden,) = config.hidden_layer_sizes
        if stream.initial.size != 4 * hidden + 1 or stream.order.shape != (config.max_iter, len(X)):
            raise ValueError(
                f"a stream for other settings: draw one for {len(X)} points and {config}"
            )
    return train(
        X, y, config, seed=check_seed(seed), engine=engine, sample_weight=sample_weight,
        probes=probes, probe_labels=probe_labels, snapshot_epochs=check_epochs(snapshot_epochs),
        stream=stream,
    )  # fmt: skip
