import numpy as np
import pytest

from analytics.detectors.heterogeneity import (
    MIN_BETWEEN,
    USUAL,
    between_spread,
    spread_of_schools,
    within_spread,
)


def school_tests(rng, sigma, tau, schools=400, tests=20):
    noise = rng.uniform(0.1, 0.3, (schools, tests))
    c = tau * rng.normal(size=(schools, 1)) + np.hypot(sigma, noise) * rng.normal(size=noise.shape)
    return c.ravel(), 1 / noise.ravel() ** 2, np.repeat(np.arange(schools), tests)


@pytest.mark.parametrize("sigma", [0.0, 0.1, 0.25])
def test_the_spread_between_tests_is_found_whatever_the_schools(sigma):
    found = within_spread(*school_tests(np.random.default_rng(1), sigma, 0.3), USUAL[""])
    assert found == pytest.approx(sigma, abs=0.03)


def test_a_few_lifted_tests_hardly_move_it():
    c, precision, school = school_tests(np.random.default_rng(2), 0.2, 0.0)
    c.reshape(400, 20)[::10, :3] += 1  # every tenth school lifts in three of its tests
    assert c.std() > 0.31
    assert within_spread(c, precision, school, USUAL[""]) < 0.22


def test_few_residuals_take_the_usual():
    few = (np.zeros(99), np.full(99, 100.0), np.repeat(np.arange(33), 3))
    enough = (np.zeros(102), np.full(102, 100.0), np.repeat(np.arange(34), 3))
    assert within_spread(*few, USUAL[""]) == 0.20
    assert within_spread(*few, USUAL["min3"]) == 0.40
    assert within_spread(*enough, USUAL[""]) == 0.0
    nothing = np.zeros(0)
    assert within_spread(nothing, nothing, nothing.astype(int), USUAL[""]) == 0.20


def test_noise_has_its_median_by_hand():
    # |c| = 1 everywhere and no noise: τ² = 1/.4549 by the median, but no more than 1.
    assert between_spread(np.array([1.0, -1.0] * 5), np.full(10, 1e-9)) <= 1.0
    # Squares .01 and noise .01/.4549: the median says there is nothing else.
    quiet = between_spread(np.array([0.1, -0.1] * 10), np.full(20, 0.03))
    assert quiet == MIN_BETWEEN


@pytest.mark.parametrize("tau", [0.05, 0.09, 0.2])
def test_schools_that_lift_do_not_widen_the_yardstick(tau):
    rng = np.random.default_rng(3)
    c = tau * rng.normal(size=2100) + 0.03 * rng.normal(size=2100)
    honest = between_spread(c, np.full(2100, 0.03**2))
    c[:300] += 0.5
    assert honest == pytest.approx(tau, rel=0.1)
    assert between_spread(c, np.full(2100, 0.03**2)) < 1.2 * tau


@pytest.mark.parametrize(("schools", "estimated"), [(19, False), (20, True), (21, True)])
def test_tau_is_estimated_from_twenty_schools(schools, estimated):
    c = np.linspace(-0.3, 0.3, schools)
    found = spread_of_schools(0.1, c, np.full(schools, 1e-4), USUAL[""])
    assert found.within == 0.1
    if estimated:
        assert found.freedom == 0.75 * (schools - 1)
        assert found.between > 0.1
    else:
        assert (found.between, found.freedom) == (0.09, np.inf)
