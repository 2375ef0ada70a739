"""The table of an essay protocol in a sheet: its columns, and a header of two rows made one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from analytics import norms, schema
from pipelines.readers import cells
from pipelines.readers import essay_words as words
from pipelines.readers.reading import Sheet
from pipelines.readers.sheet_table import HEADER_ROWS, Heading, SheetTable, find_table

NAMES = ("surname", "name", "patronymic", "full_name")
PERSONAL = (*NAMES, "series", "document")
PUPIL = ("pupil", "surname", "full_name")
TITLES = {
    "login": "Код ОО",
    "pupil": "Код участника",
    **{f"r{k}": f"Требование {k}" for k in (1, 2)},
    **{f"k{k}": f"Критерий {k}" for k in range(1, 6)},
    "result": "Результат",
}
_REQUIREMENT = r"(?:требован\w*|треб\.?|т) ?№? ?"
_CRITERION = r"(?:критери\w*|крит\.?|[кk]) ?№? ?"  # the last letter is also typed in Latin
_RESULT = (
    r"итог\w*(?:$| результат| ?\()|результат(?:$| работы| сочин| излож| провер| ?\()"
    r"|зачет|оценка|отметка"
)
HEADINGS = tuple(
    Heading(column, label, pattern, required=False)
    for column, label, pattern in (
        ("login", TITLES["login"], r"код (?:оо|оу|школ|образоват|общеобразоват)"),
        ("class_label", "Класс", r"класс(?:$| участ)"),
        ("surname", "Фамилия", r"фамилия"),
        ("name", "Имя", r"имя"),
        ("patronymic", "Отчество", r"отчество"),
        ("full_name", "ФИО", r"фио|ф\. ?и\. ?о"),
        ("series", "Серия", r"серия"),
        ("document", "Номер документа", r"номер(?:$| документа| паспорта)|паспорт|документ"),
        ("pupil", TITLES["pupil"], r"код (?:участника|регистрации|работы)|регистрационный"),
        ("kind", "Вид работы", r"вид (?:работы|итогов)|(?:сочинение|изложение) ?/ ?(?:соч|изл)"),
        *((f"r{k}", TITLES[f"r{k}"], rf"{_REQUIREMENT}{k}(?!\d)") for k in (1, 2)),
        *((f"k{k}", TITLES[f"k{k}"], rf"{_CRITERION}{k}(?!\d)") for k in range(1, 6)),
        ("result", TITLES["result"], _RESULT),
    )
)  # fmt: skip
_LEAST_TITLES = 4  # of a header
_GROUPS = (
    (TITLES["r1"][:-1], re.compile(r"\D*требовани\D*")),
    (TITLES["k1"][:-1], re.compile(r"\D*критери\D*")),
)
_NUMBERED = re.compile(r"(?:№|т|[кk]|требование|критерий)? ?№? ?([1-5])")


def essay_table(sheet: Sheet, path: str) -> SheetTable | None:
    """The rows of pupils under a header with a result or criteria; None if there is no such one,
    or if neither the sheet's upper rows nor its name nor the path speak of the essay.

    Signatures below, and a row that only numbers the columns, are no rows of pupils.
    """
    upper = (cell for row in sheet.rows[:HEADER_ROWS] for cell in row if isinstance(cell, str))
    if words.kind(*upper, sheet.name, path) is None:
        return None
    table = find_table(_with_one_header_row(sheet), HEADINGS, at_least=_LEAST_TITLES)
    given = [c for c in ("result", *schema.ESSAY_CRITERIA) if c in table.columns]
    if not given or not any(c in table.columns for c in ("login", *PUPIL)):
        return None
    places = [table.columns[c] for c in (*PUPIL, *given) if c in table.columns]
    kept = [
        any(not cells.is_blank(row[place]) for place in places) and not _numbers_columns(row)
        for row in table.cells
    ]
    return table.keep(np.array(kept, dtype=bool))


def lines_above(sheet: Sheet, table: SheetTable) -> list[str]:
    """The rows above the header as texts, then the name of the sheet; days as 2024-12-04."""
    upper = sheet.rows[: table.header_row or 0]
    lines = [" ".join(_shown(cell) for cell in row if cell != "") for row in upper]
    return [*filter(None, lines), sheet.name]


def _shown(cell: Any) -> str:
    return cell.isoformat()[:10] if isinstance(cell, date) else cells.text(cell)


def _numbers_columns(row: np.ndarray) -> bool:
    """Whether a row is 1, 2, 3… as forms print it under a header."""
    numbers = [cells.whole(cell) for cell in row if not cells.is_blank(cell)]
    return len(numbers) >= _LEAST_TITLES and numbers == list(range(1, len(numbers) + 1))


def _with_one_header_row(sheet: Sheet) -> Sheet:
    """«Критерии» over «1», «2» become «Критерий 1», «Критерий 2» in the lower of the two rows."""
    for place in range(min(HEADER_ROWS, len(sheet.rows)) - 1):
        upper, lower = sheet.rows[place], sheet.rows[place + 1]
        joined = _joined(upper, lower)
        if joined is not None:
            rows = [*sheet.rows[: place + 1], joined, *sheet.rows[place + 2 :]]
            return replace(sheet, rows=rows)
    return sheet


def _joined(upper: list[Any], lower: list[Any]) -> list[Any] | None:
    """A header of two rows as one; None where the lower row numbers no group of the upper."""
    group, found, joined = None, False, []
    for above, below in zip(upper, lower, strict=True):
        if not cells.is_blank(above):
            folded = norms.fold(cells.text(above))
            group = next((name for name, title in _GROUPS if title.fullmatch(folded)), None)
        number = _NUMBERED.fullmatch(norms.fold(cells.text(below))) if group else None
        found = found or number is not None
        joined.append(f"{group}{number[1]}" if number else below if above == "" else above)
    return joined if found else None
