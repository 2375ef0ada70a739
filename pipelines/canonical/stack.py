"""Readings of many files put on top of each other, each row with the file it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics import norms
from pipelines.readers.reading import Reading

TEST_KEY = ["procedure", "year", "grade", "subject"]
VPR = "vpr"  # what reports and lists without a procedure of their own are about


@dataclass(frozen=True)
class Read:
    """One file of raw/ and what it gave."""

    source_id: str
    path: str
    reading: Reading


def stack(reads: Sequence[Read], name: str, columns: Sequence[str]) -> pd.DataFrame:
    """All rows of table `name` in the order of the files, with `source_id`.

    `columns` must be there even when no file gave the table. A frame that does not name its test
    row by row gets procedure, year, grade and subject from the header of its file.
    """
    parts = [_part(read, name) for read in reads if name in read.reading.tables]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=[*dict.fromkeys([*columns, "source_id"])])
    stacked = pd.concat(parts, ignore_index=True)
    absent = [column for column in columns if column not in stacked]
    return stacked.assign(**dict.fromkeys(absent)) if absent else stacked


def with_test_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """Puts `test_id` in for procedure, year, grade and subject; rows that lack one get none."""
    keys = frame[TEST_KEY].drop_duplicates().dropna()
    keys["test_id"] = pd.Series(
        [norms.test_id(k.procedure, k.year, k.grade, k.subject) for k in keys.itertuples()],
        index=keys.index,
        dtype="str",
    )
    return frame.merge(keys, how="left", on=TEST_KEY, validate="m:1")


def _part(read: Read, name: str) -> pd.DataFrame:
    frame = read.reading.tables[name].assign(source_id=read.source_id)
    test = read.reading.test
    if "procedure" not in frame.columns:
        frame["procedure"] = VPR if test is None else test.procedure
    for column in ("year", "grade", "subject"):
        if test is not None and column not in frame.columns:
            frame[column] = getattr(test, column)
    return frame
