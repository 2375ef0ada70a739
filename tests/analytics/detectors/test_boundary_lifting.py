import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors.boundary_lifting import FEW_WORKS, boundary_lifting, sensitivity
from analytics.detectors.lifting_pool import NO_ROOM, NO_SCALE, NO_SCORES, OTHER_SCALE, unskewed
from analytics.detectors.near_miss import lifting_scores, usable_boundaries
from analytics.detectors.reference import NO_OTHERS, REGION, TOO_LARGE, TOWN_SCHOOLS, Reference
from analytics.detectors.tilt import tilted_to_schools

SCALES = {
    "Математика": (20, 6, 10, 15),
    "Русский язык": (38, 14, 24, 33),
    "Окружающий мир": (32, 8, 18, 27),
}
GRADES = range(4, 10)


@pytest.fixture(scope="module")
def town_tests():
    """Eighteen tests of 2021: six grades, three subjects."""
    from analytics import norms, schema

    rows = [
        {
            "test_id": norms.test_id("vpr", 2021, grade, subject),
            "procedure": "vpr",
            "year": 2021,
            "grade": grade,
            "subject": subject,
            **dict(zip(("max_score", "min3", "min4", "min5"), scale, strict=True)),
        }
        for grade in GRADES
        for subject, scale in SCALES.items()
    ]
    missing = [c for c in schema.TABLES["tests"].columns if c not in rows[0]]
    return schema.conform(pd.DataFrame(rows).assign(**dict.fromkeys(missing)), "tests")


def shape(maximum: int) -> np.ndarray:
    """Shares of scores in the region, with the unevenness that tasks make."""
    x = (np.arange(maximum + 1) + 0.5) / (maximum + 1)
    f = x**3 * (1 - x) ** 2 * (1 + 0.1 * np.cos(np.arange(maximum + 1) * 2.0))
    return f / f.sum()


def town(tests, rng, schools=20, n=60, lifted=None, tau=0.0, region=True) -> pd.DataFrame:
    """Counts of schools drawn from the tilted region; lifted: {school: share} or by subject."""
    rows = []
    level = 0.4 * rng.normal(size=schools)
    own = tau * rng.normal(size=schools)
    for test in tests.itertuples():
        f, score = shape(test.max_score), np.arange(test.max_score + 1)
        gap = score - f @ score
        p = f * np.exp(level[:, None] / np.sqrt(f @ gap**2) * gap)
        p /= p.sum(axis=1, keepdims=True)
        c = own.copy()
        for (school, grade), share in (lifted or {}).items():
            c[school] += share * (grade in (None, test.grade))
        for b in (test.min3, test.min4, test.min5):
            moved = c[:, None] * p[:, b - 2 : b]
            p[:, b - 2 : b] -= moved
            p[:, b] += moved.sum(axis=1)
        found = rng.multinomial(n, p)
        rows += [
            (test.test_id, "school", f"{i:03d}", s, found[i, s]) for i, s in np.argwhere(found)
        ]
        if region:
            rows += [
                (test.test_id, "region", "Край", s, round(40_000 * share))
                for s, share in enumerate(f)
            ]
    return pd.DataFrame(rows, columns=["test_id", "group", "group_id", "score", "n"])


def registry(schools_of, count=20):
    return schools_of(**{f"{i:03d}": "А" for i in range(count)})


def whole(evidence: pd.DataFrame) -> pd.DataFrame:
    return evidence[evidence["scope"] == ""].set_index("school_id")


