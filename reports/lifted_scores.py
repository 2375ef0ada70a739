"""The school's own scores over what the reference expects at its level, with the boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports import figures
from reports.blocks import Cell, Chart, Row, Table, row
from reports.disclosure import HISTOGRAM_FROM, histogram_caution
from reports.members import Test
from reports.scope import Scope, sources
from reports.scores import scale_words
from reports.sign_figures import around_boundaries
from reports.wording import number, percent, plural, signed

REACH = 3  # points on either side of a boundary that the picture of all tests shows
NEAR = 2  # points below a boundary that count as not reaching it
TESTS = 3  # pictures of single tests
HOW = (
    "Ожидание — распределение сравнения, сдвинутое к уровню этой школы, на столько же работ: у "
    "него те же задания, те же пустые баллы и то же обычное округление."
)
SOURCE = "файлы участников и отчёты о распределении"


@dataclass(frozen=True)
class Scores:
    """Scores of one test in the school: works and expected works, from 0 to the maximum."""

    test: Test
    n: tuple[int, ...]
    expected: tuple[float, ...]

    @property
    def works(self) -> int:
        return sum(self.n)

    @property
    def excess(self) -> float:
        """Works on the boundaries beyond the expected."""
        return sum(self.n[b] - self.expected[b] for b in self.test.boundaries.values())


def school_scores(scope: Scope) -> list[Scores]:
    """Tests of the year that can be drawn: a scale, 20 works and more, not hidden."""
    found = []
    for test in scope.tests:
        rows = scope.edition.rows("expected_counts", test.test_id, scope.school_id)
        if not rows or not test.boundaries or scope.is_hidden(test):
            continue
        rows = sorted(rows, key=lambda r: r["score"])
        scores = Scores(test, tuple(r["n"] for r in rows), tuple(r["expected"] for r in rows))
        if scores.works >= HISTOGRAM_FROM and max(test.boundaries.values()) < len(scores.n):
            found.append(scores)
    return found


def lifting_charts(scope: Scope) -> list[Chart]:
    """All boundaries of the year in one picture, then the tests where most works stand on them."""
    found = school_scores(scope)
    if not found:
        return []
    most = sorted((s for s in found if s.excess > 0), key=lambda s: -s.excess)
    return [_together(scope, found), *(_single(scope, s) for s in most[:TESTS])]


def by_distance(found: Sequence[Scores]) -> dict[int, tuple[int, float]]:
    """Works and expected works by points from the nearest boundary, a tie going to the upper."""
    sums = {d: (0, 0.0) for d in range(-REACH, REACH + 1)}
    for scores in found:
        boundaries = sorted(scores.test.boundaries.values(), reverse=True)
        for score, (n, expected) in enumerate(zip(scores.n, scores.expected, strict=True)):
            distance = min((score - b for b in boundaries), key=abs)
            if distance in sums:
                own, other = sums[distance]
                sums[distance] = (own + n, other + expected)
    return sums


def _together(scope: Scope, found: Sequence[Scores]) -> Chart:
    sums = by_distance(found)
    own = [n for n, _ in sums.values()]
    expected = [e for _, e in sums.values()]
    below = sum(n - e for d, (n, e) in sums.items() if -NEAR <= d < 0)
    on = sums[0][0] - sums[0][1]
    works = sum(s.works for s in found)
    tests = plural(len(found), "проверочная работа", "проверочные работы", "проверочных работ")
    return Chart(
        "lifting-all",
        f"Работ за 1–2 балла до границы: {signed(below, 0)} к ожиданию, ровно на границе: "
        f"{signed(on, 0)}",
        f"Столбец — работы школы на таком расстоянии от ближайшей границы отметки, линия — "
        f"ожидание. Сложены все границы: {tests} года. {HOW} Провал слева от "
        "пунктира и всплеск сразу за ним — то, что измеряет этот детектор.",
        f"Работы школы около границ отметок и ожидание, всего работ {number(works)}",
        around_boundaries((f"{scope.group.name} ({number(works)})", own), expected, list(sums)),
        Table(
            f"Работы около границ отметок, {scope.year} год: {scope.group.name}",
            ("Баллов от границы", *(_distance(d) for d in sums)),
            (
                row("Работ школы", *(number(n) for n in own), kind="own"),
                row("Ожидалось", *(number(e, 1) for e in expected)),
                row("Разница", *(signed(n - e) for n, e in sums.values())),
            ),
            "l" + "r" * len(sums),
            sources(scope.edition, [s.test for s in found], SOURCE),
            "Только работы с официальной шкалой, от 20 участников школы. Балл относится к "
            "ближайшей границе, при равенстве — к верхней.",
        ),
    )


def _distance(points: int) -> str:
    return signed(points, 0) if points else "граница"


def _single(scope: Scope, scores: Scores) -> Chart:
    test, works = scores.test, scores.works
    note = histogram_caution(works)
    return Chart(
        f"lifting-{test.test_id}",
        f"{test.label}, {test.year}: на границах отметок {signed(scores.excess, 0)} к ожиданию"
        + (f" ({note})" if note else ""),
        "Столбец — доля работ школы с таким баллом, линия — ожидание. Пунктир — официальные "
        f"границы отметок. {HOW}",
        f"Гистограмма баллов школы и ожидание, работ {number(works)}",
        figures.scores(
            len(scores.n) - 1,
            (
                f"{scope.group.name} ({number(works)})",
                {score: n / works for score, n in enumerate(scores.n)},
            ),
            [
                (
                    "ожидание при том же уровне школы",
                    {score: e / works for score, e in enumerate(scores.expected)},
                )
            ],
            test.boundaries,
        ),
        Table(
            f"{test.label}: работы по баллам и ожидание",
            ("Баллы", *(str(unit) for unit in range(10))),
            tuple(_rows(scores)),
            "l" + "r" * 10,
            sources(scope.edition, [test], SOURCE),
            f"Строка — десяток баллов, столбец — последняя цифра. Границы: {scale_words(test)}.",
            folded=True,
        ),
    )


def _rows(scores: Scores) -> list[Row]:
    """Two rows for ten scores: works of the school, expected works."""
    rows = []
    for start in range(0, len(scores.n), 10):
        last = min(start + 9, len(scores.n) - 1)
        tens = f"{start}–{last}" if last > start else str(start)
        chosen = slice(start, start + 10)
        own, other = scores.n[chosen], scores.expected[chosen]
        blank = [Cell("")] * (10 - len(own))
        shares = [Cell(percent(n / scores.works), number(n)) for n in own]
        rows.append(row(Cell(tens, "школа"), *shares, *blank, kind="own"))
        shares = [Cell(percent(e / scores.works), number(e, 1)) for e in other]
        rows.append(row(Cell(tens, "ожидание"), *shares, *blank))
    return rows
