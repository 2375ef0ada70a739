"""The pupils' export of 2022: sheets «Классы» (textbooks) and «Протокол» (works).

The year is that of «Дата загрузки», grade and subject are those of most textbook codes of «Классы»
(`bio11.6 | …`). Cells of school and municipality are `code | name`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from analytics import norms
from pipelines.readers import cells, header, identity, protocol
from pipelines.readers.header import Layout, Role
from pipelines.readers.reading import ProblemLog, Reading, Sheet, TestHeader, Workbook

KIND = "vpr_export_2022"
LABEL = "ВПР: выгрузка результатов участников, форма 2022 года («Классы» и «Протокол»)"

LAYOUT = Layout(
    roles={
        "login": Role("Пользователь", "пользователь", required=True, read=cells.login),
        "municipality": Role("Муниципалитет", "муниципалитет", read=cells.name_part),
        "school_name": Role("Школа", "школа", read=cells.name_part),
        "uploaded": Role("Дата загрузки", "дата загрузки"),
        "pupil": Role("Код", "код(?: участника)?", required=True, read=cells.digits),
        "variant": Role("Вариант", r"вариант(?: \(часть 1\))?", required=True),
        "variant_2": Role("Вариант (часть 2)", r"вариант \(часть 2\)"),
        "class_label": Role("Наименование класса", "наименование класса", read=cells.class_label),
        "journal_mark": Role(
            "Отметка за предыдущий триместр/четверть/полугодие", "отметка за предыдущ.*"
        ),
        "score": Role("Итого баллов", "итого баллов", required=True),
    },
    anchors=("login",),
)

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_TEXTBOOK_TITLE = "основной учебник по предмету"
_TEXTBOOK = re.compile(r"([a-zа-я]+) ?(\d{1,2})\.\d")


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has «Пользователь» beside tasks with their maxima («1 (1б)»)."""
    return header.found_in(workbook, LAYOUT)


def read(workbook: Workbook) -> Reading:
    """Works of all schools of the export."""
    log = ProblemLog()
    grade, subject = _programme(workbook)
    content = TestHeader(year=_year(workbook), grade=grade, subject=subject)
    test = identity.settle(content, workbook.path, log)
    return protocol.read(workbook, KIND, LAYOUT, test, log)


def _year(workbook: Workbook) -> int | None:
    """The year in which most rows were uploaded."""
    years: Counter[int] = Counter()
    for sheet in workbook.sheets:
        found = header.find(sheet, LAYOUT)
        if found is None or "uploaded" not in found.columns:
            continue
        for value, count in _column(sheet, found.row, found.columns["uploaded"]).items():
            match = _YEAR.search(cells.text(value))
            if match:
                years[int(match[0])] += count
    return _most_common(years)


def _programme(workbook: Workbook) -> tuple[int | None, str | None]:
    """Grade and subject of most classes' textbooks."""
    programmes: Counter[tuple[int, str]] = Counter()
    for sheet in workbook.sheets:
        for row, column in _textbook_columns(sheet):
            for value, count in _column(sheet, row, column).items():
                match = _TEXTBOOK.match(cells.text(value).lower())
                subject = norms.subject_by_code(match[1]) if match else None
                if subject:
                    programmes[int(match[2]), subject] += count
    return _most_common(programmes) or (None, None)


def _textbook_columns(sheet: Sheet) -> Iterable[tuple[int, int]]:
    for index, row in enumerate(sheet.rows[: header.SEARCHED_ROWS]):
        for place, value in enumerate(row):
            if isinstance(value, str) and header.fold(value) == _TEXTBOOK_TITLE:
                yield index, place


def _column(sheet: Sheet, row: int, place: int) -> Counter[Any]:
    """How often each value stands in a column below its header."""
    return Counter(values[place] for values in sheet.rows[row + 1 :])


def _most_common(counted: Counter[Any]) -> Any:
    """The most frequent key, the smaller one of equals; None of nothing."""
    return min(counted, key=lambda key: (-counted[key], key)) if counted else None
