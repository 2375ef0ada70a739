import numpy as np
import pandas as pd
import pytest

from analytics.multiplicity import benjamini_hochberg, simes, storey, true_nulls

# Benjamini and Hochberg 1995, the table of 15 p-values; adjusted by R's p.adjust.
BH1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
    0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
ADJUSTED = [
    0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571429, 0.0638571428571429, 0.0645,
    0.0765, 0.486, 0.581181818181818, 0.714875, 0.753230769230769, 0.8132142857142857, 1.0,
]  # fmt: skip


def test_the_published_table() -> None:
    q = benjamini_hochberg(BH1995)
    assert q == pytest.approx(ADJUSTED, abs=1e-12)
    assert (q <= 0.05).sum() == 4


def test_by_hand() -> None:
    # Sorted .01 .02 .03: 3·.01/1 = 3·.02/2 = 3·.03/3 = .03.
    assert benjamini_hochberg([0.03, 0.01, 0.02]) == pytest.approx([0.03] * 3)
    assert benjamini_hochberg([0.2, 0.9]) == pytest.approx([0.4, 0.9])


def test_missing_values_take_no_part() -> None:
    q = benjamini_hochberg([0.01, np.nan, 0.5])
    assert np.isnan(q[1])
    assert q[[0, 2]] == pytest.approx([0.02, 0.5])
    assert benjamini_hochberg([]).tolist() == []
    assert np.isnan(benjamini_hochberg([np.nan, np.nan])).all()


def test_each_family_by_itself_in_any_order() -> None:
    rng = np.random.default_rng(3)
    p, family = rng.random(60), rng.integers(0, 5, 60)
    together = benjamini_hochberg(p, family)
    for code in range(5):
        alone = benjamini_hochberg(p[family == code])
        assert together[family == code] == pytest.approx(alone, abs=1e-15)
    order = rng.permutation(60)
    assert (benjamini_hochberg(p[order], family[order]) == together[order]).all()


def test_simes_of_families() -> None:
    # (.01, .02, .5, .8): min(4·.01, 4·.02/2, 4·.5/3, .8) = .04, as published with Cauchy's .0274.
    p = [0.01, 0.02, 0.5, 0.8, 0.3, np.nan]
    found = simes(p, ["a", "a", "a", "a", "b", "c"])
    assert found.to_dict() == pytest.approx({"a": 0.04, "b": 0.3})


def test_true_nulls_of_an_even_spread_and_of_a_mixture() -> None:
    even = (np.arange(2000) + 0.5) / 2000
    assert true_nulls(even) == pytest.approx(1.0, abs=1e-6)
    mixture = np.concatenate([even, np.full(2000, 1e-4)])
    assert true_nulls(mixture) == pytest.approx(0.5, abs=0.01)
    assert storey(mixture)[2000:] == pytest.approx(
        0.5 * benjamini_hochberg(mixture)[2000:], rel=0.02
    )


@pytest.mark.real
def test_the_3170_genes(reference) -> None:
    # Package qvalue e861423: 94 by BH, 162 by q, pi0 .669926.
    genes = pd.read_csv(reference / "bh_hedenfalk_3170.csv")
    assert benjamini_hochberg(genes["p"]) == pytest.approx(genes["bh"], abs=1e-10)
    assert true_nulls(genes["p"]) == pytest.approx(0.669926, abs=1e-5)
    assert ((benjamini_hochberg(genes["p"]) <= 0.05).sum(), (storey(genes["p"]) < 0.05).sum()) == (
        94,
        162,
    )
