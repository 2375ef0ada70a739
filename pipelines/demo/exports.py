"""Pupil exports in the layouts of 2020, 2021 and 2022, cell by cell as they are downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo.sitting import Sitting
from pipelines.demo.spreadsheets import SheetDraft
from pipelines.demo.town import REGION, REGION_CODE, TOWN, TOWN_CODE

ABSENT = "отсутствовал"
NOT_TAUGHT = "не пройд."
CLASS_QUESTION = 'Буква (цифра) класса. Введите "нет" - если отсутствует'
JOURNAL_TITLE = "Отметка за предыдущий триместр/ четверть/полугодие"
SKIPPED_SIGNS = ("X", "x", "Х", "х")  # Latin and Cyrillic; each school has its habit

_WIDTH_2020, _FIRST_TASK_2020 = 50, 10
_TEXTBOOK = "Учебник по {subject}, {grade} класс, часть 1"


@dataclass(frozen=True)
class Export:
    """A file of pupils' rows to be.

    `sheet` holds the pupils; `first_row` is the Excel row of the sitting's first pupil; columns are
    zero-based by role: login, school, code, journal, class, variant, total, and tasks in order.
    """

    path: str
    sheets: list[SheetDraft]
    sheet: SheetDraft
    columns: dict[str, int]
    tasks: list[int]
    first_row: int = 2


def export(sitting: Sitting, schools: pd.DataFrame) -> Export:
    """The file of a sitting in the layout of its year."""
    return {2020: _export_2020, 2021: _export_2021, 2022: _export_2022}[sitting.work.year](
        sitting, schools
    )


def task_cells(sitting: Sitting, schools: pd.DataFrame) -> np.ndarray:
    """Cells of the tasks as text, empty for absent pupils; shape (pupils, tasks)."""
    habit = np.array([SKIPPED_SIGNS[max(0, n % 7 - 3)] for n in schools["number"]], dtype=object)
    sign = habit[sitting.pupils["school"].to_numpy()][:, None]
    cells = sitting.earned.astype(str).astype(object)
    cells = np.where(sitting.skipped, sign, cells)
    cells = np.where(sitting.not_taught, NOT_TAUGHT, cells)
    return np.where(sitting.present[:, None], cells, "")


def written(sitting: Sitting, values: Any, absent: Any = "") -> list[Any]:
    """A column of plain cells: `values` for those who were there, `absent` for the others."""
    return np.where(sitting.present, np.array(values, dtype=object), absent).tolist()


def journal_texts(sitting: Sitting) -> list[str]:
    """Journal marks as text, empty where the school left the cell empty."""
    marks = sitting.pupils["journal"].to_numpy()
    return np.where(marks == 0, "", marks.astype(str)).tolist()


def _columns(sitting: Sitting, schools: pd.DataFrame, login: str) -> dict[str, list[Any]]:
    pupils = sitting.pupils
    return {
        "login": schools[login].iloc[pupils["school"]].tolist(),
        "number": (pupils["code"] % 10_000).tolist(),
        "code": pupils["code"].tolist(),
        "journal": written(sitting, journal_texts(sitting)),
        "gender": written(sitting, pupils["gender"].to_numpy(dtype=object)),
        "class": written(sitting, pupils["class_label"].to_numpy(dtype=object)),
        "variant": written(sitting, pupils["variant"].astype(str), ABSENT),
        "score": written(sitting, sitting.scores),
    }


def _rows(header: list[str], columns: list[list[Any]], tasks: np.ndarray, at: int) -> list[list]:
    """The header and a row per pupil, the tasks' cells put in at position `at`."""
    left = list(zip(*columns[:at], strict=True))
    right = list(zip(*columns[at:], strict=True)) or [()] * len(left)
    body = [[*a, *t, *b] for a, t, b in zip(left, tasks.tolist(), right, strict=True)]
    return [header, *body]


def _textbook(sitting: Sitting) -> str:
    return _TEXTBOOK.format(subject=sitting.work.dative, grade=sitting.work.pupil_grade)


def _export_2020(sitting: Sitting, schools: pd.DataFrame) -> Export:
    work, c = sitting.work, _columns(sitting, schools, "login_before")
    count = len(work.tasks)
    titles = [f"a-{i}-grade" for i in range(1, _WIDTH_2020 - _FIRST_TASK_2020 + 1)]
    titles[count] = "Учебник"
    names = ["groups", "user", "id", "code", "otc", "gender", "klass", "var-1", "var-2", "sum"]
    groups = f"99-RU-PRZ,EAST,VPR_99,reg99_vpr_m001,active_reg99,vpr2020.{work.grade}"
    columns = [[groups] * len(c["login"]), c["login"], c["number"], c["code"], c["journal"]]
    columns += [c["gender"], c["class"], c["variant"], [""] * len(c["login"]), c["score"]]
    columns.append(written(sitting, [_textbook(sitting)] * len(c["login"])))
    rows = _rows([*names, *titles], columns, task_cells(sitting, schools), len(names))
    return _made(
        f"vpr/2020/{work.grade}/{work.subject}.xlsx",
        [SheetDraft("Sheet1", rows)],
        ("login", 1, "code", 3, "journal", 4, "class", 6, "variant", 7, "total", 9),
        list(range(_FIRST_TASK_2020, _FIRST_TASK_2020 + count)),
    )