# One uniform test of 0…4, boundary 2, reach 1: near = p(1) = .2, w = (−1 at 1, +1 at 2),
# I_cc = .4, I_cθ = .2, I_θθ = 2, slope .1, unit information .4 − .02 = .38.
def test_the_score_by_hand():
    counts, large = np.array([[2.0, 1, 4, 1, 2]]), np.full(5, 1e9)
    names = pd.Index(["a"], dtype="str")
    reference = Reference(
        "t", REGION, names, counts, large, np.array([False]), np.array([5e9]), np.array([0])
    )
    row = pd.DataFrame(lifting_scores(reference, tilted_to_schools(reference), ((2, 1),))).iloc[0]
    assert row["n"] == 10
    assert row["near"] == pytest.approx(2)
    assert row["c"] == pytest.approx(3 / 3.8)
    assert row["precision"] == pytest.approx(3.8)
    assert row["third"] == pytest.approx(10 * 0.054 / 3.8**3)


@pytest.mark.parametrize(
    ("minima", "maximum", "reach", "usable"),
    [
        ((6, 10, 15), 20, 2, ((6, 2), (10, 2), (15, 2))),
        ((5, 8, 11), 18, 2, ((5, 2), (8, 2), (11, 2))),
        ((5, 8, 11), 18, 3, ((5, 3), (8, 2), (11, 2))),
        ((5, 7, 8), 18, 2, ((5, 2), (7, 1))),
        ((1, 2, 3), 4, 2, ((1, 1),)),
        ((6, 10, 20), 20, 2, ((6, 2), (10, 2), (20, 2))),
        ((6, 10, 21), 20, 2, ()),
        ((6, 6, 10), 20, 2, ()),
        ((10, 6, 15), 20, 2, ()),
        ((0, 6, 10), 20, 2, ()),
        ((), 20, 2, ()),
    ],
)
def test_near_boundaries_shorten_the_reach(minima, maximum, reach, usable):
    assert usable_boundaries(minima, maximum, reach) == usable


@pytest.mark.parametrize("z", [-1.5, 0.0, 1.0, 2.0, 3.0])
def test_skewness_is_taken_out_to_the_first_order(z):
    gamma = 0.02
    found = unskewed(np.array([z]), np.array([gamma]))[0]
    assert found == pytest.approx(z - gamma * (z**2 - 1) / 6, abs=2e-3)
    assert unskewed(np.array([z]), np.array([0.0]))[0] == pytest.approx(z, abs=1e-5)


def test_more_is_never_less_after_the_correction():
    z = np.linspace(-5, 50, 200)
    assert (np.diff(unskewed(z, np.full(200, 0.8))) >= 0).all()


def test_planted_lifting_is_found_and_counted(town_tests, schools_of):
    rng = np.random.default_rng(11)
    found = whole(
        boundary_lifting(
            town(town_tests, rng, lifted={(3, None): 0.4}), town_tests, registry(schools_of)
        )
    )
    assert found["p_value"].idxmin() == "003"
    guilty = found.loc["003"]
    assert guilty["p_value"] < 1e-4
    assert guilty["ci_low"] < 0.4 < guilty["ci_high"]
    assert guilty["estimate"] == pytest.approx(0.4, abs=0.12)
    assert guilty["pupils_low"] < guilty["pupils"] < guilty["pupils_high"]
    assert guilty["reference"] == REGION
    assert (found.drop("003")["p_value"] > 0.001).all()
    assert found["n"].unique().tolist() == [18 * 60]


def test_lifting_in_one_grade_is_found_by_the_scan(town_tests, schools_of):
    rng = np.random.default_rng(12)
    rows = town(town_tests, rng, n=100, lifted={(3, 4): 0.8})
    found = boundary_lifting(rows, town_tests, registry(schools_of))
    assert whole(found)["p_value"].idxmin() == "003"
    assert whole(found).loc["003", "p_value"] < 0.001
    at_three = found[(found["school_id"] == "003") & (found["scope"] != "")]
    lowest = at_three.nsmallest(3, "p_value")["scope"]
    assert sorted(lowest) == ["4/Математика", "4/Окружающий мир", "4/Русский язык"]


