"""Logins of schools in reference tables: there, of a known form, and only once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers.groups import LOGIN
from pipelines.readers.reading import ProblemLog
from pipelines.readers.sheet_table import SheetTable, each


def note_logins(
    table: SheetTable,
    login: NDArray[np.object_],
    log: ProblemLog,
    *,
    once_in: NDArray[np.object_] | None = None,
) -> NDArray[np.bool_]:
    """Notes blank logins, unknown forms and repetitions; returns the repeated rows.

    once_in: within which group a login must stand once (a year), by default the whole sheet.
    """
    column = table.columns["login"]
    blank = pd.isna(login)
    known = each(login, LOGIN.fullmatch).astype(bool)
    group = np.zeros(len(login)) if once_in is None else once_in
    repeated = pd.DataFrame({"group": group, "login": login}).duplicated().to_numpy() & ~blank
    table.fault(log, "school_login_missing", blank, column)
    table.fault(log, "school_login_form", ~blank & ~known, column, login=login)
    table.fault(log, "school_login_repeated", repeated, column, login=login)
    return repeated
