"""Searches the declared space: the whole grid of the two main axes, and random points.

Every setting is measured on the first samples. Then every grid setting, and the best random ones,
are measured on fresh samples. Half A of the statements on the first samples chooses; half B on the
fresh samples judges the choice.
"""

from dvlib.paper.unstated.evidence import gather
from dvlib.paper.unstated.settings_space import grid_settings, random_settings
from dvlib.paper.unstated.statements import STATEMENTS
from dvlib.paper.unstated.study import UnstatedStudy
from dvlib.refits.progress import progress_bar

BEST_RANDOM = 3  # random settings that are measured on fresh samples, too


def search_settings(settings):
    """Measure the settings of the space on samples and fresh samples, resumably.

    Parameters
    ----------
    settings : Settings of the notebook: `n_data_seeds` samples in each of the two sets, `n_random`
        random settings, and `whole_grid`

    Returns
    -------
    UnstatedStudy
    """
    grid, count = grid_settings(settings.whole_grid), settings.n_data_seeds
    drawn = [one for one in random_settings(settings.n_random, settings.seed) if one not in grid]
    first, fresh = range(count), range(count, 2 * count)
    n_tested = len(grid) + min(BEST_RANDOM, len(drawn))
    total = (len(grid) + len(drawn) + n_tested) * count
    numbers = {}
    with progress_bar(total, "settings × samples", "sample") as bar:

        def measure(some, samples):
            for setting in some:
                for k in samples:
                    bar.set_postfix_str(str(setting))
                    numbers[setting, k] = measured(gather(setting, settings, k))
                    bar.update()

        # The grid comes first, with both sets of samples: a stopped search has its answer.
        measure(grid, first)
        measure(grid, fresh)
        measure(drawn, first)
        study = UnstatedStudy(grid, drawn, numbers, first, fresh)
        best = sorted(drawn, key=lambda one: -study.score(one, "A", first))[:BEST_RANDOM]
        measure(best, fresh)
    return UnstatedStudy(grid, drawn, numbers, first, fresh)


def measured(seen):
    """The number of every statement, from an Evidence: a dict of id → float."""
    return {name: float(one.measure(seen)) for name, one in STATEMENTS.items()}
