"""Pupil-level protocols: from the rows under a header to canonical works and to problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers import cells, header
from pipelines.readers.cells import Sign
from pipelines.readers.header import Header, Layout
from pipelines.readers.page import Page, page
from pipelines.readers.reading import ProblemLog, Reading, Sheet, TestHeader, Workbook, excel_column
from pipelines.readers.scores import read_points, read_scores

_MARKS = ("mark", "journal_mark")
_MARKS_EXPECTED = "2, 3, 4 или 5"
_ABSENT_PART = "—"  # of a variant of a work in two parts


def read(
    workbook: Workbook,
    kind: str,
    layout: Layout,
    test: TestHeader,
    log: ProblemLog,
    *,
    constants: Mapping[str, str] | None = None,
    empty: str = "no_data_rows",
) -> Reading:
    """Reads every sheet of `workbook` that has the header of `layout`.

    test: year, grade and subject; the tasks come from the first sheet. constants: text columns that
    the sheets lack. empty: the code of the problem that no sheet has a data row.
    Returns `works`, one row per data row, in the sheets' order.
    """
    pages = []
    for sheet in workbook.sheets:
        found = header.find(sheet, layout)
        if found is not None and _header_holds(sheet, found, layout, log):
            pages.append(page(sheet, found, layout, constants or {}, log))
    works = [_works(p) for p in pages if len(p.rows)]
    for p in pages:
        _note_sections(p, layout)
    tasks = tuple(task for _, task in pages[0].header.tasks) if pages else ()
    for other in pages[1:]:
        if tuple(task for _, task in other.header.tasks) != tasks:
            log.add("sheets_differ", sheet=other.sheet.name, expected=pages[0].sheet.name)
    if pages and not works:
        log.add(empty, sheet=pages[0].sheet.name)
    maxima = [task.max_points for task in tasks]
    max_score = test.max_score or (sum(maxima) if maxima and None not in maxima else None)
    return Reading(
        kind=kind,
        problems=log.frame(),
        test=replace(test, max_score=max_score, tasks=tasks),
        tables={"works": pd.concat(works, ignore_index=True)} if works else {},
        rows_read=sum(len(p.rows) for p in pages),
        addresses={key: letters for p in pages for key, letters in _addresses(p).items()},
    )


def _header_holds(sheet: Sheet, found: Header, layout: Layout, log: ProblemLog) -> bool:
    """Notes the faults of a header; False if the sheet cannot be read for want of columns."""
    row = found.row + 1
    for place, title in found.repeated:
        log.add(
            "column_repeated",
            sheet=sheet.name,
            row=row,
            column_index=place,
            column=title,
            value=title,
        )
    if found.personal:
        place, _ = found.personal[0]
        titles = ", ".join(title for _, title in found.personal)
        log.add("personal_columns", sheet=sheet.name, row=row, column_index=place, value=titles)
    lacking = header.missing(found, layout)
    if lacking:
        log.add("columns_missing", sheet=sheet.name, expected=", ".join(f"«{t}»" for t in lacking))
    return not lacking


def _works(p: Page) -> pd.DataFrame:
    """The works of one sheet; every fault of its cells is noted."""
    _note_visibility(p)
    absent, variant = _participation(p)
    cells_of_tasks = p.tasks.signs(cells.points)
    shifted = _shifted(p, cells_of_tasks[0], absent)
    sound = ~absent & ~shifted
    points = read_points(p, *cells_of_tasks, sound)
    scores = read_scores(p, points, absent, sound)
    _note_codes(p)
    nameless = sound & pd.isna(variant) & ~points.untouched()
    if "variant" in p.header.columns:
        p.fault("variant_missing", nameless, p.header.columns["variant"])
    by_task = points.columns(absent)
    columns = {
        "login": p.texts["login"],
        "municipality": p.texts["municipality"],
        "school_name": p.texts["school_name"],
        "class_label": p.texts["class_label"],
        "pupil": p.texts["pupil"],
        "absent": pd.array(absent, dtype="boolean"),
        "variant": variant,
        "score": scores,
        **{role: _marks(p, role, sound) for role in _MARKS},
        **by_task,
        "sheet": pd.array([p.sheet.name], dtype="str").take(np.zeros(len(p.rows), dtype=np.intp)),
        "row": pd.array(p.rows, dtype="Int64"),
    }
    return pd.DataFrame(columns)


def _note_visibility(p: Page) -> None:
    if not p.sheet.visible:
        p.log.add("hidden_sheet", sheet=p.sheet.name, value=p.sheet.name)
    hidden = sorted(p.sheet.hidden_rows & set(p.rows.tolist())) if p.sheet.hidden_rows else []
    if hidden:
        p.log.add("hidden_rows", sheet=p.sheet.name, row=hidden[0], value=len(hidden))


def _participation(p: Page) -> tuple[NDArray[np.bool_], pd.api.extensions.ExtensionArray]:
    """Who was absent, and the variants: «2», «2/1» for a work in two parts.

    A pupil absent from one part of two took part in the other.
    """
    parts = [p.cells[role] for role in ("variant", "variant_2") if role in p.cells]
    count = len(p.rows)
    away, present = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    texts = []
    for part in parts:
        part_away = part.flags(cells.is_absence)
        part_filled = ~part.flags(cells.is_blank)
        away |= part_away
        present |= part_filled & ~part_away
        if part_filled.any() or not texts:
            texts.append(part.texts(_part_variant))
    absent = away & ~present
    variant = pd.Series(texts[0] if texts else [None] * count, dtype="str")
    if len(texts) == 2:
        variant = variant.fillna("").str.cat(texts[1].fillna(""), sep="/").str.strip("/")
    return absent, variant.mask(absent | (variant == "")).array


def _part_variant(value: object) -> str | None:
    return _ABSENT_PART if cells.is_absence(value) else cells.label(value)


def _shifted(p: Page, tasks: NDArray[np.int8], absent: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows with a cell that belongs into a column beside; noted at the first such cell."""
    signs = [(p.task_columns(), tasks)]
    parsers = dict.fromkeys(_MARKS, cells.mark) | {"score": cells.total}
    parsers |= dict.fromkeys(("variant", "variant_2"), cells.variant)
    for role, parse in parsers.items():
        if role in p.cells:
            signs.append((np.array([p.header.columns[role]]), p.signs(role, parse)[0][:, None]))
    places = np.concatenate([place for place, _ in signs])
    order = np.argsort(places)
    foreign = np.hstack([sign == Sign.FOREIGN for _, sign in signs])[:, order] & ~absent[:, None]
    shifted = foreign.any(axis=1)
    p.fault("row_shifted", shifted, places[order][foreign[shifted].argmax(axis=1)])
    return shifted


