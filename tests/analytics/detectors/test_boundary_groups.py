import pandas as pd
import pytest

from analytics.detectors.boundary_groups import boundary_groups

MA = "vpr_2021_04_ma"
FLAT = [1000] * 21


@pytest.fixture
def maths(tests_of):
    return tests_of({"year": 2021, "grade": 4, "subject": "Математика", "scale": (20, 6, 10, 15)})


def counts(schools: dict[str, dict[int, int]]) -> pd.DataFrame:
    rows = [(MA, "school", s, score, n) for s, h in schools.items() for score, n in h.items()]
    rows += [(MA, "region", "Край", score, n) for score, n in enumerate(FLAT)]
    return pd.DataFrame(rows, columns=["test_id", "group", "group_id", "score", "n"])


def flags(**schools: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {"year": 2021, "school_id": list(schools), "flagged": list(schools.values())}
    )


# The mean of both is the region's 10, so that the window has half of its pupils at b and b + 1.
LIFTED = {9: 1, 10: 8, 11: 1}
EVEN = {8: 2, 9: 3, 10: 2, 11: 3, 12: 1, 7: 1, 6: 1, 14: 1}


def test_a_window_by_hand(maths, schools_of):
    found = boundary_groups(counts({"a": LIFTED}), maths, schools_of(a="А"), flags(a=True))
    (row,) = found.to_dict("records")
    assert (row["boundary"], row["score"], row["m"], row["x"]) == ("min4", 10, 10, 9)
    assert row["expected"] == pytest.approx(5, abs=0.02)
    assert row["pupils"] == pytest.approx(4, abs=0.02)
    # Binomial(10, ½): P(X = 10) = 1/1024, P(X = 9) = 10/1024, mid-p 6/1024.
    assert row["p_value"] == pytest.approx(6 / 1024, rel=0.03)
    # R 4.2, binom.test(9, 10): .5549839 .. .9974714.
    assert row["pupils_low"] == pytest.approx(5.549839 - 5, abs=0.02)
    assert row["pupils_high"] == pytest.approx(9.974714 - 5, abs=0.02)
    assert row["q_value"] == row["p_value"]
    assert row["selected"]


def test_the_level_falls_with_the_share_of_flagged_schools(maths, schools_of):
    schools = schools_of(a="А", b="А", c="А")
    rows = counts({"a": LIFTED})
    one_of_three = boundary_groups(rows, maths, schools, flags(a=True, b=False, c=False))
    one_of_nine = boundary_groups(
        rows, maths, schools, flags(a=True, **{f"s{i}": False for i in range(8)})
    )
    assert one_of_three["selected"].tolist() == [True]  # .0059 against .0167
    assert one_of_nine["selected"].tolist() == [False]  # against .0056


@pytest.mark.parametrize(("pupils", "rows"), [(7, 0), (8, 1), (9, 1)])
def test_windows_of_eight_pupils(maths, schools_of, pupils, rows):
    found = boundary_groups(counts({"a": {10: pupils}}), maths, schools_of(a="А"), flags(a=True))
    assert len(found) == rows


def test_only_flagged_schools_are_opened(maths, schools_of):
    rows = counts({"a": LIFTED, "b": EVEN})
    found = boundary_groups(rows, maths, schools_of(a="А", b="А"), flags(a=False, b=True))
    assert found["school_id"].unique().tolist() == ["b"]
    assert boundary_groups(rows, maths, schools_of(a="А"), flags(a=False)).empty


def test_q_grows_with_the_number_of_windows(maths, schools_of):
    both = {"a": {5: 1, 6: 8, 7: 1, 13: 1, 15: 1, 16: 8}}
    found = boundary_groups(counts(both), maths, schools_of(a="А"), flags(a=True))
    assert found["boundary"].tolist() == ["min3", "min5"]
    worst, best = found["p_value"].max(), found["p_value"].min()
    assert found["q_value"].max() == pytest.approx(worst)
    assert found["q_value"].min() == pytest.approx(min(2 * best, worst))


def test_without_a_scale_there_is_nothing_to_open(tests_of, schools_of):
    bare = tests_of({"year": 2021, "grade": 4, "subject": "Математика", "max_score": 20})
    assert boundary_groups(counts({"a": LIFTED}), bare, schools_of(a="А"), flags(a=True)).empty


@pytest.mark.parametrize("histogram", [{10: 30}, {8: 30}, {20: 30}, {0: 30}])
def test_one_score_for_all_does_not_crash(maths, schools_of, histogram):
    found = boundary_groups(counts({"a": histogram}), maths, schools_of(a="А"), flags(a=True))
    assert found["p_value"].between(0, 1).all()
