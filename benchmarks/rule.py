"""How often the rule for verdicts errs: error rates by simulation.

`python -m benchmarks.rule` prints and writes benchmarks/rule.json. Samples of a part are normal
with deviation 1; `effect` is how far their mean lies on the claim's side of the threshold.

part         share of parts that hold, fail and are undecided, by effect
conjunction  share of claims with each verdict, of independent parts. `true`: every part has effect
             1, a clear one. `one false`: the last part has effect −½, so the claim is false.
             `at the threshold`: the last part has effect 0, the hardest case for "reproduced"
family       of as many claims as the paper has, each false by a part at its threshold: mean number
             that are called "reproduced", and the share of lists with one or more
"""

import numpy as np
from tqdm import tqdm

from benchmarks.timing import bench
from dvlib.paper.judging.parts import FAILS, HOLDS, UNDECIDED_PART, Part
from dvlib.paper.judging.verdicts import VERDICTS, verdict_on

EFFECTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
SAMPLES = (3, 10, 20)  # 20: those of the confirmation
PARTS = (1, 2, 4, 8)
CLAIMS = 41  # of the paper, where those without a named reference are two each
CASES = {"true": 1.0, "one false": -0.5, "at the threshold": 0.0}  # effect of the last part


def statuses(rng, effect, n_samples, count):
    """Statuses of `count` parts, as an array of strings."""
    return np.array([Part(effect + rng.standard_normal(n_samples), ">", 0).status
                     for _ in range(count)])  # fmt: skip


def shares(names, given):
    return {name: float(np.mean(np.asarray(given) == name)) for name in names}


def main():
    run = bench("rule", __doc__)
    rng, count = np.random.default_rng(0), run.size(4_000, 5)
    report = {"part": {}, "conjunction": {}, "family": {}}
    for n in tqdm(SAMPLES, "rule", unit="size", leave=False, disable=None):
        pool = {effect: statuses(rng, effect, n, count) for effect in EFFECTS}
        report["part"][n] = {
            effect: shares((HOLDS, FAILS, UNDECIDED_PART), known) for effect, known in pool.items()
        }
        report["conjunction"][n] = {
            case: {
                parts: shares(VERDICTS, [
                    verdict_on([*rng.choice(pool[1.0], parts - 1), last])
                    for last in rng.choice(pool[effect], count)
                ])
                for parts in PARTS
            }
            for case, effect in CASES.items()
        }  # fmt: skip
        called = rng.choice(pool[0.0] == HOLDS, (count, CLAIMS)).sum(1)
        report["family"][n] = {
            "mean number": float(called.mean()), "share of lists": float(np.mean(called > 0)),
        }  # fmt: skip
    run.write(report)


if __name__ == "__main__":
    main()
