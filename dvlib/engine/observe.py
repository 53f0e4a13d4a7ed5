"""Refits of a chunk of training subsets, of which only a few numbers per network are kept.

The 250,000 labels of a refit's boundary are discarded once dv is computed.
"""

import numpy as np

from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mlp import draw_stream, train


def observe_chunk(
    X, y, members, ends, seed, config, mesh, engine, references, probes, epochs, outputs_at
):
    """Refit subsets of a pool with one seed; a pure function of its arguments.

    Parameters
    ----------
    X, y : pool of points (N, 2) and labels (N,)
    members, ends : the concatenated indices of the c subsets, and the end of each subset in them.
        One long array is hashed and sent faster than a list of short arrays.
    seed, config, mesh, engine : see `dvlib.refits.batch.RefitSettings`
    references : R boundaries (R, side, side) to compare with
    probes : int array (c, P), indices of pool points to classify after each epoch
    epochs : increasing epochs after which to keep the weights
    outputs_at : points (P', 2) at which to evaluate the probability of label 1

    Returns
    -------
    dict of arrays: n_iter (c,), hits (c, P, max_iter) as packed bits, and if requested dv (c, R),
    networks (c, E, W) after each of `epochs` and outputs (c, P')
    """
    from scipy.special import expit

    streams, rows = {}, []
    for subset, probe in zip(np.split(members, ends[:-1]), probes, strict=True):
        n = len(subset)
        if engine == "fast" and n not in streams:
            streams[n] = draw_stream(n, config, seed)
        fitted = train(
            X[subset], y[subset], config, seed=seed, engine=engine, stream=streams.get(n),
            probes=X[probe], probe_labels=y[probe], snapshot_epochs=epochs,
        )  # fmt: skip
        hits = np.empty((config.max_iter, len(probe)), bool)
        hits[: fitted.n_iter] = fitted.hits
        hits[fitted.n_iter :] = fitted.hits[-1]
        row = {"n_iter": fitted.n_iter, "hits": np.packbits(hits.T, axis=-1)}
        if len(references):
            labels = boundary(fitted.network, mesh)
            row["dv"] = [dv(labels, reference) for reference in references]
        if epochs:
            row["networks"] = [network.packed for network in fitted.snapshots]
        if len(outputs_at):
            row["outputs"] = expit(fitted.network.decision(outputs_at))
        rows.append(row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
