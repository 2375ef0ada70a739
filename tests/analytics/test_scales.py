import pandas as pd
import pytest

from analytics import schema
from analytics.norms import norm
from analytics.scales import assign_scales, contradicted_scales, marks_from_scores

MA4 = "vpr_2021_04_ma"


def test_a_scale_is_found_by_year_grade_and_subject(tests_of):
    tests = assign_scales(
        tests_of(
            {"year": 2021, "grade": 4, "subject": "Математика"},
            {"year": 2022, "grade": 4, "subject": "Математика"},
            {"year": 2021, "grade": 11, "subject": "География"},
        )
    ).set_index("test_id")
    assert tests.loc[MA4, ["max_score", "min3", "min4", "min5"]].tolist() == [20, 6, 10, 15]
    assert tests.loc[MA4, "scale_verified"]
    assert "математика, 4 класс" in tests.loc[MA4, "scale_source"]
    without = tests.drop(index=MA4)
    assert without[["max_score", "min3", "min4", "min5", "scale_source"]].isna().all(axis=None)


@pytest.mark.parametrize(("maximum", "min3"), [(19, None), (20, 6), (21, None)])
def test_the_scale_of_another_maximum_is_not_used(tests_of, maximum, min3):
    row = {"year": 2021, "grade": 4, "subject": "Математика", "max_score": maximum}
    tests = assign_scales(tests_of(row))
    assert tests["max_score"].tolist() == [maximum]
    assert tests["min3"].isna().all() if min3 is None else tests["min3"].tolist() == [min3]


def test_a_printed_scale_that_overlaps_is_not_verified(tests_of):
    tests = assign_scales(tests_of({"year": 2021, "grade": 8, "subject": "География"}))
    assert tests[["min4", "min5", "scale_verified"]].to_numpy().tolist() == [[27, 36, False]]


def test_assigning_twice_changes_nothing(tests_of):
    once = assign_scales(tests_of({"year": 2020, "grade": 6, "subject": "Русский язык"}))
    pd.testing.assert_frame_equal(assign_scales(once), once)


def test_no_two_scales_are_in_force_at_once():
    scales = norm("mark_scales")
    key = ["procedure", "grade", "subject"]
    ordered = scales.sort_values([*key, "year_from"])
    same = ordered[key].eq(ordered[key].shift()).all(axis=1)
    assert not (same & (ordered["year_from"] <= ordered["year_to"].shift())).any()
    rising = scales[["min3", "min4", "min5", "max_score"]].diff(axis=1).iloc[:, 1:]
    assert (rising > 0).all(axis=None)


def test_a_score_on_a_boundary_has_the_higher_mark(works_of, tests_of):
    tests = tests_of({"year": 2021, "grade": 4, "subject": "Математика", "scale": (20, 6, 10, 15)})
    scores = [0, 5, 6, 7, 9, 10, 14, 15, 20, 21, None]
    works = works_of(MA4, *[("1", score) for score in scores])
    marks = marks_from_scores(works, tests)
    assert marks.dtype == "Int64"
    assert marks.tolist() == [2, 2, 3, 3, 3, 4, 4, 5, 5, pd.NA, pd.NA]


def test_no_mark_without_a_scale_or_for_the_absent(works_of, tests_of):
    tests = tests_of(
        {"year": 2021, "grade": 4, "subject": "Математика", "scale": (20, 6, 10, 15)},
        {"year": 2022, "grade": 4, "subject": "Математика", "max_score": 20},
    )
    works = pd.concat(
        [works_of(MA4, ("1", 0)).assign(absent=True), works_of("vpr_2022_04_ma", ("1", 9))]
    )
    assert marks_from_scores(works, tests).isna().tolist() == [True, True]
    assert marks_from_scores(schema.empty("works"), tests).tolist() == []


@pytest.mark.parametrize(
    ("works", "wrong", "contradicted"),
    [(60, 3, False), (60, 4, True), (59, 3, True), (20, 2, False), (20, 3, True)],
)
def test_more_than_a_slip_is_another_scale(works_of, tests_of, works, wrong, contradicted):
    tests = assign_scales(tests_of({"year": 2021, "grade": 4, "subject": "Математика"}))
    # 12 points are «4»; the wrong ones have «5». Two works without a mark do not count.
    marks = [5] * wrong + [4] * (works - wrong) + [None, None]
    table = works_of(MA4, *[("a", 12)] * len(marks)).assign(mark=pd.array(marks, dtype="Int64"))
    found = contradicted_scales(table, tests)
    assert list(found) == ([(MA4, "a")] if contradicted else [])
