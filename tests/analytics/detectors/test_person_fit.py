"""Guttman errors against hand counts and two published packages."""

import numpy as np
import pandas as pd
import pytest

from analytics.detectors.person_fit import guttman_errors, step_ranks, step_sums


def test_errors_are_pairs_of_easier_missed_and_harder_made() -> None:
    # Four works, three tasks of one point; made by 3, 2, 1 works: ranks 0, 1, 2.
    points = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]], dtype=np.int8)
    # The last work misses both easier tasks and makes the hardest: 2 pairs.
    assert guttman_errors(points, np.ones(3, dtype=int)).tolist() == [0, 0, 0, 2]


def test_task_of_several_points_is_as_many_steps() -> None:
    points = np.array([[2, 2, 0, 1], [0, 0, 1, 1]], dtype=np.int8)
    # Steps made by: first task ≥ 1: 3, ≥ 2: 2; second task: 2 (a tie, later in the order).
    assert step_ranks(points, np.array([2, 1])).tolist() == [0, 1, 2]
    # Third work: steps 0 and 1 missed, step 2 made; the fourth: step 1 missed, step 2 made.
    assert guttman_errors(points, np.array([2, 1])).tolist() == [0, 0, 2, 1]


def test_equal_difficulty_is_ranked_by_position() -> None:
    points = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.int8)
    assert step_ranks(points, np.ones(3, dtype=int)).tolist() == [0, 1, 2]


def test_step_sums_of_no_works_are_empty() -> None:
    nothing = np.zeros((3, 0), dtype=np.int8)
    assert step_sums(nothing, np.ones(3, dtype=int), np.ones((3, 2))).shape == (2, 0)


def test_step_sums_do_not_depend_on_the_chunk() -> None:
    points = np.random.default_rng(1).integers(0, 3, (4, 70_000), dtype=np.int8)
    weights = np.arange(16.0).reshape(8, 2)
    sums = step_sums(points, np.full(4, 2), weights)
    made = np.concatenate([points[k] >= np.array([[1], [2]]) for k in range(4)])
    assert np.array_equal(sums, weights.T @ made)


@pytest.mark.real
@pytest.mark.parametrize(
    ("answers", "expected", "column", "most"),
    [
        # PerFit 1.4.6 (R), data InadequacyData: G.
        ("perfit_inadequacy_806x28.csv", "perfit_inadequacy_expected.csv", "G", 1),
        # PerFit 1.4.6, PhysFuncData, tasks of 0…2 points: Gpoly.
        ("perfit_physfunc_poly.csv", "perfit_physfunc_expected.csv", "Gpoly", 2),
        # aberrance 0.3.0 (R), simulated data: G_S.
        ("aberrance_x.csv", "aberrance_nonparam_expected.csv", "G_S", 1),
    ],
)
def test_published_guttman_errors(reference, answers, expected, column, most) -> None:
    points = pd.read_csv(reference / answers).to_numpy(dtype=np.int8).T
    errors = guttman_errors(points, np.full(len(points), most))
    assert errors.tolist() == pd.read_csv(reference / expected)[column].tolist()


def test_count_equals_the_pairs_one_by_one() -> None:
    points = np.random.default_rng(2).integers(0, 2, (6, 30), dtype=np.int8)
    ranks = step_ranks(points, np.ones(6, dtype=int))
    easier = ranks[:, None] < ranks
    pairs = [int((easier & (p[:, None] == 0) & (p == 1)).sum()) for p in points.T]
    assert guttman_errors(points, np.ones(6, dtype=int)).tolist() == pairs
