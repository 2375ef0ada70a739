"""The directory of schools: one id for all the logins that a school ever had."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from analytics import norms, schema
from pipelines.readers.exam_cells import GIA_LOGIN, login_of

_NUMBERED_LOGIN = re.compile(r"(?:sch|edu)(\d+)")
_MUNICIPALITY_WORDS = re.compile(
    r"^(?:город(?:ской округ)?|г\.?|муниципальн\w+ (?:район|округ)|район)\s+"
    r"|\s+(?:городской округ|муниципальн\w+ (?:район|округ)|район)$"
)
_CODE = re.compile(r"reg(\d+)(?:_vpr)?_m(\d+)")


@dataclass(frozen=True)
class Directory:
    """schools: the table; ids: school_id by login; places: municipality by code or folded name."""

    schools: pd.DataFrame
    ids: dict[str, str]
    places: dict[str, str]

    def school_ids(self, logins: pd.Series) -> pd.Series:
        """school_id of every login; a login that nobody listed is its own school."""
        return logins.map(
            lambda login: self.ids.get(login) or school_key(login), na_action="ignore"
        )

    def municipalities(self, names: pd.Series) -> pd.Series:
        """The directory's name of every municipality, however it is written or coded."""
        return names.map(lambda name: self.places.get(place_key(name), name), na_action="ignore")


def school_key(login: str) -> str:
    """The id of a login: its digits for sch…/edu…, which are one school, else the login itself."""
    match = _NUMBERED_LOGIN.fullmatch(login)
    return match[1] if match else login


def place_key(name: str) -> str:
    """A municipality's name or code for comparison: «г. Керчь» = «город Керчь» = «Керчь»."""
    code = _CODE.search(name)
    if code:
        return f"reg{code[1]}_m{code[2]}"
    return _MUNICIPALITY_WORDS.sub("", norms.fold(name))


def build_directory(
    registry: pd.DataFrame, seen: pd.DataFrame, context: pd.DataFrame, *, default_place: str
) -> Directory:
    """The directory from the registry, and from the files for schools it does not list.

    registry: one row per school: logins (list), short_name, municipality, gia_code, kind.
    seen: one row per (login, municipality, school_name) met in files, in the order of the files.
    context: one row per login of a questionnaire: login, gia_code, correctional.
    """
    ids = {
        login: school_key(row.logins[0]) for row in registry.itertuples() for login in row.logins
    }
    ids = {**_exam_ids(context, ids), **_exam_ids(registry, ids), **ids}
    met = seen.assign(
        school_id=seen["login"].map(lambda login: ids.get(login) or school_key(login))
    )
    facts = met.groupby("school_id", observed=True).agg(
        logins=("login", lambda logins: sorted({x for x in logins if not _exam_code(x)})),
        exam_code=("login", lambda logins: next(filter(None, map(_exam_code, logins)), None)),
        file_name=("school_name", "first"),
        file_place=("municipality", _best_place),
    )
    listed = pd.DataFrame(
        {
            "school_id": [school_key(logins[0]) for logins in registry["logins"]],
            "listed_logins": list(registry["logins"]),
            **{
                c: registry[c].to_numpy()
                for c in ("short_name", "municipality", "gia_code", "kind")
            },
        }
    ).set_index("school_id")
    joined = listed.join(facts, how="outer").join(_context_facts(context, ids), how="left")
    schools = pd.DataFrame(
        {
            "school_id": joined.index.to_numpy(),
            "short_name": joined["short_name"].fillna(joined["file_name"]),
            "municipality": joined["municipality"].fillna(joined["file_place"]),
            "logins": [
                sorted({*_as_list(a), *_as_list(b)})
                for a, b in zip(joined["listed_logins"], joined["logins"], strict=True)
            ],
            "gia_code": joined["gia_code"]
            .fillna(joined["context_gia_code"])
            .fillna(joined["exam_code"]),
            "kind": joined["kind"].fillna(joined["context_kind"]),
            "in_registry": joined["listed_logins"].notna().to_numpy(),
        }
    )
    schools = schools.reset_index(drop=True)
    unnamed = schools["school_id"].where(
        schools["school_id"].map(_exam_code).isna(), "Код ОО " + schools["gia_code"].astype("str")
    )
    schools["short_name"] = schools["short_name"].fillna(unnamed)
    places = _places(schools["municipality"], seen)
    schools["municipality"] = (
        schools["municipality"]
        .map(lambda name: places.get(place_key(name), name), na_action="ignore")
        .fillna(default_place)
    )
    return Directory(schema.conform(schools, "schools"), ids, places)


def _exam_code(login: str) -> str | None:
    """«Код ОО» in ГИА of a login that exam protocols give; None for a login of ФИС ОКО."""
    return login.removeprefix(GIA_LOGIN) if login.startswith(GIA_LOGIN) else None


def _exam_ids(schools: pd.DataFrame, ids: dict[str, str]) -> dict[str, str]:
    """school_id by exam login, from rows with logins (or a login) and gia_code."""
    rows = schools[schools["gia_code"].notna()]
    first = rows["logins"].str[0] if "logins" in rows else rows["login"]
    exam = (login_of(code) for code in rows["gia_code"])
    pairs = zip(exam, first, strict=True)
    return {code: ids.get(login) or school_key(login) for code, login in pairs if code}


def _best_place(names: pd.Series) -> str | None:
    """The first name that is not a code, else the first code."""
    known = list(names.dropna())
    return next((name for name in known if not _CODE.search(name)), next(iter(known), None))


def _places(listed: pd.Series, seen: pd.DataFrame) -> dict[str, str]:
    """Names of municipalities by key: the registry's spelling first, then the files'."""
    names = [n for n in [*listed.dropna(), *seen["municipality"].dropna()] if not _CODE.search(n)]
    places: dict[str, str] = {}
    for name in dict.fromkeys(names):
        places.setdefault(place_key(name), name)
    return places


def _context_facts(context: pd.DataFrame, ids: dict[str, str]) -> pd.DataFrame:
    keyed = context.assign(
        school_id=context["login"].map(lambda login: ids.get(login) or school_key(login)),
        context_kind=context["correctional"].map({True: "коррекционная", False: "обычная"}),
    )
    return keyed.groupby("school_id", observed=True).agg(
        context_gia_code=("gia_code", "last"), context_kind=("context_kind", "last")
    )


def _as_list(value: object) -> list[str]:
    return list(value) if isinstance(value, list | tuple) or hasattr(value, "tolist") else []
