"""Readings of many files put on top of each other, each row with the file it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics import norms
from pipelines.readers.reading import Reading


@dataclass(frozen=True)
class Read:
    """One file of raw/ and what it gave."""

    source_id: str
    path: str
    reading: Reading


def stack(reads: Sequence[Read], name: str, columns: Sequence[str]) -> pd.DataFrame:
    """All rows of table `name` in the order of the files, with `source_id`.

    `columns` must be there even when no file gave the table. A frame that does not name its test
    row by row gets year, grade and subject from the header of its file.
    """
    parts = [_part(read, name) for read in reads if name in read.reading.tables]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=[*dict.fromkeys([*columns, "source_id"])])
    return pd.concat(parts, ignore_index=True)


def with_test_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """Puts `test_id` in for year, grade and subject; rows that lack one of them get none."""
    keys = frame[["year", "grade", "subject"]].drop_duplicates().dropna()
    keys["test_id"] = pd.Series(
        [norms.test_id("vpr", key.year, key.grade, key.subject) for key in keys.itertuples()],
        index=keys.index,
        dtype="str",
    )
    return frame.merge(keys, how="left", on=["year", "grade", "subject"], validate="m:1")


def _part(read: Read, name: str) -> pd.DataFrame:
    frame = read.reading.tables[name].assign(source_id=read.source_id)
    test = read.reading.test
    for column in ("year", "grade", "subject"):
        if test is not None and column not in frame.columns:
            frame[column] = getattr(test, column)
    return frame
