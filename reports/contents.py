"""The contents page: municipalities, years, schools, tests, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from reports.blocks import Bullets, Cell, Table, row
from reports.disclosure import HIDDEN, SHOWN_FROM
from reports.documents import document_links
from reports.edition import Edition
from reports.members import Town
from reports.passport import balance_words
from reports.wording import DASH, number, plural


@dataclass(frozen=True)
class Contents:
    """What stands on index.html; `tests` is a table a year."""

    summary: tuple[str, ...]
    towns: tuple[tuple[tuple[Cell, ...], tuple[Cell, ...]], ...]
    tests: tuple[Table, ...]
    unknown: Bullets


def contents(edition: Edition) -> Contents:
    """The contents of the edition; every page of the site is one link away."""
    return Contents(
        _summary(edition),
        tuple(((Cell(t.name), *document_links(edition, t)), _schools(t)) for t in edition.towns),
        _tests(edition),
        Bullets("Что не известно", tuple(Cell(text) for text in _unknown(edition))),
    )


def _summary(edition: Edition) -> tuple[str, ...]:
    intake = edition.tables["intake"]
    years = sorted({t.year for t in edition.tests.values()})
    if not years:
        return ("Проверочных работ среди принятых файлов нет.", f"Файлы: {balance_words(intake)}.")
    span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    works = plural(
        len(edition.tests), "проверочная работа", "проверочные работы", "проверочных работ"
    )
    return (
        f"{works} {span}, {plural(len(edition.schools), 'школа', 'школы', 'школ')}.",
        f"{plural(len(intake), 'файл', 'файла', 'файлов')}: {balance_words(intake)}.",
    )


def _schools(town: Town) -> tuple[Cell, ...]:
    return tuple(
        Cell(s.name, "" if s.in_registry else "нет в реестре", s.page) for s in town.schools
    )


def _tests(edition: Edition) -> tuple[Table, ...]:
    """Tables a year: the ВПР, then the other procedures, each test with a link to its page."""
    tables = []
    kinds = (("Проверочные работы", edition.tests), ("Экзамены и другие работы", edition.exams))
    years = sorted({t.year for _, known in kinds for t in known.values()}, reverse=True)
    for year, (title, known) in product(years, kinds):
        tests = [t for t in known.values() if t.year == year]
        if not tests:
            continue
        rows = []
        for test in tests:
            n = sum(
                r["n"] for town in edition.towns if (r := edition.marks(test.test_id, town.key))
            )
            top = number(test.record["max_score"]) if test.record["max_score"] else DASH
            scale = "есть" if test.boundaries else "нет шкалы"
            shown = number(n) if n >= SHOWN_FROM else HIDDEN
            rows.append(row(Cell(test.label, href=test.page), shown, top, scale))
        tables.append(
            Table(
                f"{title} {year} года",
                ("Работа", "Участников", "Макс. балл", "Шкала"),
                tuple(rows),
                "lrrl",
                "Источник: принятые файлы",
            )
        )
    return tuple(tables)


def _unknown(edition: Edition) -> list[str]:
    intake = edition.tables["intake"]
    counts = intake["status"].value_counts()
    items = [
        f"{words}: {plural(int(counts.get(status, 0)), 'файл', 'файла', 'файлов')}."
        for status, words in (("rejected", "Отклонены"), ("unknown", "Не опознаны"))
        if counts.get(status, 0)
    ]
    bare = sum(not t.boundaries for t in edition.tests.values())
    if bare:
        items.append(f"Нет официальной шкалы: {plural(bare, 'работа', 'работы', 'работ')}.")
    lone = sum(edition.region(t) is None for t in edition.tests)
    if lone:
        items.append(f"Нет распределения по региону: {plural(lone, 'работа', 'работы', 'работ')}.")
    if edition.tables["federal_list"].empty:
        items.append("Федеральный перечень школ с низкими результатами не загружен.")
    if edition.tables["school_context"].empty:
        items.append("Контекстные анкеты школ не загружены.")
    strangers = [s.name for s in edition.schools.values() if not s.in_registry]
    if strangers:
        items.append(f"Нет в реестре: {plural(len(strangers), 'школа', 'школы', 'школ')}.")
    return items or ["Пробелов в данных не найдено."]
