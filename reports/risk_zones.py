"""«Отчёт по зонам риска»: summary, matrix school × marker, facts, measures; open and restricted.

The open edition gives no exam points, closes what fewer than five pupils stand behind, and takes
the zone from what it shows. Symbols and words carry the level, not colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analytics.norms import norm
from analytics.risk_zones import INFORMATIVE, zone_of
from analytics.schema import RISK_LEVELS, RISK_MARKERS
from reports.blocks import Block, Cell, Notice, Section, Table, row
from reports.disclosure import HIDDEN, SHOWN_FROM
from reports.exam_scope import ExamScope
from reports.members import Record, School
from reports.scope import hidden_cell
from reports.wording import DASH, listing, number, out_of, plural

TITLE = "Отчёт по «Зонам риска» ЕГЭ"
LEVELS = {
    "red": ("■\u00a0красный", "low"),
    "yellow": ("▲\u00a0жёлтый", "doubt"),
    "info": ("●\u00a0инфо", ""),
    "none": ("○\u00a0нет", ""),
    "not_checked": ("?\u00a0не проверено", "muted"),
}
ZONES = {
    "red": ("■\u00a0красная", "low"),
    "yellow": ("▲\u00a0жёлтая", "doubt"),
    "green": ("○\u00a0зелёная", ""),
    "not_checked": ("?\u00a0не проверено", "muted"),
    HIDDEN: (HIDDEN, "muted"),
}
STAGES = {
    "results": "июль–август: результаты года; они же — основа февральского анализа и списка мер на "
    "следующий год",
    "may": "май: списки до экзаменов; результатов ЕГЭ за этот год ещё нет",
}
HOW = (
    "Маркер — факт, который требует дополнительного анализа, а не вывод о школе: у каждого есть "
    "честные объяснения, они названы ниже. Зона красная, если есть хотя бы один красный маркер или "
    "три жёлтых; жёлтая — при одном или двух жёлтых; зелёная — если среди проверенных маркеров "
    "таких нет. Маркер считается один раз, по худшему предмету. «Не проверено» — не значит «в "
    "норме»: рядом с зоной сказано, сколько маркеров проверено. Z2 получают и сильные школы; при "
    "многих школах и предметах часть маркеров появляется случайно."
)
OPEN_NOTE = (
    "Открытая редакция: без кодов ППЭ и подробностей о нарушениях; «скрыто» — за маркером меньше "
    "пяти учеников или по нему можно было бы восстановить соседний; зона — по показанным "
    "маркерам."
)
RESTRICTED_NOTE = "Для служебного пользования: с кодами ППЭ и малыми группами. Не для публикации."


@dataclass(frozen=True)
class Matrix:
    """Markers of the schools of a municipality in a year, as one edition shows them."""

    scope: ExamScope
    cards: Mapping[str, Record] = field(default_factory=lambda: _cards())

    @cached_property
    def rows(self) -> dict[str, list[Record]]:
        """Rows of `risk_markers` by school, schools by number."""
        edition, year = self.scope.edition, self.scope.year
        found = {
            s: edition.rows("risk_markers", year, s.school_id) for s in self.scope.town.schools
        }
        return {s.school_id: rows for s, rows in found.items() if rows}

    @cached_property
    def schools(self) -> list[School]:
        return [s for s in self.scope.town.schools if s.school_id in self.rows]

    def is_closed(self, record: Record) -> bool:
        """Whether the open edition must not show a row: few pupils, or a closed group."""
        if self.scope.restricted or record["level"] == "not_checked":
            return False
        few = record["n"] is not None and record["n"] < SHOWN_FROM
        exam = ("ege", 11, record["subject"])
        return few or (exam, record["school_id"]) in self.scope.hidden

    def worst(self, school: School, marker: str, *, shown: bool) -> Record | None:
        """The row of the worst level of a marker; shown: of the rows that may be shown."""
        order = {level: place for place, level in enumerate(RISK_LEVELS)}
        rows = [r for r in self.rows[school.school_id] if r["marker"] == marker]
        rows = [r for r in rows if not (shown and self.is_closed(r))]
        return min(rows, key=lambda r: (order[r["level"]], r["subject"]), default=None)

    def zone(self, school: School) -> str:
        """The zone by the markers that this edition shows; «скрыто» where none of them is.

        What is closed depends on numbers of pupils alone, so the zone tells nothing of it.
        """
        deciding = [m for m in RISK_MARKERS if m not in INFORMATIVE]
        shown = [r for m in deciding if (r := self.worst(school, m, shown=True))]
        return zone_of([r["level"] for r in shown]) if shown else HIDDEN

    def closed(self, school: School) -> int:
        """How many markers of a school this edition closes."""
        return sum(self.worst(school, m, shown=True) is None for m in RISK_MARKERS)

    def checked(self, school: School) -> int:
        (record,) = self.scope.edition.rows("risk_zones", self.scope.year, school.school_id)
        return int(record["checked"])

    def flags(self) -> list[tuple[School, Record]]:
        """Rows with a sign or information that may be shown, schools by number, then markers."""
        order = {m: place for place, m in enumerate(RISK_MARKERS)}
        return [
            (s, r)
            for s in self.schools
            for r in sorted(
                self.rows[s.school_id], key=lambda r: (order[r["marker"]], r["subject"])
            )
            if r["level"] in ("red", "yellow", "info") and not self.is_closed(r)
        ]


def risk_section(scope: ExamScope, place: int) -> Section | None:
    """The report's section; None where the year has no markers."""
    matrix = Matrix(scope)
    if not matrix.schools:
        return None
    zones = {s: matrix.zone(s) for s in matrix.schools}
    blocks: list[Block] = [
        Notice("Как читать", f"{RESTRICTED_NOTE if scope.restricted else OPEN_NOTE} {HOW}"),
        _summary(matrix, zones),
        _table(matrix, zones),
        *_facts(matrix),
        _legend(matrix),
        *_measures(matrix),
        Notice(
            "Меры прошлого года не проверены",
            "Реестра выполненных мер среди принятых файлов нет, поэтому их результат не показан.",
        ),
    ]
    return Section("zones", f"{place}. {TITLE}", _claim(matrix, zones), tuple(blocks), "", True)


