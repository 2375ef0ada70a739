"""Works of exam protocols: from blocks to canonical rows, with every fault of a cell noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from pipelines.readers import cells
from pipelines.readers.answer_masks import long_answers, read_masks, short_answers
from pipelines.readers.exam_answers import masks_of, note_sums, points_of, tasks_of
from pipelines.readers.exam_blocks import Block, blocks
from pipelines.readers.exam_cells import (
    addresses,
    fault,
    login_of,
    note_sheets,
    numbers,
    persons,
    texts,
)
from pipelines.readers.exam_roles import titles_above
from pipelines.readers.exam_title import Exam, exam_in_path, titled_gve
from pipelines.readers.header import Role
from pipelines.readers.persons import Context
from pipelines.readers.reading import ProblemLog, Reading, TestHeader, Workbook

GRADES = {"oge": 9, "ege": 11}
MARKED_BY_TEST_SCORE = "Математика базовая"  # its «тестовый балл» is a mark 2…5
_SENIOR = re.compile(r"1[0-2]")


@dataclass(frozen=True)
class Protocol:
    """A family of layouts: its kind, the procedure unless a title says ГВЭ, its columns."""

    kind: str
    procedure: str
    roles: Mapping[str, Role]


@dataclass
class _Tests:
    """The exams of one file in their order: headers, and how many short and long answers each has
    by its first block; parts: every block that was read, with the numbers of its answers."""

    headers: dict[tuple[Any, ...], TestHeader] = field(default_factory=dict)
    shapes: dict[tuple[Any, ...], tuple[int, int]] = field(default_factory=dict)
    parts: list[tuple[Block, tuple[int, int]]] = field(default_factory=list)


def read(workbook: Workbook, protocol: Protocol, context: Context) -> Reading:
    """Reads every block of every sheet. Returns `works`, one row per participant of an exam.

    `login` is «gia» + «Код ОО»; `pupil` the participant's code or, without one, `person`, the
    keyed code of the name. Rows whose exam is not named are set aside and the others go on.
    """
    log, tests = ProblemLog(), _Tests()
    found = [block for s in workbook.sheets for block in blocks(s, protocol.roles, log)]
    note_sheets(found, protocol.roles, log)
    told_by_name = None if any(block.exam for block in found) else exam_in_path(workbook.path)
    frames = []
    for block in found:
        titles = f"{titles_above(block.sheet, protocol.roles)} {workbook.path}"
        for part in _parts(block, log):
            exam = part.exam or told_by_name
            header = header_of(part, exam, protocol.procedure, titles)
            _note_exam(part, exam, log)
            frames.append(_works(part, header, exam, tests, context, log))
        _note_average(block, frames, log)
    if found and not any(map(len, frames)):
        log.add("no_data_rows", sheet=found[0].sheet.name)
    works = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    single = _without_repeated(works, found, log) if len(works) else works
    return Reading(
        kind=protocol.kind,
        problems=log.frame(),
        tests=tuple(tests.headers.values()),
        tables={"works": single} if len(single) else {},
        rows_read=len(single),
        addresses=addresses(*zip(*tests.parts, strict=True)) if tests.parts else {},
    )


def header_of(block: Block, exam: Exam | None, procedure: str, titles: str) -> TestHeader:
    """Procedure, year, grade and subject of a block; the grade of a ГВЭ from the classes."""
    gve, grade = titled_gve(titles)
    if exam is not None and exam.gve:
        gve, grade = True, exam.grade or grade
    if gve:
        procedure = "gve"
    return TestHeader(
        year=exam.year if exam else None,
        grade=GRADES.get(procedure) or grade or grade_of_classes(block),
        subject=exam.subject if exam else None,
        procedure=procedure,
    )


def grade_of_classes(block: Block) -> int:
    """11 where most classes of a block are of grades 10–12, else 9."""
    labels = pd.Series(texts(block, "class_label", cells.class_label), dtype="str").dropna()
    return 11 if len(labels) and labels.str.match(_SENIOR).mean() > 0.5 else 9


def _parts(block: Block, log: ProblemLog) -> list[Block]:
    """The block, cut where the numbering begins anew and the answers have another length.

    Such rows come from another exam whose line was lost: they stay without an exam.
    """
    column = block.column("number")
    if column is None or len(block.rows) < 2:
        return [block]
    _, number = column.signs(cells.total)
    starts = np.flatnonzero((number[1:] == 1) & (number[:-1] >= 1)) + 1
    if not len(starts):
        return [block]
    group = np.searchsorted(starts, np.arange(len(number)), side="right")
    parts = [block.take(group == g) for g in range(group.max() + 1)]
    first, own, foreign = _shape(parts[0]), [parts[0]], []
    for part in parts[1:]:
        (own if _shape(part) == first else foreign).append(part)
    cut = [block.take(np.isin(block.rows, np.concatenate([p.rows for p in own])))]
    for part in foreign:
        fault(part, log, "exam_numbering_restarts", np.arange(len(part.rows)) == 0, "number")
        cut.append(replace(part, exam=Exam(None, None, None)))
    return cut


def _shape(block: Block) -> tuple[int, int]:
    count = len(block.rows)
    return (
        read_masks(block.column("short"), count, short_answers).tasks,
        read_masks(block.column("long"), count, long_answers).tasks,
    )


def _note_exam(block: Block, exam: Exam | None, log: ProblemLog) -> None:
    """Sets aside the rows whose exam has no subject that is known, or no year."""
    lacking = [
        name
        for name, known in (
            ("предмет", exam is not None and exam.subject),
            ("год", exam is not None and exam.year),
        )
        if not known
    ]
    if lacking:
        every = np.ones(len(block.rows), dtype=bool)
        fault(block, log, "exam_unknown", every, "number", expected=", ".join(lacking))


def _works(
    block: Block,
    header: TestHeader,
    exam: Exam | None,
    tests: _Tests,
    context: Context,
    log: ProblemLog,
) -> pd.DataFrame:
    key = (header.procedure, header.year, header.grade, header.subject)
    short, long = masks_of(block, tests.shapes.get(key), log)
    tests.parts.append((block, (short.tasks, long.tasks)))
    if header.subject and header.year:
        tests.shapes.setdefault(key, (short.tasks, long.tasks))
        tests.headers.setdefault(key, replace(header, tasks=tasks_of(short, long)))
    login = texts(block, "login", login_of)
    fault(block, log, "exam_school_missing", pd.isna(login), "login")
    person = persons(block, login, context)
    own_code = texts(block, "pupil", cells.label)
    pupil = pd.Series(own_code, dtype="str").fillna(pd.Series(person, dtype="str"))
    fault(block, log, "exam_pupil_missing", pupil.isna().to_numpy(),
          "pupil" if "pupil" in block.columns else "surname", value=None)  # fmt: skip
    score = numbers(block, log, "score")
    mark, test_score = _results(block, header, log)
    note_sums(block, short, long, score, log)
    columns = {
        "procedure": header.procedure,
        "year": header.year,
        "grade": header.grade,
        "subject": header.subject,
        "exam_date": exam.day if exam else None,
        "login": login,
        "municipality": None,
        "school_name": None,
        "class_label": texts(block, "class_label", cells.class_label),
        "pupil": pupil.array,
        "person": person,
        "absent": pd.array([False] * len(block.rows), dtype="boolean"),
        "variant": texts(block, "variant"),
        "score": score,
        "mark": mark,
        "journal_mark": pd.array([None] * len(block.rows), dtype="Int64"),
        "test_score": test_score,
        "exam_point": texts(block, "exam_point"),
        "room": texts(block, "room"),
        **points_of(short, long),
        "sheet": block.sheet.name,
        "row": pd.array(block.rows, dtype="Int64"),
    }
    textual = ("procedure", "subject", "exam_date", "municipality", "school_name", "sheet")
    dtypes = dict.fromkeys(textual, "str") | dict.fromkeys(("year", "grade"), "Int64")
    return pd.DataFrame(columns, index=range(len(block.rows))).astype(dtypes)


def _results(
    block: Block, header: TestHeader, log: ProblemLog
) -> tuple[pd.arrays.IntegerArray, pd.arrays.IntegerArray]:
    """Marks and test scores; base mathematics of the ЕГЭ has a mark in the place of the score."""
    nothing = pd.array([None] * len(block.rows), dtype="Int64")
    if header.subject == MARKED_BY_TEST_SCORE and "mark" not in block.columns:
        return numbers(block, log, "test_score", cells.mark), nothing
    test_score = numbers(block, log, "test_score")
    impossible = (test_score > 100).to_numpy(dtype=bool, na_value=False)
    fault(block, log, "test_score_out_of_range", impossible, "test_score", expected="от 0 до 100")
    test_score[impossible] = pd.NA
    return numbers(block, log, "mark", cells.mark), test_score


def _note_average(block: Block, frames: list[pd.DataFrame], log: ProblemLog) -> None:
    """Compares the printed average of the primary scores with the rows that were read."""
    if len(block.averages) != 1 or "score" not in block.columns:
        return
    row = int(block.averages[0])
    printed = cells.number(block.sheet.rows[row - 1][block.columns["score"]])
    own = pd.concat(frames)
    own = own[(own["sheet"] == block.sheet.name) & own["row"].isin(block.rows)]["score"]
    if printed is None or own.isna().any() or own.empty or abs(own.mean() - printed) < 0.1:
        return
    log.add("exam_average_differs", sheet=block.sheet.name, row=row,
            column_index=block.columns["score"], column=block.titles["score"], value=printed,
            expected=f"{own.mean():.2f}".replace(".", ","))  # fmt: skip


def _without_repeated(works: pd.DataFrame, found: list[Block], log: ProblemLog) -> pd.DataFrame:
    """Works without rows that repeat an earlier one to the letter; these are no data rows."""
    results = [c for c in works if c not in ("sheet", "row", "exam_point", "room", "class_label")]
    repeated = works.duplicated(subset=results) & works["pupil"].notna() & works["login"].notna()
    for block in found:
        mine = works.loc[repeated & (works["sheet"] == block.sheet.name), "row"]
        here = np.isin(block.rows, mine.to_numpy(dtype=np.int64))
        role = "pupil" if "pupil" in block.columns else "surname"
        fault(block, log, "exam_row_repeated", here, role, value=None)
    return works[~repeated].reset_index(drop=True)
