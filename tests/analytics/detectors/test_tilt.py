import numpy as np
import pandas as pd
import pytest

from analytics.detectors.reference import REGION, Reference
from analytics.detectors.tilt import shrunken_means, tilted_to_schools


def reference(counts: list, whole: list, left_out: list | None = None) -> Reference:
    counts, whole = np.array(counts, dtype=float), np.array(whole, dtype=float)
    out = np.array(left_out or [False] * len(counts))
    n = whole.sum() - np.where(out, counts.sum(axis=1), 0)
    names = pd.Index([f"s{i}" for i in range(len(counts))], dtype="str")
    return Reference("t", REGION, names, counts, whole, out, n, np.zeros(len(counts), dtype=int))


def test_a_school_at_the_level_of_the_reference_has_the_reference():
    found = tilted_to_schools(reference([[2, 1, 4, 1, 2]], [1e6] * 5))
    row = found.row[0]
    assert found.p[row] == pytest.approx([0.2] * 5)
    assert (found.mean[row], found.variance[row], found.third[row]) == pytest.approx((2, 2, 0))


def test_the_level_is_pulled_towards_the_reference_by_hand():
    # Means 1 and 3 of n = 50, μ = 2, v = 2: v_b = 1 − 2/50 = .96, weight 50/(50 + 2/.96).
    schools = [[0, 50, 0, 0, 0], [0, 0, 0, 50, 0]]
    pull = 50 / (50 + 2 / 0.96)
    assert shrunken_means(reference(schools, [1e9] * 5)) == pytest.approx([2 - pull, 2 + pull])


def test_two_scores_tilt_to_the_mean():
    # With scores 0 and 1 the tilted probability of 1 is the mean itself.
    found = tilted_to_schools(reference([[200, 800], [800, 200]], [3e6, 1e6]))
    means = shrunken_means(reference([[200, 800], [800, 200]], [3e6, 1e6]))
    assert found.p[found.row, 1] == pytest.approx(means, abs=0.01)  # a step of the grid


def test_own_works_left_out_are_solved_exactly():
    schools = [[30, 40, 20, 10], [10, 20, 40, 30]]
    whole = [300, 300, 250, 250]
    found = tilted_to_schools(reference(schools, whole, [False, True]))
    assert found.row[1] == 401
    assert found.mean[401] == pytest.approx(shrunken_means(reference(schools, whole))[1])
    # Tilted: the second difference of log p does not depend on the level.
    rest = np.log(np.array([290, 280, 210, 220]) + 0.5)
    assert np.diff(np.log(found.p[401]), 2) == pytest.approx(np.diff(rest, 2))


@pytest.mark.parametrize("school", [[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 90], [90, 0, 0, 0]])
def test_extreme_schools_stay_within_the_table(school):
    found = tilted_to_schools(reference([school, [5, 5, 5, 5]], [100] * 4, [True, False]))
    assert np.isfinite(found.p).all()
    assert found.p.sum(axis=1) == pytest.approx(np.ones(len(found.p)))
