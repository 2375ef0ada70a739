"""Z6, Z8 and Z10 by hand: below, on and above every limit."""

import pandas as pd
import pytest

from analytics.risk_points import (
    ONE_POINT,
    exam_points,
    spike_at_minimum,
    standing_points,
    violations,
)


def seats(*rows: tuple, columns: str = "year school_id exam_point") -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split()).astype({"year": "Int64"})


def register(*rows: tuple) -> pd.DataFrame:
    columns = ["year", "exam_point", "school_id", "removals", "cancelled"]
    frame = pd.DataFrame(rows, columns=columns).astype({"school_id": "str", "year": "Int64"})
    return frame.assign(subject=None, violations=0, appeals_filed=0, appeals_granted=0)


BOTH_YEARS = [(2023, "1", "b", 0, 0), (2024, "1", "b", 0, 0)]


@pytest.mark.parametrize(
    ("removed", "cancelled", "level"),
    [(0, 0, "none"), (1, 0, "yellow"), (0, 1, "yellow"), (1, 1, "red"), (3, 0, "red")],
)
def test_removals_and_cancelled_results(removed, cancelled, level) -> None:
    rows = violations(
        register(*BOTH_YEARS, (2024, "1", "a", removed, cancelled)), seats((2024, "a", "1"))
    )
    found = rows[(rows["school_id"] == "a") & (rows["year"] == 2024)]
    assert found["level"].tolist() == [level]


def test_last_year_counts_and_the_year_before_does_not() -> None:
    rows = violations(register(*BOTH_YEARS, (2022, "1", "b", 0, 0), (2022, "1", "a", 1, 0)),
                      seats(*[(year, "a", "1") for year in (2022, 2023, 2024)]))  # fmt: skip
    found = rows[rows["school_id"] == "a"].set_index("year")["level"]
    assert found.to_dict() == {2022: "yellow", 2023: "yellow", 2024: "none"}


def test_a_whole_point_is_at_most_yellow_and_its_code_is_kept_apart() -> None:
    rows = violations(register(*BOTH_YEARS, (2024, "7", None, 5, 0)), seats((2024, "a", "7")))
    found = rows[(rows["school_id"] == "a") & (rows["year"] == 2024)].iloc[0]
    assert (found["level"], found["points"]) == ("yellow", "7")
    assert "7" not in found["words"]


def test_nothing_found_without_last_years_register_is_not_green() -> None:
    rows = violations(register((2024, "1", "b", 0, 0)), seats((2024, "a", "1")))
    found = rows[(rows["school_id"] == "a") & (rows["year"] == 2024)].iloc[0]
    assert (found["level"], found["reason"]) == ("not_checked", "нет реестра ППЭ за 2023")


def town(lift: int) -> pd.DataFrame:
    """Eight schools, two subjects, two points crossed; results in point 1 are `lift` higher."""
    rows = []
    for school in range(8):
        for subject in (0, 1):
            point = 1 + (school + subject) % 2
            # Deviations of single subjects that cancel in every point.
            own = (3, -3)[school // 2 % 2] * (1, -1)[subject] * (1 if school % 2 else -1)
            for step in range(-10, 11, 4):
                score = 50 + own + step + (lift if point == 1 else 0)
                rows.append((2024, f"s{school}", str(point), f"П{subject}", score))
    frame = seats(*rows, columns="year school_id exam_point subject test_score")
    pupils = [f"{i:03d}" for i in range(len(frame))]
    return frame.assign(municipality="Т", pupil=pupils, exam_date=None, test_id=frame["subject"])


@pytest.mark.parametrize(("lift", "level"), [(0, "none"), (20, "yellow")])
def test_a_point_that_lifts_every_school_is_seen(lift, level) -> None:
    rows = exam_points(town(lift))
    assert rows["level"].tolist() == [level] * 8
    assert (rows["points"].dropna() == "1").all()
    assert rows["points"].notna().all() == (lift > 0)
    assert not rows["words"].str.contains("ППЭ 1").any()


def test_a_school_in_one_point_cannot_be_told_from_it() -> None:
    rows = exam_points(town(20).assign(exam_point="1"))
    assert set(rows["level"]) == {"not_checked"}
    assert set(rows["reason"]) == {ONE_POINT}


@pytest.mark.parametrize(("mean", "high"), [(0.499, False), (0.5, False), (0.501, True)])
def test_two_and_a_half_errors(mean, high) -> None:
    cells = pd.DataFrame({"year": 2024, "municipality": "Т", "exam_point": "1",
                          "n": [10], "mean": [mean], "variance": [0.04]})  # fmt: skip
    assert standing_points(cells, ["year", "municipality"])["high"].tolist() == [high]


@pytest.mark.parametrize(("n", "points"), [(9, 0), (10, 1), (11, 1)])
def test_points_from_ten_works(n, points) -> None:
    cells = pd.DataFrame({"year": 2024, "municipality": "Т", "exam_point": "1",
                          "n": [n], "mean": [1.0], "variance": [0.04]})  # fmt: skip
    assert len(standing_points(cells, ["year", "municipality"])) == points


def primary_scores(counts: dict[str, list[int]]) -> pd.DataFrame:
    rows = [(2024, school, s) for school, scores in counts.items() for s in scores]
    frame = seats(*rows, columns="year school_id score")
    pupils = [f"{i:03d}" for i in range(len(frame))]
    return frame.assign(municipality="Т", subject="Химия", test_id="t", pupil=pupils,
                        exam_date=None, test_score=None)  # fmt: skip


LEAST = pd.DataFrame({"year": [2024], "subject": ["Химия"], "primary_minimum": [6]})


@pytest.mark.parametrize(("k", "level"), [(5, "none"), (6, "none"), (7, "yellow")])
def test_spike_on_the_minimum(k, level) -> None:
    # The others have as many on 6 as on 5: p₀ = ½; P(Bin(k, ½) ≥ k) is 1/32, 1/64, 1/128.
    own = [6] * k + [20] * (20 - k)
    sat = primary_scores({"a": own, "b": [5] * 10 + [6] * 10})
    rows = spike_at_minimum(sat, LEAST).set_index("school_id")
    assert rows.loc["a", "level"] == level
    assert f"работ {k}, на балл ниже 0; у других школ 10 и 10" in rows.loc["a", "words"]


@pytest.mark.parametrize(("n", "level"), [(19, "not_checked"), (20, "yellow"), (21, "yellow")])
def test_spike_needs_twenty_works(n, level) -> None:
    sat = primary_scores({"a": [6] * 10 + [20] * (n - 10), "b": [5] * 10 + [6] * 10})
    assert spike_at_minimum(sat, LEAST).set_index("school_id").loc["a", "level"] == level


def test_spike_is_not_checked_without_a_primary_minimum_or_others() -> None:
    sat = primary_scores({"a": [6] * 30, "b": [5] * 30})
    assert set(spike_at_minimum(sat)["reason"]) == {"минимум в первичных баллах не известен"}
    lone = spike_at_minimum(primary_scores({"a": [6] * 30}), LEAST)
    assert lone["reason"].tolist() == ["у других школ города нет работ у минимума"]
