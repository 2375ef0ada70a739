import numpy as np
import pytest

from analytics.combination import HIGHEST, LOWEST, cauchy

# Own computation with scipy.stats beside it: ACAT with equal weights.
PUBLISHED = [
    ([0.01, 0.02, 0.5, 0.8], 0.0274088775226),
    ([0.04, 0.04, 0.04], 0.04),
    ([1e-6, 0.9, 0.9, 0.9, 0.9], 5.00019338373e-06),
    ([0.2] * 10, 0.2),
]


@pytest.mark.parametrize(("p", "combined"), PUBLISHED)
def test_the_published_cases(p, combined) -> None:
    assert cauchy([p], np.ones(len(p)))[0] == pytest.approx(combined, rel=1e-9)


def test_rows_do_not_touch_each_other_and_missing_tests_fall_out() -> None:
    p = np.array([[0.01, 0.5, np.nan], [np.nan, np.nan, np.nan], [0.3, np.nan, 0.3]])
    found = cauchy(p, [3, 1, 2])
    assert found[0] == cauchy(p[:1, :2], [3, 1])[0]
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(0.3)


def test_a_weight_of_nothing_says_nothing() -> None:
    assert cauchy([[0.2, 1e-9]], [1, 0])[0] == pytest.approx(0.2)
    assert np.isnan(cauchy([[0.2]], [0])[0])


def test_one_certainty_of_innocence_erases_nothing() -> None:
    # Clipped at 1 − .001: without it the sum would be −∞ and p = 1.
    assert cauchy([[1e-4, 1.0]], [1, 1])[0] < 3e-4
    assert cauchy([[1.0]], [1])[0] == pytest.approx(HIGHEST)
    assert cauchy([[0.0]], [1])[0] == pytest.approx(LOWEST)


def test_the_size_holds_under_dependence() -> None:
    from scipy.special import ndtr

    rng = np.random.default_rng(11)
    for rho in (0.0, 0.3, 0.6):
        shared, own = rng.normal(size=(100_000, 1)), rng.normal(size=(100_000, 6))
        p = cauchy(ndtr(np.sqrt(rho) * shared + np.sqrt(1 - rho) * own), [3, 3, 2, 2, 1, 1])
        assert 0.0007 < (p < 0.001).mean() < 0.0014