def test_without_a_region_other_schools_serve(town_tests, schools_of):
    rng = np.random.default_rng(13)
    rows = town(town_tests, rng, lifted={(3, None): 0.5}, region=False)
    found = whole(boundary_lifting(rows, town_tests, registry(schools_of)))
    assert found["reference"].unique().tolist() == [TOWN_SCHOOLS]
    assert found["p_value"].idxmin() == "003"
    assert found.loc["003", "p_value"] < 0.001
    assert found["estimate"].median() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("tau", [0.0, 0.09])
def test_honest_schools_keep_the_size(town_tests, schools_of, tau):
    rng = np.random.default_rng(14)
    p = pd.concat(
        [
            boundary_lifting(town(town_tests, rng, tau=tau), town_tests, registry(schools_of))
            for _ in range(3)
        ]
    )
    schools = p.loc[p["scope"] == ""]
    assert (schools["p_value"] < 0.05).mean() <= 0.06
    assert (schools["p_value"] < 0.001).sum() == 0
    assert schools["z"].mean() == pytest.approx(0, abs=0.25)


def test_the_noise_of_one_test_is_nearly_normal(town_tests):
    rng = np.random.default_rng(15)
    one = town_tests.iloc[[0]]
    f = shape(20)
    counts = rng.multinomial(100, f, size=4000).astype(float)
    names = pd.Index([f"{i:04d}" for i in range(4000)], dtype="str")
    reference = Reference(
        one["test_id"].iloc[0], REGION, names, counts, 1e7 * f, np.zeros(4000, dtype=bool),
        np.full(4000, 1e7), np.zeros(4000, dtype=int),
    )  # fmt: skip
    rows = lifting_scores(reference, tilted_to_schools(reference), ((6, 2), (10, 2), (15, 2)))
    root = np.sqrt(rows["precision"])
    z = unskewed(rows["c"] * root, rows["third"] * root**3)
    assert z.mean() == pytest.approx(0, abs=0.05)
    assert z.std() == pytest.approx(1, abs=0.04)
    assert (z > 1.6449).mean() == pytest.approx(0.05, abs=0.011)
    assert (z > 3.0902).mean() <= 0.003


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 1000))
def test_neither_order_nor_names_matter(town_tests, seed):
    from analytics import schema

    rng = np.random.default_rng(seed)
    few = town_tests.iloc[:6]
    rows = town(few, rng, schools=5)
    schools = pd.DataFrame({"school_id": [f"{i:03d}" for i in range(5)], "municipality": "А"})
    first = boundary_lifting(rows, few, schools)
    shuffled = rows.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(boundary_lifting(shuffled, few, schools), first)
    names = {f"{i:03d}": f"школа {9 - i}" for i in range(5)}
    renamed = rows.assign(group_id=rows["group_id"].replace(names))
    again = boundary_lifting(renamed, few, schools.assign(school_id=list(names.values())))
    back = again.assign(school_id=again["school_id"].map({v: k for k, v in names.items()}))
    pd.testing.assert_frame_equal(schema.conform(back, "evidence"), first)


def one_school(histogram: list, region: list | None, test_id: str = "vpr_2021_04_ma"):
    rows = [(test_id, "school", "a", s, n) for s, n in enumerate(histogram) if n]
    rows += [(test_id, "region", "Край", s, n) for s, n in enumerate(region or [])]
    return pd.DataFrame(rows, columns=["test_id", "group", "group_id", "score", "n"])


REGION_ROW = np.rint(50_000 * shape(20)).astype(int).tolist()