def stage(scope: ExamScope) -> str:
    """The stage of the window of the roadmap, in words."""
    found = {
        r["stage"]
        for s in scope.town.schools
        for r in scope.edition.rows("risk_zones", scope.year, s.school_id)
    }
    return "; ".join(STAGES[name] for name in ("results", "may") if name in found)


def _cards() -> dict[str, Record]:
    return {r["marker"]: r for r in norm("risk_markers").to_dict("records")}


def _claim(matrix: Matrix, zones: Mapping[School, str]) -> str:
    red, yellow = (sum(z == name for z in zones.values()) for name in ("red", "yellow"))
    part = sum(matrix.checked(s) < len(RISK_MARKERS) for s in zones)
    told = f"Красная зона — у {out_of(red, len(zones))} школ, жёлтая — у {number(yellow)}"
    closed = sum(matrix.closed(s) > 0 for s in zones)
    told += f" (у {number(closed)} часть маркеров скрыта)" if closed else ""
    return f"{told}; не все маркеры проверены у {number(part)}" if part else told


def _summary(matrix: Matrix, zones: Mapping[School, str]) -> Table:
    rows = []
    for name, (words, tone) in ZONES.items():
        schools = [s.name for s, zone in zones.items() if zone == name]
        if schools or name != HIDDEN:
            rows.append(
                row(Cell(words, tone=tone), number(len(schools)), "; ".join(schools) or DASH)
            )
    return Table(
        f"Школы по зонам, {matrix.scope.year} год",
        ("Зона", "Школ", "Школы (по номеру)"),
        tuple(rows),
        "lrl",
        "Источник: протоколы ЕГЭ и списки",
    )


def _table(matrix: Matrix, zones: Mapping[School, str]) -> Table:
    rows = []
    for school in matrix.schools:
        words, tone = ZONES[zones[school]]
        note = f"проверено {out_of(matrix.checked(school), len(RISK_MARKERS))}"
        closed = matrix.closed(school)
        note += f", из них скрыто {number(closed)}; зона по показанным" if closed else ""
        cells = [_cell(matrix, school, marker) for marker in RISK_MARKERS]
        rows.append(row(school.name, Cell(words, note, tone=tone), *cells))
    return Table(
        f"Матрица зон риска, {matrix.scope.year} год",
        ("Школа", "Зона", *RISK_MARKERS),
        tuple(rows),
        "ll" + "l" * len(RISK_MARKERS),
        "Источник: протоколы ЕГЭ и списки",
        "■ красный, ▲ жёлтый, ● для сведения, ○ маркера нет, ? не проверено. Ниже — предметы.",
    )


