"""Questionnaires of schools («контекстные данные об ОО») of 2021 and 2022.

Only the columns listed here are ever read: the forms also hold names, phones and addresses.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers import cells
from pipelines.readers.identity import identify
from pipelines.readers.logins import note_logins
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import (
    Heading,
    SheetTable,
    find_table,
    heading,
    require,
    top_headings,
)

KIND = "vpr_context"
LABEL = "Контекстные данные об ОО"

_ALLOWED = (
    Heading("login", "логин", r"(?:логин(?: оо)?|пользователь)$"),
    Heading("school_name", "Название ОО", r"(?:название оо|школа)$", required=False),
    Heading("municipality", "Муниципалитет", r"муниципалитет$", required=False),
    Heading("oge_code", "Код ОГЭ", r"код огэ$", required=False),
    Heading("ege_code", "Код ЕГЭ", r"код егэ$", required=False),
    Heading("location", "Где расположена … организация?", r"где расположена", required=False),
    Heading(
        "settlement_size",
        "Каков размер населенного пункта …?",
        r"(?:каков )?размер населенного пункта",
        required=False,
    ),
    Heading(
        "correctional",
        "ОО является специальной (коррекционной)?",
        r".*специальной \(коррекционной\)",
        required=False,
    ),
    Heading("evening", "ОО является вечерней (сменной)?", r"оо является вечерней", required=False),
    Heading("boarding", "ОО является школой-интернатом?", r".*школой-интернатом", required=False),
    Heading(
        "pupils",
        "Укажите количество обучающихся в ОО …",
        r"(?:укажите )?количество обучающихся в оо\b",
        required=False,
    ),
    Heading(
        "teachers",
        "Сколько всего в школе учителей …?",
        r"сколько всего в (?:школе|оо) учителей(?!.*категори)",
        required=False,
    ),
    # In 2021 the highest category alone is asked for, in 2022 the first and the highest.
    Heading(
        "teachers_top",
        "Сколько в школе учителей высшей категории …?",
        r"сколько (?:всего )?в (?:школе|оо) учителей.*высшей категори",
        required=False,
    ),
)
_LABELS = {wanted.column: wanted.label for wanted in _ALLOWED}
# At least these must be asked somewhere in the workbook.
_REQUIRED = ("location", "settlement_size", "correctional", "pupils")
_ANSWERS = ("location", "settlement_size")
_FLAGS = ("correctional", "evening", "boarding")
_COUNTS = ("pupils", "teachers", "teachers_top")
COLUMNS = {
    **{"year": "Int64", "login": "str", "school_name": "str", "municipality": "str"},
    **{"gia_code": "str", "location": "str", "settlement_size": "str"},
    **dict.fromkeys(_FLAGS, "boolean"),
    **dict.fromkeys(_COUNTS, "Int64"),
    **{"sheet": "str", "row": "Int64"},
}

_QUESTIONS = ("где расположена", "каков размер населен", "размер населен", "оо является")
_PERSONAL = re.compile(r"\bфио\b|директор|руководител|телефон|e-?mail|почт|адрес|\bинн\b|\bиндекс")
_SCHOOL_YEAR = re.compile(r"20\d\d\s*/\s*(20\d\d) учебном году")
_ANSWER_NUMBER = re.compile(r"^\d+\s*[.)]\s*")
_YES_NO = {"да": True, "нет": False}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet asks each school at least two of the questions about its place and kind."""
    return any(_is_questionnaire(row) for sheet in workbook.sheets for row in top_headings(sheet))


def read(workbook: Workbook) -> Reading:
    """Table `school_context`: one row per school; a form in two sheets is joined by login."""
    log = ProblemLog()
    tables = [find_table(sheet, _ALLOWED) for sheet in workbook.sheets]
    tables = [table for table in tables if table.header_row is not None]
    asked = {name for table in tables for name in table.columns}
    lacking = [f"«{_LABELS[name]}»" for name in ("login", *_REQUIRED) if name not in asked]
    year = _year(tables, workbook.path)
    if lacking:
        sheets = "», «".join(sheet.name for sheet in workbook.sheets)
        log.add("table_columns_missing", value=sheets, expected=", ".join(lacking))
    elif year is None:
        log.add("context_year_unknown", value=workbook.path)
    usable = [t for t in tables if not lacking and year is not None and require(t, log)]
    schools = _joined([_answers(table, log) for table in usable], usable, log)
    frame = schools.assign(year=year).reindex(columns=list(COLUMNS)).astype(COLUMNS)
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"school_context": without_stopped(frame, log)},
        rows_read=sum(len(table.rows) for table in usable),
        addresses={k: v for table in usable for k, v in table.addresses().items()},
    )


