"""The page of detector cards: what each tests, what else may look like it, how often it errs."""

from __future__ import annotations

import pandas as pd

from analytics import schema
from reports.blocks import Block, Bullets, Cell, Notice, Section, Statement
from reports.calibration import measured_tables
from reports.detector_cards import Card, calibration, card

UNMEASURED = Notice(
    "Размер и мощность ещё не измерены",
    "Таблицы измерений нет: сколько ложных тревог и сколько пропусков даёт каждый детектор, "
    "программа пока не знает. Признаки стоит читать осторожнее. Измерения добавляет команда "
    "make calibrate.",
)
VERDICT_UNMEASURED = Notice(
    "Вывод по школе ещё не измерен",
    "Измерены только отдельные детекторы, их таблицы — в карточках.",
)
VERDICT_NAME = "Вывод по школе"


def detector_sections() -> tuple[Section, ...]:
    """A section a detector, in the order of the schema, then all that was measured."""
    measured = calibration()
    return (*(_section(card(d), measured) for d in schema.DETECTORS), _measured(measured))


def _section(told: Card, measured: pd.DataFrame | None) -> Section:
    if not told.tests:
        text = "Карточка этого детектора ещё не заполнена."
        notice = Notice("Нет описания", text)
        return Section(told.detector, told.name, "Что проверяет — не описано", (notice,))
    terms = (
        ("Нулевая гипотеза", told.null),
        ("Допущения", told.assumptions),
        ("Наименьшее число работ", told.min_n),
        ("Федеральный маркер", told.counterpart),
    )
    blocks: list[Block] = [Statement(Cell("Как считается"), tuple(t for t in terms if t[1]))]
    for title, items in (
        ("Честные объяснения", told.innocent),
        ("Что проверить", told.checks),
    ):
        blocks += [Bullets(title, tuple(Cell(item) for item in items))] if items else []
    if measured is not None:
        blocks += measured_tables(told.name, measured[measured["detector"] == told.detector])
    return Section(told.detector, told.name, told.tests, tuple(blocks))


def _measured(measured: pd.DataFrame | None) -> Section:
    """What was measured of the verdict of a school."""
    topic = "Как часто ошибается вывод по школе"
    if measured is None or measured.empty:
        return Section("calibration", topic, "Ошибки ещё не измерены", (UNMEASURED,))
    tables = measured_tables(VERDICT_NAME, measured[measured["detector"] == schema.VERDICT])
    claim = "Ложные признаки и пропуски измерены на смоделированных городах"
    return Section("calibration", topic, claim, tuple(tables) or (VERDICT_UNMEASURED,))
