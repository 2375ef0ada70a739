"""The page of a test: scale, distribution, marks by school, tasks, groups, reliability, sources."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Bullets, Cell, Notice, Page, Row, Section, Table, row
from reports.disclosure import HIDDEN_NOTE, HISTOGRAM_FROM
from reports.edition import WHOLE, Edition
from reports.invalsi import invalsi_table
from reports.low_shares import low_intervals
from reports.mark_groups import groups_chart
from reports.marker_means import means_chart
from reports.marks import MARKS_HEAD, low_claim, marks_row, printed_rows, rated
from reports.members import Test
from reports.scope import Scope, hidden_cell, sources
from reports.scores import boundary_table, histogram, scale_words
from reports.system_excess import excess_table
from reports.tasks import UNMEASURED, measured, task_chart
from reports.unknowns import unknowns
from reports.wording import DASH, number, plural

GOOD_ALPHA = 0.7  # from here the score is read as reliable for groups
STATES = {
    "accepted": "принят",
    "partly": "принят частично",
    "rejected": "отклонён",
    "unknown": "не опознан",
    "unchanged": "принят раньше, не изменился",
}


def test_page(edition: Edition, test: Test) -> Page:
    """Everything about one test, a part for every municipality that took it."""
    towns = [t for t in edition.towns if edition.marks(test.test_id, t.key, WHOLE)]
    scopes = [Scope(edition, town, None, test.year, (test,)) for town in towns]
    sections = (
        _scale(edition, test),
        *_for_each(scopes, "scores", "Распределение первичных баллов", _distribution),
        *_for_each(scopes, "marks", "Отметки по школам", _marks),
        *_for_each(scopes, "tasks", "Выполнение заданий", _tasks),
        *_for_each(scopes, "trust", "Надёжность и сверка", _trust),
        _files(edition, test),
    )
    claims = tuple(
        Cell(f"{low_claim(s)}.", s.town.name if len(scopes) > 1 else "", f"#marks-{place}")
        for place, s in enumerate(scopes, start=1)
    )
    gaps = [item for s in scopes for item in unknowns(s).items]
    return Page(
        test.page,
        f"{test.procedure} {test.year} года: {test.name}",
        "; ".join(t.name for t in towns),
        (("Шкала", scale_words(test)), ("Кто участвовал", _took_part(scopes, test))),
        Bullets("Главное", claims or (Cell("Результатов нет."),)),
        Bullets("Что не известно", tuple(dict.fromkeys(gaps)) or (Cell("Результатов нет."),)),
        sections,
        (),
    )


test_page.__test__ = False  # type: ignore[attr-defined]  # not a test case for pytest


def _for_each(scopes: Sequence[Scope], key: str, topic: str, build) -> list[Section]:
    sections = []
    for place, scope in enumerate(scopes, start=1):
        claim, blocks = build(scope, scope.tests[0])
        named = f"{topic}: {scope.town.name}" if len(scopes) > 1 else topic
        prose = key if place == 1 and key in ("marks", "scores", "tasks") else ""
        sections.append(
            Section(f"{key}-{place}", named, claim, tuple(blocks), prose, key == "tasks")
        )
    return sections


def _took_part(scopes: Sequence[Scope], test: Test) -> str:
    words = []
    for scope in scopes:
        schools = [
            r for r in scope.edition.rows("marks_summary", test.test_id, scope.town.key) if r["n"]
        ]
        count = sum(r["school_id"] != WHOLE for r in schools)
        record = scope.marks(test)
        n = plural(record["n"], "участник", "участника", "участников") if record else "скрыто"
        words.append(f"{scope.town.name}: {plural(count, 'школа', 'школы', 'школ')}, {n}")
    return "; ".join(words) or "результатов нет"


def _scale(edition: Edition, test: Test) -> Section:
    record = test.record
    if not test.boundaries:
        notice = Notice(
            "Нет шкалы",
            "Официальной шкалы этого года, класса и предмета нет среди норм программы. Границы "
            "отметок по данным не определяются, поэтому они не показаны и не проверяются. Отметки "
            "взяты из файлов как есть.",
        )
        return Section("scale", "Шкала", "Границы отметок не известны", (notice,))
    tops = {2: record["min3"] - 1, 3: record["min4"] - 1, 4: record["min5"] - 1}
    lows = {2: 0, **test.boundaries}
    ranges = [f"{lows[m]}–{tops.get(m, record['max_score'] or '…')}" for m in (2, 3, 4, 5)]
    table = Table(
        "Официальная шкала: первичный балл → отметка",
        ("", "«2»", "«3»", "«4»", "«5»"),
        (row("Баллы", *ranges),),
        "lrrrr",
        f"Источник: {record['scale_source'] or 'не указан'}",
        "Шкала сверена с источником."
        if record["scale_verified"]
        else "Шкала не сверена: относитесь к границам осторожно.",
    )
    return Section("scale", "Шкала", scale_words(test), (table,))


def _distribution(scope: Scope, test: Test) -> tuple[str, list[Block]]:
    total = sum(scope.edition.scores(test.test_id, scope.whole).values())
    if total < HISTOGRAM_FROM:
        text = f"Работ меньше {HISTOGRAM_FROM}: форма распределения случайна и не показывается."
        return "Данных мало для гистограммы", [Notice("Данных мало", text)]
    blocks: list[Block] = [histogram(scope, test)]
    boundaries = boundary_table(scope, test)
    blocks += [boundaries] if boundaries else []
    means = means_chart(scope, test)
    blocks += [means] if means else []
    blocks += excess_table(scope, test)
    region = scope.edition.region(test.test_id)
    beside = f"рядом {region.name}" if region else "сравнить с регионом не с чем"
    return (
        f"{plural(total, 'работа', 'работы', 'работ')} муниципалитета, {beside}",
        blocks,
    )


def _marks(scope: Scope, test: Test) -> tuple[str, list[Block]]:
    whole = scope.marks(test)
    if whole is None or not rated(whole):
        text = "Отметок нет в принятых файлах, или участников слишком мало, чтобы их показать."
        return "Отметки не показаны", [Notice("Нет отметок", text)]
    rows: list[Row] = [marks_row(scope.town.name, whole, "whole"), *printed_rows(scope, test)]
    for school in scope.town.schools:
        record = scope.edition.marks(test.test_id, scope.town.key, school.school_id)
        name = Cell(school.name, href=scope.link(school))
        if record is None or not record["n"]:
            continue
        if scope.edition.is_hidden(test.test_id, school.school_id):
            rows.append(row(name, *[hidden_cell()] * len(MARKS_HEAD)))
        else:
            rows.append(marks_row(name, record))
    table = Table(
        f"{test.label}, {test.year}: отметки по школам",
        ("Школа", *MARKS_HEAD),
        tuple(rows),
        "l" + "r" * len(MARKS_HEAD),
        sources(scope.edition, [test], "файлы участников и отчёты"),
        f"Школы — по номеру, это не рейтинг. {HIDDEN_NOTE}.",
    )
    chart = low_intervals(scope, test)
    return low_claim(scope), [table, *([chart] if chart else [])]


def _tasks(scope: Scope, test: Test) -> tuple[str, list[Block]]:
    found = measured(scope, test)
    if not found:
        return "Выполнение заданий не проверено", [UNMEASURED]
    groups = groups_chart(scope, test)
    small = Notice("Группы по отметкам не показаны", "Нет двух групп от 10 участников.")
    count = plural(len(found), "задание", "задания", "заданий")
    return f"{count}, выполнение каждого", [task_chart(scope, test), groups or small]


def _trust(scope: Scope, test: Test) -> tuple[str, list[Block]]:
    alpha, rows = _alpha(scope, test)
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                "Надёжность: альфа Кронбаха",
                ("Группа", "n", "Заданий", "Альфа", "Почему не вычислено"),
                tuple(rows),
                "lrrrl",
                sources(scope.edition, [test], "файлы участников"),
                "Насколько задания работы согласованы между собой. От 0,7 балл годится для "
                "сравнения групп; ниже — различия средних читать осторожнее.",
                folded=True,
            )
        )
    else:
        text = "Нет баллов за задания, поэтому согласованность работы не вычислена."
        blocks.append(Notice("Надёжность не проверена", text))
    blocks += [*invalsi_table(scope, test), _reconciliation(scope, test)]
    if alpha is None:
        return "Надёжность работы не проверена", blocks
    word = "достаточная" if alpha >= GOOD_ALPHA else "ниже 0,7"
    return f"Надёжность работы {word}: альфа {number(alpha, 2)}", blocks


def _alpha(scope: Scope, test: Test) -> tuple[float | None, list[Row]]:
    names = {s.school_id: s for s in scope.town.schools}
    groups = [("municipality", scope.town.key, Cell(scope.town.name))]
    groups += [("school", key, Cell(s.name, href=scope.link(s))) for key, s in names.items()]
    alpha, rows = None, []
    for kind, key, name in groups:
        if kind == "school" and scope.edition.is_hidden(test.test_id, key):
            continue
        for r in scope.edition.rows("reliability", test.test_id, kind, key):
            alpha = r["alpha"] if kind == "municipality" else alpha
            cells = (number(r["n"]), number(r["tasks"]), number(r["alpha"], 2))
            whole = "whole" if kind == "municipality" else ""
            rows.append(row(name, *cells, r["reason"] or DASH, kind=whole))
    return alpha, rows


def _reconciliation(scope: Scope, test: Test) -> Block:
    names = {s.school_id: s.name for s in scope.town.schools}
    names |= {scope.town.key: scope.town.name}
    rows = [
        row(
            names[r["group_id"]],
            number(r["n_report"]),
            number(r["n_works"]),
            number(r["max_gap_pct"], 2),
            "да" if r["agrees"] else Cell("нет", tone="doubt"),
        )
        for r in scope.edition.rows("reconciliation", test.test_id)
        if r["group_id"] in names and not scope.edition.is_hidden(test.test_id, r["group_id"])
    ]
    if not rows:
        text = "Отчёта «Распределение первичных баллов» об этой работе нет, сверять не с чем."
        return Notice("Сверка не проведена", text)
    return Table(
        "Сверка отчёта с файлами участников",
        ("Группа", "n в отчёте", "n в файлах", "Наибольшее расхождение, п.п.", "Совпадает"),
        tuple(rows),
        "lrrrl",
        sources(scope.edition, [test], "отчёт и файлы участников"),
        "Расхождение в пределах округления процентов отчёта считается совпадением.",
        folded=True,
    )


def _files(edition: Edition, test: Test) -> Section:
    rows = [
        row(
            r["path"],
            STATES[r["status"]],
            number(r["rows_read"]),
            number(r["rows_accepted"]),
            number(r["rows_rejected"]),
            r["source_id"][:12],
        )
        for r in edition.rows("intake", test.test_id)
    ]
    if not rows:
        notice = Notice(
            "Файлы не названы", "Работа собрана из файлов, которые говорят о многих работах."
        )
        return Section("files", "Откуда числа", "Файлы — в паспорте данных", (notice,))
    table = Table(
        "Файлы, из которых взята работа",
        ("Файл", "Состояние", "Прочитано", "Принято", "Отложено", "sha256"),
        tuple(rows),
        "llrrrl",
        "Источник: паспорт данных",
    )
    return Section("files", "Откуда числа", plural(len(rows), "файл", "файла", "файлов"), (table,))