def _cell(matrix: Matrix, school: School, marker: str) -> Cell:
    record = matrix.worst(school, marker, shown=True)
    if record is None:
        return hidden_cell()
    words, tone = LEVELS[record["level"]]
    same = [
        r["subject"]
        for r in matrix.rows[school.school_id]
        if r["marker"] == marker and r["level"] == record["level"] and r["subject"]
        and not matrix.is_closed(r)
    ]  # fmt: skip
    if record["level"] == "not_checked":
        return Cell("?", "не проверено", tone=tone)
    named = record["level"] in ("red", "yellow", "info")
    return Cell(words, listing(sorted(same)) if named else "", tone=tone)


def _facts(matrix: Matrix) -> list[Block]:
    rows = []
    for school, record in matrix.flags():
        card = matrix.cards[record["marker"]]
        words, tone = LEVELS[record["level"]]
        fact = record["words"] or ""
        if card["restricted"] and not matrix.scope.restricted:
            fact = "подробности — в редакции для служебного пользования"
        elif record["marker"] == "Z9" and not matrix.scope.restricted:
            fact = "есть результаты в 100 баллов"
        small = record["n"] is not None and record["n"] < 10
        note = "данные носят информационный характер" if small else ""
        extra = (record["points"] or DASH,) if matrix.scope.restricted else ()
        rows.append(
            row(
                school.name,
                f"{record['marker']} {card['title']}",
                record["subject"] or "все предметы",
                Cell(words, tone=tone),
                Cell(fact, note),
                *extra,
            )
        )
    if not rows:
        return [Notice("Маркеров не найдено", "Среди проверенных и показанных маркеров их нет.")]
    points = ("ППЭ",) if matrix.scope.restricted else ()
    return [
        Table(
            "Факты по маркерам",
            ("Школа", "Маркер", "Предмет", "Уровень", "Что видно", *points),
            tuple(rows),
            "lllll" + "l" * len(points),
            "Источник: протоколы ЕГЭ и списки",
        )
    ]


def _legend(matrix: Matrix) -> Table:
    rows = []
    for marker, card in matrix.cards.items():
        found = [matrix.worst(s, marker, shown=False) for s in matrix.schools]
        unchecked = [r for r in found if r is None or r["level"] == "not_checked"]
        reasons = sorted({r["reason"] for r in unchecked if r and r["reason"]})
        state = f"проверено школ: {out_of(len(found) - len(unchecked), len(found))}"
        why = f"не проверено: {'; '.join(reasons)}" if reasons else ""
        innocent = card["innocent"].replace("|", "; ")
        rows.append(row(f"{marker} {card['title']}", card["rule"], innocent, Cell(state, why)))
    return Table(
        "Что проверяет каждый маркер и что проверить не удалось",
        ("Маркер", "Правило", "Что ещё может выглядеть так же", "Проверено"),
        tuple(rows),
        "llll",
        "Источник: нормы программы",
        "Правила предложены этой программой по образцу матрицы из письма Рособрнадзора от "
        "15.02.2017 № 05-58; сама матрица не сверена.",
    )


def _measures(matrix: Matrix) -> list[Block]:
    """What to do, by marker, with the schools that it is for; signs only, not information."""
    schools: dict[str, list[str]] = {}
    for school, record in matrix.flags():
        names = schools.setdefault(record["marker"], [])
        if record["level"] in ("red", "yellow") and school.name not in names:
            names.append(school.name)
    rows = [
        row(f"{marker} {matrix.cards[marker]['title']}",
            matrix.cards[marker]["checks"].replace("|", "; "), "; ".join(names))
        for marker, names in _in_order(schools)
        if names
    ]  # fmt: skip
    if not rows:
        return []
    count = plural(len(rows), "маркеру", "маркерам", "маркерам")
    return [
        Table(
            f"Предлагаемые меры по {count}",
            ("Маркер", "Что сделать", "Школы (по номеру)"),
            tuple(rows),
            "lll",
            "Источник: факты по маркерам выше",
            "Об исполнении сообщить в ИМЦ до 25 числа.",
        )
    ]


def _in_order(schools: Mapping[str, Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    return [(m, schools[m]) for m in RISK_MARKERS if m in schools]
