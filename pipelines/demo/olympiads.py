"""Olympiad files of the town: protocols of two stages for three years, with one school whose own
marking is far above what its pupils show later, and a sheet with planted errors of input."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo import planting
from pipelines.demo.dirt import PlantedCell
from pipelines.demo.spreadsheets import SheetDraft, write_workbook
from pipelines.demo.stains import STOP, WARN
from pipelines.demo.town import TOWN, Town, stream
from pipelines.demo.truth import FileCount
from pipelines.readers.reading import excel_column

YEARS = (2020, 2021, 2022)
OWN_SUBJECTS = ("Русский язык", "История", "География", "Технология")
PLATFORM_SUBJECTS = ("Математика", "Физика", "Биология")
SURNAME = "Выдум"  # every invented surname begins with it

_STAGES = {"школьный": 50, "муниципальный": 60}  # and the maximum of their works
_EASE = {"школьный": 0.42, "муниципальный": 0.36}
_SLOPE, _NOISE = 0.13, 0.07
_TAKES_PART, _AWAY = 0.06, 0.05
_WINNER, _PRIZE, _PASS = 0.75, 0.6, 0.5  # of the maximum
_RAISED = 0.3  # of the maximum: what the planted school adds in the subjects it marks itself
_FIRST_GRADE, _SECOND_STAGE_GRADE = 5, 7
_FIRST_ROW = 16  # of Excel; the header stands in row 15
_HEADER = ["Предмет", "Наименование ОО", "Код участника", "Фамилия", "Имя", "Отчество",
           "Класс, за который выступает", "Класс обучения", "Итоговый балл", "% выполнения",
           "Статус"]  # fmt: skip
_SYLLABLES = ["ба", "ве", "го", "ду", "жи", "за", "ки", "ла", "ме", "но", "пу", "ри", "са", "те",
              "фо", "ху", "ца", "че", "ши", "ще"]  # fmt: skip
_RECHECKED = {planting.OLYMPIAD_DROP: 9, 2: 0, 6: 1, 12: 0, 18: 1}  # school: works that changed
_RECHECKS = 15


@dataclass
class Olympiads:
    """What was written: counts of rows, planted cells, and n and drops of the planted school."""

    counts: list[FileCount] = field(default_factory=list)
    dirt: list[PlantedCell] = field(default_factory=list)


def write_olympiads(raw: Path, town: Town, seed: int) -> Olympiads:
    """Writes the folder «ВсОШ» of raw/."""
    told = Olympiads()
    for year in YEARS:
        rng = stream(seed, f"olympiad {year}")
        first = _school_stage(town, year, rng)
        second = _municipal_stage(first, rng)
        folder = f"ВсОШ/{year - 1}-{year}"
        for stage, rows in (("школьный", first), ("муниципальный", second)):
            sheets = _sheets(town, rows, stage, year)
            rejected = _soil(told, sheets, f"{folder}/{stage} этап.xlsx") if (
                year == planting.OLYMPIAD_DIRTY and stage == "школьный"
            ) else 0  # fmt: skip
            _workbook(told, raw, f"{folder}/{stage} этап.xlsx", "olympiad_protocol", sheets,
                      _FIRST_ROW - 1, rejected)  # fmt: skip
        _workbook(told, raw, f"{folder}/проходные баллы.xlsx", "olympiad_pass", [_passes(year)], 2)
        if year == planting.OLYMPIAD_DIRTY:
            sheet = _rechecks(town, first)
            _workbook(told, raw, f"{folder}/перепроверка, школьный этап.xlsx", "olympiad_recheck",
                      [sheet], 1)  # fmt: skip
            _regional(told, raw, town, second, f"{folder}/региональный этап.csv", year)
    return told


def _school_stage(town: Town, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Participations: school, person, grade, competed, subject, z, share, status, max."""
    pupils = town.pupils.assign(
        person=np.arange(len(town.pupils)), grade=town.pupils["cohort"] + year - 2021
    )
    pupils = pupils[pupils["grade"] >= _FIRST_GRADE]
    parts = [_sitting(pupils, subject, rng) for subject in (*PLATFORM_SUBJECTS, *OWN_SUBJECTS)]
    rows = pd.concat(parts, ignore_index=True)
    raised = (rows["school"] == planting.OLYMPIAD_DROP - 1) & rows["subject"].isin(OWN_SUBJECTS)
    return _scored(rows, "школьный", _RAISED * raised.to_numpy(), rng)


