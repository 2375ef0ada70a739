"""Appeals: a later result takes the place of the protocol's, and the old one is told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipelines.canonical.stack import Read, stack

COLUMNS = (
    *("procedure", "year", "grade", "subject", "exam_date", "person"),
    *("score", "mark", "test_score", "sheet", "row"),
)
_SITTING = ["procedure", "year", "grade", "subject", "exam_date", "person"]
Letters = Mapping[tuple[str, str, str], str]  # of (source_id, sheet, canonical column)
_RESULTS = ["score", "mark", "test_score"]


def apply_appeals(
    works: pd.DataFrame, reads: Sequence[Read], addresses: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Raw works with the results of the appeals, and one fault per row of the appeals.

    The pupil is found by the keyed code of the name and the school, within exam and day; of two
    appeals of one pupil the later row stands. Where the score has changed, the points of the tasks
    are no longer known. addresses: Excel letters (source_id, sheet, column, letters).
    """
    appeals = stack(reads, "appeals", COLUMNS)
    if appeals.empty:
        return works, _faults(appeals, "appeal_applied")
    appeals = appeals.assign(at=_place_of(appeals, works))
    letters = addresses.set_index(["source_id", "sheet", "column"])["letters"].to_dict()
    lost = appeals[appeals["at"] < 0]
    met = appeals[appeals["at"] >= 0]
    valid = met.drop_duplicates("at", keep="last")
    told = [
        _faults(lost, "appeal_without_work").assign(cell=_cells(lost, "pupil", letters)),
        _told(met, works, {read.source_id: read.path for read in reads}, letters),
    ]
    faults = pd.concat(told, ignore_index=True)
    return _replaced(works, valid), faults


def _place_of(appeals: pd.DataFrame, works: pd.DataFrame) -> np.ndarray:
    """Position of the first work of each appeal's sitting, −1 where there is none."""
    keyed = works[_SITTING].astype({"year": "Int64", "grade": "Int64"}).astype("str")
    keyed = keyed.assign(at=np.arange(len(works)))[works["person"].notna().to_numpy()]
    first = keyed.drop_duplicates(_SITTING)
    wanted = appeals[_SITTING].astype({"year": "Int64", "grade": "Int64"}).astype("str")
    found = wanted.merge(first, how="left", on=_SITTING, validate="m:1")["at"]
    return found.fillna(-1).to_numpy(dtype=np.int64)


def _replaced(works: pd.DataFrame, appeals: pd.DataFrame) -> pd.DataFrame:
    if appeals.empty:
        return works
    rows = works.index[appeals["at"]]
    changed = rows[
        works.loc[rows, "score"].astype("Int64").to_numpy(dtype=float, na_value=np.nan)
        != appeals["score"].to_numpy(dtype=float, na_value=np.nan)
    ]
    settled = works.copy()
    for name in _RESULTS:
        new = pd.Series(appeals[name].to_numpy(dtype=object), index=rows, dtype="Int64")
        settled[name] = settled[name].astype("Int64")
        settled.loc[rows, name] = new.fillna(settled.loc[rows, name])
    points = [c for c in works if c[:1] == "p" and c[1:].isdigit()]
    settled.loc[changed, points] = pd.NA
    settled.loc[changed, "skipped"] = 0
    return settled


def _told(
    appeals: pd.DataFrame, works: pd.DataFrame, paths: Mapping[str, str], letters: Letters
) -> pd.DataFrame:
    """The notes on replaced results, each with the cell of the new one and that of the old one."""
    old = works.iloc[appeals["at"]]
    cells = _cells(old, "score", letters)
    places = zip(old["source_id"], old["sheet"], old["row"], cells, strict=True)
    return _faults(appeals, "appeal_applied").assign(
        cell=_cells(appeals, "score", letters),
        column="Первичный балл",
        value=[_result(work) for work in old[_RESULTS].to_dict("records")],
        expected=[
            f"файл «{paths[source]}», лист «{sheet}», {cell or f'строка {row}'}"
            for source, sheet, row, cell in places
        ],
    )


def _cells(rows: pd.DataFrame, column: str, letters: Letters) -> list[str | None]:
    """Excel's address of `column` in each row, None where its letter is not known."""
    places = zip(rows["source_id"], rows["sheet"], rows["row"], strict=True)
    found = [(letters.get((source, sheet, column)), row) for source, sheet, row in places]
    return [f"{letter}{row}" if letter else None for letter, row in found]


def _faults(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    return rows[["source_id", "sheet", "row"]].assign(code=code)


def _result(work: dict[str, object]) -> str:
    """A result in words: «19 б., отметка 3»."""
    parts = (("score", "{} б."), ("mark", "отметка {}"), ("test_score", "тестовый балл {}"))
    known = [text.format(int(work[n])) for n, text in parts if not pd.isna(work[n])]  # type: ignore[call-overload]
    return ", ".join(known) or "нет результата"
