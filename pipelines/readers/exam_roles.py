"""The columns of exam protocols by their titles, and where a protocol begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pipelines.readers import cells, header
from pipelines.readers.header import Role
from pipelines.readers.reading import Sheet

TITLES_OF_A_HEADER = 4  # fewer known titles in a row are no header

PERSON = ("surname", "name", "patronymic")
DOCUMENTS = ("series", "document")
_OWN = ("login", "exam_point", "room", "short", "long", "surname")  # no ВПР form has two of them

ROLES: dict[str, Role] = {
    "number": Role("№", r"№(?: ?п/п)?"),
    "login": Role("Код ОО", r"код оо", required=True),
    "class_label": Role("Класс", r"класс", required=True, read=cells.class_label),
    "exam_point": Role("Код ППЭ", r"код ппэ"),
    "room": Role("Аудитория", r"аудитория"),
    "surname": Role("Фамилия", r"фамилия", required=True),
    "name": Role("Имя", r"имя"),
    "patronymic": Role("Отчество", r"отчество"),
    "series": Role("Серия", r"серия(?: документа)?"),
    "document": Role("Номер", r"номер(?: документа)?"),
    "pupil": Role("Код участника", r"код участника"),
    "variant": Role("Вариант", r"(?:№ )?вариант\w*"),
    "short": Role(
        "Задания с кратким ответом",
        r"(?:задания с кратким ответом|ответы в краткой форме)",
        required=True,
    ),
    "long": Role(
        "Задания с развёрнутым ответом",
        r"(?:задания с развернутым ответом|ответы в развернутой форме)",
        required=True,
    ),
    "score": Role("Первичный балл", r"первичный балл", required=True),
    "test_score": Role("Тестовый балл", r"(?:тестовый|итоговый) балл"),
    "mark": Role("Оценка", r"(?:оценка|отметка)"),
}


def roles(*required: str, without: tuple[str, ...] = ()) -> dict[str, Role]:
    """ROLES with some more of them required, and some no longer known."""
    return {
        name: Role(role.title, role.pattern, role.required or name in required, role.read)
        for name, role in ROLES.items()
        if name not in without
    }


def found_roles(sheet: Sheet, known: Mapping[str, Role]) -> frozenset[str]:
    """The roles of the first header of `sheet`; empty if it has none of an exam's protocol."""
    for place, row in enumerate(sheet.rows[: header.SEARCHED_ROWS]):
        met = _roles_in(row, known)
        if len(met) >= TITLES_OF_A_HEADER and len(met & set(_OWN)) > 1:
            below = sheet.rows[place + 1] if place + 1 < len(sheet.rows) else []
            return frozenset(met | _roles_in(below, known))
    return frozenset()


def _roles_in(row: list[object], known: Mapping[str, Role]) -> set[str]:
    met = (role_of(cell, known) for cell in row if isinstance(cell, str) and cell)
    return {name for name in met if name}


def titles_above(sheet: Sheet, known: Mapping[str, Role]) -> str:
    """What stands above the first header, and the name of the sheet, as one text."""
    texts = [sheet.name]
    for row in sheet.rows[: header.SEARCHED_ROWS]:
        if len(_roles_in(row, known)) >= TITLES_OF_A_HEADER:
            break
        texts += [cells.text(cell) for cell in row if isinstance(cell, str) and cell]
    return " ".join(texts)


def role_of(value: object, known: Mapping[str, Role]) -> str | None:
    """The role that a cell is the title of; None for any other cell."""
    if not isinstance(value, str) or not value or len(value) > 60:
        return None
    folded = header.fold(value)
    patterns = tuple(role.pattern for role in known.values())
    if not _any_of(patterns).fullmatch(folded):
        return None
    return next(n for n, role in known.items() if re.fullmatch(role.pattern, folded))


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One search in the place of many: nearly no cell of a protocol is a title."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
