"""A frame against the suite of its table: every failing row becomes a problem."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.schema import TABLES, Column
from expectations.rules import PREPARED, RULES, derive
from expectations.suites import COLUMN_EXISTS, Check, schema_checks, structure_suite, suite

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

ROW_INDEX = ("source_id", "sheet", "row")
FAULT_COLUMNS = ("code", "column", "value", "expected")

_POSITION = "position"  # name of the frame's index, by which failing rows are found again
_ROWS = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_POSITION],
    # The values stand in the frame; building a dict per failing row takes most of the time.
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}
# What pandas calls the values of a column that may be brought to a declared dtype without loss.
_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float"})
_LOSSLESS = {
    "str": frozenset({"string"}),
    "Int64": _NUMBERS,
    "float64": _NUMBERS,
    "boolean": frozenset({"boolean"}),
}


class ExpectationError(RuntimeError):
    """A frame that is not built as declared, or an expectation that could not be computed."""


def validate(frame: pd.DataFrame, table: str, *, index: Sequence[str] = ROW_INDEX) -> pd.DataFrame:
    """All faults of `frame`, rows of table `table` with the columns that PREPARED adds to it.

    Returns one row per fault, sorted: the columns of `index` (null where the frame lacks them),
    `code`, `column` (canonical name; null where the fault is of several cells), `value`,
    `expected`. Raises ExpectationError for what is no fault of the data: a column that is missing
    or of another type, an expectation that Great Expectations could not compute.
    """
    columns = TABLES[table].columns | PREPARED.get(table, {})
    rows = derive(_declared(frame, table, columns).reset_index(drop=True), table)
    if rows.empty:
        return _no_faults(rows, index)
    checks = [*schema_checks(TABLES[table]), *RULES.get(table, ())]
    tested = list(dict.fromkeys(column for check in checks for column in check.tested))
    results = _run(_plain(rows[tested]), suite(table, checks))
    parts = [
        _faults(rows, checks[result.expectation_config.meta["check"]], failing, index)
        for result in results
        if len(failing := _failing(result))
    ]
    by = [*index, *FAULT_COLUMNS]
    return pd.concat([_no_faults(rows, index), *parts]).sort_values(
        by, kind="stable", ignore_index=True
    )


def _declared(frame: pd.DataFrame, table: str, columns: Mapping[str, Column]) -> pd.DataFrame:
    """`frame` with the declared dtypes; another dtype passes if it holds the same values.

    Frames of several files put together may hold int64 for Int64, or object where all are empty.
    """
    results = _run(frame.iloc[:0], structure_suite(table, columns))
    failed = [result.expectation_config for result in results if not result.success]
    missing = [f.kwargs["column"] for f in failed if f.type == COLUMN_EXISTS]
    if missing:
        raise ExpectationError(f"table {table}: missing columns {missing}")
    dtypes = {f.kwargs["column"]: columns[f.kwargs["column"]].dtype for f in failed}
    wrong = [name for name, dtype in dtypes.items() if not _fits(frame[name], dtype)]
    if wrong:
        found = {name: f"{frame[name].dtype}, not {dtypes[name]}" for name in wrong}
        raise ExpectationError(f"table {table}: wrong types {found}")
    return frame.astype(dtypes)


def _fits(column: pd.Series, dtype: str) -> bool:
    filled = column.dropna()
    kind = pd.api.types.infer_dtype(filled.astype(object))
    if dtype == "Int64" and kind in _NUMBERS:
        return bool((filled.astype("float64") % 1 == 0).all())
    return filled.empty or kind in _LOSSLESS[dtype]


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Numbers and flags as float64: Great Expectations compares other dtypes value by value."""
    kinds = {name: str(dtype) for name, dtype in rows.dtypes.items()}
    numbers = [name for name, kind in kinds.items() if kind in ("Int64", "boolean")]
    return rows.astype(dict.fromkeys(numbers, "float64")).rename_axis(index=_POSITION)


def _run(frame: pd.DataFrame, expectations: ExpectationSuite) -> Iterable[Any]:
    """Results of a suite on `frame`, in a context that lives in memory and sends nothing."""
    import great_expectations as gx
    from great_expectations.data_context.types import base

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    config = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=base.ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset(expectations.name)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    return batch.validate(expectations, result_format=_ROWS).results


def _failing(result: Any) -> np.ndarray:
    """Positions of the rows that fail; raises where the expectation was not computed."""
    info = result.exception_info
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = sorted({str(e["exception_message"]) for e in entries if e["raised_exception"]})
    if raised:
        config = result.expectation_config
        raise ExpectationError(f"{config.type} {config.kwargs} was not computed: {raised}")
    found = result.result["unexpected_index_list"]
    return np.sort(np.asarray(found[0][_POSITION], dtype=np.int64)) if found else np.array([])


def _faults(
    rows: pd.DataFrame, check: Check, failing: np.ndarray, index: Sequence[str]
) -> pd.DataFrame:
    faulty = rows.loc[failing]
    faulty = faulty.dropna(subset=list(check.filled))
    if check.first_stays:
        faulty = faulty[faulty.duplicated(subset=list(check.first_stays))]
    if check.once_per:
        known = [name for name in index if name in faulty]
        faulty = faulty.sort_values(known, kind="stable")
        faulty = faulty.drop_duplicates(subset=list(check.once_per))
    return _index_of(faulty, index).assign(
        code=_constant(check.code, faulty),
        column=_constant(check.column, faulty),
        value=_spelled(faulty[check.value]),
        expected=_expected(check.expected, faulty),
    )


def _no_faults(rows: pd.DataFrame, index: Sequence[str]) -> pd.DataFrame:
    none = rows.iloc[:0]
    return _index_of(none, index).assign(**{c: _constant(None, none) for c in FAULT_COLUMNS})


def _index_of(rows: pd.DataFrame, index: Sequence[str]) -> pd.DataFrame:
    """The columns of `index`, null where `rows` lacks them."""
    declared = TABLES["problems"].columns
    absent = {
        name: pd.Series(
            None, index=rows.index, dtype=declared[name].dtype if name in declared else "str"
        )
        for name in index
        if name not in rows
    }
    return rows.assign(**absent)[list(index)]


def _constant(text: str | None, rows: pd.DataFrame) -> pd.Series:
    return pd.Series(text, index=rows.index, dtype="str")


def _expected(template: str, rows: pd.DataFrame) -> pd.Series:
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    if not names:
        return _constant(template, rows)
    limits = pd.DataFrame({name: _spelled(rows[name]) for name in names}).to_dict("records")
    return pd.Series([template.format(**limit) for limit in limits], index=rows.index, dtype="str")


def _spelled(column: pd.Series) -> pd.Series:
    """Values as text for a message: whole numbers without decimals, others with a comma."""
    texts = {value: _spell(value) for value in column.dropna().unique()}
    return column.map(texts).astype("str")


def _spell(value: object) -> str:
    return f"{value:.10g}".replace(".", ",") if isinstance(value, float) else str(value)
