import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.marks import marks_summary

TEST = "vpr_2021_04_ma"
TEST_ROW = {"year": 2021, "grade": 4, "subject": "Математика", "scale": (20, 6, 10, 15)}
NO_MARKS, NO_JOURNAL = schema.empty("report_marks"), schema.empty("report_journal")
COLUMNS = "school_id score mark journal_mark"


def report_marks(*rows: tuple) -> pd.DataFrame:
    """group, group_id, n and the percents of «2» to «5»."""
    columns = ["group", "group_id", "n", "pct2", "pct3", "pct4", "pct5"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.assign(test_id=TEST, group_name="", source_id="m", sheet="Лист1", row=9)
    return schema.conform(frame, "report_marks")


def report_journal(*rows: tuple) -> pd.DataFrame:
    """group, group_id, n, lowered, confirmed, raised."""
    columns = ["group", "group_id", "n", "lowered", "confirmed", "raised"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.assign(test_id=TEST, group_name="", source_id="j", sheet="Лист1", row=9)
    return schema.conform(frame, "report_journal")


@pytest.fixture
def summary(works_of, tests_of, schools_of):
    def build(works, marks=NO_MARKS, journal=NO_JOURNAL, **schools):
        places = schools_of(**(schools or {"1": "А", "2": "А"}))
        found = marks_summary(works, tests_of(TEST_ROW), places, marks, journal)
        return found.set_index("school_id")

    return build


def test_a_school_and_its_municipality_by_hand(summary, works_of):
    works = works_of(
        TEST,
        ("1", 4, 2, 3),
        ("1", 8, 3, 3),
        ("1", 12, 4, 2),
        ("1", 16, 5, None),
        ("1", None, None, 4),
        ("2", 6, 3, 5),
        columns=COLUMNS,
    )
    found = summary(works)
    one = found.loc["1"]
    assert one[["listed", "n", "n2", "n3", "n4", "n5"]].tolist() == [5, 4, 1, 1, 1, 1]
    assert (one["mean_score"], one["mean_mark"]) == (10.0, 3.5)
    assert one["sd_score"] == pytest.approx(np.sqrt(80 / 3))
    assert (one["success"], one["quality"]) == (0.75, 0.5)
    assert one["learning_index"] == pytest.approx((1 + 0.64 + 0.36 + 0.16) / 4)
    assert one[["journal_n", "lowered", "confirmed", "raised", "gap2"]].tolist() == [3, 1, 1, 1, 1]
    whole = found.loc["*"]
    assert whole["municipality"] == "А"
    assert whole[["listed", "n", "n2", "n3", "n4", "n5"]].tolist() == [6, 5, 1, 2, 1, 1]
    assert (whole["mean_score"], whole["mean_mark"], whole["success"]) == (9.2, 3.4, 0.8)
    assert whole["sd_score"] == pytest.approx(np.std([4, 8, 12, 16, 6], ddof=1))
    assert whole[["journal_n", "lowered", "gap2"]].tolist() == [4, 2, 2]


@pytest.mark.parametrize(("score", "n"), [(None, 0), (7, 1)])
def test_nobody_and_one_pupil(summary, works_of, score, n):
    mark = None if score is None else 3
    row = summary(works_of(TEST, ("1", score, mark, None), columns=COLUMNS)).loc["1"]
    assert (row["listed"], row["n"]) == (1, n)
    assert np.isnan(row["sd_score"])
    assert np.isnan(row["mean_score"]) == np.isnan(row["success"]) == (n == 0)
    assert pd.isna(row["journal_n"])


def test_without_a_scale_scores_stay_and_marks_are_null(summary, works_of):
    works = works_of(
        TEST, ("1", 4, None, 3), ("1", 8, None, 4), ("2", None, None, None), columns=COLUMNS
    )
    found = summary(works).loc[["1", "*"]]
    assert found["mean_score"].tolist() == [6.0, 6.0]
    unknown = ["n2", "n5", "mean_mark", "success", "quality", "learning_index", "journal_n", "gap2"]
    assert found[unknown].isna().all(axis=None)


def test_a_report_fills_schools_without_works(summary, works_of):
    works = works_of(TEST, ("1", 8, 3, 3), ("1", 16, 5, 5), columns=COLUMNS)
    found = summary(
        works,
        report_marks(
            ("school", "1", 9, 100.0, 0.0, 0.0, 0.0),
            ("school", "2", 41, 34.15, 31.71, 24.39, 9.76),
            ("municipality", "А", 50, 30.0, 30.0, 30.0, 10.0),
        ),
        report_journal(("school", "1", 9, 9, 0, 0), ("school", "2", 40, 10, 25, 5)),
    )
    assert found.loc["1", ["n", "n2", "n3", "n5", "confirmed"]].tolist() == [2, 0, 1, 1, 2]
    assert found.loc["1", "origin"] == "works"
    two = found.loc["2"]
    assert two[["n", "n2", "n3", "n4", "n5"]].tolist() == [41, 14, 13, 10, 4]
    assert two[["journal_n", "lowered", "confirmed", "raised"]].tolist() == [40, 10, 25, 5]
    assert two["origin"] == "report"
    assert pd.isna(two["listed"]) and pd.isna(two["gap2"]) and np.isnan(two["mean_score"])
    assert two["success"] == pytest.approx(27 / 41)
    whole = found.loc["*"]
    assert whole[["n", "n2", "n3", "journal_n"]].tolist() == [43, 14, 14, 42]
    assert whole["origin"] == "report"
    assert whole[["listed", "gap2", "mean_score", "sd_score"]].isna().all()


def test_a_report_names_the_municipality_only_where_no_school_is_known(summary, works_of):
    marks = report_marks(
        ("municipality", "А", 10, 10.0, 40.0, 30.0, 20.0),
        ("municipality", "Чужой", 10, 10.0, 40.0, 30.0, 20.0),
        ("region", "Край", 99, 10.0, 40.0, 30.0, 20.0),
    )
    found = summary(schema.empty("works"), marks)
    assert found.index.tolist() == ["*"]
    assert found.loc["*", ["municipality", "n", "n2", "n5"]].tolist() == ["А", 10, 1, 2]


def test_a_report_gives_the_journal_that_works_do_not_name(summary, works_of):
    works = works_of(TEST, ("1", 8, 3, None), ("2", 8, 3, 3), columns=COLUMNS)
    journal = report_journal(("school", "1", 7, 3, 2, 2), ("school", "2", 7, 7, 0, 0))
    found = summary(works, journal=journal)
    assert found.loc["1", ["n", "journal_n", "lowered"]].tolist() == [1, 7, 3]
    assert found.loc["2", ["n", "journal_n", "lowered"]].tolist() == [1, 1, 0]
    assert found.loc["1", "origin"] == "works"


def test_a_municipality_that_is_not_known_stays_null(summary, works_of):
    found = summary(works_of(TEST, ("1", 8, 3, 3), columns=COLUMNS), **{"1": None})
    assert found.index.tolist() == ["*", "1"]
    assert found["municipality"].isna().all()
