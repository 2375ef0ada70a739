"""Tables of olympiad results in a sheet: their columns by the header's words or by position."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics import norms
from pipelines.readers import cells
from pipelines.readers import olympiad_words as words
from pipelines.readers.reading import ProblemLog, Sheet
from pipelines.readers.sheet_table import Heading, SheetTable, find_table

FIRST_ROW = 14  # zero-based: data from row 15, or from row 16 if row 15 begins with «Предмет»
PERSON = ("surname", "name", "patronymic", "full_name")
PUPIL = ("surname", "full_name", "code")

_SHARED = {"subject": 0, "school": 1, "code": 2, "surname": 3, "name": 4, "patronymic": 5}
# The variants of the protocol by position; the column of the status tells them apart.
_BASE = {**_SHARED, "grade_competed": 6, "grade_studied": 7, "score": 8, "percent": 9, "status": 10}
_TECHNOLOGY = {**_SHARED, "grade_competed": 6, "grade_studied": 7, "direction": 8, "score": 9,
               "percent": 10, "status": 11}  # fmt: skip
_PHYSICAL = {**_SHARED, "grade_competed": 7, "grade_studied": 8, "score": 13, "percent": 14,
             "status": 15}  # fmt: skip
VARIANTS = (_BASE, _TECHNOLOGY, _PHYSICAL)

SCHOOL = (
    r"(?:полное |краткое |сокращенное )?наименование (?:общеобраз|образ|оо|оу|школ)|оо$|оу$|школа"
    r"|(?:обще)?образовательн\w+ (?:организаци|учреждени)|логин|код оо"
)
CODE = r"код участника|шифр|код работы|код$"
NAMES = (
    Heading("surname", "Фамилия", r"фамилия", required=False),
    Heading("name", "Имя", r"имя", required=False),
    Heading("patronymic", "Отчество", r"отчество", required=False),
    Heading("full_name", "ФИО", r"фио|ф\. ?и\. ?о", required=False),
)
HEADINGS = (
    Heading("subject", "Предмет", r"(?:наименование |учебный )?предмет", required=False),
    Heading("school", "ОО", SCHOOL),
    Heading("code", "Код участника", CODE, required=False),
    *NAMES,
    Heading("grade_competed", "Класс, за который выступает",
            r"класс,? (?:за|выступ|участ|выполн)|за какой класс", required=False),
    Heading("grade_studied", "Класс обучения",
            r"класс(?:$| обуч|,? в котором)|обучается в классе", required=False),
    Heading("direction", "Направление", r"направление", required=False),
    Heading("score", "Итоговый балл",
            r"итоговый балл|сумма|итого|набран|(?:количество )?балл(?:ы|ов)?$|результат$",
            required=False),
    Heading("max_score", "Максимальный балл", r"макс", required=False),
    Heading("percent", "% выполнения", r"%|процент|доля выполнения", required=False),
    Heading("status", "Статус", r"статус"),
    Heading("stage", "Этап", r"этап", required=False),
    Heading("year", "Год", r"(?:учебный )?год(?: участия)?$", required=False),
)  # fmt: skip


def by_position(sheet: Sheet) -> SheetTable | None:
    """The table of a protocol whose columns are known by position alone; None if it is none.

    The first row must begin with a subject, and one of the three columns of the status must hold
    words of the status.
    """
    rows = sheet.rows
    if len(rows) <= FIRST_ROW or len(rows[0]) <= _BASE["status"]:
        return None
    first = FIRST_ROW + (norms.fold(cells.text(rows[FIRST_ROW][0])) == "предмет")
    if first >= len(rows) or words.subject(rows[first][0]) is None:
        return None
    found = [sum(_holds_status(row, v["status"]) for row in rows[first:]) for v in VARIANTS]
    if not max(found):
        return None
    columns = VARIANTS[int(np.argmax(found))]
    body = np.array(rows[first:], dtype=object).reshape(len(rows) - first, len(rows[0]))
    numbers = np.arange(first + 1, len(rows) + 1)
    above = rows[first - 1]
    header = [cells.text(c) for c in above] if _is_header(above) else [""] * len(above)
    return _rows_of_pupils(SheetTable(sheet, first - 1, header, body, numbers, columns, ()))


def by_header(sheet: Sheet) -> SheetTable | None:
    """The table under a header that names a status, a school and a pupil; None if there is none."""
    table = find_table(sheet, HEADINGS, at_least=4)
    if table.missing or not any(role in table.columns for role in PUPIL):
        return None
    return _rows_of_pupils(table)


def titles(table: SheetTable) -> str:
    """The texts above the table."""
    upper = table.source.rows[: table.header_row or 0]
    return " ".join(cells.text(cell) for row in upper for cell in row if cell != "")


def fault(
    table: SheetTable, log: ProblemLog, code: str, where: ArrayLike, role: str, *,
    expected: str | list[str] = "", quoted: bool = True,
) -> None:  # fmt: skip
    """Notes `code` at the column of `role`, at the first one if the sheet has no such column."""
    place = table.columns.get(role, min(table.columns.values()))
    there = quoted and role in table.columns
    value = [str(cells.quotable(cells.text(c))) if there else "" for c in table.cells[:, place]]
    table.fault(log, code, np.asarray(where, dtype=bool), place, expected=expected, value=value)


def told(values: NDArray[np.float64]) -> list[str]:
    """Numbers as problems tell them, "" for a missing one."""
    return [number(value) for value in values]


def number(value: float) -> str:
    """«12,5»; "" for a missing number."""
    return "" if np.isnan(value) else f"{round(value, 1):g}".replace(".", ",")


def _holds_status(row: list[Any], place: int) -> bool:
    return place < len(row) and words.status(row[place]) is not None


def _is_header(row: list[Any]) -> bool:
    return norms.fold(cells.text(row[0])) == "предмет"


def _rows_of_pupils(table: SheetTable) -> SheetTable:
    """Rows with a name, a code or a score: lines of signatures have none of them."""
    places = [table.columns[r] for r in (*PUPIL, "score") if r in table.columns]
    shown = [[not cells.is_blank(row[p]) for p in places] for row in table.cells]
    kept = np.array(shown, dtype=bool).reshape(len(table.rows), len(places)).any(axis=1)
    return table.keep(kept)
