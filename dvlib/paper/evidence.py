"""Every claim measured over many samples: the evidence behind the suite's verdicts.

A figure's notebook measures its claims on the one or few samples that it draws. Here the same
studies and functions measure each claim on ten samples of its data set that no figure draws, or on
few where samples cost much (`dvlib.paper.judging.group`). They do so in both regimes of the
settings that the paper leaves open (`dvlib.paper.regimes`). The verdict on a claim is that of the
settings' own regime; the other's stands beside it. An interrupted run resumes where it stopped.
"""

import time
from dataclasses import dataclass, replace

import pandas as pd

from dvlib.paper.figures import claims, groups
from dvlib.paper.judging.verdicts import compared
from dvlib.paper.regimes import REGIMES
from dvlib.paper.settings import resolve
from dvlib.refits.progress import progress_bar


@dataclass(frozen=True, eq=False)
class ClaimsStudy:
    """All verdicts, ordered by the claims' ids, each with the other regime's beside it.

    `rows` has one dict per measured group.
    """

    verdicts: list
    rows: list
    kind = "verdicts"

    @property
    def table(self):
        """One row per claim: its figure, statement, deciding measure, samples and verdicts."""
        samples = {name: row["samples are"] for row in self.rows for name in row["claims"]}
        lines = [
            {"claim": v.claim.id, "figure": v.claim.figure, "the paper says": v.claim.says,
             "deciding measure": v.measured, "samples": v.n_samples, "of": samples[v.claim.id],
             "verdict": v.verdict} | _beside(v)
            for v in self.verdicts
        ]  # fmt: skip
        return pd.DataFrame(lines).set_index("claim")

    @property
    def differences(self):
        """How many claims have the same verdict in both regimes, or what differs: a table."""
        words = pd.Series([compared(v, v.beside) for v in self.verdicts if v.beside], dtype=str)
        return words.value_counts().rename_axis("regimes").to_frame("claims")

    @property
    def seconds(self):
        """Wall time of each group, in each regime."""
        lines = {", ".join(row["claims"]): {"samples are": row["samples are"]} | row["seconds"]
                 for row in self.rows}  # fmt: skip
        return pd.DataFrame(lines).T.rename_axis("claims")

    def to_frame(self):
        """A pandas table with one row per regime and part of each claim."""
        lines = []
        for verdict in self.verdicts:
            for v in filter(None, (verdict, verdict.beside)):
                for name, part in v.parts.items():
                    low, high = part.interval
                    share_low, share_high = part.share_interval
                    lines.append({
                        "claim": v.claim.id, "regime": v.regime, "verdict": v.verdict,
                        "part": name, "mean": part.mean, "low": low, "high": high,
                        "side": part.side, "threshold": part.threshold,
                        "samples": len(part.measured), "share": part.share,
                        "share_low": share_low, "share_high": share_high,
                        "status": part.status, "deciding": name in v.deciding,
                    })  # fmt: skip
        return pd.DataFrame(lines)


def _beside(verdict):
    """Columns of the table for the other regime; none where it was not measured."""
    other = verdict.beside
    if other is None:
        return {}
    return {
        f"in {other.regime}": other.verdict,
        f"samples in {other.regime}": other.n_samples,
        "regimes": compared(verdict, other),
    }


def all_claims(settings):
    """Measure every claim, group by group, in the settings' regime and then in the other.

    Parameters
    ----------
    settings : Settings of the notebook of all claims; it measures `n_data_seeds` samples, and
        `n_few` of groups that cost much

    Returns
    -------
    ClaimsStudy
    """
    regimes = sorted(REGIMES, key=lambda name: name != settings.regime)
    verdicts, rows, every = [], [], groups()
    with progress_bar(len(every) * len(regimes), "claims", "group") as bar:
        for group in every:
            names = tuple(claim.id for claim in claims_of(group))
            found, seconds = [], {}
            for regime in regimes:
                bar.set_postfix_str(f"{', '.join(names)}, {regime}")
                started = time.perf_counter()
                found.append(measured(group, settings, regime))
                seconds[f"seconds, {regime}"] = round(time.perf_counter() - started, 1)
                bar.update()
            verdicts += [replace(own, beside=other) for own, other in zip(*found, strict=True)]
            rows.append({"claims": names, "samples are": group.samples, "seconds": seconds})
    verdicts.sort(key=lambda verdict: verdict.claim.id)
    return ClaimsStudy(verdicts, rows)


def measured(group, settings, regime):
    """Verdicts on a group's claims in a regime."""
    its = _settings(group, settings, regime)
    made = group.make(its, _count(group, settings, regime))
    samples = dict(zip(group.studies, made, strict=True))
    return [replace(claim(samples[claim.study]), regime=regime) for claim in claims_of(group)]


def claims_of(group):
    """The claims that are measured on the samples of a Group."""
    return [claim for claim in claims().values() if claim.study in group.studies]


def _count(group, settings, regime):
    """Number of samples of a group in a regime."""
    few = group.slow or (group.few_beside and regime != settings.regime)
    return settings.n_few if few else settings.n_data_seeds


def _settings(group, settings, regime):
    """The group figure's settings in a regime, with the claims' preset, seed, mesh and samples."""
    values, count = settings.values, _count(group, settings, regime)
    given = {name: values[name] for name in ("preset", "seed", "mesh_side")} | {"regime": regime}
    if values["preset"] == "paper":
        given |= group.changes
    extra = resolve(group.figure, **given).values
    samples = {name: count for name in ("n_data_seeds", "n_points") if name in extra}
    return resolve(group.figure, **given | samples)
