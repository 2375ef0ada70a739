import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.low_results import low_procedures, low_results

SCALE = {"scale": (20, 6, 10, 15)}
MA6, RU6, BIO6 = "vpr_2021_06_ma", "vpr_2021_06_ru", "vpr_2021_06_bio"
MA6_BEFORE, MA6_AFTER = "vpr_2020_06_ma", "vpr_2022_06_ma"
NO_LIST = schema.empty("federal_list")


@pytest.fixture
def tests(tests_of):
    math = {"grade": 6, "subject": "Математика", **SCALE}
    return tests_of(
        {**math, "year": 2020},
        {**math, "year": 2021},
        {**math, "year": 2022},
        {"year": 2021, "grade": 6, "subject": "Русский язык", **SCALE},
        {"year": 2021, "grade": 6, "subject": "Биология", **SCALE},
    )


@pytest.fixture
def procedures(tests, marks_of):
    """Rows: test_id, school_id, how many «2», how many participants."""

    def build(*rows):
        counts = [(t, s, k, (n if k is None else n - k), 0, 0) for t, s, k, n in rows]
        return low_procedures(marks_of(tests, *counts), tests)

    return build


@pytest.fixture
def results(procedures):
    def build(*rows, listed=NO_LIST):
        return low_results(procedures(*rows), listed).set_index(["year", "school_id"])

    return build


def federal(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["year", "school_id"])
    frame = frame.assign(basis=None, source_id="f", sheet="Лист1", row=2)
    return schema.conform(frame, "federal_list")


@pytest.mark.parametrize(
    ("k", "n", "status"),
    [
        (29, 100, "border"),
        (30, 100, "low"),
        (31, 100, "low"),
        (3, 10, "low"),
        (2, 10, "border"),
        (3, 9, "low_small_n"),
        (3, 11, "border"),
        (4, 11, "low"),
        (1, 1, "low_small_n"),
        (0, 1, "border"),
        (0, 0, "no_data"),
        (None, 5, "not_comparable"),
        # Upper limits by R's binom.test: 2 of 25 — .2603, 5 of 25 — .4070.
        (2, 25, "ok"),
        (5, 25, "border"),
    ],
)
def test_the_status_of_a_procedure(procedures, k, n, status):
    row = procedures((MA6, "1", k, n)).iloc[0]
    assert (row["status"], row["n"]) == (status, n)
    unknown = k is None or n == 0
    assert np.isnan(row["share_low"]) == np.isnan(row["ci_low"]) == unknown
    assert pd.isna(row["n_low"]) if unknown else row["n_low"] == k


def test_the_interval_is_exact(procedures):
    row = procedures((MA6, "1", 10, 25)).iloc[0]
    assert row["ci_low"] == pytest.approx(0.211254806465142)
    assert row["ci_high"] == pytest.approx(0.61334650374316)


def test_the_municipality_is_no_school(procedures):
    assert procedures((MA6, "*", 90, 100), (MA6, "1", 3, 10))["school_id"].tolist() == ["1"]


def test_low_before_is_of_the_year_before(procedures):
    found = procedures(
        (MA6_BEFORE, "1", 40, 100),
        (MA6_BEFORE, "2", 5, 100),
        (MA6_BEFORE, "3", None, 100),
        *((MA6, s, 40, 100) for s in "1234"),
        (MA6_AFTER, "4", 40, 100),
        (RU6, "1", 40, 100),
    ).set_index(["test_id", "school_id"])["low_before"]
    assert found.loc[MA6].tolist() == [True, False, pd.NA, pd.NA]
    assert found.loc[(MA6_AFTER, "4")]
    assert pd.isna(found.loc[(MA6_BEFORE, "1")]) and pd.isna(found.loc[(RU6, "1")])


