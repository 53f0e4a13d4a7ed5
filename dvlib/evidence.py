"""Every claim over many samples: the evidence behind the suite's verdicts.

Figures measure a claim on what they draw, on one sample or a few. Here each claim is measured on
ten or more samples of its data set where one costs less than half a minute, and on at least three
elsewhere, by the same studies and the same functions. Refits the figures have made come from the
cache, and a run that was stopped goes on where it was.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from dvlib import (
    boundary_claims,
    comparison_claims,
    dvrl_claims,
    extension_claims,
    ood_claims,
    training_claims,
    value_claims,
)
from dvlib.boundary_studies import architectures, correct_point, mislabelled_centre, trajectories
from dvlib.claims import joined, pooled
from dvlib.comparison_studies import compared_other, side_by_side, uncentred_runs
from dvlib.datasets import PAPERS
from dvlib.dvrl_studies import rare_point, repeated_runs, three_inputs
from dvlib.forgetting import forgetting_values
from dvlib.leave_one_out import against_base, against_g
from dvlib.memorization import memorization_values
from dvlib.mirror import mirror_study
from dvlib.ood_studies import ood_scores
from dvlib.pairwise_studies import pairwise_study
from dvlib.progress import progress_bar
from dvlib.settings import resolve
from dvlib.shapley_studies import shapley_study
from dvlib.studies import added_points, mesh_alone, sample
from dvlib.training_studies import training_values


@dataclass(frozen=True)
class Group:
    """Claims that one study measures.

    `measure(settings, count)` takes the settings of `figure`, with `changes` at the `paper`
    preset, and a number of samples, and gives (list of Verdict, list of passes).
    """

    claims: tuple
    figure: str
    measure: Callable
    samples: str  # what the samples are, in words
    least: int | None = None  # samples where one costs more than half a minute; None = all
    changes: dict = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ClaimsStudy:
    """All verdicts, in order of their ids. `rows` has a dict for each group that was measured."""

    verdicts: list
    passes: list
    rows: list

    @property
    def table(self):
        """A line a claim: figure, what decided, samples, verdict."""
        samples = {name: row["samples are"] for row in self.rows for name in row["claims"]}
        lines = [
            {"claim": v.claim.id, "figure": v.claim.figure, "the paper says": v.claim.statement,
             "deciding measure": v.measured, "samples": v.n_samples, "of": samples[v.claim.id],
             "verdict": v.verdict, "comment": v.claim.comment}
            for v in self.verdicts
        ]  # fmt: skip
        return pd.DataFrame(lines).set_index("claim")

    @property
    def seconds(self):
        """Wall time of each group."""
        lines = {", ".join(row["claims"]): {k: row[k] for k in ("samples are", "seconds")}
                 for row in self.rows}  # fmt: skip
        return pd.DataFrame(lines).T.rename_axis("claims")

    def to_frame(self):
        """A pandas table of all parts: claim, part, mean, low, high, side, threshold, share."""
        lines = []
        for v in self.verdicts:
            for name, part in v.parts.items():
                low, high = part.interval
                lines.append({
                    "claim": v.claim.id, "verdict": v.verdict, "part": name, "mean": part.mean,
                    "low": low, "high": high, "side": part.side, "threshold": part.threshold,
                    "samples": len(part.measured), "share": part.share,
                    "deciding": name == v.deciding,
                })  # fmt: skip
        return pd.DataFrame(lines)


def all_claims(settings):
    """Measure every claim, group by group.

    Parameters
    ----------
    settings : Settings of the notebook of claims: `preset`, `seed`, `mesh_side`; `n_data_seeds`
        samples of cheap claims and `n_few` of those whose samples take long

    Returns
    -------
    ClaimsStudy
    """
    values, verdicts, passes, rows = settings.values, [], [], []
    with progress_bar(len(GROUPS), "claims", "group") as bar:
        for group in GROUPS:
            bar.set_postfix_str(", ".join(group.claims))
            started = time.perf_counter()
            count = values["n_data_seeds"] if group.least is None else values["n_few"]
            found, its_passes = group.measure(_settings(group, settings, count), count)
            verdicts += found
            passes += its_passes
            rows.append({"claims": group.claims, "samples are": group.samples,
                         "seconds": round(time.perf_counter() - started, 1)})  # fmt: skip
            bar.update()
    verdicts.sort(key=lambda one: one.claim.id)
    return ClaimsStudy(verdicts, passes, rows)


def _settings(group, settings, count):
    """The figure's settings at the preset of the claims, with their samples."""
    values = settings.values
    given = {name: values[name] for name in ("preset", "seed", "mesh_side")}
    if values["preset"] == "paper":
        given |= group.changes
    extra = resolve(group.figure, given).values
    samples = {name: count for name in ("n_data_seeds", "n_points") if name in extra}
    return resolve(group.figure, given | samples)