def _export_2021(sitting: Sitting, schools: pd.DataFrame) -> Export:
    work, c = sitting.work, _columns(sitting, schools, "login_before")
    header = ["логин школы", "регион", "номер обучающегося", "код обучающегося"]
    header += ["отметка за предыдущую четверть/триместр", "пол", "класс", "вариант", "всего баллов"]
    first, count = len(header), len(work.tasks)
    header += [f"балл за {i}" for i in range(1, count + 1)]
    header += ["Учебник", "Др.уч. автор", "Др.уч. название", "", ""]
    columns = [
        c["login"],
        [TOWN] * len(c["login"]),
        *(
            list(map(str, c[n]))
            for n in ("number", "code", "journal", "gender", "class", "variant", "score")
        ),
    ]
    columns.append(written(sitting, [_textbook(sitting)] * len(c["login"])))
    rows = _rows(header, columns, task_cells(sitting, schools), first)
    tail = " (по образцу 8 класса)" if (work.grade, work.slug) == (8, "geo") else ""
    name = f"Проведение работы по {work.dative}, {work.grade} класс{tail}. ВПР 2021.xlsx"
    return _made(
        f"vpr/2021/{work.grade}/{name}",
        [SheetDraft("Sheet", rows)],
        ("login", 0, "code", 3, "journal", 4, "class", 6, "variant", 7, "total", 8),
        list(range(first, first + count)),
    )


def _export_2022(sitting: Sitting, schools: pd.DataFrame) -> Export:
    work, c = sitting.work, _columns(sitting, schools, "login_since")
    school = sitting.pupils["school"]
    login = schools["login_since"]
    prefix = pd.DataFrame(
        {
            "user": login,
            "region_code": 99.0,
            "region": f"{REGION_CODE} | {REGION}",
            "town": f"{TOWN_CODE} | {TOWN}",
            "school": login + " | " + schools["name"],
            "uploaded": [_uploaded(number) for number in schools["number"]],
        }
    )
    titles = ["Пользователь", "Код региона", "Регион", "Муниципалитет", "Школа", "Дата загрузки"]
    header = [*titles, "Код", "Вариант", *task_titles(sitting)]
    header += ["Наименование класса", "Пол", JOURNAL_TITLE, "Итого баллов"]
    first, count = len(titles) + 2, len(work.tasks)
    columns = [prefix[name].iloc[school].tolist() for name in prefix]
    columns += [c["code"], c["variant"], c["class"], c["gender"], c["journal"]]
    columns.append(written(sitting, sitting.scores, 0))
    sheet = SheetDraft("Протокол", _rows(header, columns, task_cells(sitting, schools), first))
    after = first + count
    return _made(
        f"vpr/2022/{work.grade}/{work.subject}.xlsx",
        [SheetDraft("Классы", [[*titles, *_CLASS_TITLES], *_classes(sitting, prefix)]), sheet],
        (
            "login",
            0,
            "school",
            4,
            "code",
            6,
            "variant",
            7,
            "class",
            after,
            "journal",
            after + 2,
            "total",
            after + 3,
        ),
        list(range(first, after)),
    )


def _uploaded(number: int) -> str:
    return f"{14 + number % 5}.03.2022 {8 + number % 9:02d}:{number:02d}:20"


_CLASS_TITLES = [CLASS_QUESTION, "Основной учебник по предмету", "Другое (автор учебника)"]
_CLASS_TITLES.append("Другое (название учебника)")


def task_titles(sitting: Sitting) -> list[str]:
    """Titles of tasks with their maxima: «5(1) (1б)», «6К1 (3б)»."""
    titles = []
    for task, maximum in zip(sitting.work.tasks, sitting.work.maxima, strict=True):
        number, _, part = task.partition(".")
        name = f"{number}({part})" if part.isdigit() else task
        titles.append(f"{name} ({maximum}б)")
    return titles


def _classes(sitting: Sitting, prefix: pd.DataFrame) -> list[list[Any]]:
    """A row per class of the sheet «Классы»; the textbook's code tells subject and grade."""
    pupils = sitting.pupils[sitting.present]
    classes = pupils[["school", "class_label"]].drop_duplicates()
    book = f"{sitting.work.slug}{sitting.work.grade}.8 | 1.1.3.1.8.4 | {_textbook(sitting)}"
    return [
        [*prefix.iloc[row.school], row.class_label, book, "", ""] for row in classes.itertuples()
    ]


def _made(path: str, sheets: list[SheetDraft], columns: tuple, tasks: list[int]) -> Export:
    places = dict(zip(columns[::2], columns[1::2], strict=True))
    return Export(path, sheets, sheets[-1], places, tasks)
