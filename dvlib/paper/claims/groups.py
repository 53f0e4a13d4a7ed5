"""The studies behind all claims: each gives verdicts over samples, and the passes it took.

Every function takes the settings of a figure and a number of samples.
"""

from dvlib.data.mixtures import PAPERS
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.memorization import memorization_values
from dvlib.paper.claims import boundaries, comparison, dvrl, training_points, values
from dvlib.paper.claims.verdicts import joined, pooled
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import trajectories
from dvlib.paper.studies.comparison import compared_other, side_by_side, uncentred_runs
from dvlib.paper.studies.dvrl import repeated_runs
from dvlib.paper.studies.grid import added_points, mesh_alone, sample
from dvlib.paper.studies.shapley import shapley_study
from dvlib.paper.studies.training_points import training_values


def of_grid(refits, regions):
    """Verdicts on one sample from the refits of X and one grid point more."""
    kinds = ("forgetting", "last_learned", "frequent", "simple")
    forgetting, last, frequent, simple = (forgetting_values(refits, kind) for kind in kinds)
    g, base, memorization = against_g(refits), against_base(refits), memorization_values(refits)
    others = {"leave-one-out, g": g, "leave-one-out, f_X": base, "forgetting": forgetting,
              "last learned": last}  # fmt: skip
    return [
        values.misclassified_are_important(g, base, regions),
        values.g_is_not_needed(g, base),
        values.nearer_to_g_is_higher(g, regions),
        values.between_is_unimportant(g, regions),
        values.near_points_push_away(g, regions),
        values.forgetting_rates_regions(forgetting, last, regions),
        values.memorization_finds_regions(memorization, regions),
        values.upper_is_hardest((last, frequent, simple), regions),
        values.memorization_is_most_reliable(memorization, others, regions),
        values.near_points_matter_if_misclassified(base, regions),
        values.variants_are_similar(forgetting, (last, frequent, simple)),
    ]


def grid_claims(settings, count):
    """Values of grid points added to X."""
    studies = [added_points(settings, sample(settings, k)) for k in range(count)]
    verdicts = [of_grid(study.refits, study.regions) for study in studies]
    return [pooled(of) for of in zip(*verdicts, strict=True)], studies


def mesh_alone_claims(settings, count):
    """Values of the mesh alone, which no sample enters: each time with other training seeds."""
    n_seeds, given = settings.values["n_seeds_mesh"], settings.values
    verdicts, studies = [], []
    for k in range(count):
        own = given | {"seed": given["seed"] + k * n_seeds}
        study = mesh_alone(resolve(settings.figure_id, own), n_seeds="n_seeds_mesh")
        studies.append(study)
        verdicts.append([
            values.mesh_values_are_alike(study.refits, study.regions),
            values.mesh_alone_rates_nearness(
                forgetting_values(study.refits), memorization_values(study.refits), study.regions
            ),
        ])  # fmt: skip
    return [pooled(of) for of in zip(*verdicts, strict=True)], studies


def shapley_claims(settings, count):
    study = shapley_study(settings)
    return [
        values.shapley_finds_the_same(study.samples),
        values.left_is_valued_higher(study.alone, study.left),
    ], study.passes


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
