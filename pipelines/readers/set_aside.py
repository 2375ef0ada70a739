"""Rows that a fault sets aside: they are told of and counted, but leave the tables of a reading."""

from __future__ import annotations

import pandas as pd

from pipelines.readers.reading import ProblemLog
from reports.messages import tell


def without_stopped(frame: pd.DataFrame, log: ProblemLog) -> pd.DataFrame:
    """The rows of `frame` (with sheet and row) that no fault of severity stop lies in."""
    problems = log.frame()
    if problems.empty:
        return frame
    stops = tell(problems).query("severity == 'stop' and row.notna()")
    keys = ["sheet", "row"]
    stopped = pd.MultiIndex.from_frame(stops[keys].astype({"sheet": "str", "row": "Int64"}))
    own = pd.MultiIndex.from_frame(frame[keys].astype({"sheet": "str", "row": "Int64"}))
    return frame[~own.isin(stopped)].reset_index(drop=True)
