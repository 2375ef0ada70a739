"""«Распределение первичных баллов»: percents of pupils by primary score, turned into counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers.cells import whole
from pipelines.readers.percents import check_percents, percents_of
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.report_head import (
    KEY_COLUMNS,
    Report,
    open_report,
    reading_of,
    report_kind,
    report_sheets,
)

KIND = "vpr_distribution"
LABEL = "Распределение первичных баллов"

COLUMNS = {
    **KEY_COLUMNS,
    **{"score": "Int64", "n_group": "Int64", "pct": "float64", "n": "Int64"},
    **{"sheet": "str", "row": "Int64"},
}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet is the report, exported from FIS OKO or merged by a region."""
    return any(report_kind(sheet) == KIND for sheet in workbook.sheets)


def read(workbook: Workbook) -> Reading:
    """Table `score_counts`: one row per test × group × score whose percent is printed."""
    log = ProblemLog()
    sheets = [
        (report, _score_counts(report, log))
        for sheet in report_sheets(workbook, KIND)
        if (report := open_report(sheet, workbook.path, (), log)) is not None
    ]
    return reading_of(KIND, "score_counts", COLUMNS, sheets, log)


def whole_counts(percents: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts of pupils behind rounded percents, by the largest remainder; they sum to `n`.

    percents: (groups, scores), NaN where none is printed; n: (groups,), NaN where not known.
    The percents of a group are first scaled to their own sum, for roundings of many columns add
    up; each count is then the quota rounded down, and what is left of `n` goes to the largest
    remainders, of equal ones to the lowest score. Returns NaN for groups without n or percents.
    """
    printed = np.nan_to_num(percents)
    total = printed.sum(axis=1)
    usable = (total > 0) & ~np.isnan(n)
    quota = printed / np.where(usable, total, 1)[:, None] * np.where(usable, n, 0)[:, None]
    base = np.floor(np.round(quota, 9))
    left = np.where(usable, n, 0) - base.sum(axis=1)
    order = np.argsort(-np.round(quota - base, 9), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    counts = base + (rank < left[:, None])
    counts[n == 0] = 0
    counts[~usable & (n != 0)] = np.nan
    counts[np.isnan(percents)] = np.nan
    return counts


def _score_counts(report: Report, log: ProblemLog) -> pd.DataFrame:
    """The long form of one sheet, in the order of rows and scores."""
    table, keys = report.table, report.keys
    scores = _score_columns(report, log)
    if not scores:
        return pd.DataFrame(columns=list(COLUMNS))
    columns = list(scores.values())
    percents, sound = percents_of(table, columns, keys, log)
    check_percents(table, columns[0], percents, keys, sound, log)
    n = keys["n"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    percents[(n == 0)[:, None] & np.isnan(percents)] = 0  # of nobody, printed or not
    counts = whole_counts(percents, np.where(sound, n, np.nan))
    row, column = np.nonzero(~np.isnan(percents))
    long = keys.iloc[row].rename(columns={"n": "n_group"})
    return long.assign(
        score=np.array(list(scores))[column],
        pct=percents[row, column],
        n=pd.array(counts[row, column], dtype="Float64"),
        sheet=table.sheet,
        row=long.index,
    )


def _score_columns(report: Report, log: ProblemLog) -> dict[int, int]:
    """Zero-based columns by score; none, with the reason noted, if they are not clear."""
    table = report.table
    found = [
        (score, place)
        for place, header in enumerate(table.headers)
        if place > table.columns["n"] and (score := whole(header)) is not None and score >= 0
    ]
    scores = dict(found)
    if not scores:
        log.add("table_columns_missing", value=table.sheet, expected="«0», «1», …")
    if len(scores) < len(found):
        seen = [score for score, _ in found]
        twice = sorted({score for score in seen if seen.count(score) > 1})
        log.add(
            "score_column_repeated", value=table.sheet, expected=", ".join(str(s) for s in twice)
        )
        return {}
    maximum = report.test.max_score if report.test else None
    if maximum is not None and scores and max(scores) != maximum:
        log.add(
            "score_columns_and_maximum",
            sheet=table.sheet,
            row=table.header_row + 1,
            column_index=scores[max(scores)],
            column=str(max(scores)),
            value=max(scores),
            expected=str(maximum),
        )
    return scores
