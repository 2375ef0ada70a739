"""Robust spreads and the tails of counts."""

import numpy as np
import pytest

from analytics.detectors.spread import count_dispersion, count_tail, spread


def test_spread_of_exact_quartiles() -> None:
    # Half of the squares are below 0.4549 · (0.3² + 0.4²): quartiles ±0.6745 · 0.5.
    values = np.array([-0.6745, -0.3, 0.33724, 0.3, 0.6745]) * 1.0
    squares = np.sort(values**2)
    assert squares[2] == pytest.approx(0.33724**2)
    assert spread(values, np.full(5, 0.3)) == pytest.approx(0.4, abs=1e-3)


def test_spread_is_zero_where_errors_explain_all() -> None:
    assert spread(np.array([0.1, -0.1, 0.05]), np.ones(3)) == 0.0
    assert spread(np.zeros(4), np.ones(4)) == 0.0


def test_a_tenth_of_unusual_values_moves_the_spread_little() -> None:
    rng = np.random.default_rng(3)
    honest = rng.normal(0, np.hypot(0.3, 0.2), 2000)
    mixed = np.where(np.arange(2000) < 200, 3.0, honest)
    assert spread(honest, np.full(2000, 0.2)) == pytest.approx(0.30, abs=0.02)
    assert spread(mixed, np.full(2000, 0.2)) == pytest.approx(0.35, abs=0.03)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, 0.816060),  # 1 − e⁻¹/2
        (1, 0.448181),  # 1 − e⁻¹ − e⁻¹/2
        (3, 0.049645),  # P(X > 3) + P(X = 3)/2 = .018988 + .061313/2
    ],
)
def test_poisson_mid_p(count, expected) -> None:
    found = count_tail(np.array([float(count)]), np.ones(1), np.zeros(1))
    assert found[0] == pytest.approx(expected, abs=1e-6)


def test_negative_binomial_mid_p() -> None:
    # Mean 1 and dispersion 1 is the geometric law: P(X = x) = 2^−(x+1).
    found = count_tail(np.array([0.0, 1.0, 4.0]), np.ones(3), np.ones(3))
    assert found == pytest.approx([0.75, 0.375, 3 / 64])


def test_small_dispersion_is_nearly_poisson() -> None:
    counts, mean = np.array([0.0, 2.0, 9.0]), np.array([0.5, 2.0, 3.0])
    poisson = count_tail(counts, mean, np.zeros(3))
    assert count_tail(counts, mean, np.full(3, 1e-6)) == pytest.approx(poisson, rel=1e-3)


def test_far_tails_keep_their_digits() -> None:
    assert 0 < count_tail(np.array([60.0]), np.array([1.0]), np.zeros(1))[0] < 1e-80


def test_dispersion_of_counts_is_found() -> None:
    rng = np.random.default_rng(4)
    mean = rng.uniform(0.2, 4, 4000)
    wide = rng.poisson(mean * rng.gamma(1 / 0.8, 0.8, 4000)).astype(float)
    even = rng.poisson(mean).astype(float)
    assert count_dispersion(wide, mean) == pytest.approx(0.8, abs=0.1)
    assert count_dispersion(even, mean) < 0.05
