"""What is not known: what is missing from the data of a page, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Bullets, Cell
from reports.disclosure import caution
from reports.members import Test
from reports.scope import Scope
from reports.sign_words import STATES
from reports.signs import signs_of
from reports.tasks import results
from reports.wording import plural

UNJUDGED = "По собственным методам вывода нет, данных мало или методы неприменимы"
WITHOUT_VERDICT = ("not_enough_data", "not_applicable")
NAMED = 6  # tests or schools that a sentence lists; the rest is counted


def unknowns(scope: Scope) -> Bullets:
    """The gaps of a year for a municipality or a school; an empty list says so."""
    items = [
        *_about(
            [t for t in scope.tests if not t.boundaries],
            "Нет официальной шкалы, границы отметок не показаны",
        ),
        *_about(
            [t for t in scope.tests if scope.edition.region(t.test_id) is None],
            "Нет распределения по региону, сравнить баллы с регионом нельзя",
        ),
        *_about(
            [t for t in scope.tests if not _levels(scope, t)],
            "Нет подходящего описания работы с уровнями Б, П, В: задания и умения без вывода",
        ),
        *_about(
            [t for t in scope.tests if scope.is_hidden(t)],
            "Участников слишком мало, результаты не показаны",
        ),
        *_about(
            [t for t in scope.tests if (r := scope.marks(t)) and caution(r["n"])],
            "Участников от 5 до 9, данные носят информационный характер",
        ),
        *_without_verdict(scope),
        *_absent_schools(scope),
    ]
    if not items:
        items = ["Пробелов, которые меняют выводы этой страницы, не найдено."]
    return Bullets("Что не известно", tuple(Cell(text) for text in items))


def _levels(scope: Scope, test: Test) -> bool:
    return any(r["verdict"] for r in results(scope, test, scope.whole))


def _about(tests: Sequence[Test], what: str) -> list[str]:
    if not tests:
        return []
    return [f"{what}: {named([t.label for t in tests])}."]


def named(names: Sequence[str]) -> str:
    """The names, or the first of them and how many more."""
    rest = len(names) - NAMED
    shown = "; ".join(names[:NAMED])
    return f"{shown}; и ещё {rest}" if rest > 0 else shown


def _without_verdict(scope: Scope) -> list[str]:
    """Schools about which the project's own methods can say nothing, and why."""
    schools = [scope.school] if scope.school else scope.town.schools
    signs = [(s, found.verdict) for s in schools if (found := signs_of(scope, s)).verdict]
    if not signs:
        return ["Признаки по собственным методам не посчитаны."] if scope.tests else []
    silent = [(s, r) for s, r in signs if r["status"] in WITHOUT_VERDICT]
    if scope.school:
        return [f"{UNJUDGED}: {r['reason'] or STATES[r['status']][0]}." for _, r in silent]
    return [f"{UNJUDGED}: {named([s.name for s, _ in silent])}."] if silent else []


def _absent_schools(scope: Scope) -> list[str]:
    if scope.school or not scope.tests:
        return []
    present = {
        row["school_id"]
        for test in scope.tests
        for row in scope.edition.rows("marks_summary", test.test_id, scope.town.key)
        if row["n"]
    }
    absent = [s.name for s in scope.town.schools if s.school_id not in present]
    if not absent:
        return []
    count = plural(len(absent), "школы", "школ", "школ")
    return [f"За {scope.year} год нет данных {count}: {named(absent)}."]
