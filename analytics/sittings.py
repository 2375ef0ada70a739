"""Which of a pupil's sittings of one exam counts: the main period comes before the retakes."""

from __future__ import annotations

import pandas as pd

_PUPIL = ["test_id", "school_id", "pupil"]


def first_sittings(works: pd.DataFrame) -> pd.DataFrame:
    """Works without the later sittings of a pupil who took the same exam on several days.

    Key: test_id, school_id, pupil. Works without a day (all but exams) stay as they are.
    """
    dated = works[works["exam_date"].notna()]
    if dated.empty:
        return works
    ordered = dated.sort_values([*_PUPIL, "exam_date"], kind="stable")
    return works.drop(index=ordered.index[ordered.duplicated(_PUPIL)])
