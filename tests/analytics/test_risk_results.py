"""Z1, Z2, Z3 and Z9 by hand: below, on and above every limit."""

import pandas as pd
import pytest

from analytics import schema
from analytics.risk_results import below_minimum, full_scores, high_result, sharp_rise


def results(*rows: dict) -> pd.DataFrame:
    common = {"procedure": "ege", "year": 2024, "grade": 11, "subject": "Химия", "n": 20}
    common |= {"attempt": "main", "municipality": "Т", "school_id": "a", "unit": "test_score"}
    common |= {"origin": "works", "n_full": 0, "n_to100": 0, "n_below": 0, "mean": 60.0, "sd": 10.0}
    columns = schema.TABLES["exam_results"].columns
    full = [{c: (common | row).get(c) for c in columns} for row in rows]
    return schema.conform(pd.DataFrame(full), "exam_results")


def levels(rows: pd.DataFrame, year: int = 2024) -> list[str]:
    return rows.loc[rows["year"] == year, "level"].tolist()


def two_years(now: dict, before: dict, year: int = 2024) -> pd.DataFrame:
    return results({"year": year} | now, {"year": year - 1} | before)


@pytest.mark.parametrize(("mean", "level"), [(67.96, "none"), (68.0, "yellow"), (68.04, "yellow")])
def test_rise_of_eight_points(mean, level) -> None:
    rows = sharp_rise(two_years({"mean": mean, "n": 25}, {"n": 25}))
    assert levels(rows) == [level]
    assert rows.loc[rows["year"] == 2024, "value"].iloc[0] == pytest.approx(mean - 60)


@pytest.mark.parametrize(("sd", "level"), [(10.01, "none"), (10.0, "none"), (9.99, "yellow")])
def test_rise_of_more_than_two_errors(sd, level) -> None:
    # √(100/8 + 100/8) = 5: a rise of 10 is exactly two errors.
    rows = sharp_rise(two_years({"mean": 70.0, "sd": sd, "n": 8}, {"sd": sd, "n": 8}))
    assert levels(rows) == [level]


@pytest.mark.parametrize(("n", "level"), [(4, "not_checked"), (5, "yellow"), (6, "yellow")])
def test_rise_needs_five_in_both_years(n, level) -> None:
    now, before = {"mean": 95.0, "sd": 2.0}, {"sd": 2.0}
    assert levels(sharp_rise(two_years(now | {"n": n}, before))) == [level]
    assert levels(sharp_rise(two_years(now, before | {"n": n}))) == [level]


def test_rise_words_and_reasons() -> None:
    rows = sharp_rise(two_years({"mean": 70.0}, {}))
    said = rows.set_index("year")
    assert said.loc[2024, "words"] == "средний 70,0 (n = 20) после 60,0 (n = 20): 10,0 т. б."
    assert said.loc[2023, "reason"] == "нет результатов прошлого года"
    assert said.loc[2024, "ci_low"] == pytest.approx(10 - 1.959964 * 10**0.5)
    report = sharp_rise(two_years({"sd": None, "origin": "report"}, {}))
    assert "итоги по школе" in report.set_index("year").loc[2024, "reason"]


@pytest.mark.parametrize(
    ("year", "level"),
    [(2019, "yellow"), (2020, "not_checked"), (2021, "not_checked"), (2022, "not_checked"),
     (2023, "yellow")],
)  # fmt: skip
def test_years_of_entrants_only_are_not_compared(year, level) -> None:
    rows = sharp_rise(_with_calendar(two_years({"mean": 80.0}, {}, year)))
    assert levels(rows, year) == [level]
    reason = rows.loc[rows["year"] == year, "reason"].iloc[0]
    assert pd.isna(reason) if level == "yellow" else reason.startswith("не сопоставимо: в 202")


def _with_calendar(table: pd.DataFrame) -> pd.DataFrame:
    from analytics.exam_calendar import not_comparable

    return table.assign(not_comparable=not_comparable(table))


