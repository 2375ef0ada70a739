"""Ф1 «Индивидуальные результаты» of the section «Аналитика», 2024 on.

Titles above the header name the test («ВПР 2026 Русский язык 4 класс», or a diagnostic work in the
same form) and its maximum; rows of schools («МБОУ …(edu…) | Кол-во участников: 89») stand between
the pupils'.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pipelines.readers import cells, header, identity, protocol
from pipelines.readers.header import Layout, Role
from pipelines.readers.reading import ProblemLog, Reading, Sheet, TestHeader, Workbook

KIND = "vpr_individual"
LABEL = "ВПР: отчёт Ф1 «Индивидуальные результаты»"

_MAXIMUM_TITLE = re.compile(r"максимальный первичный балл:?")
_LOGIN_TAIL = re.compile(r" ?\([a-z]{3}\d+\) ?$")


def _school_name(value: Any) -> str | None:
    """«МБОУ …(edu…)» without the login."""
    return _LOGIN_TAIL.sub("", cells.text(value)) or None


LAYOUT = Layout(
    roles={
        "login": Role("ОО", "оо|логин(?: оо)?", required=True, read=cells.login),
        "municipality": Role("Муниципалитет", "муниципалитет"),
        "school_name": Role("Название ОО", "название оо", read=_school_name),
        "pupil": Role("Код участника", "код участника", required=True, read=cells.digits),
        "class_label": Role("Класс", "класс", read=cells.class_label),
        "variant": Role("Вариант", r"вариант(?: \(часть 1\))?"),
        "variant_2": Role("Вариант (часть 2)", r"вариант \(часть 2\)"),
        "score": Role("Первичный балл", "первичный балл", required=True),
        "mark": Role("Отметка", "отметка"),
        "journal_mark": Role("Отметка по журналу", "отметка по журналу"),
    },
    anchors=("login", "score"),
    section=re.compile(
        r"\((?P<login>[a-z]{3}\d+)\) ?\| ?кол-во участников:? ?(?P<count>\d+)", re.IGNORECASE
    ),
)


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has «ОО» or «Первичный балл» beside tasks with their maxima («1 (2б)»)."""
    return header.found_in(workbook, LAYOUT)


def read(workbook: Workbook) -> Reading:
    """Works of all schools of the report, with their marks."""
    log = ProblemLog()
    test = identity.settle(_content(workbook), workbook.path, log)
    reading = protocol.read(workbook, KIND, LAYOUT, test, log)
    points = [task.max_points for task in reading.test.tasks]
    if points and test.max_score not in (None, sum(points)):
        log.add("maximum_differs_from_tasks", value=test.max_score, expected=str(sum(points)))
    return replace(reading, problems=log.frame())


def _content(workbook: Workbook) -> TestHeader:
    """The test as the titles above the first header and the sheet's name tell it."""
    for sheet in workbook.sheets:
        found = header.find(sheet, LAYOUT)
        if found is not None:
            test = identity.identify(*header.titles(sheet, found), sheet.name)
            return replace(test, max_score=_maximum(sheet, found.row))
    return TestHeader()


def _maximum(sheet: Sheet, header_row: int) -> int | None:
    """The number beside «Максимальный первичный балл:»."""
    for row in sheet.rows[:header_row]:
        for title, value in pairwise(row):
            if isinstance(title, str) and _MAXIMUM_TITLE.fullmatch(header.fold(title)):
                return cells.whole(value)
    return None
