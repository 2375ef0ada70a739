"""Each rule just below, on and above its limit; what is not known is not judged."""

import pandas as pd
import pytest

from expectations.rules import derive
from expectations.validation import validate

CODES = ["row", "code", "value", "expected"]


def works(**columns: list) -> pd.DataFrame:
    """Faultless works of school 5 in test vpr_2021_05_ma, but for `columns`; rows from 2 on."""
    count = len(next(iter(columns.values()))) if columns else 3
    rows = range(2, count + 2)
    frame = pd.DataFrame(
        {
            "test_id": ["vpr_2021_05_ma"] * count,
            "school_id": ["edu000005"] * count,
            "class_label": ["5А"] * count,
            "pupil": [f"50{row:03d}" for row in rows],
            "absent": False,
            "variant": ["1"] * count,
            "score": 12,
            "mark": 4,
            "journal_mark": 4,
            "skipped": 0,
            "not_taught": 0,
            **dict.fromkeys(("exam_date", "test_score", "exam_point", "room", "person")),
            "source_id": ["a" * 64] * count,
            "sheet": ["Протокол"] * count,
            "row": list(rows),
            "max_score": 20,
            "scale_mark": 4,
            "joint_condition": None,
            "points_over": 0,
            "pupil_grade": 5,
            "known_school": True,
        }
    )
    return frame.assign(**{name: pd.Series(values) for name, values in columns.items()})


def scales(**columns: list) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame(
        {
            "test_id": [f"vpr_2021_{grade:02d}_ma" for grade in range(4, 4 + count)],
            "procedure": ["vpr"] * count,
            "year": 2021,
            "grade": range(4, 4 + count),
            "pupil_grade": range(4, 4 + count),
            "subject": ["Математика"] * count,
            "tasks": 12,
            "max_score": 20,
            "min3": 6,
            "min4": 10,
            "min5": 15,
            "scale_source": ["описание"] * count,
            "scale_verified": True,
            "printed_overlap": False,
        }
    )
    return frame.assign(**{name: pd.Series(values) for name, values in columns.items()})


def report(numbers: dict[str, list]) -> pd.DataFrame:
    count = len(numbers["n"])
    return pd.DataFrame(
        {
            "test_id": ["vpr_2021_05_ma"] * count,
            "group": ["school"] * count,
            "group_id": [f"s{k}" for k in range(count)],
            "group_name": [f"Школа {k}" for k in range(count)],
            **numbers,
            "source_id": ["b" * 64] * count,
            "sheet": ["Отчёт"] * count,
            "row": range(2, count + 2),
        }
    )


def told(frame: pd.DataFrame, table: str = "works") -> list[tuple]:
    return list(validate(frame, table)[CODES].itertuples(index=False, name=None))


def test_clean_works_have_no_faults() -> None:
    assert told(works()) == []


def test_score_up_to_the_maximum() -> None:
    frame = works(score=[19, 20, 21, 99], max_score=[20, 20, 20, None])
    assert told(frame) == [(4, "score_above_maximum", "21", "не больше 20")]


def test_negative_score_is_outside_the_schema() -> None:
    assert told(works(score=[-1, 0, 1])) == [(2, "value_out_of_range", "-1", "не меньше 0")]


def test_present_pupil_needs_a_score() -> None:
    frame = works(score=[None, None, 0], absent=[False, True, False])
    assert validate(frame, "works")[["row", "code", "column"]].to_numpy().tolist() == [
        [2, "score_missing", "score"]
    ]


def test_a_lower_mark_under_a_joint_condition_is_another_fault() -> None:
    frame = works(
        mark=[3, 4, 5, 3],
        scale_mark=[4, 4, 4, 4],
        joint_condition=["4 балла за грамотность"] * 3 + [None],
    )
    assert told(frame) == [
        (2, "mark_below_by_condition", "3", "«4», если выполнено условие: 4 балла за грамотность"),
        (4, "mark_against_scale", "5", "4"),
        (5, "mark_against_scale", "3", "4"),
    ]


def test_points_over_the_maxima_of_tasks() -> None:
    frame = works(points_over=[0, 1, 2, None])
    assert told(frame) == [
        (3, "points_over_maximum", "1", "0"),
        (4, "points_over_maximum", "2", "0"),
    ]


