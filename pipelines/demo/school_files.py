"""What schools fill in or download themselves: Ф1 «Индивидуальные результаты», collection forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo.exports import ABSENT, JOURNAL_TITLE, Export, task_cells, task_titles
from pipelines.demo.sitting import Sitting
from pipelines.demo.spreadsheets import Formula, SheetDraft, sheet_name
from pipelines.demo.summaries import head
from pipelines.demo.town import TOWN
from pipelines.readers.reading import excel_column

_FORM_ROWS = 1499  # of the blank form, «Итого баллов» filled with zeros down to the last
_CLASS_LIST = 'Класс № (список формируется из листа "Классы")'


def of_school(sitting: Sitting, number: int) -> Sitting:
    """The pupils of one school alone."""
    rows = (sitting.pupils["school"] == number - 1).to_numpy()
    return replace(
        sitting,
        pupils=sitting.pupils[rows].reset_index(drop=True),
        earned=sitting.earned[rows],
        skipped=sitting.skipped[rows],
        not_taught=sitting.not_taught[rows],
    )


def individual_results(sitting: Sitting, schools: pd.DataFrame, path: str) -> Export:
    """Ф1: heads, levels over the tasks, a section row before the pupils of each school."""
    work = sitting.work
    before = ["ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант"]
    first, count = len(before), len(work.tasks)
    titles = [f"{t} ({m}б)" for t, m in zip(work.tasks, work.maxima, strict=True)]
    levels = ["", "", "Уровень сложности задания", "", "", "", *work.levels]
    rows: list[list[Any]] = [*head("Индивидуальные результаты", work, "20.04.2022"), levels]
    rows.append([*before, *titles, "Первичный балл", "Отметка", "Отметка по журналу"])
    pupils, cells = sitting.pupils, _numbers(task_cells(sitting, schools))
    marks, scores = sitting.marks, sitting.scores
    merged = [f"A1:{excel_column(first + count + 2)}1", "C7:F7"]
    for index, listed in pupils[sitting.present].groupby("school"):
        school = schools.loc[index]
        full = f"{school['name']}({school.login_since})"
        rows.append([f"{full} | Кол-во участников: {len(listed)}"])
        merged.append(f"A{len(rows)}:{excel_column(first + count + 2)}{len(rows)}")
        rows += [
            [
                school.login_since,
                TOWN,
                full,
                p.code,
                p.class_index + 1,
                p.variant,
                *cells[p.Index],
                scores[p.Index],
                marks[p.Index],
                p.journal or "нет отметки",
            ]
            for p in listed.itertuples()
        ]
    sheet = SheetDraft(
        sheet_name(f"{work.short} {work.grade} Индивидуальные результаты"), rows, merged=merged
    )
    return Export(path, [sheet], sheet, {}, list(range(first, first + count)), first_row=10)


def collection_form(sitting: Sitting, schools: pd.DataFrame, *, blank: bool = False) -> Export:
    """The form of one school, with its lists and with zeros down to the last row."""
    titles = ["Код участника", "Вариант", *task_titles(sitting), "Порядковый номер класса"]
    titles += [JOURNAL_TITLE, "Итого баллов"]
    count, pupils = len(sitting.work.tasks), sitting.pupils
    cells = _numbers(task_cells(sitting, schools))
    filled = [
        [p.code, p.variant, *cells[p.Index], p.class_index + 1, p.journal or "нет отметки", score]
        if not p.absent
        else [p.code, ABSENT, *[""] * (count + 2), 0]
        for p, score in zip(pupils.itertuples(), sitting.scores.tolist(), strict=True)
    ]
    rows = [] if blank else filled
    empty = [*[""] * (count + 4), 0]
    rows = [titles, *rows, *([list(empty) for _ in range(_FORM_ROWS - len(rows) - 1)])]
    for row, lists in zip(rows[1:], _lists(sitting), strict=False):
        row += ["", "", "", *lists]
    sheet = SheetDraft("Протокол", rows)
    numbers = SheetDraft("Порядковый номер класса", [[n] for n in range(1, 51)])
    sheets = [sheet, SheetDraft("Служебный", _lists(sitting), hidden=True), numbers]
    columns = {"code": 0, "variant": 1, "class": count + 2, "journal": count + 3}
    columns["total"] = count + 4
    path = _form_path(sitting, schools)
    return Export(path, sheets, sheet, columns, list(range(2, 2 + count)))


def older_form(sitting: Sitting, schools: pd.DataFrame) -> Export:
    """The form in two parts; totals are formulas that nobody has calculated yet."""
    titles = task_titles(sitting)
    half, count = len(titles) // 2, len(titles)
    header = ["Код", "Вариант (часть 1)", *titles[:half], "Вариант (часть 2)", *titles[half:]]
    header += [_CLASS_LIST, "Пол", JOURNAL_TITLE, "Итого баллов"]
    first, last = excel_column(2), excel_column(count + 2)
    middle = excel_column(half + 2)
    after = excel_column(half + 3)
    cells = _numbers(task_cells(sitting, schools))
    rows: list[list[Any]] = [header]
    for number, p in enumerate(sitting.pupils.itertuples(), start=2):
        left, right = cells[p.Index][:half], cells[p.Index][half:]
        variant = ABSENT if p.absent else p.variant
        known = ["", "", ""] if p.absent else [p.class_index + 1, p.gender, p.journal or ""]
        parts = f"{first}{number}:{excel_column(half + 1)}{number},{after}{number}:{last}{number}"
        total = Formula(f'IF(LEN({middle}{number})>0,SUM({parts}),"")')
        rows.append([p.code, variant, *left, variant, *right, *known, total])
    sheet = SheetDraft("Протокол", rows)
    places = [*range(2, half + 2), *range(half + 3, count + 3)]
    columns = {"code": 0, "variant": 1, "class": count + 3, "journal": count + 5}
    columns["total"] = count + 6
    return Export(_form_path(sitting, schools), [sheet], sheet, columns, places)


def _form_path(sitting: Sitting, schools: pd.DataFrame) -> str:
    work, school = sitting.work, sitting.pupils["school"].iloc[0]
    name = f"Форма сбора результатов {work.subject} {work.grade} класс ВПР {work.year}.xlsx"
    return f"vpr/{work.year}/формы/{schools['login_since'].iloc[school]}/{name}"


def _numbers(cells: np.ndarray) -> list[list[Any]]:
    """Points as numbers, signs as they are."""
    return [[int(c) if c.isdecimal() else c for c in row] for row in cells.tolist()]


def _lists(sitting: Sitting) -> list[list[Any]]:
    """Allowed values by column, as the form keeps them for its drop-down lists."""
    columns: list[list[Any]] = [[1, 2, ABSENT]]
    columns += [[*range(m, -1, -1), "X"] for m in sitting.work.maxima[:4]]
    columns.append([5, 4, 3, 2, "нет отметки"])
    height = max(len(column) for column in columns)
    padded = [[*column, *[""] * (height - len(column))] for column in columns]
    return [list(row) for row in zip(*padded, strict=True)]
