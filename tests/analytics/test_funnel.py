import numpy as np
import pandas as pd
import pytest

from analytics.funnel import (
    LEVELS,
    between_variance,
    funnels,
    limits,
    over_dispersed,
    share_z,
    winsorised_square,
)


def winsorised_phi(z, share: float) -> float:
    """Mean square of winsorised scores as FunnelPlotR has it: not divided by its expectation."""
    return float((np.clip(z, *np.quantile(z, [share, 1 - share])) ** 2).mean())


def tau2(phi: float, weights) -> float:
    sums = [pd.Series([float(v)]) for v in (phi, len(weights), weights.sum(), (weights**2).sum())]
    return between_variance(*sums).iloc[0]


# FunnelPlotR 9020d49 on medpar (deaths of admissions), arcsine: phi and tau² by share winsorised.
@pytest.mark.parametrize(
    ("share", "phi", "variance"),
    [(0.05, 1.591893535, 0.005686951), (0.1, 1.360733985, 0.003533335)],
)
def test_over_dispersion_of_published_shares(medpar, share, phi, variance) -> None:
    p0 = medpar["k"].sum() / medpar["n"].sum()
    k, n = medpar["k"].to_numpy(float), medpar["n"].to_numpy(float)
    z = 2 * np.sqrt(n) * (np.arcsin(np.sqrt(k / n)) - np.arcsin(np.sqrt(p0)))
    large = n >= 30
    assert share_z(k, n, p0)[large] == pytest.approx(z[large])
    assert winsorised_phi(z, share) == pytest.approx(phi, abs=1e-8)
    assert tau2(winsorised_phi(z, share), 4 * n) == pytest.approx(variance, abs=1e-8)


@pytest.mark.real
def test_over_dispersion_and_classes_of_areas(reference) -> None:
    # PHEindicatormethods 093fd28, 303 areas; FunnelPlotR: phi 242.277343, tau² .00143292287.
    lines = (reference / "phe_funnel_prop_input.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = pd.DataFrame(
        [line.rsplit(",", 3) for line in lines], columns=["area", "k", "n", "place"]
    )
    k, n = rows["k"].astype(float), rows["n"].astype(float)
    p0 = k.sum() / n.sum()
    z = share_z(k, n, p0)
    assert p0 == pytest.approx(0.80642448, abs=1e-8)
    assert winsorised_phi(z, 0.1) == pytest.approx(242.277343, abs=1e-6)
    assert tau2(winsorised_phi(z, 0.1), 4 * n) == pytest.approx(0.00143292287, abs=1e-9)
    edges = [-LEVELS["998"], -LEVELS["95"], LEVELS["95"], LEVELS["998"]]
    names = ["Low (0.001)", "Low (0.025)", "Not significant", "High (0.025)", "High (0.001)"]
    assert np.take(names, np.digitize(z, edges)).tolist() == rows["place"].tolist()


@pytest.mark.real
def test_over_dispersion_of_ratios(reference) -> None:
    # FunnelPlotR 9020d49, medpar, square roots winsorised at 10 % (the CQC method).
    rows = pd.read_csv(reference / "funnelplotr_medpar_sr.csv")
    observed, expected = rows["numerator"], rows["denominator"]
    z = 2 * (np.sqrt(observed) - np.sqrt(expected))
    assert winsorised_phi(z, 0.1) == pytest.approx(9.302497107, abs=1e-8)
    assert tau2(winsorised_phi(z, 0.1), 4 * expected) == pytest.approx(0.007863079, abs=1e-8)


def test_the_expectation_of_a_winsorised_square() -> None:
    assert winsorised_square(0.1) == pytest.approx(0.679, abs=5e-4)
    assert winsorised_square(0.05) == pytest.approx(0.831, abs=5e-4)


def test_small_groups_are_exact() -> None:
    # Binomial(10, .2): P(X < 4) + ½P(X = 4) = .879126 + .044040 = .923166, z 1.42670.
    assert share_z([4], [10], [0.2])[0] == pytest.approx(1.42670, abs=1e-5)
    # k = 0: ½·.8¹⁰ = .053687, z −1.6101; k = 10: ½·.2¹⁰ = 5.12e-8 above, z 5.3224.
    assert share_z([0, 10], [10, 10], [0.2, 0.2]) == pytest.approx([-1.6101, 5.3224], abs=1e-4)
    assert share_z([6, 6], [29, 30], [0.2, 0.2]) == pytest.approx([0.1, 0.0], abs=0.15)


@pytest.mark.parametrize("tau2", [0.0, 0.01])
@pytest.mark.parametrize("n", [1, 5, 29, 30, 31, 100])
@pytest.mark.parametrize("level", LEVELS)
def test_limits_and_scores_say_the_same(tau2, n, level) -> None:
    low, high = limits([n], 0.3, tau2, level)
    k = np.arange(n + 1)
    z = over_dispersed(share_z(k, np.full(n + 1, n), np.full(n + 1, 0.3)), np.full(n + 1, n), tau2)
    outside = (k / n < low[0] - 1e-12) | (k / n > high[0] + 1e-12)
    assert (outside == (np.abs(z) > LEVELS[level])).all()


def test_the_funnel_widens_with_the_spread_of_schools() -> None:
    plain, wide = limits([200], 0.3, 0.0, "95"), limits([200], 0.3, 0.01, "95")
    assert wide[0][0] < plain[0][0] < 0.3 < plain[1][0] < wide[1][0]


def test_schools_that_differ_by_chance_have_no_spread() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(40, 100, 4000)
    theta = np.concatenate(
        [np.full(2000, 0.2), np.sin(np.arcsin(0.2**0.5) + rng.normal(0, 0.1, 2000)) ** 2]
    )
    rows = pd.DataFrame(
        {"test_id": np.repeat(["same", "vary"], 2000), "k": rng.binomial(n, theta), "n": n}
    )
    found = funnels(rows).set_index("test_id")
    assert found.loc["same", "tau2"] < 0.0004
    assert found.loc["vary", "tau2"] == pytest.approx(0.01, rel=0.15)


def test_few_schools_have_no_spread_of_their_own() -> None:
    rows = pd.DataFrame({"test_id": "t", "k": [0, 50, 0, 50], "n": 50})
    assert funnels(rows)[["schools", "p0", "tau2"]].iloc[0].tolist() == [4, 0.5, 0.0]
    assert funnels(rows.iloc[:0]).empty
