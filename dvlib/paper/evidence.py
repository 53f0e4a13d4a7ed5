"""Every claim measured over many samples: the evidence behind the suite's verdicts.

A figure's notebook measures its claims on the one or few samples that it draws. Here the same
studies and functions measure each claim on ten samples of its data set that no figure draws, or on
three where a sample takes more than half a minute. An interrupted run resumes where it stopped.
"""

import time
from dataclasses import dataclass

import pandas as pd

from dvlib.paper.groups import GROUPS
from dvlib.paper.settings import resolve
from dvlib.refits.progress import progress_bar


@dataclass(frozen=True, eq=False)
class ClaimsStudy:
    """All verdicts, ordered by the claims' ids; `rows` has one dict per measured group."""

    verdicts: list
    passes: list
    rows: list
    kind = "verdicts"

    @property
    def table(self):
        """One row per claim: its figure, statement, deciding measure, samples and verdict."""
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
        """A pandas table with one row per part of each claim."""
        lines = []
        for v in self.verdicts:
            for name, part in v.parts.items():
                low, high = part.interval
                share_low, share_high = part.share_interval
                lines.append({
                    "claim": v.claim.id, "verdict": v.verdict, "part": name, "mean": part.mean,
                    "low": low, "high": high, "side": part.side, "threshold": part.threshold,
                    "samples": len(part.measured), "share": part.share,
                    "share_low": share_low, "share_high": share_high, "status": part.status,
                    "deciding": name in v.deciding,
                })  # fmt: skip
        return pd.DataFrame(lines)


def all_claims(settings):
    """Measure every claim, group by group.

    Parameters
    ----------
    settings : Settings of the notebook of all claims; of slow groups it measures `n_few` samples,
        of all others `n_data_seeds`

    Returns
    -------
    ClaimsStudy
    """
    values, verdicts, passes, rows = settings.values, [], [], []
    with progress_bar(len(GROUPS), "claims", "group") as bar:
        for group in GROUPS:
            names = tuple(claim.id for claim in group.claims)
            bar.set_postfix_str(", ".join(names))
            started = time.perf_counter()
            count = values["n_few" if group.slow else "n_data_seeds"]
            samples, its_passes = group.make(_settings(group, settings, count), count)
            samples = dict(zip(group.studies, samples, strict=True))
            verdicts += [claim(samples[claim.study]) for claim in group.claims]
            passes += its_passes
            rows.append({"claims": names, "samples are": group.samples,
                         "seconds": round(time.perf_counter() - started, 1)})  # fmt: skip
            bar.update()
    verdicts.sort(key=lambda verdict: verdict.claim.id)
    return ClaimsStudy(verdicts, passes, rows)


def _settings(group, settings, count):
    """The group figure's settings with the claims' preset, seed and mesh, and `count` samples."""
    values = settings.values
    given = {name: values[name] for name in ("preset", "regime", "seed", "mesh_side")}
    if values["preset"] == "paper":
        given |= group.changes
    extra = resolve(group.figure, given).values
    samples = {name: count for name in ("n_data_seeds", "n_points") if name in extra}
    return resolve(group.figure, given | samples)
