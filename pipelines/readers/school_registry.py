"""The registry of schools: all logins that a school ever had, its name, its code in ГИА."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers.groups import LOGIN
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import (
    Heading,
    SheetTable,
    find_table,
    heading,
    require,
    top_headings,
)

KIND = "school_registry"
LABEL = "Реестр школ"

_LOGIN_HEADER = "логин"
_HEADINGS = (
    Heading("login", "Логин ФИС ОКО", _LOGIN_HEADER),
    Heading("short_name", "Краткое наименование", r"краткое наименование"),
    Heading("municipality", "Муниципалитет", r"муниципалитет", required=False),
    Heading("gia_code", "Код ОО ГИА", r"код оо(?: в)? гиа", required=False),
    Heading("oge_code", "Код ОГЭ", r"код огэ", required=False),
    Heading("ege_code", "Код ЕГЭ", r"код егэ", required=False),
    Heading("kind", "Вид ОО", r"вид оо", required=False),
)
_CODES = ("gia_code", "oge_code", "ege_code")  # the first that is filled is taken
_BETWEEN_LOGINS = r"[\s,;/]+"
_NO_LOGIN = ("", "-", "–", "—", "нет")
_TEXTS = ("short_name", "municipality", "gia_code", "kind")
_OTHER_TABLES = ("кол-во участников", "где расположена", "федеральный перечень", "пользователь")


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has logins beside short names, or logins of two systems, and no figures."""
    return any(map(_is_registry, workbook.sheets))


def read(workbook: Workbook) -> Reading:
    """Table `schools`: one row per school; `logins` is a list in the order of the columns."""
    log = ProblemLog()
    sheets = filter(_is_registry, workbook.sheets)
    tables = [find_table(sheet, _HEADINGS, at_least=1) for sheet in sheets]
    tables = [table for table in tables if require(table, log)]
    frames = []
    seen: frozenset[str] = frozenset()
    for table in tables:
        logins = _logins(table, seen, log)
        frames.append(_schools(table, logins, log))
        seen |= frozenset(logins["login"])
    empty = pd.DataFrame(columns=["logins", *_TEXTS, "sheet", "row"])
    schools = pd.concat(frames, ignore_index=True) if frames else empty
    schools = schools.astype(dict.fromkeys((*_TEXTS, "sheet"), "str") | {"row": "Int64"})
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"schools": without_stopped(schools, log)},
        rows_read=len(schools),
        addresses={k: v for table in tables for k, v in table.addresses().items()},
    )


def _is_registry(sheet: Sheet) -> bool:
    for row in top_headings(sheet):
        logins = sum(cell.startswith(_LOGIN_HEADER) for cell in row)
        named = any(cell.startswith("краткое наименование") for cell in row)
        if logins > 1 or (logins and named):
            return not any(cell.startswith(_OTHER_TABLES) for cell in row)
    return False


def _logins(table: SheetTable, seen: frozenset[str], log: ProblemLog) -> pd.DataFrame:
    """Columns at (place of the row), login: one row per login; notes blank, odd, repeated ones."""
    columns = [c for c, h in enumerate(table.headers) if heading(h).startswith(_LOGIN_HEADER)]
    shape = (len(table.rows), len(columns))
    at, place = np.indices(shape)
    cells = pd.Series(table.cells[:, columns].ravel(), dtype="object").astype("str").str.lower()
    long = pd.DataFrame({"at": at.ravel(), "place": place.ravel(), "login": cells})
    long = long.assign(login=long["login"].str.split("|").str[0].str.split(_BETWEEN_LOGINS))
    long = long.explode("login").drop_duplicates(["at", "login"])
    long = long[~long["login"].isin(_NO_LOGIN)].astype({"login": "str"})
    odd = ~long["login"].str.fullmatch(LOGIN.pattern)
    repeated = long["login"].duplicated() | long["login"].isin(seen)
    table.fault(log, "school_login_form", _cells(long[odd], shape), columns)
    table.fault(log, "school_login_repeated", _cells(long[repeated], shape), columns)
    return long


def _cells(chosen: pd.DataFrame, shape: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, dtype=bool)
    mask[chosen["at"], chosen["place"]] = True
    return mask


def _schools(table: SheetTable, logins: pd.DataFrame, log: ProblemLog) -> pd.DataFrame:
    lists = logins.groupby("at")["login"].agg(list).reindex(range(len(table.rows)))
    name = table.texts("short_name")
    code = np.full(len(table.rows), None, dtype=object)
    for column in _CODES:
        found = table.texts(column)
        code = np.where(pd.isna(code), found, code)
    table.fault(log, "school_login_missing", lists.isna(), table.columns["login"])
    table.fault(log, "registry_name_missing", pd.isna(name), table.columns["short_name"])
    return pd.DataFrame(
        {
            "logins": [value if isinstance(value, list) else [] for value in lists],
            "short_name": name,
            "municipality": table.texts("municipality"),
            "gia_code": code,
            "kind": table.texts("kind"),
            "sheet": table.sheet,
            "row": pd.array(table.rows, dtype="Int64"),
        },
        index=range(len(table.rows)),
    )
