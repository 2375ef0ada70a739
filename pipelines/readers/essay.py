"""Protocols of the final essay (итоговое сочинение) and of the exposition (изложение).

No real protocol was at hand: the layout follows the columns that the rules of the procedure name,
found by their titles in any order. Criteria are зачёт / незачёт, + / −, 1 / 0; the result may also
say that the pupil did not come, was removed or did not finish. Names never leave this module.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import schema
from analytics.essay_rule import passed_by_rule
from pipelines.readers import cells
from pipelines.readers import essay_words as words
from pipelines.readers.essay_sheet import (
    HEADINGS,
    NAMES,
    PERSONAL,
    PUPIL,
    TITLES,
    essay_table,
    lines_above,
)
from pipelines.readers.exam_cells import login_of, quotable
from pipelines.readers.persons import Context, person_codes
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import SheetTable, each, require
from pipelines.readers.tokens import Tokens

KIND = "essay"
LABEL = "Итоговое сочинение (изложение): протокол"

CRITERIA = schema.ESSAY_CRITERIA
COLUMNS = {
    **{"year": "Int64", "exam_date": "str", "kind": "str", "login": "str", "class_label": "str"},
    **{"pupil": "str", "person": "str", "absent": "boolean", "passed": "boolean"},
    **dict.fromkeys(CRITERIA, "boolean"),
    **{"sheet": "str", "row": "Int64"},
}
_EXPECTED = "зачёт, незачёт, +, −, 1 или 0"
_RESULT_EXPECTED = f"{_EXPECTED}, «не явился», «удалён», «не завершил»"
_SAID = {True: "зачёт", False: "незачёт"}
_NAMED_PARTS = 3  # of a full name: surname, name, patronymic

Flags = NDArray[np.bool_]


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has results or criteria of pupils and is named after the essay."""
    return any(essay_table(sheet, workbook.path) is not None for sheet in workbook.sheets)


def read(workbook: Workbook, context: Context) -> Reading:
    """Table `essays`: one row per pupil and day; `login` is «gia» + «Код ОО»."""
    log, parts, addresses = ProblemLog(), [], {}
    for sheet in workbook.sheets:
        table = essay_table(sheet, workbook.path)
        if table is None:
            continue
        require(table, log)
        _note_header(table, log)
        lines = [*lines_above(sheet, table), workbook.path]
        parts.append(_rows(table, lines, context, log))
        addresses |= _addresses(table)
    empty = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    rows = pd.concat([empty, *parts], ignore_index=True).astype(COLUMNS)
    kept = without_stopped(rows, log)
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"essays": kept} if len(rows) else {},
        rows_read=len(rows),
        addresses=addresses,
    )


def _note_header(table: SheetTable, log: ProblemLog) -> None:
    """Notes the columns that a header lacks and those with personal data."""
    row = (table.header_row or 0) + 1
    lacking = [label for column, label in TITLES.items() if column not in table.columns]
    if any(column in table.columns for column in PUPIL):
        lacking = [label for label in lacking if label != TITLES["pupil"]]
    first = min(table.columns.values())
    if lacking:
        log.add("essay_columns_missing", sheet=table.sheet, row=row, column_index=first,
                expected=", ".join(f"«{label}»" for label in lacking))  # fmt: skip
    labels = {heading.column: heading.label for heading in HEADINGS}
    personal = [column for column in PERSONAL if column in table.columns]
    if personal:
        log.add("exam_personal_columns", sheet=table.sheet, row=row,
                column_index=table.columns[personal[0]],
                value=", ".join(labels[c] for c in personal))  # fmt: skip


def _rows(table: SheetTable, lines: list[str], context: Context, log: ProblemLog) -> pd.DataFrame:
    """The pupils' rows of one sheet, those with a fault that sets them aside left in."""
    told = words.day(lines)
    login = table.texts("login", login_of)
    everyone = np.ones(len(table.rows), dtype=bool)
    if told is None:
        _fault(table, log, "essay_date_unknown", everyone, "pupil", login, quoted=False)
    _fault(table, log, "exam_school_missing", pd.isna(login), "login", login)
    person = _persons(table, login, context)
    own = pd.Series(table.texts("pupil", cells.label), dtype="str")
    pupil = own.fillna(pd.Series(person, dtype="str"))
    column = next((c for c in PUPIL if c in table.columns), "pupil")
    _fault(table, log, "exam_pupil_missing", pupil.isna().to_numpy(), column, login, quoted=False)
    marks = pd.DataFrame({c: _criterion(table, c, login, log) for c in CRITERIA})
    passed, absent = _result(table, marks, login, log)
    kind = pd.Series(table.texts("kind", lambda cell: words.kind(cells.text(cell))), dtype="str")
    return pd.DataFrame(
        {
            "year": words.graduation(told) if told else None,
            "exam_date": told.isoformat() if told else None,
            "kind": kind.fillna(words.kind(*lines) or ""),
            "login": login,
            "class_label": table.texts("class_label", cells.class_label),
            "pupil": pupil,
            "person": person,
            "absent": absent,
            "passed": passed,
            **marks,
            "sheet": table.sheet,
            "row": table.rows,
        },
        index=range(len(table.rows)),
    ).astype(COLUMNS)


