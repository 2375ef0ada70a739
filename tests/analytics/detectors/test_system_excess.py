import numpy as np
import pandas as pd
import pytest

from analytics.detectors.system_excess import (
    FEW_CELLS,
    FEW_WORKS,
    NO_SCALE,
    chetty_excess,
    frandsen,
    legendre,
    poisson_fit,
    system_excess,
)

RU = "vpr_2021_04_ru"

# Derived from the logic of Frandsen's published rddisttestk (2017).
FRANDSEN = [
    (10, 10, 10, 0, 0.8304808025), (10, 10, 10, 0.02, 1), (5, 15, 10, 0, 0.03759000245),
    (5, 15, 10, 0.02, 0.08038473683), (5, 15, 10, 0.1, 0.09325593383),
    (20, 40, 25, 0, 0.006234822385), (20, 40, 25, 0.02, 0.01146159623),
    (100, 150, 110, 0.1, 0.009676795699), (30, 25, 28, 0.01, 0.6424319871),
    (30, 25, 28, 0.1, 0.6740021033), (400, 460, 410, 0.05, 0.09939018204),
    (400, 460, 410, 0.1, 0.3011889381), (2, 9, 4, 0.1, 0.05893623027),
]  # fmt: skip
# Counts of bins 8100…11900 by 100: R package bunching (MIT), its simulated data with a kink.
KINK = np.array([
    838, 835, 851, 808, 827, 791, 806, 750, 754, 767, 755, 710, 737,
    705, 699, 692, 704, 645, 661, 1292, 654, 612, 625, 555, 531, 510,
    527, 479, 502, 492, 530, 472, 455, 436, 432, 446, 442, 438, 397,
])  # fmt: skip


@pytest.mark.parametrize(("below", "at", "above", "bend", "p"), FRANDSEN)
def test_the_discrete_test_of_three_cells(below, at, above, bend, p):
    assert frandsen(below, at, above, bend) == pytest.approx(p, abs=1e-8)


def test_three_empty_cells_say_nothing():
    assert frandsen(0, 0, 0, 0.02) == 1.0


@pytest.mark.parametrize(
    ("degree", "excess", "relative"),
    [(9, 647.489446146, 1.004621945), (7, 649.510726496, 1.010928514)],
)
def test_the_excess_mass_of_a_kink(degree, excess, relative):
    curve, found = chetty_excess(KINK, np.arange(8100, 12000, 100) == 10000, degree)
    assert found == pytest.approx(excess, abs=1e-6)
    assert found / curve[19] == pytest.approx(relative, abs=1e-6)


def test_poisson_regression_meets_its_equations():
    counts = np.array([3.0, 8, 20, 33, 41, 38, 20, 9, 2])
    basis = legendre(9, 3)
    mean = np.exp(basis @ poisson_fit(basis, counts))
    assert basis.T @ (counts - mean) == pytest.approx(np.zeros(4), abs=1e-8)


def smooth(lifted: float, n: int = 40_000) -> np.ndarray:
    """A smooth histogram of 0…38 with the near misses of 14, 24, 33 lifted."""
    x = (np.arange(39) + 0.5) / 39
    counts = x**3 * (1 - x) ** 1.8
    counts = np.rint(n * counts / counts.sum())
    for b in (14, 24, 33):
        moved = np.rint(lifted * counts[b - 2 : b])
        counts[b - 2 : b] -= moved
        counts[b] += moved.sum()
    return counts.astype(int)


def whole(counts: np.ndarray, group: str = "region") -> pd.DataFrame:
    rows = {"test_id": RU, "group": group, "group_id": "Край", "score": range(len(counts))}
    return pd.DataFrame(rows | {"n": counts})


@pytest.fixture
def russian(tests_of):
    return tests_of(
        {"year": 2021, "grade": 4, "subject": "Русский язык", "scale": (38, 14, 24, 33)}
    )


@pytest.mark.parametrize("lifted", [0.0, 0.1, 0.4])
def test_the_lifted_share_of_a_whole(russian, lifted):
    found = system_excess(whole(smooth(lifted)), russian).set_index("boundary")
    assert found.loc["", "estimate"] == pytest.approx(lifted, abs=0.03)
    assert found["estimate"].to_numpy() == pytest.approx([lifted] * 4, abs=0.07)
    assert (found.loc["", "p_value"] < 0.001) == (lifted > 0)
    if lifted:
        moved = smooth(lifted)[24] - smooth(0)[24]
        assert found.loc["min4", "pupils"] == pytest.approx(moved, rel=0.15)
        assert found.loc["min4", "p_exact"] < 1e-6


@pytest.mark.parametrize(("n", "tested"), [(195, False), (205, True)])
def test_small_wholes_are_not_judged(russian, n, tested):
    found = system_excess(whole(smooth(0, n), "municipality"), russian)
    assert (found["status"] == "tested").all() == tested
    assert tested or found["reason"].tolist() == [FEW_WORKS]


def test_without_a_scale_or_room_the_reason_stands(tests_of):
    bare = tests_of({"year": 2021, "grade": 4, "subject": "Русский язык", "max_score": 38})
    assert system_excess(whole(smooth(0)), bare)["reason"].tolist() == [NO_SCALE]
    short = tests_of({"year": 2021, "grade": 4, "subject": "Русский язык", "scale": (15, 4, 8, 12)})
    assert system_excess(whole(np.full(16, 100)), short)["reason"].tolist() == [FEW_CELLS]


def test_one_score_for_all_does_not_crash(russian):
    counts = np.zeros(39, dtype=int)
    counts[20] = 5000
    found = system_excess(whole(counts), russian)
    assert len(found) == 4


def test_schools_have_no_row(russian):
    assert system_excess(whole(smooth(0), "school"), russian).empty


@pytest.mark.real
def test_all_published_cases_of_the_three_cells(reference):
    cases = pd.read_csv(reference / "frandsen_discrete.csv")
    found = [frandsen(*map(int, row[:3]), row[3]) for row in cases.to_numpy()]
    assert found == pytest.approx(cases["p"].tolist(), abs=1e-8)
