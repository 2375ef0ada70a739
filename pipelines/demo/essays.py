"""Protocols of the final essay: the first day, and the retake of those who failed or were away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo.exam_sitting import graduates
from pipelines.demo.olympiads import person
from pipelines.demo.spreadsheets import SheetDraft
from pipelines.demo.town import Town, stream

# In 2021 the essay was put off to April.
DAYS = {2020: ("04.12.2019", "05.02.2020"), 2021: ("15.04.2021", "05.05.2021"),
        2022: ("01.12.2021", "02.02.2022")}  # fmt: skip
_PASSED, _FAILED = "зачёт", "незачёт"
_AWAY = 0.02
_CRITERIA = 5
_HEADER = [
    "№", "Код ОО", "Класс", "Фамилия", "Имя", "Отчество", "Требование 1", "Требование 2",
    *(f"Критерий {k}" for k in range(1, _CRITERIA + 1)), "Результат",
]  # fmt: skip


def essay_protocols(town: Town, year: int, seed: int) -> list[tuple[str, SheetDraft]]:
    """Day and sheet of both days of a year's graduates."""
    rng = stream(seed, f"essay {year}")
    pupils = graduates(town, year, seed)
    held = []
    for day, ease in zip(DAYS[year], (2.2, 3.2), strict=True):
        away = rng.random(len(pupils)) < _AWAY
        met = _met(pupils["ability"].to_numpy() + ease, rng)
        passed = met[:, :4].all(axis=1) & met[:, 4:].any(axis=1)
        held.append((day, _sheet(town, pupils, day, met, passed, away)))
        pupils = pupils[away | ~passed].reset_index(drop=True)
    return held


def _met(ability: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Whether two requirements and five criteria are met, shape (pupils, 7)."""
    ease = np.array([3.0, 3.5, 2.5, 2.0, 1.0, 0.8, 0.2])
    logit = rng.logistic(0, 1, (len(ability), len(ease)))
    return 1.7 * ability[:, None] + ease > logit


def _sheet(
    town: Town, pupils: pd.DataFrame, day: str, met: np.ndarray, passed: np.ndarray,
    away: np.ndarray,
) -> SheetDraft:  # fmt: skip
    words = np.where(met, _PASSED, _FAILED)
    codes = town.schools["gia_code"].to_numpy()[pupils["school"]]
    title, kind = "Протокол проверки итогового сочинения (изложения)", "Вид работы: сочинение"
    rows: list[list[Any]] = [[title], [kind], [f"Дата проведения: {day}"], [], _HEADER]
    for place, p in enumerate(pupils.itertuples()):
        begin = [place + 1, int(codes[place]), "11" + "АБ"[p.class_index], *person(p.person)]
        if away[place]:
            rows.append([*begin, *[""] * 7, "не явился"])
            continue
        judged = words[place].tolist()
        if not met[place, :2].all():  # a work that misses a requirement is not judged further
            judged[2:] = [_FAILED] * _CRITERIA
        rows.append([*begin, *judged, _PASSED if passed[place] else _FAILED])
    return SheetDraft("Протокол", rows)