def test_mark_equals_the_scale_where_both_are_known() -> None:
    frame = works(mark=[3, 4, 5, None, 5], scale_mark=[4, 4, 4, 4, None])
    assert told(frame) == [
        (2, "mark_against_scale", "3", "4"),
        (4, "mark_against_scale", "5", "4"),
    ]


@pytest.mark.parametrize("column", ["mark", "journal_mark"])
def test_marks_are_two_to_five(column: str) -> None:
    frame = works(**{column: [1, 2, 5, 6, None], "scale_mark": [None] * 5})
    assert told(frame) == [
        (2, "value_not_allowed", "1", "2, 3, 4 или 5"),
        (5, "value_not_allowed", "6", "2, 3, 4 или 5"),
    ]


def test_of_a_repeated_pupil_the_first_row_stays() -> None:
    frame = works(pupil=["50001", "50002", "50001", "50001", "50003"])
    repeated = "неповторяющееся значение"
    assert told(frame) == [
        (4, "duplicate_pupil", "50001", repeated),
        (5, "duplicate_pupil", "50001", repeated),
    ]


def test_the_first_row_is_that_of_the_frame() -> None:
    frame = works(pupil=["50001", "50002", "50001"]).iloc[::-1]
    assert [row for row, *_ in told(frame)] == [2]


def test_the_same_code_in_another_school_or_test_is_another_pupil() -> None:
    frame = works(
        pupil=["50001", "50001", "50001"],
        school_id=["edu000005", "edu000006", "edu000005"],
        test_id=["vpr_2021_05_ma", "vpr_2021_05_ma", "vpr_2021_05_ru"],
    )
    assert told(frame) == []


def test_works_without_a_code_are_not_repetitions_of_each_other() -> None:
    frame = works(pupil=[None, None, "50001"])
    assert [code for _, code, *_ in told(frame)] == ["missing_value", "missing_value"]


@pytest.mark.parametrize(
    ("label", "grade", "fits"),
    [
        ("4А", 5, False),
        ("5А", 5, True),
        ("6А", 5, False),
        (" 5 а", 5, True),
        ("5", 5, None),
        ("1", 5, None),
        ("5-1", 5, None),
        ("А", 5, None),
        ("нет", 5, None),
        (None, 5, None),
        ("6А", None, None),
        ("10А", 10, True),
        ("11А", 10, False),
        ("1А", 10, False),
    ],
)
def test_a_class_label_begins_with_the_grade(label: str, grade: int, fits: bool | None) -> None:
    frame = works(class_label=[label], pupil_grade=[grade], test_id=["vpr_2021_09_ma"])
    found = derive(frame.astype({"pupil_grade": "Int64"}), "works")["class_fits"][0]
    assert (None if found is pd.NA else bool(found)) is fits


def test_an_autumn_test_takes_the_grade_of_its_programme_too() -> None:
    frame = works(class_label=["3А", "4А", "5А", "6А"], test_id=["vpr_2020_04_ma"] * 4)
    assert told(frame) == [
        (2, "class_of_other_grade", "3А", "5"),
        (5, "class_of_other_grade", "6А", "5"),
    ]


def test_an_unknown_school_is_told_once_per_file() -> None:
    frame = works(
        known_school=[False, False, True, False, None],
        school_id=["x1", "x1", "x2", "x3", "x4"],
        source_id=["a", "a", "a", "a", "a"],
    )
    again = frame.assign(source_id="b", pupil=frame["pupil"] + "0")
    faults = validate(pd.concat([frame, again]), "works")
    assert faults[["source_id", "row", "value"]].to_numpy().tolist() == [
        ["a", 2, "x1"],
        ["a", 5, "x3"],
        ["b", 2, "x1"],
        ["b", 5, "x3"],
    ]


def test_the_row_told_of_an_unknown_school_does_not_hang_on_the_order() -> None:
    frame = works(known_school=[False, False, False])
    assert told(frame.iloc[::-1]) == told(frame)


def test_minimum_of_4_is_above_that_of_3() -> None:
    faults = validate(scales(min4=[5, 6, 7, None]), "tests", index=("test_id",))
    assert faults[["test_id", "code", "column", "value", "expected"]].to_numpy().tolist() == [
        ["vpr_2021_04_ma", "scale_not_increasing", "min4", "5", "больше минимума на «3» (6)"],
        ["vpr_2021_05_ma", "scale_not_increasing", "min4", "6", "больше минимума на «3» (6)"],
    ]


