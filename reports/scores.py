"""Direction 4: the distribution of primary scores and the mark boundaries in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports import figures
from reports.blocks import Block, Cell, Chart, Notice, Row, Section, Table, row
from reports.disclosure import HISTOGRAM_FROM, histogram_caution
from reports.members import Group, Test
from reports.scope import Scope, sources
from reports.wording import DASH, listing, number, out_of, part, percent, signed

HISTOGRAMS = 12  # on one page; the others are one link away
FIRST_SUBJECTS = ("Русский язык", "Математика")

Counts = Mapping[int, int]


def distribution(scope: Scope) -> Section:
    """Direction 4; the heading is the largest gap of the mean from the wider group."""
    drawn = [t for t in scope.tests if _total(scope.edition.scores(t.test_id, scope.group))]
    topic = "4. Распределение первичных баллов"
    if not drawn:
        notice = Notice(
            "Нет распределений",
            "Первичных баллов нет ни в файлах участников, ни в отчётах. Добавьте протоколы или "
            "отчёт «Распределение первичных баллов».",
        )
        return Section("scores", topic, "Распределение не построено", (notice,))
    blocks: list[Block] = [_summary(scope, drawn)]
    enough = [
        t for t in drawn if _total(scope.edition.scores(t.test_id, scope.group)) >= HISTOGRAM_FROM
    ]
    enough.sort(key=lambda t: t.subject not in FIRST_SUBJECTS)
    blocks += [histogram(scope, t) for t in enough[:HISTOGRAMS]]
    blocks += _rest(drawn, enough)
    return Section("scores", topic, _claim(scope, enough), tuple(blocks), "scores", True)


def mean(counts: Counts) -> float:
    """Σ score·n / Σ n."""
    return sum(score * n for score, n in counts.items()) / _total(counts)


def _total(counts: Counts) -> int:
    return sum(counts.values())


def _claim(scope: Scope, tests: Sequence[Test]) -> str:
    """The test whose mean is farthest from the widest reference, as a share of the maximum."""
    best: tuple[float, str] = (-1.0, "")
    for test in tests:
        top = test.record["max_score"]
        for reference in scope.references(test)[-1:]:
            other = scope.edition.scores(test.test_id, reference)
            if not top or not _total(other):
                continue
            own = mean(scope.edition.scores(test.test_id, scope.group))
            gap = own - mean(other)
            if abs(gap) / top > best[0]:
                word = "ниже" if gap < 0 else "выше"
                whom = "регионального" if reference.kind == "region" else "муниципального"
                text = (
                    f"{test.label}: средний балл {word} {whom} на {number(abs(gap), 1)} "
                    f"({number(own, 1)} против {number(mean(other), 1)} из {top})"
                )
                best = (abs(gap) / top, text)
    return f"Дальше всего от сравнения — {best[1]}" if best[1] else "Средние баллы по работам"


def _summary(scope: Scope, tests: Sequence[Test]) -> Table:
    rows = []
    for test in tests:
        own = scope.edition.scores(test.test_id, scope.group)
        n, top = _total(own), test.record["max_score"]
        others = [(g, scope.edition.scores(test.test_id, g)) for g in scope.references(test)]
        compared = {g.kind: mean(c) for g, c in others if _total(c)}
        whole, region = compared.get("municipality"), compared.get("region")
        wider = region if region is not None else whole
        cells = [number(whole, 1)] if scope.school else []
        rows.append(
            row(
                Cell(test.label, href=test.page),
                number(n),
                number(top),
                Cell(number(mean(own), 1), f"{percent(mean(own) / top, 0)} макс." if top else ""),
                *cells,
                number(region, 1),
                signed(mean(own) - wider) if wider is not None else DASH,
                scale_words(test),
            )
        )
    middle = ("Средний муниципалитета",) if scope.school else ()
    return Table(
        f"Средний первичный балл: {scope.group.name}, {scope.year} год",
        ("Работа", "n", "Макс.", "Средний", *middle, "Средний региона", "Разница", "Границы"),
        tuple(rows),
        "lrrr" + "r" * len(middle) + "rrl",
        sources(scope.edition, tests, "файлы участников и отчёты о распределении"),
        "Разница — с регионом, а где его нет — с муниципалитетом. Границы — минимальный балл на "
        "отметку по официальной шкале этого года; по самим данным границы не определяются.",
    )


def scale_words(test: Test) -> str:
    """«3» с 6, «4» с 10, «5» с 15 — or that there is no scale."""
    if not test.boundaries:
        return "нет шкалы"
    words = ", ".join(f"«{mark}» с {score}" for mark, score in test.boundaries.items())
    return words if test.record["scale_verified"] else f"{words} (шкала не сверена)"


def shares(counts: Counts) -> dict[int, float]:
    total = _total(counts)
    return {score: n / total for score, n in counts.items()} if total else {}


def histogram(scope: Scope, test: Test) -> Chart:
    """The scores of the group beside the wider ones, with the named mark boundaries."""
    groups = [scope.group, *scope.references(test)]
    found = [(g, scope.edition.scores(test.test_id, g)) for g in groups]
    found = [(g, counts) for g, counts in found if _total(counts)]
    tops = [max(counts) for _, counts in found] + [test.record["max_score"] or 0]
    own_name, own = found[0][0].name, found[0][1]
    spec = figures.scores(
        max(tops),
        (f"{own_name} ({number(_total(own))})", shares(own)),
        [(f"{g.name} ({number(_total(c))})", shares(c)) for g, c in found[1:]],
        test.boundaries,
    )
    note = histogram_caution(_total(own))
    scale = "" if test.boundaries else " Границы отметок не показаны: нет шкалы."
    return Chart(
        f"scores-{test.test_id}",
        f"{test.label}, {test.year}: первичные баллы" + (f" ({note})" if note else ""),
        "Высота столбца — доля участников с таким баллом; линии — более широкие группы. "
        "Пунктир — официальные границы отметок. Всплеск ровно на границе может рассматриваться "
        "как один из возможных маркеров нарушения объективности и требует дополнительного "
        f"анализа: так бывает и при добросовестной проверке спорных работ.{scale}",
        f"Гистограмма первичных баллов: {own_name}; рядом "
        + (listing([g.name for g, _ in found[1:]]) or "сравнить не с чем"),
        spec,
        Table(
            f"{test.label}: участники по первичным баллам",
            ("Баллы", *(str(unit) for unit in range(10))),
            tuple(_score_rows(test, found, max(tops))),
            "l" + "r" * 10,
            sources(scope.edition, [test], "файлы участников и отчёт о распределении"),
            "Строка — десяток баллов, столбец — последняя цифра: 17 баллов — строка «10–19», "
            "столбец «7». Под долей — число участников; «3», «4», «5» — с этого балла отметка.",
            folded=True,
        ),
    )


def _score_rows(test: Test, found: Sequence[tuple[Group, Counts]], top: int) -> list[Row]:
    """A row a group and ten scores, so that forty scores are four lines and not forty."""
    rows = []
    for start in range(0, top + 1, 10):
        for place, (group, counts) in enumerate(found):
            total = _total(counts)
            cells = [
                _score_cell(test, score, counts.get(score, 0), total) if score <= top else Cell("")
                for score in range(start, start + 10)
            ]
            name = Cell(f"{start}–{min(start + 9, top)}", f"{group.name}, n = {number(total)}")
            rows.append(row(name, *cells, kind="whole" if place else ""))
    return rows


def _score_cell(test: Test, score: int, n: int, total: int) -> Cell:
    mark = next((m for m, start in test.boundaries.items() if start == score), None)
    starts = f" · «{mark}»" if mark else ""
    return Cell(percent(part(n, total)), f"{number(n)}{starts}")


def boundary_table(scope: Scope, test: Test) -> Table | None:
    """Works one point below each boundary and on it; None without a scale or with few works."""
    groups = [scope.group, *scope.references(test)]
    found = [(g, scope.edition.scores(test.test_id, g)) for g in groups]
    found = [(g, c) for g, c in found if _total(c) >= HISTOGRAM_FROM]
    if not test.boundaries or not found:
        return None
    rows = []
    for mark, score in test.boundaries.items():
        for group, counts in found:
            below, on = counts.get(score - 1, 0), counts.get(score, 0)
            kind = "" if group == scope.group else "whole"
            cells = [_near(below, counts), _near(on, counts)]
            rows.append(row(f"«{mark}» с {score}: {group.name}", *cells, kind=kind))
    return Table(
        f"{test.label}: работы у границ отметок",
        ("Граница", "На балл ниже", "Ровно на границе"),
        tuple(rows),
        "lrr",
        sources(scope.edition, [test], "файлы участников и отчёт о распределении"),
        "Заметно больше работ ровно на границе, чем на балл ниже, — возможный маркер, требующий "
        "дополнительного анализа: сравните с регионом в той же таблице.",
    )


def _near(count: int, counts: Counts) -> Cell:
    return Cell(percent(part(count, _total(counts))), out_of(count, _total(counts)))


def _rest(drawn: Sequence[Test], enough: Sequence[Test]) -> list[Block]:
    notices: list[Block] = []
    small = [t.label for t in drawn if t not in enough]
    if small:
        text = f"{'; '.join(small)} — работ меньше {HISTOGRAM_FROM}, форма распределения случайна."
        notices.append(Notice("Данных мало для гистограммы", text))
    if len(enough) > HISTOGRAMS:
        text = (
            f"Здесь {HISTOGRAMS} гистограмм из {len(enough)}: сначала русский язык и математика. "
            "Остальные — на страницах работ, по ссылкам в таблице выше."
        )
        notices.append(Notice("Показаны не все гистограммы", text))
    return notices
