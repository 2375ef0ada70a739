"""Points of tasks out of the columns p1…pK of `works`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.schema import task_columns


def task_count(works: pd.DataFrame) -> int:
    """K, the number of point columns p1…pK."""
    return sum(c[:1] == "p" and c[1:].isdigit() for c in works.columns)


def points_of(works: pd.DataFrame, position: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Points of every work for the task at `position`, and where the task counts.

    A task that the pupil skipped (X) counts with 0 points; a task that is missing or was not
    taught does not count.
    """
    bit = np.int64(1) << np.int64(position - 1)
    column = works[task_columns(position)[-1]]
    skipped = (works["skipped"].to_numpy(dtype=np.int64, na_value=0) & bit) != 0
    not_taught = (works["not_taught"].to_numpy(dtype=np.int64, na_value=0) & bit) != 0
    points = column.to_numpy(dtype=np.int64, na_value=0)
    return points, (column.notna().to_numpy() | skipped) & ~not_taught
