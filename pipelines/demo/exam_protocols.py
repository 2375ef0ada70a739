"""Protocols of the state exams as a region prints them: blocks of one exam each in one sheet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.demo.exam_sitting import Results
from pipelines.demo.olympiads import person
from pipelines.demo.spreadsheets import SheetDraft
from pipelines.demo.town import REGION, Town

_SIGNS = np.array(list("-+23456789"))  # of a short answer by its points
NUMBER, SCHOOL, CLASS, SURNAME = "№", "Код ОО", "Класс", "Фамилия"
SHORT, LONG = "Задания с кратким ответом", "Задания с развёрнутым ответом"
SCORE, MARK, TEST_SCORE = "Первичный балл", "Оценка", "Тестовый балл"
_COMPACT_TITLES = {
    SHORT: "Ответы в краткой форме",
    LONG: "Ответы в развернутой форме",
    TEST_SCORE: "Итоговый балл",
}

# Empty titles are the empty columns that merged cells leave.
OGE = [NUMBER, SCHOOL, CLASS, "", "Код ППЭ", "", "Аудитория", "", "Код МСУ", "", SURNAME, "", "Имя",
       "Отчество", SHORT, "", "", LONG, SCORE, "", MARK]  # fmt: skip
EGE = [NUMBER, "", "Код МСУ", "", SCHOOL, "", CLASS, "", "Код ППЭ", "", "Аудитория", "", SURNAME,
       "Имя", "Отчество", "", SHORT, "", LONG, "", SCORE, "", TEST_SCORE]  # fmt: skip
COMPACT = [NUMBER, "Код ППЭ", SCHOOL, CLASS, "Код ООП", "Профиль", SURNAME, "Имя", "Отчество",
           "Вариант", "Код участника", "№ бланка", *_COMPACT_TITLES.values()]  # fmt: skip
COMPACT.insert(-1, SCORE)
_BUILDER = {
    "ColumnName": NUMBER, "SchoolCode": SCHOOL, "ClassCode": CLASS, "SurnameCell": SURNAME,
    "NameCell": "Имя", "SecondNameCell": "Отчество", "DocumentSeriesCode": "Серия",
    "DocumentNumberCode": "Номер", "GovernmentCell": "Код МСУ", "TestResultBCell": SHORT,
    "TestResultCCell": LONG, "PrimaryMark": SCORE, "Mark5": MARK,
}  # fmt: skip


@dataclass
class Block:
    """The rows of one exam as written: `rows` from the sheet's row `first` (Excel's number) on."""

    results: Results
    titles: list[str]
    first: int
    rows: list[list[Any]]

    def cell(self, place: int, title: str) -> tuple[int, int]:
        """Excel's row and the column from 0 of a participant's cell."""
        return self.first + place, self.titles.index(title)


@dataclass
class Protocol:
    """A sheet that grows by blocks; `gap`: empty rows between an exam and the next one's line."""

    town: Town
    year: int
    header: list[str]
    gap: int = 1
    rows: list[list[Any]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def add(
        self, results: Results, *, header: list[str] | None = None, glued: bool = False
    ) -> Block:
        """Writes an exam; `glued`: its line stands right under the last participant above."""
        if not self.rows:
            self.rows += [
                [
                    "Протокол проверки результатов  государственной итоговой аттестации"
                    f" {self.year} г."
                ],
                [f"99 - {REGION}"],
            ]
        elif not glued:
            self._average()
            self.rows += [[] for _ in range(self.gap)]
        titles = header or self.header
        self.rows += [[results.exam.line], [], titles]
        rows = participants(self.town, results, titles)
        self.blocks.append(Block(results, titles, len(self.rows) + 1, rows))
        self.rows += rows
        return self.blocks[-1]

    def repeat(self, place: int, like: int) -> int:
        """The last exam gets a participant a second time, with the results of another one.

        Returns the place of the new row; `like` = `place` repeats the row itself.
        """
        block = self.blocks[-1]
        again, other = list(block.rows[place]), block.rows[like]
        for title in (SHORT, LONG, SCORE, MARK):
            again[block.titles.index(title)] = other[block.titles.index(title)]
        again[0] = len(block.rows) + 1
        block.rows.append(again)
        self.rows.append(again)
        return len(block.rows) - 1

    def sheet(self) -> SheetDraft:
        """The sheet with the averages of the last exam."""
        self._average()
        return SheetDraft("Page 1", self.rows)

    def _average(self) -> None:
        block = self.blocks[-1]
        at = block.titles.index(SCORE)
        row: list[Any] = [""] * len(block.titles)
        row[0] = "Средние"
        row[at] = round(float(np.mean([r[at] for r in block.rows])), 2)
        self.rows.append(row)


def participants(town: Town, results: Results, titles: list[str]) -> list[list[Any]]:
    """A row per participant under these titles; what nobody filled in is empty."""
    columns, empty = _columns(town, results), [""] * len(results.pupils)
    named = {short: columns[long] for long, short in _COMPACT_TITLES.items() if long in columns}
    columns |= named
    return [list(row) for row in zip(*(columns.get(t, empty) for t in titles), strict=True)]


def builder_csv(town: Town, results: Results) -> bytes:
    """The table of an ОГЭ as the report builder saves it: `;`, with a byte order mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_BUILDER)
    writer.writerows(participants(town, results, list(_BUILDER.values())))
    return text.getvalue().encode("utf-8-sig")


def masks(results: Results) -> tuple[list[str], list[str]]:
    """The masks of short and of long answers: `++-2+`, `2(3)1(3)`."""
    short, long = results.exam.short, results.exam.long
    signs = _SIGNS[results.earned[:, : len(short)]]
    got = results.earned[:, len(short) :].tolist()
    return (
        ["".join(row) for row in signs],
        ["".join(f"{p}({m})" for p, m in zip(row, long, strict=True)) for row in got],
    )


def _columns(town: Town, results: Results) -> dict[str, list[Any]]:
    pupils = results.pupils
    short, long = masks(results)
    surname, name, patronymic = zip(*map(person, pupils["person"]), strict=True)
    count = len(pupils)
    return {
        NUMBER: list(range(1, count + 1)),
        SCHOOL: town.schools["gia_code"].astype(int).to_numpy()[pupils["school"]].tolist(),
        CLASS: pupils["class_label"].tolist(),
        "Код ППЭ": pupils["exam_point"].tolist(),
        "Аудитория": [f"{room:04d}" for room in pupils["room"]],
        "Код МСУ": [101] * count,
        "Код участника": [f"{p:06d}" for p in pupils["person"]],
        "Вариант": [301 + p % 4 for p in pupils["person"]],
        "Серия": ["0000"] * count,
        "Номер": ["000000"] * count,
        SURNAME: list(surname),
        "Имя": list(name),
        "Отчество": list(patronymic),
        SHORT: short,
        LONG: long,
        SCORE: results.scores.tolist(),
        MARK if results.exam.procedure == "oge" else TEST_SCORE: results.results.tolist(),
    }
