"""Rows of olympiad tables: keyed codes for names, shares of the maximum, every fault by cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers import cells
from pipelines.readers import olympiad_words as words
from pipelines.readers.olympiad_sheet import PERSON, fault, number, titles, told
from pipelines.readers.persons import Context, person_codes
from pipelines.readers.reading import ProblemLog, Reading
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import SheetTable, each
from pipelines.readers.tokens import Tokens

COLUMNS = {
    **{"year": "Int64", "stage": "str", "subject": "str"},
    **{"grade_studied": "Int64", "grade_competed": "Int64", "school": "str"},
    **{"pupil": "str", "named": "boolean", "score": "float64", "max_score": "float64"},
    **{"status": "str", "sheet": "str", "row": "Int64"},
}
_NAMED = "olympiad"  # stands for the school in the code of a name: schools are spelt in many ways
# A share is printed with two decimals or as a whole percent.
_FRACTION_TOLERANCE = 0.0055

Objects = NDArray[np.object_]
Floats = NDArray[np.float64]


def results(
    table: SheetTable, path: str, context: Context, log: ProblemLog, *, judged: bool = True
) -> pd.DataFrame:
    """Canonical rows of one table (COLUMNS), those with a fault that sets them aside left in.

    judged: whether the table has statuses; the form of a re-check has none.
    """
    year, stage, subject = _what(table, path, log)
    pupil, named = pupils(table, stage, subject, context, log)
    competed, studied = _grades(table, log)
    score = _points(table, "score", log)
    status = _statuses(table, log) if judged else np.full(len(score), None, dtype=object)
    share = _shares(table)
    maximum = _maxima(table, score, share, competed, log)
    _note_scores(table, score, maximum, share, status, log)
    frame = pd.DataFrame(
        {
            "year": year,
            "stage": stage,
            "subject": subject,
            "grade_studied": studied,
            "grade_competed": np.where(np.isnan(competed), studied, competed),
            "school": table.texts("school", words.school),
            "pupil": pupil,
            "named": named,
            "score": score,
            "max_score": maximum,
            "status": status,
            "sheet": table.sheet,
            "row": table.rows,
        }
    )
    fault(table, log, "olympiad_school_missing", frame["school"].isna(), "school")
    return frame.astype(COLUMNS)


def note_pair(table: SheetTable, maximum: Floats, log: ProblemLog) -> Floats:
    """Scores of a re-check; notes a missing score of either kind and one above the maximum."""
    recheck = _points(table, "recheck", log)
    first = table.numbers([table.columns["score"]], words.points)[0][:, 0]
    fault(table, log, "recheck_incomplete", np.isnan(recheck), "recheck")
    fault(table, log, "recheck_incomplete", np.isnan(first), "score")
    fault(table, log, "recheck_incomplete", np.isnan(maximum), "max_score")
    above = recheck > maximum
    fault(table, log, "olympiad_score_above_maximum", above, "recheck", expected=told(maximum))
    return recheck


def reading(
    kind: str, name: str, parts: Sequence[tuple[SheetTable, pd.DataFrame]],
    columns: dict[str, str], log: ProblemLog,
) -> Reading:  # fmt: skip
    """The reading of a file with table `name`, out of its sheets and their rows."""
    empty = pd.DataFrame(columns=list(columns)).astype(columns)
    rows = pd.concat([empty, *(frame for _, frame in parts)], ignore_index=True).astype(columns)
    addresses = {key: letters for table, _ in parts for key, letters in _letters(table).items()}
    return Reading(
        kind=kind,
        problems=log.frame(),
        tables={name: without_stopped(rows, log)},
        rows_read=len(rows),
        addresses=addresses,
    )


def pupils(
    table: SheetTable, stage: Objects, subject: Objects, context: Context, log: ProblemLog
) -> tuple[pd.api.extensions.ExtensionArray, NDArray[np.bool_]]:
    """Keyed codes of the pupils and whether each is made of a name.

    Without a name the participant's code is keyed, with its stage and subject: it holds for one
    sitting only. Names are the same person within a school; the school is not in the code.
    """
    name = pd.Series("", index=range(len(table.rows)), dtype="str")
    for role in PERSON:
        part = pd.Series(table.texts(role), index=name.index, dtype="str").fillna("")
        name = name.str.cat(part, sep=" ") if role != "surname" else part
    if "full_name" not in table.columns:
        first = pd.isna(table.texts("surname"))
        name = name.mask(first, "")
    name = name.str.strip()
    named = (name != "").to_numpy()
    own = pd.Series(table.texts("code", cells.label), index=name.index, dtype="str").fillna("")
    sitting = pd.Series(stage).astype("str").str.cat(pd.Series(subject).astype("str"), sep=" ")
    parts = [Tokens.of([np.where(named, name, own).astype(object)]).column(0)]
    place = pd.array(np.where(named, _NAMED, sitting.fillna("")), dtype="str")
    codes = person_codes(parts, place, context.key)
    role = next(r for r in ("surname", "full_name", "code") if r in table.columns)
    fault(table, log, "olympiad_pupil_missing", pd.isna(codes), role, quoted=False)
    _note_personal(table, log)
    return codes, named


def _what(table: SheetTable, path: str, log: ProblemLog) -> tuple[Floats, Objects, Objects]:
    """Year, stage and subject of each row: of its cells, else of the titles, sheet and path."""
    named = (titles(table), table.sheet, path)
    count = len(table.rows)
    year = np.array(
        [np.nan if y is None else y for y in table.texts("year", words.year_cell)], dtype=float
    )
    stage = table.texts("stage", words.stage_cell)
    subject = table.texts("subject", words.subject)
    if "year" not in table.columns:
        found = words.year_in(*named)
        year = np.full(count, np.nan if found is None else found)
    if "stage" not in table.columns:
        stage = np.full(count, words.stage_in(*named), dtype=object)
    if "subject" not in table.columns:
        subject = np.full(count, words.subject_in(table.sheet, *named), dtype=object)
    for role, unknown in (("year", np.isnan(year)), ("stage", pd.isna(stage)),
                          ("subject", pd.isna(subject))):  # fmt: skip
        code = f"olympiad_{role}_unknown"
        if role in table.columns:
            fault(table, log, code, unknown, role)
        elif unknown.any():  # nothing of the file says it: the file is set aside, told of once
            log.add(code, sheet=table.sheet, value=path)
    return year, stage, subject


def _grades(table: SheetTable, log: ProblemLog) -> tuple[Floats, Floats]:
    """Grades competed for and studied in, NaN where unknown; notes a lower grade competed for."""
    found = {}
    for role in ("grade_competed", "grade_studied"):
        texts = table.texts(role)
        grade = each(texts, lambda t: np.nan if t is None else words.grade(t) or -1)
        values = np.array([np.nan if g is None else g for g in grade], dtype=float)
        fault(table, log, "olympiad_grade_unclear", values == -1, role)
        found[role] = np.where(values == -1, np.nan, values)
    competed, studied = found["grade_competed"], found["grade_studied"]
    fault(table, log, "olympiad_grade_below", competed < studied, "grade_competed",
           expected=told(studied))  # fmt: skip
    return competed, studied


def _points(table: SheetTable, role: str, log: ProblemLog) -> Floats:
    if role not in table.columns:
        return np.full(len(table.rows), np.nan)
    values, faulty = table.numbers([table.columns[role]], words.points)
    fault(table, log, "olympiad_points_unclear", faulty[:, 0], role)
    return values[:, 0]


def _statuses(table: SheetTable, log: ProblemLog) -> Objects:
    shown = table.texts("status")
    found = each(shown, words.status)
    fault(table, log, "olympiad_status_unknown", ~pd.isna(shown) & pd.isna(found), "status")
    fault(table, log, "olympiad_status_missing", pd.isna(shown), "status")
    return found


def _shares(table: SheetTable) -> Floats:
    """Printed shares of the maximum, 0…1: a column with any number above 1 holds percents."""
    if "percent" not in table.columns:
        return np.full(len(table.rows), np.nan)
    values = table.numbers([table.columns["percent"]], words.percent)[0][:, 0]
    return values / 100 if (values > 1.5).any() else values


def _maxima(
    table: SheetTable, score: Floats, share: Floats, grade: Floats, log: ProblemLog
) -> Floats:
    """Maxima as the file gives them, else the whole number that most shares of a grade agree on.

    score ÷ share is near the maximum; of its roundings within grade (and direction) the one with
    the most points behind it is taken, for the share of a low score is printed too coarsely.
    """
    if "max_score" in table.columns:
        return _points(table, "max_score", log)
    direction = pd.Series(table.texts("direction"), dtype="str").fillna("")
    rows = pd.DataFrame({"grade": grade, "direction": direction, "score": score})
    rows["maximum"] = np.round(score / np.where(share > 0, share, np.nan))
    group = ["grade", "direction"]
    votes = rows[rows["maximum"] >= 1].groupby([*group, "maximum"], dropna=False, as_index=False)
    best = votes["score"].sum().sort_values("score", kind="stable").drop_duplicates(
        group, keep="last")  # fmt: skip
    found = rows[group].merge(best[[*group, "maximum"]], how="left", on=group, validate="m:1")
    return found["maximum"].to_numpy(dtype=float)


def _note_scores(
    table: SheetTable, score: Floats, maximum: Floats, share: Floats, status: Objects,
    log: ProblemLog,
) -> None:  # fmt: skip
    above = score > maximum
    fault(table, log, "olympiad_score_above_maximum", above, "score", expected=told(maximum))
    own = score / np.where(maximum > 0, maximum, np.nan)
    apart = ~above & (np.abs(own - share) > _FRACTION_TOLERANCE)
    expected = [number(100 * s) for s in own]
    fault(table, log, "olympiad_percent_contradicts", apart, "percent", expected=expected)
    half = ~above & (status == "winner") & (2 * score <= maximum)
    fault(table, log, "olympiad_winner_half", half, "score", expected=told(maximum))


def _note_personal(table: SheetTable, log: ProblemLog) -> None:
    places = [table.columns[role] for role in PERSON if role in table.columns]
    if places and len(table.rows):
        log.add("olympiad_personal_columns", sheet=table.sheet,
                row=int(table.rows[0]) if table.header_row is None else table.header_row + 1,
                column_index=places[0])  # fmt: skip


def _letters(table: SheetTable) -> dict[tuple[str, str], str]:
    """Excel's letters of canonical columns; the pupil stands where the name or the code does."""
    found = {column: letters for (_, column), letters in table.addresses().items()}
    pupil = next((found[r] for r in ("surname", "full_name", "code") if r in found), None)
    kept = {r: found[r] for r in found if r in COLUMNS or r == "recheck"}
    kept |= {"pupil": pupil} if pupil else {}
    kept |= {"school_id": kept.pop("school")} if "school" in kept else {}
    return {(table.sheet, column): letters for column, letters in kept.items()}