def _grid(settings, count):
    """Values of grid points added to X."""
    studies = [added_points(settings, sample(settings, k)) for k in range(count)]
    verdicts = []
    for study in studies:
        refits, regions = study.refits, study.regions
        g, base = against_g(refits), against_base(refits)
        kinds = ("forgetting", "last_learned", "frequent", "simple")
        forgetting, last, frequent, simple = (forgetting_values(refits, kind) for kind in kinds)
        verdicts.append([
            value_claims.misclassified_are_important(g, base, regions),
            value_claims.g_is_not_needed(g, base),
            value_claims.nearer_to_g_is_higher(g, regions),
            value_claims.between_is_unimportant(g, regions),
            value_claims.near_points_push_away(g, regions),
            value_claims.forgetting_rates_regions(forgetting, last, regions),
            value_claims.memorization_finds_regions(memorization_values(refits), regions),
            value_claims.upper_is_hardest((last, frequent, simple), regions),
            value_claims.memorization_is_most_reliable(
                memorization_values(refits),
                {"leave-one-out, g": g, "leave-one-out, f_X": base, "forgetting": forgetting,
                 "last learned": last}, regions,
            ),
            value_claims.near_points_matter_if_misclassified(base, regions),
            value_claims.variants_are_similar(forgetting, (last, frequent, simple)),
        ])  # fmt: skip
    return [pooled(of) for of in zip(*verdicts, strict=True)], studies


def _mesh_alone(settings, count):
    """Values of the mesh alone, which no sample enters: each time with other training seeds."""
    n_seeds, given = settings.values["n_seeds_mesh"], settings.values
    verdicts, studies = [], []
    for k in range(count):
        own = given | {"seed": given["seed"] + k * n_seeds}
        study = mesh_alone(resolve(settings.figure_id, own), n_seeds="n_seeds_mesh")
        studies.append(study)
        verdicts.append([
            value_claims.mesh_values_are_alike(study.refits, study.regions),
            value_claims.mesh_alone_rates_nearness(
                forgetting_values(study.refits), memorization_values(study.refits), study.regions
            ),
        ])  # fmt: skip
    return [pooled(of) for of in zip(*verdicts, strict=True)], studies


def _shapley(settings, count):
    study = shapley_study(settings)
    return [
        value_claims.shapley_finds_the_same(study.samples),
        value_claims.left_is_valued_higher(study.alone, study.left),
    ], study.passes


def _repeated(settings, count):
    """C12 on several samples; no two share a seed of DVRL."""
    given = settings.values
    studies = [
        repeated_runs(
            resolve(settings.figure_id, given | {"seed": given["seed"] + k * given["n_seeds"]})
        )
        for k in range(count)
    ]
    verdict = dvrl_claims.if_long_enough(
        studies[0], pooled([dvrl_claims.repeated_runs_differ(study) for study in studies])
    )
    return [verdict], [one for study in studies for one in study.passes]


def _trajectories(settings, count):
    studies = _on_each(settings, {"two clusters": "fig16", "four clusters": "fig17",
                                  "noisy": "fig18"}, trajectories)  # fmt: skip
    verdicts = {name: boundary_claims.forgotten_are_near(study) for name, study in studies.items()}
    return [joined(verdicts)], [one for study in studies.values() for one in study.passes]