def beside_town(school: dict, n: int, mean: float, sd: float, high: int = 0) -> pd.DataFrame:
    """A school beside others of n, mean, sd: the town's row pools both."""
    own = {"n": 10, "mean": 60.0, "sd": 10.0, "n_to100": 0} | school
    size = own["n"] + n
    total = own["n"] * own["mean"] + n * mean
    squares = sum(
        s**2 * (k - 1) + k * m**2 for k, m, s in ((own["n"], own["mean"], own["sd"]), (n, mean, sd))
    )
    spread = ((squares - total**2 / size) / (size - 1)) ** 0.5
    town = {"school_id": "*", "n": size, "mean": total / size, "sd": spread}
    return results(own, town | {"n_to100": own["n_to100"] + high})


@pytest.mark.parametrize(("mean", "level"), [(69.9, "none"), (70.0, "none"), (70.1, "yellow")])
def test_high_mean_of_more_than_two_and_a_half_errors(mean, level) -> None:
    # √(100/10 + 600/100) = 4: ten points above the others are exactly 2.5 errors.
    rows = high_result(beside_town({"mean": mean}, 100, 60.0, 600**0.5))
    assert levels(rows) == [level]
    assert rows["value"].iloc[0] == pytest.approx(mean - 60)


@pytest.mark.parametrize(("others", "level"), [(989, "none"), (991, "yellow")])
def test_high_share_by_the_exact_test(others, level) -> None:
    # One of ten, nobody else: p = 10/999 and 10/1001.
    rows = high_result(beside_town({"n_to100": 1}, others, 60.0, 10.0))
    assert levels(rows) == [level]
    assert "81–100: 10,0\u00a0% (1\u00a0из\u00a010)" in rows["words"].iloc[0]


@pytest.mark.parametrize(("n", "level"), [(9, "not_checked"), (10, "yellow"), (11, "yellow")])
def test_high_result_is_tested_from_ten(n, level) -> None:
    assert levels(high_result(beside_town({"n": n, "mean": 99.0}, 50, 60.0, 10.0))) == [level]
    assert levels(high_result(beside_town({"n": 20, "mean": 99.0}, n, 60.0, 10.0))) == [level]


@pytest.mark.parametrize(
    ("k", "n", "level"),
    [(2, 10, "none"), (3, 10, "red"), (4, 10, "red"), (3, 9, "info"), (2, 9, "none"),
     (2, 5, "info"), (4, 4, "not_checked")],
)  # fmt: skip
def test_thirty_percent_below_the_minimum(k, n, level) -> None:
    town = {"school_id": "*", "n": 1000, "n_below": 900}
    rows = below_minimum(results({"n": n, "n_below": k}, town))
    assert levels(rows) == [level]
    assert rows["reason"].notna().tolist() == [level == "not_checked"]


@pytest.mark.parametrize(("town", "level"), [(489, "red"), (490, "red"), (491, "none")])
def test_exact_lower_limit_against_the_town(town, level) -> None:
    # The lower limit of 10 out of 100 is 0.049005.
    rows = results({"n": 100, "n_below": 10}, {"school_id": "*", "n": 10000, "n_below": town})
    assert levels(below_minimum(rows)) == [level]


def test_below_minimum_is_not_checked_without_a_minimum() -> None:
    rows = below_minimum(results({"n_below": None}, {"school_id": "*", "n_below": None}))
    assert levels(rows) == ["not_checked"]
    assert "не известны" in rows["reason"].iloc[0]


def test_full_scores_with_history() -> None:
    table = results(
        {"year": 2024, "n_full": 1}, {"year": 2024, "n_full": 1, "subject": "Физика"},
        {"year": 2023, "n_full": 0},
    )  # fmt: skip
    rows = full_scores(table).set_index("year")
    assert rows["level"].to_dict() == {2023: "none", 2024: "info"}
    assert rows.loc[2024, "value"] == 2
    assert rows.loc[2024, "words"] == "2024: 2; 2023: 0; 2022: нет данных"


def test_order_and_names_of_schools_do_not_matter() -> None:
    table = results(
        {"n_below": 4}, {"school_id": "b", "mean": 70.0}, {"school_id": "*", "n": 40, "mean": 65.0}
    )
    shuffled = table.iloc[[2, 1, 0]].reset_index(drop=True)
    for detect in (high_result, below_minimum):
        one = detect(table).set_index("school_id").sort_index()
        pd.testing.assert_frame_equal(one, detect(shuffled).set_index("school_id").sort_index())
