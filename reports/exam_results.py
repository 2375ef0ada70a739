"""«Аналитическая справка по результатам ГИА»: bands, minimums and schools, never a league table."""

from __future__ import annotations

from math import sqrt

from reports.blocks import Block, Cell, Chart, Notice, Row, Section, Table, row
from reports.disclosure import FULL_SHARES_FROM, HIDDEN_NOTE, SHOWN_FROM
from reports.exam_scope import Exam, ExamScope, exam_name, exam_of
from reports.interval_figures import Interval, intervals
from reports.members import Record
from reports.scope import hidden_cell, share_cell
from reports.wording import DASH, form, number, plural, share_of

TITLES = {9: "Аналитическая справка по результатам ГИА-9",
          11: "Аналитическая справка по результатам ГИА-11"}  # fmt: skip
BANDS = {"n_below": "Ниже минимума", "n_to60": "От минимума до 60", "n_to80": "61–80",
         "n_to100": "81–100", "n_full": "Из них 100"}  # fmt: skip
MARKS = {"n2": "«2»", "n3": "«3»", "n4": "«4»", "n5": "«5»"}
UNITS = {"test_score": "тестовый балл", "score": "первичный балл"}
REACH = 1.96  # of a mean's 95 % interval
SOURCE = "Источник: протоколы экзаменов"


def exam_section(scope: ExamScope, level: int, number_: int) -> Section | None:
    """The certificate of ГИА-9 (level 9) or ГИА-11; None where nobody sat these exams."""
    exams = [e for e in scope.exams if e[1] == level or (level == 11 and e[1] > 9)]
    if not exams:
        return None
    blocks: list[Block] = [*_not_comparable(scope, exams)]
    by_score = [e for e in exams if _row(scope, e)["unit"] == "test_score"]
    by_mark = [e for e in exams if e not in by_score]
    if by_score:
        blocks.append(_summary(scope, by_score, BANDS, "тестовым баллам"))
    if by_mark:
        blocks.append(_summary(scope, by_mark, MARKS, "отметкам"))
    blocks += [*_years(scope, exams), *(c for e in exams if (c := _by_school(scope, e)))]
    title = f"{number_}. {TITLES[level]}"
    return Section(f"gia{level}", title, _claim(scope, exams), tuple(blocks), "", True)


def _row(scope: ExamScope, exam: Exam) -> Record:
    found = scope.whole(exam)
    assert found is not None  # scope.exams are those with a row of the municipality
    return found


def _claim(scope: ExamScope, exams: list[Exam]) -> str:
    known = [r for e in exams if (r := _row(scope, e))["n_below"] is not None]
    n, low = sum(r["n"] for r in known), sum(r["n_below"] for r in known)
    sat = sum(_row(scope, e)["n"] for e in exams)
    count = f"{len(exams)} {form(len(exams), 'экзамену', 'экзаменам', 'экзаменам')}"
    # Claims are quoted on the first screen, away from the topic of their section.
    _, grade, _ = exams[0]
    works = plural(sat, "результат", "результата", "результатов")
    told = f"ГИА-{grade}: {works} по {count}"
    if not n:
        return f"{told}; не преодолевшие минимум не известны"
    return f"{told}; ниже минимума {share_of(low, n)}"


def _not_comparable(scope: ExamScope, exams: list[Exam]) -> list[Block]:
    reasons = sorted({r for e in exams if (r := _row(scope, e)["not_comparable"])})
    text = f"С другими годами {scope.year} год не сравнивается: {'; '.join(reasons)}."
    return [Notice("Не сопоставимо", text)] if reasons else []


def _summary(scope: ExamScope, exams: list[Exam], parts: dict[str, str], by: str) -> Table:
    """One row per exam, and one more with the retakes where they change anything."""
    rows: list[Row] = []
    for exam in exams:
        main, later = _row(scope, exam), scope.whole(exam, "retakes")
        rows.append(_exam_row(exam_name(exam), main, parts))
        if later and (later["n"], later["mean"]) != (main["n"], main["mean"]):
            rows.append(_exam_row("с учётом пересдач", later, parts))
    unverified = any(_row(scope, e)["minimum_verified"] is False for e in exams)
    reasons = sorted({r for e in exams if (r := _row(scope, e)["reason"])})
    notes = ["Основной период — первая сдача каждого участника."]
    notes += ["Минимальные баллы приведены по изложению, с приказом не сверены."] * unverified
    notes += [f"Пересдачи: {'; '.join(reasons)}."] * bool(reasons)
    return Table(
        f"{scope.town.name}: результаты по {by}, {scope.year} год",
        _head("Экзамен", parts),
        tuple(rows),
        "l" + "r" * (len(_head("", parts)) - 1),
        SOURCE,
        " ".join(notes),
    )