def _persons(
    table: SheetTable, login: NDArray[np.object_], context: Context
) -> pd.api.extensions.ExtensionArray:
    """Keyed codes as the exam protocols make them, also of a name that stands in one cell."""
    if "full_name" in table.columns and "surname" not in table.columns:
        full = [(name or "").split(maxsplit=_NAMED_PARTS - 1) for name in table.texts("full_name")]
        parts = [[p[i] if i < len(p) else "" for p in full] for i in range(_NAMED_PARTS)]
    else:
        parts = [[part or "" for part in table.texts(role)] for role in NAMES[:_NAMED_PARTS]]
    tokens = [Tokens.of([part]).column(0) for part in parts]
    return person_codes(tokens, pd.array(login, dtype="str"), context.key)


def _criterion(
    table: SheetTable, column: str, login: NDArray[np.object_], log: ProblemLog
) -> pd.Series:
    """A requirement or criterion as boolean, null where blank; other words are noted."""
    said = table.texts(column, words.result)
    # Beside a pupil who did not come or finish, the word may be repeated under the criteria.
    unknown = ~pd.isna(said) & np.isin(said.astype(str), [words.UNKNOWN])
    _fault(table, log, "essay_word_unknown", unknown, column, login, expected=_EXPECTED)
    return _flag(said)


def _result(
    table: SheetTable, marks: pd.DataFrame, login: NDArray[np.object_], log: ProblemLog
) -> tuple[pd.Series, Flags]:
    """Whether the work is passed, and who was absent.

    The printed result stays; where it is not given the criteria decide by the rule, and a row that
    neither of them decides is set aside.
    """
    said = table.texts("result", words.result)
    texts = said.astype(str)
    unknown, absent = texts == words.UNKNOWN, texts == words.ABSENT
    _fault(table, log, "essay_word_unknown", unknown, "result", login, expected=_RESULT_EXPECTED)
    printed, derived = _flag(said), passed_by_rule(marks)
    against = (printed != derived).fillna(value=False).to_numpy(dtype=bool)
    _fault(table, log, "essay_result_contradicts", against, "result", login,
           expected=[_SAID.get(d, "") if pd.notna(d) else "" for d in derived])  # fmt: skip
    open_ = printed.isna().to_numpy() & ~absent & (texts != words.UNFINISHED)
    known = derived.notna().to_numpy()
    _fault(table, log, "essay_result_derived", open_ & known, "result", login, quoted=False,
           expected=[_SAID.get(d, "") if pd.notna(d) else "" for d in derived])  # fmt: skip
    _fault(table, log, "essay_result_missing", open_ & ~known, "result", login, quoted=False)
    return printed.mask(open_, derived), absent


def _flag(said: NDArray[np.object_]) -> pd.Series:
    flags = each(said, {words.PASSED: True, words.FAILED: False}.get)
    return pd.Series(flags, dtype="boolean")


def _fault(
    table: SheetTable, log: ProblemLog, code: str, where: Flags, column: str,
    login: NDArray[np.object_], *, quoted: bool = True, expected: str | list[str] = "",
) -> None:  # fmt: skip
    """Notes `code` at the column of the rows `where`, or at the header's first column.

    A cell is quoted only where it holds figures or a word of the protocol: else it may be a name.
    """
    place = table.columns.get(column, min(table.columns.values()))
    quoted = quoted and column in table.columns
    shown = [_quotable(cell) if quoted else "" for cell in table.cells[:, place]]
    table.fault(log, code, where, place, login=login, expected=expected, value=shown)


def _quotable(cell: object) -> object:
    return cell if words.result(cell) not in (None, words.UNKNOWN) else quotable(cell)


def _addresses(table: SheetTable) -> dict[tuple[str, str], str]:
    """Excel's letters by the columns of `essays`."""
    letters = {name: place for (_, name), place in table.addresses().items()}
    pupil = next((letters[c] for c in PUPIL if c in letters), None)
    renamed = {"school_id": letters.get("login"), "pupil": pupil, "passed": letters.get("result")}
    own = {c: letters[c] for c in (*CRITERIA, "class_label", "kind") if c in letters}
    return {(table.sheet, c): place for c, place in (own | renamed).items() if place}
