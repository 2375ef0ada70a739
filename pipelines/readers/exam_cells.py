"""Cells of exam protocols: columns of a block as values, and how a faulty cell is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers import cells
from pipelines.readers.cells import Sign
from pipelines.readers.exam_blocks import Block
from pipelines.readers.exam_roles import DOCUMENTS, PERSON, ROLES
from pipelines.readers.header import Role
from pipelines.readers.persons import Context, person_codes
from pipelines.readers.reading import ProblemLog, excel_column

GIA_LOGIN = "gia"  # before «Код ОО»: another numbering than the logins of ФИС ОКО
_MARKS_EXPECTED = "2, 3, 4 или 5"
# Anything else in a cell could be a name that slipped out of its column: it is not repeated.
_HARMLESS = re.compile(r"[\d\s.,()+\-–—−/xXхХ*?]*|\d{1,2} ?[А-Яа-яA-Za-z]|н/[яад]", re.IGNORECASE)


def note_sheets(found: Sequence[Block], roles: Mapping[str, Role], log: ProblemLog) -> None:
    """Notes columns that a header lacks, persons' columns, hidden sheets and rows."""
    told: set[str] = set()
    for block in found:
        sheet, place = block.sheet, min(block.columns.values())
        lacking = [r.title for n, r in roles.items() if r.required and n not in block.columns]
        if lacking:
            log.add("exam_columns_missing", sheet=sheet.name, row=block.header_row,
                    column_index=place, expected=", ".join(f"«{t}»" for t in lacking))  # fmt: skip
        personal = [r for r in (*PERSON, *DOCUMENTS) if r in block.columns]
        if personal and sheet.name not in told:
            log.add("exam_personal_columns", sheet=sheet.name, row=block.header_row,
                    column_index=block.columns[personal[0]],
                    value=", ".join(roles[r].title for r in personal))  # fmt: skip
        if not sheet.visible and sheet.name not in told:
            log.add("hidden_sheet", sheet=sheet.name, value=sheet.name)
        hidden = sorted(sheet.hidden_rows & set(block.rows.tolist()))
        if hidden:
            log.add("hidden_rows", sheet=sheet.name, row=hidden[0], value=len(hidden))
        told.add(sheet.name)


def login_of(value: object) -> str | None:
    """«Код ОО» as the login of a school; leading zeros do not count, Excel drops them."""
    digits = cells.digits(value)
    return f"{GIA_LOGIN}{digits.lstrip('0')}" if digits and digits.strip("0") else None


def quotable(value: object) -> object:
    """A cell as a problem may quote it: figures, masks and classes, never a word."""
    return value if _HARMLESS.fullmatch(cells.text(value)) else "(текст)"


def texts(block: Block, role: str, parse=cells.label) -> pd.api.extensions.ExtensionArray:
    """The column of `role` as texts, all null where the header lacks it."""
    column = block.column(role)
    if column is None:
        return pd.array([None] * len(block.rows), dtype="str")
    return column.texts(parse)


def persons(
    block: Block, login: pd.api.extensions.ExtensionArray, context: Context
) -> pd.api.extensions.ExtensionArray:
    """The keyed codes of the persons of a block, null where the header has no names."""
    if "surname" not in block.columns:
        return pd.array([None] * len(block.rows), dtype="str")
    parts = [column for role in PERSON if (column := block.column(role)) is not None]
    return person_codes(parts, login, context.key)


def fault(
    block: Block, log: ProblemLog, code: str, where: NDArray[np.bool_], role: str, **told: Any
) -> None:
    """Notes `code` for the rows `where`, at the column of `role` or else at the row's beginning."""
    if not where.any():
        return
    place = block.columns.get(role, min(block.columns.values()))
    rows = block.rows[where]
    known = role in block.columns
    title = block.titles.get(role) or (ROLES[role].title if role in ROLES else None)
    values = [quotable(block.sheet.rows[r - 1][place]) for r in rows] if known else None
    log.add(
        code,
        sheet=block.sheet.name,
        row=rows,
        column_index=np.full(len(rows), place),
        column=title,
        login=[None if pd.isna(x) else x for x in texts(block, "login", login_of)[where]],
        **{"value": values, **told},
    )


def numbers(block: Block, log: ProblemLog, role: str, parse=cells.total) -> pd.arrays.IntegerArray:
    """Whole numbers of a column; anything else is null and noted, blanks are null."""
    column = block.column(role)
    if column is None:
        return pd.array([None] * len(block.rows), dtype="Int64")
    signs, found = column.signs(parse)
    wrong = ~np.isin(signs, (Sign.VALUE, Sign.BLANK, Sign.NOT_GIVEN))
    if parse is cells.mark:
        fault(block, log, "mark_not_in_scale", wrong, role, expected=_MARKS_EXPECTED)
    else:
        fault(block, log, "not_a_number", wrong, role, expected="целое число")
    return pd.arrays.IntegerArray(found.astype(np.int64), signs != Sign.VALUE)


def addresses(
    found: Sequence[Block], tasks: Sequence[tuple[int, int]]
) -> dict[tuple[str, str], str]:
    """Excel's letters of canonical columns; none for a column that two blocks have elsewhere.

    tasks: how many short and long answers each block has; all short ones stand in one column.
    """
    met: dict[tuple[str, str], set[str]] = {}
    for block, (short, long) in zip(found, tasks, strict=True):
        columns = {("school_id" if r == "login" else r): c for r, c in block.columns.items()}
        if "pupil" not in columns and "surname" in columns:
            columns["pupil"] = columns["surname"]
        for k in range(short + long):
            role = "short" if k < short else "long"
            if role in block.columns:
                columns[f"p{k + 1}"] = block.columns[role]
        for name, place in columns.items():
            met.setdefault((block.sheet.name, name), set()).add(excel_column(place))
    return {key: letters.pop() for key, letters in met.items() if len(letters) == 1}
