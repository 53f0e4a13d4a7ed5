"""Values computed from hand-made observations of one-point refits."""

import numpy as np
import pytest

from dvlib.methods.forgetting import VARIANTS, forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.memorization import memorization_values
from dvlib.methods.one_point import OnePointRefits
from dvlib.refits.batch import RefitSettings

# One point, six of eight epochs run: wrong right wrong wrong right wrong | right right (not run)
HITS = np.array([0, 1, 0, 0, 1, 0, 1, 1], bool)
RAN = np.arange(8) < 6


@pytest.mark.parametrize(
    ("variant", "by_hand", "always"),
    [
        ("forgetting", 2, 0),  # after epochs 3 and 6
        ("last_learned", 2, 1),  # first right after epoch 2
        ("frequent", 3, 0),  # wrong after 3, 4 and 6, having been right after 2
        ("simple", 4, 0),  # wrong after 1, 3, 4 and 6
        # acc 0 1 0 0 1 0 against previous 0 0 1 0 0 1: not above it in 1, 3, 4 and 6
        ("algorithm_1", 4 / 6, 4 / 5),
    ],
)
def test_counts_of_a_hand_worked_run(variant, by_hand, always):
    """Of the run above, and of five epochs that are all right."""
    assert VARIANTS[variant](HITS, RAN) == pytest.approx(by_hand)
    assert VARIANTS[variant](np.ones(5, bool), np.ones(5, bool)) == always
    assert VARIANTS["last_learned"](np.zeros(8, bool), RAN) == 6  # never learned


def refits(hits, base_hits, *, added=True, dv_g=None, base_dv_g=(0.3,), n_iter=8):
    """OnePointRefits with hits of shape (points, seeds, epochs)."""
    hits, base_hits = np.array(hits, bool), np.array(base_hits, bool)
    shape = hits.shape[:2]
    dv_g = np.zeros(shape) if dv_g is None else np.array(dv_g, float)
    return OnePointRefits(
        added=added, settings=RefitSettings(seeds=range(shape[1])), points=np.zeros((shape[0], 2)),
        labels=np.zeros(shape[0], int), dv_g=dv_g, dv_base=2 * dv_g, base_dv_g=np.array(base_dv_g),
        hits=hits, base_hits=base_hits, n_iter=np.full(shape, n_iter),
        base_n_iter=np.full(shape[1], n_iter), base_networks=(),
    )  # fmt: skip


@pytest.mark.parametrize(("choice", "value"), [("zero", 0), ("epochs", 8), ("inf", np.inf)])
def test_never_learned_point_counts_as_the_caller_asks(choice, value):
    never = np.zeros((1, 1, 8))
    values = forgetting_values(refits(never, never), "forgetting", never_learned=choice)
    assert values.values.tolist() == [value]


def test_forgetting_watches_the_model_that_holds_the_point():
    learned, never = HITS[None, None], np.zeros((1, 1, 8))
    assert forgetting_values(refits(learned, never, added=True)).values == 2
    assert forgetting_values(refits(never, learned, added=False)).values == 2


def test_memorization_is_right_with_minus_right_without():
    right, wrong = np.ones((1, 2, 8)), np.zeros((1, 2, 8))
    half = np.stack([right[:, 0], wrong[:, 0]], axis=1)
    assert memorization_values(refits(right, wrong)).values == 1
    assert memorization_values(refits(wrong, right)).values == -1
    assert memorization_values(refits(wrong, right, added=False)).values == 1
    assert memorization_values(refits(half, wrong)).values == 0.5
    # Over seeds 0 and 1 the sample deviation is √½, the standard error √½ / √2 = ½.
    assert memorization_values(refits(half, wrong)).standard_errors == pytest.approx(0.5)


def test_high_is_good_whether_the_point_was_added_or_left_out():
    hits = np.ones((2, 1, 8))
    # f_X is 0.3 away from g. The first point changes this to 0.1, the second to 0.4.
    added = against_g(refits(hits, hits, dv_g=[[0.1], [0.4]]))
    assert added.values == pytest.approx([0.2, -0.1])
    # Without the first point the distance falls to 0.1: the point was harmful.
    left_out = against_g(refits(hits, hits, added=False, dv_g=[[0.1], [0.4]]))
    assert left_out.values == pytest.approx([-0.2, 0.1])
    to_base = against_base(refits(hits, hits, dv_g=[[0.1], [0.4]]))
    assert to_base.values == pytest.approx([0.2, 0.8])
    assert np.isnan(to_base.standard_errors).all()  # of one seed


def test_unknown_variant_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="'frequnt'.*forgetting.*did you mean 'frequent'"):
        forgetting_values(refits(np.ones((1, 1, 8)), np.ones((1, 1, 8))), "frequnt")
    with pytest.raises(ValueError, match="never_learned 'none'"):
        forgetting_values(refits(np.ones((1, 1, 8)), np.ones((1, 1, 8))), never_learned="none")
