"""Schools by their names: files of the olympiad know neither logins nor codes."""

from __future__ import annotations

import re

import pandas as pd

from analytics import norms
from pipelines.canonical.schools import Directory
from pipelines.readers.exam_cells import login_of
from pipelines.readers.groups import LOGIN

_KINDS = (
    ("лицей", re.compile(r"лице[йя]")),
    ("гимназия", re.compile(r"гимнази")),
    ("интернат", re.compile(r"интернат")),
    ("школа", re.compile(r"школ|\b[сон]ош\b|\bсш\b")),
)
_NUMBER = re.compile(r"№ ?(\d+)|(?<!\d)(\d+)(?!\d)")
_MARKS = re.compile(r"[\"'«»“”„.,()]+")


def schools_by_name(names: pd.Series, directory: Directory) -> pd.Series:
    """school_id of every name, login or «Код ОО»; null where none or several schools fit.

    A name fits by its letters, else by its kind and number («МБОУ "СОШ № 5"» = «Школа № 5»), else,
    where it says no kind, by its number.
    """
    found = {name: _school(name, _index(directory), directory) for name in names.dropna().unique()}
    return names.map(found).astype("str")


def _index(directory: Directory) -> dict[tuple[str, ...], set[str]]:
    index: dict[tuple[str, ...], set[str]] = {}
    for row in directory.schools.itertuples():
        kind, number = _kind_and_number(row.short_name)
        for key in ((_folded(row.short_name),), (kind, number), ("", number)):
            if key[-1]:
                index.setdefault(key, set()).add(row.school_id)
    return index


def _school(name: str, index: dict[tuple[str, ...], set[str]], directory: Directory) -> str | None:
    login = name.lower()
    if LOGIN.fullmatch(login):
        return directory.ids.get(login)
    if name.isdecimal() and (known := directory.ids.get(login_of(name) or "")):
        return known
    for key in ((_folded(name),), _kind_and_number(name)):
        fitting = index.get(key, set()) if key[-1] else set()
        if len(fitting) == 1:
            return next(iter(fitting))
    return None


def _kind_and_number(name: str) -> tuple[str, str]:
    folded = norms.fold(name)
    kind = next((kind for kind, pattern in _KINDS if pattern.search(folded)), "")
    signed = re.search(r"№ ?(\d+)", folded)
    numbers = [a or b for a, b in _NUMBER.findall(folded)]
    number = signed[1] if signed else numbers[0] if len(numbers) == 1 else ""
    return kind, number


def _folded(name: str) -> str:
    return norms.fold(_MARKS.sub(" ", name))
