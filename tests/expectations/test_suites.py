"""Suites follow the schema: what is checked of a column, and that every table can be checked."""

import pandas as pd
import pytest

from analytics.schema import TABLES, Column, Table, empty
from expectations.rules import PREPARED, RULES
from expectations.suites import schema_checks, structure_suite
from expectations.validation import validate
from reports.messages import catalogue, tell

TABLE = Table(
    "marks",
    "Отметки",
    "one row per pupil",
    ("pupil",),
    {
        "pupil": Column("str", "Код участника"),
        "mark": Column("Int64", "Отметка", null=True, allowed=(2, 3, 4, 5)),
        "share": Column("float64", "Доля", null=True, low=0.0, high=1.0),
        "row": Column("Int64", "Строка", null=True, low=1),
        "gap": Column("float64", "Разность", null=True, high=0.5),
        "note": Column("str", "Примечание", null=True),
    },
)


def test_a_check_for_each_thing_that_the_schema_says() -> None:
    told = [(check.code, check.column, check.expected) for check in schema_checks(TABLE)]
    assert told == [
        ("missing_value", "pupil", "непустое значение"),
        ("value_not_allowed", "mark", "2, 3, 4 или 5"),
        ("value_out_of_range", "share", "от 0 до 1"),
        ("value_out_of_range", "row", "не меньше 1"),
        ("value_out_of_range", "gap", "не больше 0,5"),
        ("duplicate_key", "pupil", "неповторяющееся значение"),
    ]


def test_structure_asks_for_every_column_and_its_type() -> None:
    asked = [
        (e.column, getattr(e, "type_", None))
        for e in structure_suite("t", TABLE.columns).expectations
    ]
    assert asked[: len(TABLE.columns)] == [(column, None) for column in TABLE.columns]
    assert asked[len(TABLE.columns) :] == [
        ("pupil", "str"),
        ("mark", "Int64"),
        ("share", "float64"),
        ("row", "Int64"),
        ("gap", "float64"),
        ("note", "str"),
    ]


def one_empty_row(table: str) -> pd.DataFrame:
    prepared = {name: pd.Series(dtype=spec.dtype) for name, spec in PREPARED.get(table, {}).items()}
    return empty(table).assign(**prepared).reindex([0])


@pytest.mark.parametrize("table", ["works", "schools", "report_marks"])
def test_a_table_without_rows_has_no_faults(table: str) -> None:
    assert validate(one_empty_row(table).iloc[:0], table).empty


@pytest.mark.parametrize("table", TABLES)
def test_of_a_row_without_values_each_required_one_is_missing(table: str) -> None:
    faults = validate(one_empty_row(table), table)
    required = sorted(c for c, spec in TABLES[table].columns.items() if not spec.null)
    assert faults["code"].unique().tolist() == ["missing_value"]
    assert faults["column"].tolist() == required
    assert faults["value"].isna().all()


@pytest.mark.parametrize("table", TABLES)
def test_every_check_has_a_message_and_a_column_of_its_table(table: str) -> None:
    checks = [*schema_checks(TABLES[table]), *RULES.get(table, ())]
    assert {check.code for check in checks} <= set(catalogue())
    assert {check.column for check in checks} - {None} <= set(TABLES[table].columns)


def test_rules_and_prepared_columns_are_of_declared_tables() -> None:
    assert set(RULES) | set(PREPARED) <= set(TABLES)


def test_severities() -> None:
    codes = {check.code for t in TABLES for check in [*schema_checks(TABLES[t]), *RULES.get(t, ())]}
    by_severity: dict[str, set[str]] = {}
    for code in codes:
        by_severity.setdefault(catalogue()[code].severity, set()).add(code)
    assert by_severity == {
        "stop": {
            "missing_value",
            "value_not_allowed",
            "value_out_of_range",
            "duplicate_key",
            "duplicate_pupil",
            "olympiad_pupil_repeated",
            "essay_pupil_repeated",
            "score_missing",
            "score_above_maximum",
            "scale_not_increasing",
        },
        "warn": {
            "points_over_maximum",
            "mark_against_scale",
            "task_points_do_not_sum",
            "percents_do_not_sum",
            "journal_counts_do_not_sum",
        },
        "note": {
            "class_of_other_grade",
            "mark_below_by_condition",
            "school_not_in_registry",
            "scale_printed_overlap",
        },
    }


def test_messages_are_told_of_what_validation_returns() -> None:
    report = pd.DataFrame(
        {
            "test_id": ["vpr_2021_04_ma"],
            "group": ["school"],
            "group_id": ["s1"],
            "group_name": ["Школа 1"],
            "n": [10],
            "lowered": [1],
            "confirmed": [7],
            "raised": [1],
            "source_id": ["a" * 64],
            "sheet": ["Лист1"],
            "row": [7],
        }
    )
    told = tell(validate(report, "report_journal"))
    assert told["message"].tolist() == [
        "«Понизили», «подтвердили» и «повысили» дают в сумме 9, а участников 10"
    ]
