import pandas as pd
import pytest

from analytics.posterior import beta_priors, moment_priors, probability_reaching


def counts(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["test_id", "k", "n"])


def test_the_prior_by_moments_by_hand():
    # Shares .1, .3, .5 of 100 each: mu .3, variance .04, chance .21.
    found = moment_priors(counts(("t", 10, 100), ("t", 30, 100), ("t", 50, 100))).iloc[0]
    rho = (0.04 - 0.21 * 0.01) / (0.21 * 0.99)
    assert found["a"] == pytest.approx(0.3 * (1 / rho - 1))
    assert found["b"] == pytest.approx(0.7 * (1 / rho - 1))


@pytest.mark.parametrize(
    "rows",
    [
        [("t", 3, 10)],
        [("t", 30, 100), ("t", 30, 100)],
        [("t", 0, 10), ("t", 0, 20)],
        [("t", 10, 10), ("t", 20, 20)],
        [("t", 0, 1), ("t", 1, 1)],
        [("t", 0, 50), ("t", 50, 50)],
    ],
)
def test_jeffreys_where_moments_fail(rows):
    assert beta_priors(counts(*rows))[["a", "b"]].to_numpy().tolist() == [[0.5, 0.5]]


def test_the_likeliest_prior_of_a_published_table(medpar):
    # R 4.2, optim on the beta-binomial likelihood: alpha 25.95153, beta 49.8463; Pr(p > .40) of
    # the first three providers.
    found = beta_priors(medpar)
    assert found["a"].iloc[0] == pytest.approx(25.95153, rel=1e-3)
    assert found["b"].iloc[0] == pytest.approx(49.8463, rel=1e-3)
    reaching = probability_reaching(medpar, 0.4)
    assert reaching[:3] == pytest.approx([0.0182452, 0.0406903, 0.1340563], abs=1e-4)


@pytest.mark.real
def test_every_posterior_of_the_published_table(medpar, reference):
    expected = pd.read_csv(reference / "betabinom_medpar_expected.csv")
    assert probability_reaching(medpar, 0.4) == pytest.approx(expected["pr_gt_40"], abs=1e-4)


def test_priors_of_tests_do_not_touch_each_other(medpar):
    other = counts(("t", 10, 100), ("t", 30, 100), ("t", 50, 100), ("lone", 3, 10))
    both = beta_priors(pd.concat([other, medpar])).set_index("test_id")
    assert both.loc["medpar"].tolist() == pytest.approx(beta_priors(medpar).iloc[0, 1:].tolist())
    assert both.loc["lone"].tolist() == [0.5, 0.5]


# Jeffreys limits by R 4.2, qbeta(0.025 or 0.975, k + ½, n − k + ½).
@pytest.mark.parametrize(
    ("k", "n", "limit", "probability"),
    [
        (2, 10, 0.502774502476493, 0.025),
        (2, 10, 0.0440594135526308, 0.975),
        (24, 50, 0.616329465907186, 0.025),
        (0, 25, 0.0946827641095834, 0.025),
    ],
)
def test_a_lone_school_has_the_posterior_of_jeffreys(k, n, limit, probability):
    assert probability_reaching(counts(("t", k, n)), limit)[0] == pytest.approx(probability)


def test_the_other_schools_pull_a_small_one_towards_them():
    small = ("t", 3, 8)
    low = [("t", k, 100) for k in range(3, 18)]
    alone = probability_reaching(counts(small), 0.3)[0]
    among = probability_reaching(counts(*low, small), 0.3)[-1]
    assert alone > 0.6
    assert among < 0.3


def test_more_low_marks_are_more_certain():
    found = probability_reaching(counts(*[("t", k, 40) for k in range(21)]), 0.3)
    assert (found[1:] > found[:-1]).all()
    assert found[0] > 0 and found[-1] < 1


def test_nothing_counted_gives_nothing():
    assert probability_reaching(counts(), 0.3).tolist() == []