@pytest.mark.parametrize(
    ("rows", "status", "met"),
    [
        ([(MA6, 30, 100), (RU6, 30, 100)], "listed", True),
        ([(MA6, 30, 100), (RU6, 29, 100)], "risk", False),
        ([(MA6, 29, 100), (RU6, 29, 100)], "no", False),
        ([(MA6, 30, 100), (BIO6, 90, 100)], "risk", False),
        ([(BIO6, 90, 100)], "no_data", None),
        ([(MA6, 3, 9), (RU6, 30, 100)], "risk", False),
        ([(MA6, 0, 0), (RU6, 0, 0)], "no_data", None),
        ([(MA6, None, 50)], "not_comparable", None),
        ([(MA6, None, 50), (RU6, 1, 50)], "no", False),
        ([(MA6_BEFORE, 30, 100), (MA6, 30, 100)], "listed", True),
        ([(MA6_BEFORE, 29, 100), (MA6, 30, 100)], "risk", False),
        ([(MA6_BEFORE, 30, 100), (RU6, 30, 100)], "risk", False),
        ([(MA6_BEFORE, 30, 100), (MA6, 29, 100)], "no", False),
    ],
)
def test_the_rule(results, rows, status, met):
    row = results(*((test, "1", k, n) for test, k, n in rows)).loc[(2021, "1")]
    assert row["status"] == status
    assert pd.isna(row["rule_met"]) if met is None else row["rule_met"] == met
    assert pd.isna(row["on_federal_list"])


def test_the_counts_behind_the_rule(results):
    found = results(
        (MA6_BEFORE, "1", 30, 100), (MA6, "1", 30, 100), (RU6, "1", 40, 100), (BIO6, "1", 99, 100),
        (MA6, "2", 30, 100),
    )  # fmt: skip
    counts = ["procedures", "low_procedures", "repeated_procedures"]
    assert found.loc[(2021, "1"), counts].tolist() == [2, 2, 1]
    assert found.loc[(2021, "2"), counts].tolist() == [1, 1, pd.NA]
    assert found.loc[(2020, "1"), counts].tolist() == [1, 1, pd.NA]


def test_the_federal_list_stands_beside(results):
    rows = [(MA6, "1", 30, 100), (RU6, "1", 30, 100), (MA6, "2", 1, 100), (MA6_AFTER, "1", 1, 100)]
    found = results(*rows, listed=federal((2021, "2"), (2021, "9")))
    assert found["on_federal_list"].tolist() == [False, True, True, pd.NA]
    assert found["status"].tolist() == ["listed", "no", "no_data", "no"]
    assert found.loc[(2021, "9"), ["procedures", "low_procedures"]].tolist() == [0, 0]
    assert found.loc[(2021, "9"), ["rule_met", "p_low_30", "reasons"]].isna().all()


def test_the_facts_in_words(results):
    found = results(
        (MA6_BEFORE, "1", 40, 100), (MA6, "1", 28, 82), (RU6, "1", 3, 8), (BIO6, "1", 9, 10),
        (MA6, "2", 1, 82),
    )["reasons"]  # fmt: skip
    assert found.loc[(2021, "1")] == (
        "ВПР-6 математика: 34,1\u00a0% (28\u00a0из\u00a082), и годом раньше; "
        "ВПР-6 русский язык: 37,5\u00a0% (3\u00a0из\u00a08), участников мало"
    )
    assert pd.isna(found.loc[(2021, "2")])


# 34.95, 34.85 and 30.05 % lie halfway between tenths.
@pytest.mark.parametrize(
    ("k", "n", "words"),
    [(699, 2000, "35,0"), (697, 2000, "34,9"), (601, 2000, "30,1"), (1, 1, "100,0")],
)
def test_percents_are_rounded_half_up(results, k, n, words):
    assert f": {words}\u00a0%" in results((MA6, "1", k, n))["reasons"].iloc[0]


def test_the_probability_is_of_the_second_largest(results):
    one = results((MA6, "1", 12, 40))["p_low_30"].iloc[0]
    two = results((MA6, "1", 12, 40), (RU6, "1", 30, 40))["p_low_30"].iloc[0]
    weak = results((MA6, "1", 1, 40), (RU6, "1", 30, 40))["p_low_30"].iloc[0]
    uncounted = results((MA6, "1", 12, 40), (BIO6, "1", 30, 40))["p_low_30"].iloc[0]
    assert one == two == uncounted
    assert weak < 0.01 < 0.4 < one < 0.6


