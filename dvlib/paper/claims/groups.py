"""The studies behind all claims: each gives verdicts over samples, and the passes it took.

Every function takes the settings of a figure and a number of samples.
"""

from dvlib.data.mixtures import PAPERS
from dvlib.paper.claims import boundaries, comparison, dvrl, training_points
from dvlib.paper.claims.claim import CLAIMS
from dvlib.paper.claims.verdicts import joined, pooled
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import trajectories
from dvlib.paper.studies.comparison import compared_other, side_by_side, uncentred_runs
from dvlib.paper.studies.dvrl import repeated_runs
from dvlib.paper.studies.grid import added_points, mesh_alone, sample
from dvlib.paper.studies.shapley import shapley_study
from dvlib.paper.studies.training_points import training_values


def claims_of_study(study, samples):
    """Verdicts on the claims of a study, in order of their ids."""
    return [claim(samples) for claim in CLAIMS.values() if claim.study == study]


def grid_claims(settings, count):
    """Values of grid points added to X."""
    samples = [added_points(settings, sample(settings, k)) for k in range(count)]
    return claims_of_study("grid", samples), samples


def mesh_alone_claims(settings, count):
    """Values of the mesh alone, which no sample enters: each time with other training seeds."""
    n_seeds, given = settings.values["n_seeds_mesh"], settings.values
    samples = []
    for k in range(count):
        own = given | {"seed": given["seed"] + k * n_seeds}
        samples.append(mesh_alone(resolve(settings.figure_id, own), n_seeds="n_seeds_mesh"))
    return claims_of_study("mesh alone", samples), samples


def shapley_claims(settings, count):
    study = shapley_study(settings)
    verdicts = claims_of_study("Shapley", study.samples)
    return verdicts + claims_of_study("Shapley of the mesh", study.alone), study.passes


def repeated_claims(settings, count):
    """C12 on several samples; no two share a seed of DVRL."""
    given = settings.values
    studies = [
        repeated_runs(
            resolve(settings.figure_id, given | {"seed": given["seed"] + k * given["n_seeds"]})
        )
        for k in range(count)
    ]
    verdict = pooled([dvrl.repeated_runs_differ(study) for study in studies])
    return [verdict], [one for study in studies for one in study.passes]


def trajectory_claims(settings, count):
    studies = _on_each(settings, {"two clusters": "fig16", "four clusters": "fig17",
                                  "noisy": "fig18"}, trajectories)  # fmt: skip
    verdicts = {name: boundaries.forgotten_are_near(study) for name, study in studies.items()}
    return [joined(verdicts)], [one for study in studies.values() for one in study.passes]


def training_point_claims(settings, count):
    studies = _on_each(
        settings, {"two clusters": "fig10", "four clusters": "fig11"}, training_values
    )
    clusters = studies["four clusters"]
    told, area, half = (
        joined({name: claim(study) for name, study in studies.items()})
        for claim in (
            training_points.which_methods_tell_points_apart,
            training_points.low_values_can_go,
            training_points.half_can_go,
        )
    )
    verdicts = [told, area, training_points.clusters_differ(clusters), half]
    return verdicts, [one for study in studies.values() for one in study.passes]


def _on_each(settings, figures, study_of):
    """The study of several figures, by data set, at the settings of the first."""
    given = {k: v for k, v in settings.values.items() if k != "dataset"}
    return {name: study_of(resolve(figure, given)) for name, figure in figures.items()}


def centred_claims(settings, count):
    study = side_by_side(settings)
    return [
        comparison.boundary_is_a_line(study, uncentred_runs(settings)),
        comparison.wrong_and_near_points_count(study),
    ], study.passes


def every_data_set_claims(settings, count):
    """C29 needs leave-one-out alone."""
    found = {
        name: [
            compared_other(settings, sample(settings, k, name), shapley=False) for k in range(count)
        ]
        for name in PAPERS
    }
    verdict = comparison.important_on_every_data_set(found)
    return [verdict], [one.refits for of in found.values() for one in of]


def claims_of(study_of, *claims):
    """A group whose study gives all its claims."""

    def measure(settings, count):
        study = study_of(settings)
        return [claim(study) for claim in claims], study.passes

    return measure
