"""An invented municipality: its schools, classes and pupils. Nobody in it has a name."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.demo import planting

TOWN = "город Приозёрск-на-Взморье"
TOWN_CODE = "reg99_m001"
REGION = "Приморско-Заозёрный край"
REGION_CODE = "reg990000"

# Parallels in spring 2021; in the calendar's three years they pass from grade 3 to grade 9.
COHORTS = range(3, 10)
SCHOOL_SD, CLASS_SD, SUBJECT_SD = 0.35, 0.2, 0.4  # in standard deviations of a pupil's ability

# By number of the school; two lifted schools and the planted counts need some 50 pupils and more.
_CLASSES = (3, 2, 3, 3, 4, 2, 4, 2, 3, 3, 3, 2, 4, 3, 2, 3, 3, 2, 2, 2, 1)
_EFFECTS = {planting.LYCEUM: 1.0, planting.TINY: 0.0, 5: -0.1, 13: 0.0}
_CLASS_STYLES = ("{letter}", "{small}", "{grade}{letter}", "{grade}{small}", "{grade} {small}")


@dataclass(frozen=True)
class Town:
    """schools: one row per school, in order of number, index 0…20.

    pupils: one row per pupil: school (index), cohort, class_index, gender, ability in standard
    deviations; sorted by school, cohort, class_index.
    """

    schools: pd.DataFrame
    pupils: pd.DataFrame


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose: they do not move when another purpose draws more."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def build_town(seed: int) -> Town:
    """The municipality of `seed`."""
    rng = stream(seed, "town")
    schools = _schools(rng)
    return Town(schools, _pupils(schools, rng))


def _schools(rng: np.random.Generator) -> pd.DataFrame:
    numbers = np.arange(1, planting.SCHOOLS + 1)
    effects = np.clip(rng.normal(0, SCHOOL_SD, len(numbers)), -0.5, 0.5)
    effects[[n - 1 for n in _EFFECTS]] = list(_EFFECTS.values())
    leniency = np.clip(rng.normal(0.1, 0.2, len(numbers)), -0.3, 0.5)
    leniency[planting.JOURNAL_INFLATED - 1] = 1.5
    rounding = np.clip(rng.normal(0.10, 0.04, len(numbers)), 0.02, 0.18)
    rounding[planting.LYCEUM - 1] = 0.06
    digits = [f"99{7 * n:04d}" for n in numbers]
    since = list(digits)
    since[planting.NEW_NUMBER - 1] = "990301"
    return pd.DataFrame(
        {
            "number": numbers,
            "name": [_name(n) for n in numbers],
            "kind": [_kind(n) for n in numbers],
            "school_id": digits,
            "login_before": [f"sch{d}" for d in digits],
            "login_since": [f"edu{d}" for d in since],
            "gia_code": [f"{5000 + n}" for n in numbers],
            "classes": _CLASSES,
            "effect": effects,
            "leniency": leniency,
            "rounding": rounding,
            "absence": rng.uniform(0.06, 0.15, len(numbers)),
            "class_style": [_CLASS_STYLES[n % len(_CLASS_STYLES)] for n in numbers],
        }
    )


def _name(number: int) -> str:
    return {planting.LYCEUM: "Лицей", 12: "Гимназия"}.get(number, "Школа") + f" № {number}"


def _kind(number: int) -> str:
    return {planting.LYCEUM: "лицей", 12: "гимназия", planting.TINY: "малокомплектная"}.get(
        number, "обычная"
    )


def _pupils(schools: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    classes = pd.DataFrame(
        [
            (school, cohort, place)
            for school, count in enumerate(schools["classes"])
            for cohort in COHORTS
            for place in range(count)
        ],
        columns=["school", "cohort", "class_index"],
    )
    tiny = classes["school"] == planting.TINY - 1
    sizes = np.where(tiny, rng.integers(3, 13, len(classes)), rng.integers(20, 29, len(classes)))
    levels = schools["effect"].to_numpy()[classes["school"]] + rng.normal(0, CLASS_SD, len(classes))
    pupils = classes.loc[classes.index.repeat(sizes)].reset_index(drop=True)
    return pupils.assign(
        gender=np.where(rng.random(len(pupils)) < 0.5, "ж", "м"),
        ability=np.repeat(levels, sizes) + rng.normal(0, 1, len(pupils)),
    )


def class_labels(schools: pd.DataFrame, pupils: pd.DataFrame, grade: int) -> pd.Series:
    """Class of every pupil as the school itself writes it; «нет» where there is only one."""
    keys = pupils[["school", "class_index"]].drop_duplicates()
    written = [
        "нет"
        if schools["classes"].iloc[school] == 1
        else schools["class_style"]
        .iloc[school]
        .format(letter="АБВГ"[place], small="абвг"[place], grade=grade)
        for school, place in keys.itertuples(index=False)
    ]
    labelled = pupils[["school", "class_index"]].merge(
        keys.assign(label=written), how="left", on=["school", "class_index"], validate="m:1"
    )
    return labelled["label"]