def _exam_row(name: str, record: Record, parts: dict[str, str]) -> Row:
    if record["n"] < SHOWN_FROM:
        return row(name, *_closed(parts))
    shares = [share_cell(record[column], record["n"]) for column in parts]
    figures = [number(record[c], 1) for c in ("mean", "sd", "median")]
    least = [DASH if record["minimum"] is None else number(record["minimum"])]
    return row(name, number(record["n"]), *figures, *(least if parts is BANDS else []), *shares)


def _head(first: str, parts: dict[str, str]) -> tuple[str, ...]:
    """Heads of the columns; marks have no minimal test score."""
    least = ("Минимум",) if parts is BANDS else ()
    return (first, "n", "Средний", "Ст. откл.", "Медиана", *least, *parts.values())


def _closed(parts: dict[str, str]) -> list[Cell]:
    return [hidden_cell()] * (len(_head("", parts)) - 1)


def _years(scope: ExamScope, exams: list[Exam]) -> list[Block]:
    """Means of the municipality by year; years that are not comparable say so."""
    table = {}
    for (place, year), rows in scope.edition.index["exam_results"].items():
        if place == scope.town.key:
            table |= {(exam_of(r), year): r for r in rows
                      if r["school_id"] == "*" and r["attempt"] == "main"}  # fmt: skip
    years = sorted({year for exam, year in table if exam in exams})
    if len(years) < 2:
        return []
    rows = [row(exam_name(e), *(_year_cell(table.get((e, year))) for year in years)) for e in exams]
    reasons = sorted({f"{year}: {r['not_comparable']}" for (e, year), r in table.items()
                      if e in exams and r["not_comparable"]})  # fmt: skip
    return [
        Table(
            "Средний балл по годам",
            ("Экзамен", *map(str, years)),
            tuple(rows),
            "l" + "r" * len(years),
            SOURCE,
            f"Не сопоставимо: {'; '.join(reasons)}." if reasons else "",
        )
    ]


def _year_cell(record: Record | None) -> Cell:
    if record is None:
        return Cell(DASH, tone="muted")
    if record["n"] < SHOWN_FROM:
        return hidden_cell()
    note = f"n = {number(record['n'])}"
    if record["not_comparable"]:
        return Cell(number(record["mean"], 1), f"{note}; не сопоставимо", tone="muted")
    return Cell(number(record["mean"], 1), note)


def _by_school(scope: ExamScope, exam: Exam) -> Chart | None:
    """Means of the schools by number with their intervals; drawn from two schools of ten."""
    found = scope.schools(exam)
    dots = [(s, r) for s, r in found if r and r["n"] >= FULL_SHARES_FROM and r["sd"] is not None]
    whole = _row(scope, exam)
    if len(dots) < 2:
        return None
    points = []
    for school, record in dots:
        half = REACH * record["sd"] / sqrt(record["n"])
        mean = record["mean"]
        points.append(Interval(school.name, mean, mean - half, mean + half, own=False))
    parts = BANDS if whole["unit"] == "test_score" else MARKS
    rows = [_exam_row(s.name, r, parts) if r else row(s.name, *_closed(parts)) for s, r in found]
    unit = UNITS[whole["unit"]]
    name = exam_name(exam)
    return Chart(
        f"exam-{exam[0]}-{exam[1]}-{scope.exams.index(exam)}",
        f"{name}, {scope.year}: средний балл по школам",
        f"Точка — средний {unit}, отрезок — его 95 % интервал, пунктир — муниципалитет. Чем меньше "
        "участников, тем длиннее отрезок; школы с числом участников меньше 10 не нарисованы. "
        "Школы — по номеру: это не рейтинг.",
        f"Средние баллы с интервалами в {len(points)} школах",
        intervals(points, unit, line=(round(whole["mean"], 2), "муниципалитет")),
        Table(
            f"{name}, {scope.year}: результаты по школам",
            _head("Школа", parts),
            tuple(rows),
            "l" + "r" * (len(_head("", parts)) - 1),
            SOURCE,
            f"{HIDDEN_NOTE}.",
            folded=True,
        ),
    )
