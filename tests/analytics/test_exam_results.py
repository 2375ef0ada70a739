"""Results of exams by school: bands, minimums, periods, and what is not known."""

import pandas as pd
import pytest

from analytics import schema
from analytics.exam_calendar import minimums, not_comparable
from analytics.exam_results import NO_DATES, exam_results

SOCIAL = "ege_2023_11_soc"
NOTHING = schema.empty("exam_summary")


def exams_of(*rows: tuple) -> pd.DataFrame:
    names = ["test_id", "procedure", "year", "grade", "subject"]
    frame = pd.DataFrame(rows, columns=names)
    missing = [c for c in schema.TABLES["tests"].columns if c not in names]
    frame = frame.assign(pupil_grade=frame["grade"])
    return schema.conform(frame.assign(**{c: None for c in missing if c != "pupil_grade"}), "tests")


EGE = exams_of((SOCIAL, "ege", 2023, 11, "Обществознание"))


def of(table: pd.DataFrame, school: str, attempt: str = "main") -> dict:
    rows = table[(table["school_id"] == school) & (table["attempt"] == attempt)]
    return rows.iloc[0].to_dict()


def test_bands_by_boundary_triples_and_the_town_is_pooled(works_of, schools_of) -> None:
    scores = [41, 42, 43, 59, 60, 61, 79, 80, 81, 82, 99, 100]
    works = works_of(
        SOCIAL, *[("a", 20, s) for s in scores], ("b", 5, 10), columns="school_id score test_score"
    )
    table = exam_results(works, EGE, schools_of(a="Т", b="Т"), NOTHING)
    assert table["attempt"].unique().tolist() == ["main"]
    school = of(table, "a")
    assert [school[c] for c in ("n", "n_below", "n_to60", "n_to80", "n_to100", "n_full")] == [
        12, 1, 4, 3, 4, 1,
    ]  # fmt: skip
    assert school["minimum"] == 42
    assert not school["minimum_verified"]
    assert school["reason"] == NO_DATES
    assert (school["mean"], school["median"]) == (sum(scores) / 12, 70.0)
    town = of(table, "*")
    assert (town["n"], town["n_below"], town["mean"]) == (13, 2, (sum(scores) + 10) / 13)
    lone = of(table, "b")
    assert (lone["n"], lone["mean"]) == (1, 10)
    assert pd.isna(lone["sd"])


def test_a_retake_counts_in_its_own_period_only(works_of, schools_of) -> None:
    rows = [
        ("a", "x", "2023-05-30", 30, 40),
        ("a", "x", "2023-06-20", 31, 50),
        ("a", "y", "2023-05-30", 32, 44),
    ]
    works = works_of(SOCIAL, *rows, columns="school_id pupil exam_date score test_score")
    table = exam_results(works, EGE, schools_of(a="Т"), NOTHING)
    main, retakes = of(table, "a"), of(table, "a", "retakes")
    assert (main["n"], main["n_below"], main["mean"]) == (2, 1, 42)
    assert (retakes["n"], retakes["n_below"], retakes["mean"]) == (2, 0, 47)
    assert pd.isna(main["reason"])


def test_marks_decide_where_there_are_no_test_scores(works_of, schools_of) -> None:
    tests = exams_of(("oge_2023_09_ru", "oge", 2023, 9, "Русский язык"))
    works = works_of("oge_2023_09_ru", ("a", 10, 2), ("a", 20, 3), ("a", 30, 5),
                     columns="school_id score mark")  # fmt: skip
    school = of(exam_results(works, tests, schools_of(a="Т"), NOTHING), "a")
    assert [school[c] for c in ("n", "n_below", "n2", "n3", "n4", "n5")] == [3, 1, 1, 1, 0, 1]
    assert school["unit"] == "score"
    assert pd.isna(school["n_to80"])
    partly = works.assign(mark=pd.array([2, 3, None], dtype="Int64"))
    school = of(exam_results(partly, tests, schools_of(a="Т"), NOTHING), "a")
    assert pd.isna(school["n_below"])


def test_a_year_without_a_minimum_has_no_count_below(works_of, schools_of) -> None:
    tests = exams_of(("ege_2031_11_soc", "ege", 2031, 11, "Обществознание"))
    works = works_of("ege_2031_11_soc", ("a", 20, 90), columns="school_id score test_score")
    school = of(exam_results(works, tests, schools_of(a="Т"), NOTHING), "a")
    assert pd.isna(school["minimum"])
    assert pd.isna(school["n_below"])
    assert pd.isna(school["n_to60"])
    assert school["n_to100"] == 1


def test_a_report_stands_in_for_exams_without_works(works_of, schools_of) -> None:
    report = pd.DataFrame(
        [("a", 10, 1, 0, 60.0), ("b", 30, 0, 2, 70.0), ("c", 5, 0, None, 50.0)],
        columns=["school_id", "n", "n_below", "n_full", "mean_score"],
    ).assign(procedure="ege", year=2023, grade=11, subject="Обществознание", n_high=1,
             source_id="s", sheet="Л", row=1)  # fmt: skip
    report = schema.conform(report, "exam_summary")
    schools = schools_of(a="Т", b="Т", c="У")
    table = exam_results(schema.empty("works"), EGE, schools, report)
    town = of(table[table["municipality"] == "Т"], "*")
    assert (town["n"], town["n_below"], town["n_full"], town["mean"]) == (40, 1, 2, 67.5)
    assert pd.isna(of(table[table["municipality"] == "У"], "*")["n_full"])
    assert set(table["origin"]) == {"report"}
    works = works_of(SOCIAL, ("a", 20, 90), columns="school_id score test_score")
    table = exam_results(works, EGE, schools, report)
    assert table[table["municipality"] == "Т"]["school_id"].tolist() == ["*", "a"]


def test_nothing_gives_nothing(schools_of) -> None:
    assert exam_results(schema.empty("works"), EGE, schools_of(a="Т"), NOTHING).empty


@pytest.mark.parametrize(
    ("procedure", "year", "subject", "said"),
    [
        ("oge", 2019, "Химия", None),
        ("oge", 2020, "Химия", "отменён"),
        ("oge", 2021, "Русский язык", "только русский язык и математику"),
        ("oge", 2022, "Химия", None),
        ("ege", 2021, "Химия", "только поступающие"),
        ("ege", 2021, "Математика базовая", "базовой математики в 2021 году не было"),
        ("ege", 2022, "Математика базовая", None),
    ],
)
def test_years_that_are_not_comparable(procedure, year, subject, said) -> None:
    exams = pd.DataFrame({"procedure": [procedure], "year": [year], "subject": [subject]})
    reason = not_comparable(exams).iloc[0]
    assert pd.isna(reason) if said is None else said in reason


@pytest.mark.parametrize(("year", "least"), [(2018, None), (2019, 24), (2026, 24), (2027, None)])
def test_a_minimum_is_of_its_years(year, least) -> None:
    exams = pd.DataFrame({"procedure": ["ege"], "year": [year], "subject": ["Русский язык"]})
    found = minimums(exams.set_axis([7]))["minimum"]
    assert found.index.tolist() == [7]
    assert pd.isna(found.iloc[0]) if least is None else found.iloc[0] == least
