"""Official facts as data: each row says where it comes from and whether it was verified."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import pandas as pd


@cache
def _table(name: str) -> pd.DataFrame:
    with files(__name__).joinpath(name).open(encoding="utf-8") as stream:
        return pd.read_csv(stream, keep_default_na=False)


def norm(name: str) -> pd.DataFrame:
    """The table `name`.csv of this folder, a fresh copy; grain and keys are its header."""
    return _table(f"{name}.csv").copy()


@cache
def _subject_spellings() -> dict[str, str]:
    spellings: dict[str, str] = {}
    for row in _table("subjects.csv").to_dict("records"):
        for spelling in (row["subject"], row["dative"], *str(row["aliases"]).split("|")):
            if spelling:
                spellings[fold(spelling)] = row["subject"]
    return spellings


def fold(text: str) -> str:
    """Text for comparison: lower case, ё as е, any run of blanks or underscores as one space."""
    return re.sub(r"[\s_\u00a0]+", " ", text).strip().lower().replace("ё", "е")


def canonical_subject(text: str) -> str | None:
    """The subject's name that `text` spells in full («русскому языку» → «Русский язык»)."""
    return _subject_spellings().get(fold(text))


def subject_by_code(code: str) -> str | None:
    """The subject of a short code as reports and textbooks write it («МА», «ma», «bio»)."""
    wanted = fold(code)
    for row in _table("subjects.csv").to_dict("records"):
        codes = (row["slug"], row["short"], *str(row["aliases"]).split("|"))
        if wanted in (fold(c) for c in codes if c):
            return row["subject"]
    return None


@cache
def subject_slug(subject: str) -> str:
    """The ASCII name of a subject, as it stands in `test_id`; KeyError if it is not known."""
    table = _table("subjects.csv").set_index("subject")
    return str(table.loc[subject, "slug"])


def test_id(procedure: str, year: int, grade: int, subject: str) -> str:
    """The key of a test, e.g. `vpr_2021_04_ma`; sorts by procedure, year, grade, subject."""
    return f"{procedure}_{year}_{grade:02d}_{subject_slug(subject)}"
