import numpy as np
import pandas as pd
import pytest

from analytics.intervals import clopper_pearson, newcombe_difference, wilson

# k, n, Wilson, Clopper–Pearson by R 4.2: prop.test(correct = FALSE), binom.test.
R_INTERVALS = pd.DataFrame(
    [
        (0, 5, 0, 0.434482464783175, 0, 0.521823750104981),
        (5, 5, 0.565517535216825, 1, 0.478176249895019, 1),
        (1, 10, 0.0178762130950729, 0.404150026795238, 0.00252857854446179, 0.445016117028195),
        (10, 25, 0.23403302377748, 0.59260542641033, 0.211254806465142, 0.61334650374316),
        (24, 50, 0.34797136585278, 0.614882551099554, 0.33660509160346, 0.625848054920906),
        (24, 100, 0.166913255569488, 0.332323363498145, 0.160224613171447, 0.335735489270998),
    ],
    columns=["k", "n", "wilson_low", "wilson_high", "exact_low", "exact_high"],
)


def test_wilson_and_clopper_pearson_are_those_of_r():
    k, n = R_INTERVALS["k"], R_INTERVALS["n"]
    for limits, name in ((wilson(k, n), "wilson"), (clopper_pearson(k, n), "exact")):
        published = R_INTERVALS[[f"{name}_low", f"{name}_high"]].to_numpy().T
        np.testing.assert_allclose(limits, published, atol=1e-9)


# Test tables of the R package PHEindicatormethods.
@pytest.mark.parametrize(
    ("k", "n", "level", "low", "high"),
    [
        (65, 100, 0.95, 0.55254443296888, 0.736357517569025),
        (1045, 5000, 0.95, 0.197955498800133, 0.22049130373189),
        (0.445, 1, 0.95, 0.0438174477205882, 0.933462127697916),
        (65, 100, 0.998, 0.495494657407043, 0.77835406140899),
    ],
)
def test_wilson_is_that_of_english_public_health(k, n, level, low, high):
    np.testing.assert_allclose(wilson(k, n, level), (low, high), atol=1e-9)


# Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10.
@pytest.mark.parametrize(
    ("k1", "n1", "k0", "n0", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_difference_is_that_of_newcombe(k1, n1, k0, n0, low, high):
    np.testing.assert_allclose(newcombe_difference(k1, n1, k0, n0), (low, high), atol=5e-5)


def test_nobody_gives_no_interval():
    for limits in (
        wilson([0, 1], [0, 2]),
        clopper_pearson([0, 1], [0, 2]),
        newcombe_difference([0, 1], [0, 2], [1, 1], [3, 3]),
        newcombe_difference([1, 1], [3, 3], [0, 1], [0, 2]),
    ):
        assert np.isnan(limits[0]).tolist() == np.isnan(limits[1]).tolist() == [True, False]


def test_limits_lie_around_the_share_and_inside_0_and_1():
    n = np.repeat(np.arange(1, 40), 40)
    k = np.minimum(np.tile(np.arange(40), 39), n)
    for low, high in (wilson(k, n), clopper_pearson(k, n)):
        assert ((low >= 0) & (low <= k / n) & (k / n <= high) & (high <= 1)).all()