def _is_questionnaire(row: frozenset[str]) -> bool:
    if not row & {"логин", "логин оо", "пользователь"}:
        return False
    return sum(cell.startswith(_QUESTIONS) for cell in row) >= 2


def _year(tables: list[SheetTable], path: str) -> int | None:
    """The later year of the school year asked about, else the year in the path."""
    for table in tables:
        for header in table.headers:
            match = _SCHOOL_YEAR.search(header)
            if match:
                return int(match[1])
    return identify(path).year


def _answers(table: SheetTable, log: ProblemLog) -> pd.DataFrame:
    """The allowed answers of one sheet, one row per school, indexed by login."""
    _note_personal(table, log)
    login = table.texts("login", cells.login)
    repeated = note_logins(table, login, log)
    oge, ege = table.texts("oge_code"), table.texts("ege_code")
    values: dict[str, Any] = {
        "school_name": table.texts("school_name", cells.name_part),
        "municipality": table.texts("municipality", cells.name_part),
        "gia_code": np.where(pd.isna(oge), ege, oge),
        **{name: table.texts(name, _answer) for name in _ANSWERS},
        **{name: _flags(table, name, login, log) for name in _FLAGS},
        **{name: _counts(table, name, login, log) for name in _COUNTS},
        "sheet": [table.sheet] * len(login),
        "row": table.rows,
    }
    typed = {name: pd.array(array, dtype=COLUMNS[name]) for name, array in values.items()}
    frame = pd.DataFrame(typed, index=pd.Index(login, name="login", dtype=object))
    return frame[~repeated & ~pd.isna(login)]


def _joined(parts: list[pd.DataFrame], tables: list[SheetTable], log: ProblemLog) -> pd.DataFrame:
    """Sheets put together by login; notes schools that one of two sheets lacks."""
    if not parts:
        return pd.DataFrame(columns=[c for c in COLUMNS if c != "year"])
    joined = parts[0]
    for part in parts[1:]:
        order = joined.index.union(part.index, sort=False)
        joined = joined.combine_first(part).reindex(order)
    for part, table in zip(parts, tables, strict=True):
        absent = joined[~joined.index.isin(part.index)]
        for sheet, rows in absent.groupby("sheet", observed=True, sort=False):
            log.add(
                "context_school_missing",
                sheet=str(sheet),
                row=rows["row"].to_numpy(dtype=np.int64),
                login=rows.index.to_list(),
                value=table.sheet,
            )
    return joined.reset_index()


def _note_personal(table: SheetTable, log: ProblemLog) -> None:
    found = [(c, h) for c, h in enumerate(table.headers) if _PERSONAL.search(heading(h))]
    personal = [(c, h) for c, h in found if c not in table.columns.values()]
    if personal:
        log.add(
            "personal_columns",
            sheet=table.sheet,
            row=table.header_row + 1,
            column_index=personal[0][0],
            value=", ".join(header for _, header in personal),
        )


def _answer(value: Any) -> str | None:
    """The text of an answer without its number: «2. Город» → «Город»."""
    return _ANSWER_NUMBER.sub("", cells.text(value)) or None


def _flags(
    table: SheetTable, name: str, login: NDArray[np.object_], log: ProblemLog
) -> NDArray[np.float64]:
    if name not in table.columns:
        return np.full(len(table.rows), np.nan)
    flags, unclear = table.numbers(
        [table.columns[name]], lambda cell: _YES_NO.get(cells.text(cell).lower())
    )
    table.fault(log, "context_not_yes_or_no", unclear, table.columns[name], login=login)
    return flags[:, 0]


def _counts(
    table: SheetTable, name: str, login: NDArray[np.object_], log: ProblemLog
) -> NDArray[np.float64]:
    if name not in table.columns:
        return np.full(len(table.rows), np.nan)
    counts, faulty = table.numbers([table.columns[name]], cells.whole)
    faulty |= counts < 0
    table.fault(log, "context_count_not_whole", faulty, table.columns[name], login=login)
    return np.where(faulty, np.nan, counts)[:, 0]
