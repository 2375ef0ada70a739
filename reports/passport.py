"""The data passport: which files, what became of their rows, by which methods and norms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files

import pandas as pd

from analytics import norms
from reports.blocks import Block, Cell, Notice, Section, Table, row
from reports.edition import Edition, records
from reports.faults import problems_section
from reports.test_page import STATES
from reports.wording import DASH, number, out_of, plural

METHODS = (
    ("Отметки", "Успеваемость, качество, средняя отметка, СОУ по В. П. Симонову"),
    ("Выполнение заданий", "Порог Б 60 ± 3 %, П и В 30 ± 1,5 % (ФИОКО, 2026, с. 6, 17, 19)"),
    ("Группы по отметкам", "От 10 участников (ФИОКО, 2026, с. 23–26)"),
    ("Гистограммы", "От 20 работ ориентировочно, от 50 — полностью (ФИОКО, 2026, с. 13)"),
    (
        "Признаки по собственным методам",
        "Десять детекторов, вывод по школе с поправкой на число школ; карточки — по ссылке",
    ),
    ("Официальные маркеры", "Методика ФИОКО, 2019: русский язык и математика, 4 и 5 классы"),
    ("Низкие результаты", "30 % участников с «2»: две процедуры или одна два года подряд"),
    ("Динамика", "Только одинаковые работы соседних лет; рост «2» на 10 п.п. (ФИОКО, 2026, с. 8)"),
    ("Надёжность", "Альфа Кронбаха по баллам заданий"),
    ("Малые группы", "1–4 участника скрыты вместе с соседними; 5–9 — информационно"),
    ("Округление", "До ближайшего, половина — вверх; суммы долей могут отличаться от 100 %"),
)
METHOD_PAGES = {"Признаки по собственным методам": "detectors.html"}


@dataclass(frozen=True)
class RunFacts:
    """What a run says about itself; `kinds` are Russian names of the kinds of files."""

    as_of: date
    version: str
    snapshot: str
    packages: Mapping[str, str]
    kinds: Mapping[str, str] = field(default_factory=dict)


def passport_sections(edition: Edition, facts: RunFacts) -> tuple[Section, ...]:
    """Files and balances, faults, reconciliation, methods, norms, versions."""
    intake, problems = edition.tables["intake"], edition.tables["problems"]
    return (
        _files(intake, facts),
        problems_section(problems),
        _reconciliation(edition),
        _methods(facts),
        _norms(edition),
    )


def balance_words(intake: pd.DataFrame) -> str:
    """«Прочитано 100 строк: принято 98, отложено 2»."""
    read, accepted, rejected = (
        int(intake[c].sum()) for c in ("rows_read", "rows_accepted", "rows_rejected")
    )
    return (
        f"прочитано {plural(read, 'строка', 'строки', 'строк')}: "
        f"принято {number(accepted)}, отложено {number(rejected)}"
    )


def _files(intake: pd.DataFrame, facts: RunFacts) -> Section:
    if intake.empty:
        notice = Notice("Файлов нет", "Положите таблицы в папку raw и запустите программу снова.")
        return Section("files", "Файлы", "Ни одного файла не принято", (notice,))
    off = intake[intake["rows_read"] != intake["rows_accepted"] + intake["rows_rejected"]]
    claim = f"{plural(len(intake), 'файл', 'файла', 'файлов')}: {balance_words(intake)}"
    rows = [
        row(
            r["path"],
            facts.kinds.get(r["kind"], r["kind"]) or "вид не опознан",
            Cell(STATES[r["status"]], r["reason"] or "", tone=_file_tone(r["status"])),
            number(r["rows_read"]),
            number(r["rows_accepted"]),
            number(r["rows_rejected"]),
            r["source_id"][:12],
        )
        for r in records(intake)
    ]
    balance = (
        f"Баланс не сходится: {', '.join(off['path'])}."
        if len(off)
        else "Для каждого файла прочитано = принято + отложено."
    )
    table = Table(
        "Файлы и балансы строк",
        ("Файл", "Вид", "Состояние", "Прочитано", "Принято", "Отложено", "sha256"),
        tuple(rows),
        "lllrrrl",
        f"Отпечаток всех входных данных: {facts.snapshot}",
        f"{balance} sha256 — первые 12 знаков отпечатка содержимого файла.",
    )
    return Section("files", "Файлы", claim, (table,))


def _file_tone(status: str) -> str:
    return {"rejected": "low", "unknown": "doubt", "partly": "doubt"}.get(status, "")


def _reconciliation(edition: Edition) -> Section:
    frame = edition.tables["reconciliation"]
    if frame.empty:
        text = "Нет отчётов о распределении первичных баллов, с которыми можно сверить файлы."
        return Section("check", "Сверка", "Сверка не проведена", (Notice("Не проверено", text),))
    agreed = int(frame["agrees"].sum())
    claim = f"Отчёты и файлы участников совпадают в {out_of(agreed, len(frame))} сверок"
    grouped = frame.groupby("test_id", observed=True).agg(
        n=("agrees", "size"), agreed=("agrees", "sum"), gap=("max_gap_pct", "max")
    )
    found = {r["test_id"]: r for r in records(grouped.reset_index())}
    rows = [
        row(
            Cell(f"{t.label}, {t.year}", href=t.page),
            out_of(found[t.test_id]["agreed"], found[t.test_id]["n"]),
            number(found[t.test_id]["gap"], 2),
        )
        for t in edition.tests.values()
        if t.test_id in found
    ]
    table = Table(
        "Сверка отчётов с файлами участников по работам",
        ("Работа", "Групп совпало", "Наибольшее расхождение, п.п."),
        tuple(rows),
        "lrr",
        "Источник: отчёты о распределении и файлы участников",
        folded=True,
    )
    return Section("check", "Сверка", claim, (table,))


def _methods(facts: RunFacts) -> Section:
    methods = Table(
        "Методы",
        ("Метод", "Как считается", "Версия"),
        tuple(
            row(Cell(name, href=METHOD_PAGES.get(name, "")), how, facts.version)
            for name, how in METHODS
        ),
        "lll",
        "Источник: программа mmuko",
    )
    packages = Table(
        "Версии программ",
        ("Программа", "Версия"),
        tuple(row(name, version) for name, version in sorted(facts.packages.items())),
        "ll",
        "Источник: установленные пакеты",
        folded=True,
    )
    return Section(
        "methods", "Методы", f"Версия методов — {facts.version}", (methods, packages), "", True
    )


def _norms(edition: Edition) -> Section:
    used = [t for t in edition.tests.values() if t.boundaries]
    claim = f"Официальная шкала есть для {out_of(len(used), len(edition.tests))} работ"
    scales = Table(
        "Шкалы отметок, применённые к работам",
        ("Работа", "Границы", "Источник", "Сверена"),
        tuple(
            row(
                Cell(f"{t.label}, {t.year}", href=t.page),
                ", ".join(f"«{m}» с {s}" for m, s in t.boundaries.items()) or "нет шкалы",
                t.record["scale_source"] or DASH,
                {True: "да", False: "нет", None: DASH}[t.record["scale_verified"]],
            )
            for t in edition.tests.values()
        ),
        "llll",
        "Источник: нормы программы (analytics/norms)",
        folded=True,
    )
    blocks: list[Block] = [scales]
    blocks += [_norm_table(name) for name in _sourced_norms()]
    return Section("norms", "Нормы", claim, tuple(blocks))


def _sourced_norms() -> list[str]:
    """Names of the tables of norms whose rows have a source and a flag."""
    names = sorted(
        r.name[:-4] for r in files("analytics.norms").iterdir() if r.name.endswith(".csv")
    )
    return [n for n in names if {"source", "verified"} <= set(norms.norm(n).columns)]


def _norm_table(name: str) -> Table:
    frame = norms.norm(name)
    frame["verified"] = frame["verified"].astype("str").str.lower()
    grouped = frame.groupby(["source", "verified"]).size().reset_index(name="n")
    return Table(
        f"Норма «{name}»: источники",
        ("Источник", "Строк", "Сверено"),
        tuple(
            row(r["source"], number(r["n"]), "да" if r["verified"] == "true" else "нет")
            for r in records(grouped)
        ),
        "lrl",
        f"Источник: analytics/norms/{name}.csv",
        folded=True,
    )
