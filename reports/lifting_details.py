"""Behind a sign of lifting: the boundaries of single tests, and other reaches than two points."""

from __future__ import annotations

from reports.blocks import Block, Cell, Table, row
from reports.members import Record
from reports.scope import Scope, sources
from reports.signs import SOURCE
from reports.wording import DASH, number, p_value, percent, signed

SHOWN = 12  # boundaries, most works beyond the expected first
MARKS = {"min3": "«2» → «3»", "min4": "«3» → «4»", "min5": "«4» → «5»"}


def lifting_details(scope: Scope) -> list[Block]:
    """Tables of the school's year; nothing where there is nothing to say."""
    return [*_windows(scope), *_reaches(scope)]


def _windows(scope: Scope) -> list[Block]:
    tests = {t.test_id: t for t in scope.tests if not scope.is_hidden(t)}
    rows = [
        r for r in scope.edition.rows("boundary_windows", scope.school_id) if r["test_id"] in tests
    ]
    if not rows:
        return []
    rows.sort(key=lambda r: (-r["pupils"], r["test_id"], r["score"]))
    lines = tuple(
        row(
            Cell(tests[r["test_id"]].label, href=tests[r["test_id"]].page),
            Cell(MARKS[r["boundary"]], f"с {r['score']} баллов"),
            number(r["m"]),
            number(r["x"]),
            number(r["expected"], 1),
            Cell(
                signed(r["pupils"]), f"от {signed(r['pupils_low'])} до {signed(r['pupils_high'])}"
            ),
            _p(r),
        )
        for r in rows[:SHOWN]
    )
    return [
        Table(
            f"Где именно: границы отдельных работ, {scope.year} год",
            ("Работа", "Граница", "Работ рядом", "На границе", "Ожидалось", "Сверх", "p"),
            lines,
            "llrrrrr",
            sources(scope.edition, scope.tests, SOURCE),
            f"Показаны {len(lines)} из {len(rows)}, где работ сверх ожидаемого больше всего. "
            "«Рядом» — от двух баллов ниже границы до одного выше, «на границе» — сама граница и "
            "балл над ней. Отдельные границы подсказывают, с чего начать проверку; работ в них "
            "мало, и сами по себе они ничего не показывают. Отмечено то, что выделяется и с "
            "поправкой на число границ и школ.",
            folded=True,
        )
    ]


def _p(record: Record) -> Cell:
    noted = "выделяется и с поправкой" if record["selected"] else ""
    return Cell(p_value(record["p_value"]), noted)


def _reaches(scope: Scope) -> list[Block]:
    rows = [
        r
        for r in scope.edition.rows("lifting_reach", scope.school_id)
        if r["year"] == scope.year and r["r2"] is not None
    ]
    if not rows:
        return []
    shares = [percent(rows[0][c]) if rows[0][c] is not None else DASH for c in ("r1", "r2", "r3")]
    return [
        Table(
            f"Другой охват: за сколько баллов до границы поднимали, {scope.year} год",
            ("", "1 балл", "1–2 балла", "1–3 балла"),
            (row("Доля поднятых", *shares, kind="own"),),
            "lrrr",
            sources(scope.edition, scope.tests, SOURCE),
            "Вывод сделан по 1–2 баллам. Если доля падает с расстоянием, поднимали тех, кому не "
            "хватило одного балла; если растёт — и тех, кому не хватило трёх.",
            folded=True,
        )
    ]