def _training(settings, count):
    studies = _on_each(
        settings, {"two clusters": "fig10", "four clusters": "fig11"}, training_values
    )
    clusters = studies["four clusters"]
    told, area, half = (
        joined({name: claim(study) for name, study in studies.items()})
        for claim in (
            training_claims.which_methods_tell_points_apart,
            training_claims.low_values_can_go,
            training_claims.half_can_go,
        )
    )
    verdicts = [
        dvrl_claims.if_long_enough(clusters, told), dvrl_claims.if_long_enough(clusters, area),
        training_claims.clusters_differ(clusters), half,
    ]  # fmt: skip
    return verdicts, [one for study in studies.values() for one in study.passes]


def _on_each(settings, figures, study_of):
    """The study of several figures, by data set, at the settings of the first."""
    given = {k: v for k, v in settings.values.items() if k != "dataset"}
    return {name: study_of(resolve(figure, given)) for name, figure in figures.items()}


def _centred(settings, count):
    study = side_by_side(settings)
    return [
        comparison_claims.boundary_is_a_line(study, uncentred_runs(settings)),
        comparison_claims.wrong_and_near_points_count(study),
    ], study.passes


def _every_data_set(settings, count):
    """C29 needs leave-one-out alone."""
    found = {
        name: [
            compared_other(settings, sample(settings, k, name), shapley=False) for k in range(count)
        ]
        for name in PAPERS
    }
    verdict = comparison_claims.important_on_every_data_set(found)
    return [verdict], [one.refits for of in found.values() for one in of]


def _with(study_of, *claims):
    """A group whose study gives all its claims."""

    def measure(settings, count):
        study = study_of(settings)
        return [claim(study) for claim in claims], study.passes

    return measure


SAMPLES = "samples of the data set"
GROUPS = (
    # Three training seeds: values of 13,000 fits, four seconds a seed and sample.
    Group(("C01", "C02", "C03", "C04", "C05", "C09", "C10", "C27", "C35", "C36",
           "C37"), "fig01", _grid, SAMPLES,
          changes={"n_seeds": 3}),
    Group(("C06", "C25"), "fig01", _mesh_alone, "sets of three training seeds", least=3),
    # The fine maps of Figure 2 serve no claim: the coarse grid's step, and nothing is done twice.
    Group(("C07", "C08"), "fig02", _shapley, "samples (C07), the mesh alone (C08)", least=3,
          changes={"fine_step": 3.0}),
    Group(("C11",), "fig04", _with(three_inputs, dvrl_claims.other_methods_differ), SAMPLES),
    Group(("C12",), "fig20", _repeated, "samples, five runs each", least=3,
          changes={"n_iterations": 500}),
    Group(("C13", "C14"), "fig06",
          _with(ood_scores, ood_claims.only_the_process_finds_far_points,
                ood_claims.dropout_finds_the_upper_boundary), SAMPLES),
    Group(("C15", "C30", "C34"), "fig07",
          _with(architectures, boundary_claims.larger_is_stabler,
                boundary_claims.architectures_agree,
                boundary_claims.misclassified_are_learned_last), SAMPLES),
    Group(("C16",), "fig08",
          _with(mislabelled_centre, boundary_claims.mislabelled_point_disturbs), SAMPLES),
    Group(("C17",), "fig09",
          _with(correct_point, boundary_claims.new_point_causes_variance), SAMPLES),
    Group(("C18", "C19", "C20", "C38"), "fig10", _training, SAMPLES),
    Group(("C21",), "fig12",
          _with(side_by_side, comparison_claims.noisy_regions_are_found), SAMPLES),
    Group(("C22",), "fig13",
          _with(side_by_side, comparison_claims.four_clusters_regions_are_found), SAMPLES),
    Group(("C23", "C24"), "fig14", _centred, SAMPLES),
    Group(("C26",), "fig16", _trajectories, SAMPLES),
    Group(("C28",), "fig21", _with(rare_point, dvrl_claims.rare_point_is_important), SAMPLES),
    Group(("C29",), "ext03", _every_data_set, SAMPLES),
    Group(("C31",), "ext02", _with(mirror_study, extension_claims.mirror_is_best),
          "training points"),
    Group(("C32", "C33"), "ext01",
          _with(pairwise_study, extension_claims.pairs_reveal_clusters,
                extension_claims.shapley_values_small_groups), SAMPLES),
)  # fmt: skip
