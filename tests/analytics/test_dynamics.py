import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.dynamics import dynamics

SCALE = (20, 6, 10, 15)
BEFORE, AFTER = "vpr_2021_04_ma", "vpr_2022_04_ma"


@pytest.fixture
def two_years(tests_of):
    def build(before=None, after=None):
        row = {"grade": 4, "subject": "Математика", "scale": SCALE}
        return tests_of(
            {**row, "year": 2021, **(before or {})}, {**row, "year": 2022, **(after or {})}
        )

    return build


def test_a_comparable_pair_by_hand(marks_of, two_years):
    tests = two_years()
    found = dynamics(marks_of(tests, (BEFORE, "1", 48, 20, 8, 4), (AFTER, "1", 56, 7, 4, 3)), tests)
    row = found.iloc[0]
    assert row[["municipality", "school_id", "year_before", "year"]].tolist() == [
        "А", "1", 2021, 2022,
    ]  # fmt: skip
    assert row[["test_before", "test_id"]].tolist() == [BEFORE, AFTER]
    assert row[["n_before", "n", "comparable"]].tolist() == [80, 70, True]
    assert row[["low_share_before", "low_share"]].tolist() == [0.6, 0.8]
    assert row["low_change"] == pytest.approx(0.2)
    # Newcombe 1998: 56/70 against 48/80.
    assert row["low_change_low"] == pytest.approx(0.0524, abs=5e-5)
    assert row["low_change_high"] == pytest.approx(0.3339, abs=5e-5)
    assert row["quality_change"] == pytest.approx(0.1 - 0.15)
    assert pd.isna(row["reason"])


# Against 30 of 100: +10 p.p. is 40 of 100.
@pytest.mark.parametrize(
    ("low", "verdict"),
    [(29, "positive"), (30, "positive"), (31, "neutral"), (39, "neutral"), (40, "negative"),
     (41, "negative")],
)  # fmt: skip
def test_verdict_on_its_limits(marks_of, two_years, low, verdict):
    tests = two_years()
    found = dynamics(
        marks_of(tests, (BEFORE, "1", 30, 70, 0, 0), (AFTER, "1", low, 100 - low, 0, 0)), tests
    )
    assert found["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"scale": (19, 6, 10, 15)}, {}, "не сопоставимо: разный максимальный балл"),
        ({"scale": (20, 5, 10, 15)}, {}, "не сопоставимо: разные шкалы перевода в отметки"),
        ({"scale": (20, 6, 11, 15)}, {}, "не сопоставимо: разные шкалы перевода в отметки"),
        ({"scale": (20, 6, 10, 14)}, {}, "не сопоставимо: разные шкалы перевода в отметки"),
        ({}, {"scale": (20, None, None, None)}, "не сопоставимо: нет официальной шкалы"),
        (
            {"scale": (None,) * 4},
            {"scale": (None,) * 4},
            "не сопоставимо: нет официальной шкалы",
        ),
        (
            {"scale": (20, None, None, None)},
            {"scale": (21, None, None, None)},
            "не сопоставимо: разный максимальный балл",
        ),
        (
            {"pupil_grade": 5},
            {},
            "не сопоставимо: в 2021 году работу писали осенью, на класс старше",
        ),
        (
            {},
            {"pupil_grade": 5, "scale": (21, 6, 10, 15)},
            "не сопоставимо: в 2022 году работу писали осенью, на класс старше",
        ),
    ],
)
def test_other_years_are_not_comparable_and_say_why(marks_of, two_years, before, after, reason):
    tests = two_years(before, after)
    found = dynamics(marks_of(tests, (BEFORE, "1", 1, 9, 0, 0), (AFTER, "1", 5, 5, 0, 0)), tests)
    assert found[["comparable", "reason"]].to_numpy().tolist() == [[False, reason]]
    assert found[["low_share_before", "low_share"]].to_numpy().tolist() == [[0.1, 0.5]]
    changes = ["low_change", "low_change_low", "low_change_high", "quality_change", "verdict"]
    assert found[changes].isna().all(axis=None)


def test_only_adjacent_years_of_the_same_school_are_paired(marks_of, tests_of):
    row = {"grade": 4, "subject": "Математика", "scale": SCALE}
    tests = tests_of({**row, "year": 2019}, {**row, "year": 2021}, {**row, "year": 2022})
    found = dynamics(
        marks_of(
            tests,
            ("vpr_2019_04_ma", "1", 1, 9, 0, 0),
            (BEFORE, "1", 1, 9, 0, 0),
            (AFTER, "2", 1, 9, 0, 0),
        ),
        tests,
    )
    assert found.empty


def test_nobody_with_a_mark_gives_no_change(marks_of, two_years):
    tests = two_years()
    summary = marks_of(tests, (BEFORE, "1", 0, 0, 0, 0), (AFTER, "1", 1, 9, 0, 0))
    row = dynamics(summary, tests).iloc[0]
    assert row["comparable"]
    assert np.isnan(row["low_share_before"]) and np.isnan(row["low_change"])
    assert pd.isna(row["verdict"])
    unmarked = summary.assign(**dict.fromkeys(("n2", "n3", "n4", "n5"), pd.NA))
    assert dynamics(schema.conform(unmarked, "marks_summary"), tests)["verdict"].isna().all()


def test_schools_of_no_known_municipality_are_paired_too(marks_of, two_years):
    tests = two_years()
    summary = marks_of(tests, (BEFORE, "*", 1, 9, 0, 0), (AFTER, "*", 2, 8, 0, 0))
    found = dynamics(summary.assign(municipality=pd.array([None, None], dtype="str")), tests)
    assert found["low_change"].tolist() == [pytest.approx(0.1)]
    assert found["municipality"].isna().all()