def _marks(p: Page, role: str, sound: NDArray[np.bool_]) -> pd.arrays.IntegerArray:
    """Marks 2…5 of `role`; anything else is null and noted, but for blanks and «нет отметки»."""
    signs, marks = p.signs(role, cells.mark)
    if role in p.header.columns:
        column = p.header.columns[role]
        p.fault("mark_not_given", sound & (signs == Sign.NOT_GIVEN), column)
        p.fault(
            "mark_not_in_scale",
            sound & (signs == Sign.UNREADABLE),
            column,
            expected=_MARKS_EXPECTED,
        )
    return pd.arrays.IntegerArray(marks.astype(np.int64), signs != Sign.VALUE)


def _note_codes(p: Page) -> None:
    """Notes rows without a pupil's code, with something else in its place, without a login."""
    unknown, blank = pd.isna(p.texts["pupil"]), p.blank("pupil")
    p.fault("pupil_missing", unknown & blank, p.header.columns["pupil"])
    p.fault("pupil_not_a_code", unknown & ~blank, p.header.columns["pupil"], quoted=False)
    if "login" in p.header.columns:
        p.fault("login_missing", pd.isna(p.texts["login"]), p.header.columns["login"])


def _note_sections(p: Page, layout: Layout) -> None:
    """Compares the number of pupils that the section rows declare with the rows of the school."""
    if not p.sections or layout.section is None:
        return
    column = p.header.columns["login"]
    declared: dict[str, tuple[int, int]] = {}  # by login: its last section row, pupils in all
    for row in p.sections:
        match = layout.section.search(cells.text(p.sheet.rows[row - 1][column]))
        login = match["login"].lower()
        declared[login] = (row, declared.get(login, (row, 0))[1] + int(match["count"]))
    read = pd.Series(p.texts["login"]).value_counts()
    for login, (row, count) in declared.items():
        if count != read.get(login, 0):
            p.log.add(
                "section_count_differs",
                sheet=p.sheet.name,
                row=row,
                column_index=column,
                login=login,
                value=count,
                expected=str(read.get(login, 0)),
            )


def _addresses(p: Page) -> dict[tuple[str, str], str]:
    """Excel's letters of the canonical columns of one sheet."""
    columns = {("school_id" if r == "login" else r): c for r, c in p.header.columns.items()}
    columns |= {f"p{k}": place for k, (place, _) in enumerate(p.header.tasks, start=1)}
    return {(p.sheet.name, role): excel_column(place) for role, place in columns.items()}
