"""What is kept of a refit: a few numbers of each network, for a chunk of training subsets.

The 250,000 labels of a refit's boundary live only while it is being looked at.
"""

import numpy as np
from scipy.special import expit

from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mlp import draw_stream, train


def observe_chunk(
    X, y, members, ends, seed, config, mesh, engine, references, probes, epochs, outputs_at
):
    """Refit subsets of a pool with one seed: a pure function of plain arrays.

    Parameters
    ----------
    X, y : pool of points (N, 2) and labels (N,)
    members, ends : the c subsets' indices one after the other in one array, and where each ends:
        one long array is hashed and sent sooner than a list of short ones
    seed, config, mesh, engine : see `dvlib.refits.batch.RefitSettings`
    references : R boundaries (R, side, side) to compare with
    probes : int array (c, P), points of the pool to classify after each epoch
    epochs : rising epochs whose weights to keep
    outputs_at : points (P', 2) at which to know the probability of label 1

    Returns
    -------
    dict of arrays: n_iter (c,), as packed bits hits (c, P, max_iter), and where asked for
    dv (c, R), networks (c, E, W) after each of `epochs`, outputs (c, P')
    """
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
