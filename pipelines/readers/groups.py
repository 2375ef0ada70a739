"""Groups of participants as reports print them: whose row it is, and its code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers.sheet_table import each, heading

LOGIN = re.compile(r"(?:sch|edu|ksh|spo)\w*\d+", re.ASCII)

_TEST = ("year", "grade", "subject")
_SCHOOL = re.compile(rf"(?<![a-z0-9_])({LOGIN.pattern})(?![a-z0-9_])", re.ASCII | re.IGNORECASE)
_PLACE = re.compile(r"(?<![a-z0-9_])(reg\d+(?:_vpr)?_m\d+)(?!\d)", re.ASCII | re.IGNORECASE)
# Groups without a code are told by the words of their names, nominative only: «Примерская область»
# is a region, «Энский район Примерской области» is not.
_WORDS = {
    "country": re.compile(r"вся выборка|вся россия|российская федерация|россия|рф"),
    "region": re.compile(
        r".*\b(?:край|область|республика|автономный округ)\b.*"
        r"|(?:г\.? ?|город )?(?:москва|санкт-петербург|севастополь)|.*\breg\d+(?![\d_]).*"
    ),
    "municipality": re.compile(
        r".*\b(?:муниципальн\w+|городской округ|район)\b.*|(?:город |г\. ?).+"
    ),
}


def group_of(name: str) -> str | None:
    """school, municipality, region or country; None if the name does not tell.

    A school is known by its login only.
    """
    if _SCHOOL.search(name):
        return "school"
    if _PLACE.search(name):
        return "municipality"
    folded = heading(name)
    return next((group for group, words in _WORDS.items() if words.fullmatch(folded)), None)


def code_in(name: str) -> str | None:
    """The login of a school or the code of a municipality that a text holds, in lower case."""
    match = _SCHOOL.search(name) or _PLACE.search(name)
    return match[1].lower() if match else None


def groups_of(names: NDArray[np.object_]) -> dict[str, NDArray[np.object_]]:
    """group, group_name as printed and group_code of every name, None where there is none."""
    return {
        "group": each(names, group_of),
        "group_name": names,
        "group_code": each(names, code_in),
    }


def repeated_groups(keys: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Rows whose test and group stand higher up already; rows without a group are not.

    keys: equally long arrays year, grade, subject, group, group_name, group_code.
    """
    code, group = keys["group_code"], keys["group"]
    identity = np.where(pd.isna(code), keys["group_name"], code)
    parts = [pd.factorize(v)[0] for v in (*(keys[k] for k in _TEST), group, identity)]
    repeated = pd.MultiIndex.from_arrays(parts).duplicated()
    return repeated & ~pd.isna(group) & ~pd.isna(identity)
