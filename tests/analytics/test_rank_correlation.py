import numpy as np
import pandas as pd
import pytest

from analytics.rank_correlation import spearman


def correlation(x, y):
    pairs = pd.DataFrame({"group": "g", "x": x, "y": y})
    return spearman(pairs, ["group"]).iloc[0]


def test_without_ties_both_formulas_agree():
    # d = 1, −1, 0, 1, −1: 1 − 6·4/(5·24) = 0.8.
    row = correlation([1, 2, 3, 4, 5], [2, 1, 3, 5, 4])
    assert row["n"] == 5
    assert row["spearman"] == pytest.approx(0.8)
    assert row["printed"] == pytest.approx(0.8)


def test_ties_part_the_two_formulas():
    # Ranks of x 1.5, 1.5, 3.5, 3.5, of y 1, 2, 3, 4: d² sum 1, printed 0.9; Pearson 2/√5.
    row = correlation([3, 3, 4, 4], [5, 6, 7, 8])
    assert row["printed"] == pytest.approx(0.9)
    assert row["spearman"] == pytest.approx(4 / np.sqrt(4 * 5))


@pytest.mark.parametrize(
    ("x", "y"), [([3], [7]), ([3, 3, 3], [5, 6, 7]), ([3, 4, 5], [6, 6, 6]), ([2, 2], [1, 1])]
)
def test_one_pair_and_equal_values_are_undefined(x, y):
    assert correlation(x, y)[["spearman", "printed"]].isna().all()


def test_no_correlation_is_zero_exactly():
    assert correlation([3, 3, 4, 4], [5, 6, 5, 6])["spearman"] == 0.0
    assert correlation([1, 2], [2, 1])["spearman"] == -1.0


def test_groups_are_those_of_scipy_one_by_one():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(11)
    pairs = pd.DataFrame(
        {
            "test_id": rng.integers(0, 3, 400).astype(str),
            "school_id": rng.integers(0, 5, 400).astype(str),
            "x": rng.integers(2, 6, 400),
            "y": rng.integers(0, 21, 400),
        }
    )
    key = ["test_id", "school_id"]
    found = spearman(pairs, key).set_index(key)
    assert len(found) == 15
    for group, chosen in pairs.groupby(key):
        expected = spearmanr(chosen["x"], chosen["y"]).statistic
        assert found.loc[group, "spearman"] == pytest.approx(expected, abs=1e-12)
        assert found.loc[group, "n"] == len(chosen)