@pytest.mark.parametrize(
    ("histogram", "region", "scale", "status", "reason"),
    [
        ([0] * 9 + [60], REGION_ROW, (20, 6, 10, 15), "tested", None),
        ([0] * 9 + [59], REGION_ROW, (20, 6, 10, 15), "not_enough_data", FEW_WORKS),
        ([0] * 9 + [1], REGION_ROW, (20, 6, 10, 15), "not_enough_data", FEW_WORKS),
        ([0] * 9 + [1, 1], REGION_ROW, (20, 6, 10, 15), "not_enough_data", FEW_WORKS),
        ([0] * 20 + [90], REGION_ROW, (20, 6, 10, 15), "tested", None),
        ([90], REGION_ROW, (20, 6, 10, 15), "tested", None),
        ([0] * 25 + [90], REGION_ROW, (20, 6, 10, 15), "not_applicable", NO_SCORES),
        ([0] * 9 + [90], REGION_ROW, (20, 6, 10, 21), "not_applicable", NO_ROOM),
        ([0] * 9 + [90], REGION_ROW, (20, 6, 6, 15), "not_applicable", NO_ROOM),
        ([0] * 9 + [90], REGION_ROW, (20, None, None, None), "not_applicable", NO_SCALE),
        ([0] * 9 + [90], None, (20, 6, 10, 15), "not_applicable", NO_OTHERS),
        ([0] * 9 + [60], [5] * 20, (20, 6, 10, 15), "not_applicable", TOO_LARGE),
    ],
)
def test_every_school_gets_its_row(tests_of, schools_of, histogram, region, scale, status, reason):
    test = tests_of({"year": 2021, "grade": 4, "subject": "Математика", "scale": scale})
    found = boundary_lifting(one_school(histogram, region), test, schools_of(a="А"))
    assert found["scope"].tolist() == ["", "4/Математика"]
    assert found["status"].tolist() == [status] * 2
    assert found["p_value"].notna().tolist() == [status == "tested"] * 2
    assert found["estimate"].notna().tolist() == [status == "tested"] * 2
    if reason:
        assert found["reason"].tolist() == [reason] * 2
    else:
        assert found["reason"].isna().all()


@pytest.mark.parametrize(
    ("school", "status", "reason"),
    [("a", "not_applicable", OTHER_SCALE), ("b", "tested", None)],
)
def test_a_school_of_another_scale_is_not_tested(tests_of, schools_of, school, status, reason):
    test = tests_of({"year": 2021, "grade": 4, "subject": "Математика", "scale": (20, 6, 10, 15)})
    other = pd.MultiIndex.from_tuples([("vpr_2021_04_ma", school)])
    rows = one_school([0] * 9 + [60], REGION_ROW)
    found = boundary_lifting(rows, test, schools_of(a="А"), contradicted=other)
    assert found["status"].tolist() == [status] * 2
    assert found["reason"].dropna().tolist() == [reason] * (2 if reason else 0)


def test_many_schools_with_scopes_too_small_to_test(town_tests, schools_of):
    rows = town(town_tests, np.random.default_rng(8), schools=150, n=30)
    schools = schools_of(**{f"{i:03d}": "А" for i in range(150)})
    found = boundary_lifting(rows, town_tests, schools)
    whole = found["scope"] == ""
    assert (found.loc[whole, "status"] == "tested").all()
    assert found.loc[whole, "p_value"].notna().all()
    assert (found.loc[~whole, "status"] == "not_enough_data").all()


def test_no_counts_give_no_rows(tests_of, schools_of):
    test = tests_of({"year": 2021, "grade": 4, "subject": "Математика", "scale": (20, 6, 10, 15)})
    nothing = one_school([], None).astype({"test_id": "str", "group": "str", "group_id": "str"})
    assert boundary_lifting(nothing, test, schools_of(a="А")).empty
    assert sensitivity(nothing, test, schools_of(a="А")).empty


def test_the_reach_shows_in_the_sensitivity(town_tests, schools_of):
    rng = np.random.default_rng(16)
    rows = town(town_tests, rng, lifted={(3, None): 0.4})
    found = sensitivity(rows, town_tests, registry(schools_of)).set_index("school_id")
    guilty, others = found.loc["003"], found.drop("003")
    assert guilty["r2"] == pytest.approx(0.4, abs=0.12)
    assert guilty["r1"] > 1.2 * guilty["r2"] > 1.2 * guilty["r3"]
    assert others[["r1", "r2", "r3"]].abs().max().max() < 0.35
