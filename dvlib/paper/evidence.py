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

from dvlib.paper.claims import boundaries, comparison, dvrl, extensions, out_of_distribution
from dvlib.paper.claims.groups import (
    centred_claims,
    claims_of,
    every_data_set_claims,
    grid_claims,
    mesh_alone_claims,
    repeated_claims,
    shapley_claims,
    training_point_claims,
    trajectory_claims,
)
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import architectures, correct_point, mislabelled_centre
from dvlib.paper.studies.comparison import side_by_side
from dvlib.paper.studies.dvrl import rare_point, three_inputs
from dvlib.paper.studies.mirror import mirror_study
from dvlib.paper.studies.out_of_distribution import ood_scores
from dvlib.paper.studies.pairwise import pairwise_study
from dvlib.refits.progress import progress_bar


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
    slow: bool = False  # one costs more than half a minute: there are few
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
            {"claim": v.claim.id, "figure": v.claim.figure, "the paper says": v.claim.says,
             "deciding measure": v.measured, "samples": v.n_samples, "of": samples[v.claim.id],
             "verdict": v.verdict, "comment": v.claim.found}
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
                    "deciding": name in v.deciding,
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
            count = values["n_few" if group.slow else "n_data_seeds"]
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


SAMPLES = "samples of the data set"
GROUPS = (
    # Three training seeds: values of 13,000 fits, four seconds a seed and sample.
    Group(("C01", "C02", "C03", "C04", "C05", "C09", "C10", "C27", "C35", "C36",
           "C37"), "fig01", grid_claims, SAMPLES,
          changes={"n_seeds": 3}),
    # Two seeds, the fewest that tell values from noise: a fit costs four times as much.
    Group(("C06", "C25"), "fig01", mesh_alone_claims, "sets of two training seeds", slow=True,
          changes={"n_seeds_mesh": 2}),
    # The fine maps of Figure 2 serve no claim: the coarse grid's step, and nothing is done twice.
    Group(("C07", "C08"), "fig02", shapley_claims, "samples (C07), the mesh alone (C08)", slow=True,
          changes={"fine_step": 3.0}),
    Group(("C11",), "fig04", claims_of(three_inputs, dvrl.other_methods_differ), SAMPLES),
    # As many runs as the paper shows, and as long as those of other claims.
    Group(("C12",), "fig20", repeated_claims, "samples, three runs each", slow=True,
          changes={"n_iterations": 500, "n_seeds": 3}),
    Group(("C13", "C14"), "fig06",
          claims_of(ood_scores, out_of_distribution.only_the_process_finds_far_points,
                out_of_distribution.dropout_finds_the_upper_boundary), SAMPLES),
    Group(("C15", "C30", "C34"), "fig07",
          claims_of(architectures, boundaries.larger_is_stabler,
                boundaries.architectures_agree,
                boundaries.misclassified_are_learned_last), SAMPLES),
    Group(("C16",), "fig08",
          claims_of(mislabelled_centre, boundaries.mislabelled_point_disturbs), SAMPLES),
    Group(("C17",), "fig09",
          claims_of(correct_point, boundaries.new_point_causes_variance), SAMPLES),
    Group(("C18", "C19", "C20", "C38"), "fig10", training_point_claims, SAMPLES),
    Group(("C21",), "fig12",
          claims_of(side_by_side, comparison.noisy_regions_are_found), SAMPLES),
    Group(("C22",), "fig13",
          claims_of(side_by_side, comparison.four_clusters_regions_are_found), SAMPLES),
    Group(("C23", "C24"), "fig14", centred_claims, SAMPLES),
    Group(("C26",), "fig16", trajectory_claims, SAMPLES),
    # At the place that the claim is of; the other one is in the figure.
    Group(("C28",), "fig21", claims_of(rare_point, dvrl.rare_point_is_important), SAMPLES,
          changes={"new_x": 15.0, "new_y": 5.0}),
    Group(("C29",), "ext03", every_data_set_claims, SAMPLES),
    Group(("C31",), "ext02", claims_of(mirror_study, extensions.mirror_is_best),
          "training points"),
    Group(("C32", "C33"), "ext01",
          claims_of(pairwise_study, extensions.pairs_reveal_clusters,
                extensions.shapley_values_small_groups), SAMPLES),
)  # fmt: skip
