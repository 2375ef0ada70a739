"""The suite of a table: what its columns are and what may stand in them, from the schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.schema import Column, Table

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

COLUMN_EXISTS = "expect_column_to_exist"
# A repeated pupil's code has advice of its own.
_KEY_CODES = {
    "works": "duplicate_pupil",
    "olympiad": "olympiad_pupil_repeated",
    "rechecks": "olympiad_pupil_repeated",
    "essays": "essay_pupil_repeated",
}


@dataclass(frozen=True)
class Check:
    """One expectation about rows, and how a row that fails it is told.

    code: of the message catalogue, which gives the severity and the words.
    expectation, arguments: the class of Great Expectations and what it is called with.
    column: canonical column of the faulty cell; None where the fault is of several cells.
    value: column whose value is quoted.
    expected: text for the message; `{name}` stands for the row's value in column `name`.
    first_stays: columns of a key; the first failing row of each value of it is no fault.
    filled: columns of the key without which a row is no repetition.
    once_per: columns; of the failing rows with the same values in them only one is told.
    """

    code: str
    expectation: str
    arguments: Mapping[str, Any]
    column: str | None
    value: str
    expected: str
    first_stays: tuple[str, ...] = ()
    once_per: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()

    @property
    def tested(self) -> tuple[str, ...]:
        """Columns that the expectation reads."""
        single = [self.arguments.get(name) for name in ("column", "column_A", "column_B")]
        return (*filter(None, single), *self.arguments.get("column_list", ()))


def schema_checks(table: Table) -> list[Check]:
    """Checks that follow from the schema: null, allowed set, range of each column, unique key."""
    checks = [check for name, spec in table.columns.items() for check in _column(name, spec)]
    return checks + ([_key(table)] if table.key else [])


def suite(name: str, checks: Iterable[Check]) -> ExpectationSuite:
    """The suite of `checks`; each expectation carries the position of its check in `meta`."""
    import great_expectations as gx

    expectations = [
        getattr(gx.expectations, check.expectation)(**check.arguments, meta={"check": position})
        for position, check in enumerate(checks)
    ]
    return gx.ExpectationSuite(name=name, expectations=expectations)


def structure_suite(name: str, columns: Mapping[str, Column]) -> ExpectationSuite:
    """The suite of a frame's build: every column is there and has the declared dtype."""
    import great_expectations as gx

    exist = [gx.expectations.ExpectColumnToExist(column=column) for column in columns]
    types = [
        gx.expectations.ExpectColumnTypeToBe(column=column, type_=spec.dtype)
        for column, spec in columns.items()
        if spec.dtype != "list"
    ]
    return gx.ExpectationSuite(name=name, expectations=exist + types)


def _column(name: str, spec: Column) -> Iterable[Check]:
    if not spec.null:
        yield Check(
            code="missing_value",
            expectation="ExpectColumnValuesToNotBeNull",
            arguments={"column": name},
            column=name,
            value=name,
            expected="непустое значение",
        )
    if spec.allowed:
        yield Check(
            code="value_not_allowed",
            expectation="ExpectColumnValuesToBeInSet",
            arguments={"column": name, "value_set": list(spec.allowed)},
            column=name,
            value=name,
            expected=_one_of(spec.allowed),
        )
    if spec.low is not None or spec.high is not None:
        yield Check(
            code="value_out_of_range",
            expectation="ExpectColumnValuesToBeBetween",
            arguments={"column": name, "min_value": spec.low, "max_value": spec.high},
            column=name,
            value=name,
            expected=_between(spec.low, spec.high),
        )


def _key(table: Table) -> Check:
    # A row whose key is not filled in is no repetition; an empty column that may be empty is.
    optional = any(table.columns[name].null for name in table.key)
    compound = {
        "column_list": list(table.key),
        "ignore_row_if": "all_values_are_missing" if optional else "any_value_is_missing",
    }
    single = len(table.key) == 1
    return Check(
        code=_KEY_CODES.get(table.name, "duplicate_key"),
        expectation=f"Expect{'ColumnValues' if single else 'CompoundColumns'}ToBeUnique",
        arguments={"column": table.key[0]} if single else compound,
        column=table.key[-1],
        value=table.key[-1],
        expected="неповторяющееся значение",
        first_stays=table.key,
        filled=tuple(name for name in table.key if not table.columns[name].null),
    )


def _one_of(allowed: tuple[str | int, ...]) -> str:
    *first, last = map(str, allowed)
    return f"{', '.join(first)} или {last}" if first else last


def _between(low: float | None, high: float | None) -> str:
    if high is None:
        return f"не меньше {_number(low)}"
    return f"не больше {_number(high)}" if low is None else f"от {_number(low)} до {_number(high)}"


def _number(limit: float | None) -> str:
    return f"{limit:g}".replace(".", ",")