def test_nothing_to_judge(tests):
    nothing = low_procedures(schema.empty("marks_summary"), tests)
    assert nothing.empty
    assert low_results(nothing, NO_LIST).empty


def exams(*rows: tuple) -> pd.DataFrame:
    """Table `exam_results`: procedure, year, subject, school, n, below the minimum, why alone."""
    columns = ["procedure", "year", "subject", "school_id", "n", "n_below", "not_comparable"]
    frame = pd.DataFrame(rows, columns=columns)
    facts = {"grade": frame["procedure"].map({"oge": 9, "ege": 11}), "attempt": "main"}
    facts |= {"municipality": "Город", "unit": "test_score", "origin": "works"}
    missing = [c for c in schema.TABLES["exam_results"].columns if c not in {*frame, *facts}]
    return schema.conform(frame.assign(**facts, **dict.fromkeys(missing)), "exam_results")


def of_exams(*rows: tuple) -> pd.DataFrame:
    nothing = schema.empty("marks_summary"), schema.empty("tests")
    return low_procedures(*nothing, exams(*rows)).set_index(["test_id", "school_id"])


@pytest.mark.parametrize(
    ("n", "below", "status"),
    [(20, 5, "border"), (20, 6, "low"), (20, 7, "low"), (9, 3, "low_small_n"), (10, 3, "low"),
     (20, None, "not_comparable"), (0, 0, "no_data")],
)  # fmt: skip
def test_an_exam_counts_by_its_minimum(n, below, status):
    found = of_exams(("ege", 2022, "Русский язык", "a", n, below, None))
    row = found.loc[("ege_2022_11_ru", "a")]
    assert row["status"] == status
    assert row["counted"]


def test_an_elective_is_not_counted_and_the_town_is_no_school():
    found = of_exams(
        ("oge", 2022, "Физика", "a", 20, 9, None), ("oge", 2022, "Физика", "*", 20, 9, None)
    )
    assert found.index.tolist() == [("oge_2022_09_phy", "a")]
    assert not found["counted"].any()


def test_a_year_that_stands_alone_is_no_year_before():
    selected = "ЕГЭ сдавали только поступающие в вузы"
    found = of_exams(
        ("ege", 2021, "Русский язык", "a", 20, 8, selected),
        ("ege", 2022, "Русский язык", "a", 20, 8, None),
        ("ege", 2023, "Русский язык", "a", 20, 8, None),
        ("ege", 2024, "Русский язык", "a", 20, 8, selected),
    )["low_before"]
    assert found.isna().tolist() == [True, True, False, True]
    assert found.iloc[2]


def test_the_rule_is_over_all_procedures(tests, marks_of):
    marks = marks_of(tests, (MA6, "a", 30, 70, 0, 0))
    rows = low_procedures(marks, tests, exams(("oge", 2021, "Математика", "a", 50, 15, None)))
    found = low_results(rows, NO_LIST).set_index(["year", "school_id"])
    assert found.loc[(2021, "a"), "status"] == "listed"
    assert found.loc[(2021, "a"), "reasons"] == (
        "ВПР-6 математика: 30,0\u00a0% (30\u00a0из\u00a0100); "
        "ОГЭ математика: 30,0\u00a0% (15\u00a0из\u00a050)"
    )


def test_who_came_and_who_left_the_list():
    low = {"a": (2, 8, 8), "b": (8, 2, 8), "c": (8, 8, 2), "d": (2, 2, 2), "e": (None, 8, 8)}
    rows = [
        ("ege", 2022 + place, subject, school, 20, below, None)
        for school, shares in low.items()
        for place, below in enumerate(shares)
        for subject in ("Русский язык", "Математика профильная")
        if below is not None
    ]
    found = low_results(of_exams(*rows).reset_index(), NO_LIST)
    told = {s: rows["change"].fillna("").tolist() for s, rows in found.groupby("school_id")}
    assert told == {
        "a": ["", "entered", "stays"],
        "b": ["", "left", "entered"],
        "c": ["", "stays", "left"],
        "d": ["", "", ""],
        "e": ["", "stays"],
    }