def _sitting(pupils: pd.DataFrame, subject: str, rng: np.random.Generator) -> pd.DataFrame:
    """Those who take part in a subject: the abler, the likelier."""
    z = pupils["ability"] + rng.normal(0, 0.5, len(pupils))
    chance = np.clip(_TAKES_PART * np.exp(0.6 * z), 0, 0.9)
    there = (rng.random(len(pupils)) < chance).to_numpy()
    older = rng.random(there.sum()) < 0.03
    rows = pupils.loc[there, ["school", "person", "grade"]].assign(subject=subject, z=z[there])
    return rows.assign(competed=rows["grade"] + older)


def _scored(
    rows: pd.DataFrame, stage: str, raised: np.ndarray | float, rng: np.random.Generator
) -> pd.DataFrame:
    top = _STAGES[stage]
    share = _EASE[stage] + _SLOPE * rows["z"] + rng.normal(0, _NOISE, len(rows)) + raised
    score = np.clip(np.rint(top * share), 0, top).astype(int)
    status = np.select(
        [score >= _WINNER * top, score >= _PRIZE * top], ["победитель", "призер"], "участник"
    )
    return rows.assign(score=score, status=status, max=top)


def _municipal_stage(first: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Those with the pass score; the planted school's pupils show what they can."""
    through = (first["score"] >= _PASS * first["max"]) & (first["grade"] >= _SECOND_STAGE_GRADE)
    came = first[through & (rng.random(len(first)) >= _AWAY)]
    return _scored(came.reset_index(drop=True), "муниципальный", 0.0, rng)


def _sheets(town: Town, rows: pd.DataFrame, stage: str, year: int) -> list[SheetDraft]:
    sheets = [SheetDraft("Инструкция", [["Заполните по листу на каждый предмет"]])]
    title = f"Протокол: {stage} этап всероссийской олимпиады школьников"
    for subject, own in rows.groupby("subject", sort=True):
        technology = subject == "Технология"
        header = [*_HEADER[:8], *(["Направление"] if technology else []), *_HEADER[8:]]
        head: list[list[Any]] = [[title], [f"{year - 1}/{year} учебный год"], [TOWN]]
        head += [[]] * (_FIRST_ROW - 2 - len(head)) + [header]
        body = [
            [
                subject, school_name(town, r.school, stage), f"{subject[:2]}-{r.grade}-{number}",
                *person(r.person), r.competed, f"{r.grade}{'АБВГ'[r.person % 4]}",
                *(["Робототехника"] if technology else []), r.score,
                round(r.score / r.max, 2), r.status,
            ]
            for number, r in enumerate(own.itertuples(), start=1)
        ]  # fmt: skip
        sheets.append(SheetDraft(subject.lower(), [*head, *body]))
    return sheets


def school_name(town: Town, school: int, stage: str) -> str:
    """The school as the stage's protocol spells it."""
    name = str(town.schools["name"].iloc[school])
    if stage == "муниципальный":
        return f"МБОУ «{name}»"
    return name.replace("Школа", 'МБОУ "СОШ') + ('"' if name.startswith("Школа") else "")


def person(number: int) -> list[str]:
    """Surname, name and patronymic that nobody has, another surname for every number."""
    base = len(_SYLLABLES)
    middle = "".join(_SYLLABLES[number // base**k % base] for k in range(4))
    return [f"{SURNAME}{middle}", f"Имя{_SYLLABLES[number % base]}", "Образцович"]


def _passes(year: int) -> SheetDraft:
    """Pass scores: half of the maximum, in every subject and grade."""
    grades = range(_SECOND_STAGE_GRADE, 12)
    score = int(_PASS * _STAGES["школьный"])
    rows = [[s, g, score] for s in (*PLATFORM_SUBJECTS, *OWN_SUBJECTS) for g in grades]
    head = [
        [f"Проходные баллы, {year - 1}/{year} учебный год"],
        ["Предмет", "Класс", "Проходной балл"],
    ]
    return SheetDraft("Проходные баллы", [*head, *rows])


def _rechecks(town: Town, first: pd.DataFrame) -> SheetDraft:
    """Works of history that were checked again; in the planted school most of them sink."""
    rows: list[list[Any]] = [["Школа", "Предмет", "Класс", "Код участника", "Балл",
                              "Балл перепроверки", "Максимальный балл"]]  # fmt: skip
    history = first[first["subject"] == "История"]
    for school, changed in _RECHECKED.items():
        works = history[history["school"] == school - 1].nlargest(_RECHECKS, "score")
        for place, r in enumerate(works.itertuples()):
            again = max(r.score - (12 if place < changed else place % 3), 0)
            rows.append([school_name(town, school - 1, "муниципальный"), r.subject, r.competed,
                         f"Ис-{r.person}", r.score, again, r.max])  # fmt: skip
    return SheetDraft("Перепроверка", rows)


def _regional(
    told: Olympiads, raw: Path, town: Town, second: pd.DataFrame, path: str, year: int
) -> None:
    """A list as the ministry's site exports it: cp1251, semicolons, no scores."""
    best = second.nlargest(12, "score")
    lines = [["Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "Муниципалитет", "ОУ",
              "Предмет", "Класс", "Этап", "Статус", "Год"]]  # fmt: skip
    lines += [
        [*person(r.person), "М", "01.01.2006", TOWN, school_name(town, r.school, "муниципальный"),
         r.subject, r.grade, "РЭ", "участник", year]
        for r in best.itertuples()
    ]  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
    (raw / path).write_bytes(text.getvalue().encode("cp1251"))
    told.counts.append(FileCount(path, "olympiad_list", len(best)))


def _workbook(
    told: Olympiads, raw: Path, path: str, kind: str, sheets: list[SheetDraft], head: int,
    rejected: int = 0,
) -> None:  # fmt: skip
    write_workbook(raw / path, sheets)
    rows = sum(len(s.rows) - head for s in sheets if s.name != "Инструкция")
    told.counts.append(FileCount(path, kind, rows, rejected))


def _soil(told: Olympiads, sheets: list[SheetDraft], path: str) -> int:
    """Errors of input, one per sheet and row, and how many of them set their row aside."""
    by_name = {sheet.name: sheet for sheet in sheets}
    grade, score, share, status = 6, 8, 9, 10
    clean = {"участник": lambda row: row[status] == "участник" and row[score] > 12}
    plan = [
        ("математика", "olympiad_winner_half", status, "победитель", score, WARN),
        ("математика", "olympiad_status_unknown", status, "победител", status, WARN),
        ("физика", "olympiad_score_above_maximum", score, 57, score, STOP),
        ("физика", "olympiad_percent_contradicts", share, 0.99, share, WARN),
        ("история", "olympiad_grade_below", grade, 4, grade, WARN),
        ("история", "olympiad_school_unknown", 1, "МБОУ «Школа № 99»", 1, STOP),
        ("география", "olympiad_subject_unknown", 0, "Геграфия", 0, STOP),
    ]
    used: set[tuple[str, int]] = set()
    for name, kind, column, value, shown, expected in plan:
        rows = by_name[name].rows
        at = next(
            i for i in range(_FIRST_ROW, len(rows))
            if clean["участник"](rows[i]) and (name, i) not in used and 2 * rows[i][score] <= 50
        )  # fmt: skip
        used.add((name, at))
        rows[at][column] = value
        told.dirt.append(_planted(path, name, at, shown, kind, rows[at][shown], expected))
    twice = by_name["биология"].rows
    twice.append([*twice[_FIRST_ROW]])
    told.dirt.append(_planted(path, "биология", len(twice) - 1, 3, "olympiad_pupil_repeated",
                              twice[-1][3], STOP))  # fmt: skip
    return sum(cell.expected == STOP for cell in told.dirt)


def _planted(
    path: str, sheet: str, at: int, column: int, kind: str, value: object, expected: str
) -> PlantedCell:
    address = f"{excel_column(column)}{at + 1}"
    return PlantedCell(path, sheet, address, kind, str(value), expected)
