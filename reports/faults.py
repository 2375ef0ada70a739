"""Faults of the files in the data passport, and the whole list of them for a spreadsheet."""

from __future__ import annotations

import pandas as pd

from reports.blocks import Cell, Notice, Section, Table, row
from reports.edition import records
from reports.messages import catalogue
from reports.wording import DASH, number, out_of, plural

NO_FILE = "нормы программы"  # faults of what no file says, such as a printed scale
LISTED = 200  # faults on the page; the whole list is in problems.csv
PROBLEMS_FILE = "problems.csv"
SEVERITIES = {"stop": "отложено", "warn": "внимание", "note": "к сведению"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def problems_section(problems: pd.DataFrame) -> Section:
    if problems.empty:
        notice = Notice("Замечаний нет", "Ни в одном принятом файле ошибок не найдено.")
        return Section("problems", "Замечания", "Замечаний к файлам нет", (notice,))
    counts = problems["severity"].value_counts()
    told = [f"{words} — {number(int(counts.get(key, 0)))}" for key, words in SEVERITIES.items()]
    claim = f"{plural(len(problems), 'замечание', 'замечания', 'замечаний')}: {', '.join(told)}"
    placed = problems.assign(path=problems["path"].fillna(NO_FILE))
    blocks = (_by_code(placed), _by_file(placed), _list(placed))
    return Section("problems", "Замечания", claim, blocks, "", True)


def _by_code(problems: pd.DataFrame) -> Table:
    grouped = problems.groupby("code", observed=True).agg(
        n=("path", "size"),
        files=("path", "nunique"),
        severity=("severity", "first"),
        message=("message", "first"),
        hint=("hint", "first"),
    )
    known = catalogue()
    rows = [
        row(
            r["code"],
            SEVERITIES[r["severity"]],
            number(r["n"]),
            number(r["files"]),
            Cell(f"Например: {r['message']}" if r["code"] in known else r["message"]),
            r["hint"],
        )
        for r in records(grouped.reset_index())
    ]
    return Table(
        "Замечания по видам",
        ("Вид", "Важность", "Замечаний", "Файлов", "Что не так", "Что сделать"),
        tuple(rows),
        "llrrll",
        "Источник: проверка файлов при приёме",
    )


def _by_file(problems: pd.DataFrame) -> Table:
    counts = pd.crosstab(problems["path"], problems["severity"])
    counts = counts.reindex(columns=list(SEVERITIES), fill_value=0).reset_index()
    rows = [
        row(r["path"], *(number(int(r[severity])) for severity in SEVERITIES))
        for r in records(counts)
    ]
    return Table(
        "Замечания по файлам",
        ("Файл", *(words.capitalize() for words in SEVERITIES.values())),
        tuple(rows),
        "lrrr",
        "Источник: проверка файлов при приёме",
        folded=True,
    )


def _list(problems: pd.DataFrame) -> Table:
    order = problems["severity"].map({key: rank for rank, key in enumerate(SEVERITIES)})
    ordered = problems.assign(order=order).sort_values("order", kind="stable").head(LISTED)
    rows = [
        row(
            Cell(r["path"], " · ".join(x for x in (r["sheet"], r["cell"], r["column"]) if x)),
            SEVERITIES[r["severity"]],
            r["value"] or DASH,
            Cell(r["message"]),
            Cell(r["hint"]),
        )
        for r in records(ordered)
    ]
    return Table(
        f"Замечания с адресами ячеек ({out_of(len(rows), len(problems))})",
        ("Файл · лист · ячейка · столбец", "Важность", "Значение", "Что не так", "Что сделать"),
        tuple(rows),
        "lllll",
        "Источник: проверка файлов при приёме",
        f"Весь список — в файле {PROBLEMS_FILE} рядом с этой страницей, он открывается в Excel.",
        folded=True,
    )


def problems_csv(problems: pd.DataFrame) -> bytes:
    """The whole list for Excel; a text that a spreadsheet would calculate is defused."""
    text = problems.astype(object).where(problems.notna(), "").astype("str")
    safe = text.apply(
        lambda column: column.where(~column.str.startswith(FORMULA_STARTS), "'" + column)
    )
    return safe.to_csv(index=False, sep=";", lineterminator="\r\n").encode("utf-8-sig")
