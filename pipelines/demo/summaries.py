"""Reports of the section «Аналитика»: marks, journal, distribution of scores; one sheet a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo import abilities, planting
from pipelines.demo.sitting import Sitting, region_histogram
from pipelines.demo.spreadsheets import SheetDraft, sheet_name
from pipelines.demo.town import REGION, TOWN, TOWN_CODE
from pipelines.demo.works import Work

_GROUPS = "Группы участников"
_COUNT = "Кол-во участников"
_OUTCOMES = {
    "Понизили": "Отметка < Отметка по журналу",
    "Подтвердили": "Отметка = Отметке по журналу",
    "Повысили": "Отметка > Отметка по журналу",
}
_DATES = {2020: "12.10.2020", 2021: "20.04.2021", 2022: "20.04.2022"}
_STALE = (2021, 4, "okr")  # the report that was made before a school corrected its works


@dataclass(frozen=True)
class Report:
    """A file to be; `rows` counts its data rows, those of all sheets."""

    path: str
    sheets: list[SheetDraft]
    rows: int


def head(name: str, work: Work, date: str | None = None) -> list[list[Any]]:
    """The six rows over every report."""
    return [
        [name],
        [],
        [f"ВПР {work.year} {work.subject} {work.grade} класс"],
        ["Предмет:", work.subject],
        ["Максимальный первичный балл:", work.max_score],
        ["Дата:", date or _DATES[work.year]],
    ]


def distribution(sitting: Sitting, schools: pd.DataFrame, seed: int) -> Report:
    """«Распределение первичных баллов» with the region, the town and every school."""
    work = sitting.work
    region, region_schools = region_histogram(work, seed)
    counts = _school_counts(sitting, sitting.scores, work.max_score + 1, len(schools))
    if (work.year, work.grade, work.slug) == _STALE:
        _make_stale(counts[planting.STALE_REPORT - 1])
    header = [_GROUPS, "Кол-во ОО", _COUNT, *range(work.max_score + 1)]
    rows = _percent_rows(region, region_schools, counts, _names(schools, work.year))
    name = "Распределение первичных баллов"
    return _report(
        f"vpr/распределения/{work.year}/{work.subject} {work.grade} класс.xlsx",
        work,
        name,
        [header, *rows],
    )


def mark_statistics(sitting: Sitting, schools: pd.DataFrame, seed: int, path: str) -> Report:
    """«Статистика по отметкам» in the same layout; its headers 2…5 are numbers."""
    work = sitting.work
    histogram, region_schools = region_histogram(work, seed)
    reached = abilities.marks(np.arange(work.max_score + 1), work.boundaries)
    region = np.bincount(reached, weights=histogram, minlength=6)[2:].astype(int)
    counts = _school_counts(sitting, sitting.marks - 2, 4, len(schools))
    header = [_GROUPS, "Кол-во ОО", _COUNT, 2, 3, 4, 5]
    rows = _percent_rows(region, region_schools, counts, _names(schools, work.year))
    return _report(path, work, "Статистика по отметкам", [header, *rows])


def merged_marks(sittings: list[Sitting], schools: pd.DataFrame, path: str) -> Report:
    """The table that a region merges of many exports: percents as text with a decimal comma."""
    rows: list[list[Any]] = [
        ["Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", _COUNT, 2, 3, 4, 5]
    ]
    for sitting in sittings:
        work = sitting.work
        counts = _school_counts(sitting, sitting.marks - 2, 4, len(schools))
        rows += [
            [
                str(work.year),
                str(work.grade),
                work.subject,
                TOWN,
                school.login_before,
                school.name,
                str(count.sum()),
                *(f"{p:.2f}".replace(".", ",") for p in _percents(count)),
            ]
            for school, count in zip(schools.itertuples(), counts, strict=True)
        ]
    return Report(path, [SheetDraft("Свод", rows)], len(rows) - 1)


def journal_comparison(sitting: Sitting, schools: pd.DataFrame, path: str) -> Report:
    """«Сравнение отметок с отметками по журналу», a row per group."""
    counts = _outcomes(sitting, len(schools))
    header = [_GROUPS, f"{_COUNT}(всего)"]
    for word, rule in _OUTCOMES.items():
        header += [f"{word} ({rule}) %", f"{word} ({rule}) {_COUNT}"]
    groups = [(f"{TOWN}({TOWN_CODE})", counts.sum(axis=0))]
    groups += list(zip(_names(schools, sitting.work.year), counts, strict=True))
    rows = [
        [name, int(c.sum()), *np.column_stack([_percents(c), c]).ravel().tolist()]
        for name, c in groups
    ]
    name = "Сравнение отметок с отметками по журналу"
    return _report(path, sitting.work, name, [header, *rows])


def tall_comparison(sitting: Sitting, schools: pd.DataFrame, number: int, path: str) -> Report:
    """The older layout: one school, an outcome a row."""
    counts = _outcomes(sitting, len(schools))[number - 1]
    labels = [f"{word} ({rule.replace('Отметке', 'Отметка')})" for word, rule in _OUTCOMES.items()]
    rows: list[list[Any]] = [[_GROUPS, _COUNT, "%"]]
    rows += [list(r) for r in zip(labels, counts.tolist(), _percents(counts), strict=True)]
    rows.append(["Всего", int(counts.sum()), 100])
    name = "Сравнение отметок с отметками по журналу"
    report = _report(path, sitting.work, name, rows)
    sheet = report.sheets[0]
    sheet.rows[6] = [_names(schools, sitting.work.year)[number - 1]]
    return Report(path, [sheet], 1)


def _report(path: str, work: Work, name: str, table: list[list[Any]]) -> Report:
    sheet = SheetDraft(
        sheet_name(f"{work.short} {work.grade} {name}"),
        [*head(name, work), [], *table],
        merged=["A1:D1"],
    )
    return Report(path, [sheet], len(table) - 1)


def _school_counts(sitting: Sitting, values: np.ndarray, width: int, schools: int) -> np.ndarray:
    """How many participants of each school have each value; shape (schools, width)."""
    present = sitting.present
    cells = sitting.pupils["school"].to_numpy()[present] * width + values[present]
    return np.bincount(cells, minlength=schools * width).reshape(schools, width)


def _outcomes(sitting: Sitting, schools: int) -> np.ndarray:
    """Lowered, confirmed, raised by school, of pupils who have both marks."""
    journal = sitting.pupils["journal"].to_numpy()
    known = sitting.present & (journal > 0)
    cells = sitting.pupils["school"].to_numpy() * 3 + np.sign(sitting.marks - journal) + 1
    return np.bincount(cells[known], minlength=3 * schools).reshape(schools, 3)


def _percent_rows(
    region: np.ndarray, region_schools: int, counts: np.ndarray, names: list[str]
) -> list[list[Any]]:
    town = counts.sum(axis=0)
    rows = [
        [REGION, region_schools, int(region.sum()), *_percents(region)],
        [f"{TOWN}({TOWN_CODE})", len(counts), int(town.sum()), *_percents(town)],
    ]
    schools = zip(names, counts, strict=True)
    return rows + [[name, "", int(c.sum()), *_percents(c)] for name, c in schools]


def _percents(counts: np.ndarray) -> list[float]:
    return np.round(counts / max(1, counts.sum()) * 100, 2).tolist()


def _names(schools: pd.DataFrame, year: int) -> list[str]:
    login = "login_before" if year < 2022 else "login_since"
    return (schools["name"] + "(" + schools[login] + ")").tolist()


def _make_stale(counts: np.ndarray) -> None:
    """Moves some pupils from the most frequent score of a school to the next one."""
    score = int(counts[:-1].argmax())
    counts[score] -= planting.STALE_PUPILS
    counts[score + 1] += planting.STALE_PUPILS