def test_minimum_of_5_is_above_that_of_4() -> None:
    faults = validate(scales(min5=[9, 10, 11, None]), "tests", index=("test_id",))
    assert faults[["column", "value", "expected"]].to_numpy().tolist() == [
        ["min5", "9", "больше минимума на «4» (10)"],
        ["min5", "10", "больше минимума на «4» (10)"],
    ]


def test_minimum_of_5_may_be_the_maximum_but_not_more() -> None:
    faults = validate(scales(max_score=[14, 15, 16, None]), "tests", index=("test_id",))
    assert faults[["column", "value", "expected"]].to_numpy().tolist() == [
        ["min5", "15", "не больше максимального балла (14)"]
    ]


def test_an_overlap_in_a_printed_scale_is_noted() -> None:
    frame = scales(printed_overlap=[True, False, None], min5=[36, 15, 15], max_score=[40, 20, 20])
    faults = validate(frame, "tests", index=("test_id",))
    assert faults[["code", "column", "value"]].to_numpy().tolist() == [
        ["scale_printed_overlap", "min5", "36"]
    ]


def test_maxima_of_tasks_make_up_the_maximum_of_the_test() -> None:
    maxima = {"t19": [10, 9], "t20": [10, 10], "t21": [10, 11], "part": [10, None], "free": [1, 1]}
    frame = pd.DataFrame(
        [
            {"test_id": test, "position": k + 1, "task": str(k + 1), "max_points": points}
            for test, both in maxima.items()
            for k, points in enumerate(both)
        ]
    ).assign(level="Б", skill=None, block=None, kes=None, kt=None)
    frame["max_score"] = (frame["test_id"] != "free").map({True: 20, False: None})
    faults = validate(frame, "tasks", index=("test_id", "position"))
    assert faults[["test_id", "position", "code", "value", "expected"]].to_numpy().tolist() == [
        ["t19", 1, "task_points_do_not_sum", "19", "20"],
        ["t21", 1, "task_points_do_not_sum", "21", "20"],
    ]


def test_percents_make_up_a_hundred_within_half_a_percent() -> None:
    # In binary the second row adds up to less than 99.5 and the fourth to more than 100.5.
    frame = report(
        {
            "n": [30, 30, 30, 30, 30, 0],
            "pct2": [7.8, 7.8, 9.2, 9.2, 9.2, 0.0],
            "pct3": [27.4, 27.4, 29.5, 29.5, 29.5, 0.0],
            "pct4": [29.5, 29.5, 28.1, 28.1, 28.1, 0.0],
            "pct5": [34.7, 34.8, 33.2, 33.7, 33.8, 0.0],
        }
    )
    assert told(frame, "report_marks") == [
        (2, "percents_do_not_sum", "99,4", "100"),
        (6, "percents_do_not_sum", "100,6", "100"),
    ]


def test_lowered_confirmed_and_raised_make_up_all() -> None:
    frame = report({"n": [10, 10, 10], "lowered": 1, "confirmed": [7, 8, 9], "raised": 1})
    assert told(frame, "report_journal") == [
        (2, "journal_counts_do_not_sum", "9", "10"),
        (4, "journal_counts_do_not_sum", "11", "10"),
    ]


def test_all_kinds_of_faults_are_told_in_one_go() -> None:
    frame = works(
        class_label=["5А", "7Б", "5А", "5А", "5А", "5А"],
        pupil=["1", "2", "3", "3", "5", None],
        score=[21, 12, None, 12, 12, -1],
        mark=[4, 3, 4, 4, 7, 4],
        journal_mark=[4, 4, 4, 4, 4, 1],
        points_over=[1, 0, 0, 0, 0, 0],
        known_school=[True, True, True, True, False, True],
    )
    assert [(row, code) for row, code, *_ in told(frame)] == [
        (2, "points_over_maximum"),
        (2, "score_above_maximum"),
        (3, "class_of_other_grade"),
        (3, "mark_against_scale"),
        (4, "score_missing"),
        (5, "duplicate_pupil"),
        (6, "mark_against_scale"),
        (6, "school_not_in_registry"),
        (6, "value_not_allowed"),
        (7, "missing_value"),
        (7, "value_not_allowed"),
        (7, "value_out_of_range"),
    ]
