"""Does it help to remove or relabel the rows whose label looks wrong? Measured on rows held out."""

import numpy as np
import pandas as pd

from dvlib.checks import check_count
from dvlib.tables.passes import fits_of
from dvlib.tables.verdict import label_verdict

REMEDIES = ("as given", "flagged removed", "flagged relabelled", "as many removed at random")


def check_remedies(
    X, given, y, n_classes, settings, probabilities_of, *, n_folds=5, n_runs=3, seed=0
):  # fmt: skip
    """Accuracy on rows held out, of models trained with and without each remedy: a DataFrame.

    In each fold the rows are flagged anew, without those that are held out. These keep the labels
    that they have, of which some may be wrong: that lowers all accuracies alike. The flags are
    those of one kind of model; another one may gain less from them.

    Parameters
    ----------
    X, y : rows (n, d) and their classes (n,), int 0 … K − 1
    given : the rows as the model takes them (`dvlib.tables.models.given`)
    settings : RefitSettings, of the model that is trained
    probabilities_of : function of (X, y), to probabilities (n, K) out of sample
    n_folds, n_runs : number of folds, and of seeds of each fit
    seed : int, of the folds and of the rows removed at random

    Returns
    -------
    DataFrame with a line for each of `REMEDIES`: accuracy, its standard_error over folds, gain over
    the table as given, its gain_error, and the mean number of rows that were changed.
    """
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(check_count("n_folds", n_folds, 2), shuffle=True, random_state=seed)
    accuracies, counts = [], []
    for k, (train, test) in enumerate(folds.split(X, y)):
        y_k = y[train]
        found = label_verdict(probabilities_of(X[train], y_k), y_k)
        flagged, everything = found.flagged, np.ones(len(train), bool)
        rng = np.random.default_rng([seed, k])
        random = rng.permutation(flagged)
        relabelled = np.where(flagged, found.suggested, y_k)
        tables = (
            (everything, y_k), (~flagged, y_k), (everything, relabelled), (~random, y_k),
        )  # fmt: skip
        accuracies.append([
            (
                fits_of(
                    given[train], labels, [inside] * n_runs, settings, at=given[test],
                    n_classes=n_classes,
                    description="fits with and without the flagged rows",
                ).probabilities.argmax(-1)
                == y[test]
            ).mean()
            for inside, labels in tables
        ])  # fmt: skip
        counts.append(flagged.sum())
    accuracies = np.array(accuracies)
    gains = accuracies - accuracies[:, :1]
    of_folds = np.sqrt(len(accuracies))
    return pd.DataFrame(
        {
            "accuracy": accuracies.mean(0),
            "standard_error": accuracies.std(0, ddof=1) / of_folds,
            "gain": gains.mean(0),
            "gain_error": gains.std(0, ddof=1) / of_folds,
            "rows": [0, *[np.mean(counts)] * 3],
        },
        index=pd.Index(REMEDIES, name="remedy"),
    )
