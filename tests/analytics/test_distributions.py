import pandas as pd
import pytest

from analytics import schema
from analytics.distributions import merge_score_counts, reconcile, score_counts

TEST = "vpr_2021_04_ma"
KEY = ["group", "group_id", "score", "n"]


def report(*rows: tuple, source_id: str = "r1", test_id: str = TEST) -> pd.DataFrame:
    """Printed percents: group, group_id, score, pct, n, n_group."""
    columns = ["group", "group_id", "score", "pct", "n", "n_group"]
    frame = pd.DataFrame(rows, columns=columns).assign(test_id=test_id, source_id=source_id)
    return frame.astype({"score": "Int64", "n": "Int64", "n_group": "Int64", "pct": "float64"})


@pytest.fixture
def counts(works_of, schools_of):
    works = works_of(TEST, ("1", 3), ("1", 3), ("1", 7), ("1", None), ("2", 3), ("9", 0))
    return score_counts(works, schools_of(**{"1": "А", "2": "А", "9": None}))


def test_schools_and_municipalities_are_counted_by_score(counts):
    assert counts[KEY].to_numpy().tolist() == [
        ["municipality", "", 0, 1],
        ["municipality", "А", 3, 3],
        ["municipality", "А", 7, 1],
        ["school", "1", 3, 2],
        ["school", "1", 7, 1],
        ["school", "2", 3, 1],
        ["school", "9", 0, 1],
    ]
    assert set(counts["origin"]) == {"works"}
    assert counts["source_id"].isna().all()


def test_nobody_present_gives_no_rows(works_of, schools_of):
    absent = works_of(TEST, ("1", None), ("1", None))
    for works in (absent, schema.empty("works")):
        assert score_counts(works, schools_of(**{"1": "А"})).empty


def test_a_school_that_is_not_in_the_table_is_named(works_of, schools_of):
    with pytest.raises(KeyError, match="'7'"):
        score_counts(works_of(TEST, ("1", 3), ("7", 3)), schools_of(**{"1": "А"}))


def test_works_win_and_reports_add_the_rest(counts):
    merged = merge_score_counts(
        counts,
        report(
            ("school", "1", 3, 100.0, 50, 50),
            ("school", "3", 3, 100.0, 4, 4),
            ("region", "Край", 3, 60.0, 60, 100),
            ("region", "Край", 4, 0.0, 0, 100),
            ("region", "Край", 5, 40.0, 40, 100),
            ("country", "Россия", 5, 100.0, None, None),
        ),
    )
    kept = merged[merged["origin"] == "works"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, counts)
    added = merged[merged["origin"] == "report"]
    assert added[KEY].to_numpy().tolist() == [
        ["region", "Край", 3, 60],
        ["region", "Край", 5, 40],
        ["school", "3", 3, 4],
    ]
    assert added["source_id"].tolist() == ["r1"] * 3


def test_a_group_comes_from_one_file_only():
    first = report(("region", "Край", 3, 100.0, 10, 10), source_id="a")
    second = report(
        ("region", "Край", 3, 50.0, 9, 18), ("region", "Край", 4, 50.0, 9, 18), source_id="b"
    )
    merged = merge_score_counts(schema.empty("score_counts"), pd.concat([second, first]))
    assert merged[["score", "n", "source_id"]].to_numpy().tolist() == [[3, 10, "a"]]


# School 1 has scores 3, 3, 7: 66.666… % and 33.333… %.
@pytest.mark.parametrize(
    ("pct3", "pct7", "n", "agrees"),
    [
        (66.67, 33.33, 3, True),
        (66.67, 33.33, 4, False),
        (66.66, 33.33, 3, False),
        (66.67, 33.34, 3, False),
    ],
)
def test_agreement_is_equal_n_and_percents_within_rounding(counts, pct3, pct7, n, agrees):
    printed = report(("school", "1", 3, pct3, 2, n), ("school", "1", 7, pct7, 1, n))
    row = reconcile(counts, printed).iloc[0]
    assert (row["n_report"], row["n_works"], row["agrees"]) == (n, 3, agrees)


# 1 of 16 is 6.25 % exactly: printed with one decimal it is off by 0.05.
@pytest.mark.parametrize(
    ("printed", "agrees"), [(6.245, True), (6.2449, False), (6.255, True), (6.2551, False)]
)
def test_the_rounding_limit_itself_agrees(works_of, schools_of, printed, agrees):
    works = works_of(TEST, ("1", 1), *[("1", 2)] * 15)
    rows = report(("school", "1", 1, printed, 1, 16), ("school", "1", 2, 93.75, 15, 16))
    found = reconcile(score_counts(works, schools_of(**{"1": "А"})), rows)
    assert found["agrees"].tolist() == [agrees]
    assert found["max_gap_pct"].iloc[0] == pytest.approx(abs(printed - 6.25), abs=1e-9)


def test_a_score_that_one_side_lacks_is_zero_percent_there(counts):
    lacks_seven = report(("school", "1", 3, 66.67, 3, 3))
    assert reconcile(counts, lacks_seven)["max_gap_pct"].iloc[0] == pytest.approx(33.33, abs=0.01)
    has_nine = report(("school", "2", 3, 100.0, 1, 1), ("school", "2", 9, 5.0, 1, 1))
    assert reconcile(counts, has_nine)["max_gap_pct"].iloc[0] == pytest.approx(5.0)


def test_only_groups_of_both_sides_with_a_printed_n_are_compared(counts):
    printed = report(
        ("region", "Край", 3, 100.0, 9, 9),
        ("school", "2", 3, 100.0, None, None),
        ("municipality", "А", 3, 75.0, 3, 4),
        ("municipality", "А", 7, 25.0, 1, 4),
    )
    found = reconcile(counts, printed)
    assert found[["group", "group_id", "agrees"]].to_numpy().tolist() == [
        ["municipality", "А", True]
    ]
