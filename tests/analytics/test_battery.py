"""The whole battery on invented towns: good ones in any order, bad ones without a crash."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.battery import battery
from analytics.distributions import score_counts
from analytics.finding_ids import finding_id
from analytics.norms import test_id as id_of

TASKS, SIZE, SCALE = 16, 70, (16, 5, 9, 13)
TESTS = [(y, g, s) for s in ("Математика", "Русский язык") for y, g in ((2023, 4), (2024, 5))]
POINTS = [f"p{k + 1}" for k in range(TASKS)]
Tables = dict[str, pd.DataFrame]
Change = Callable[[Tables], Tables]


def papers(rng: np.random.Generator, schools: int) -> pd.DataFrame:
    """Answers to tasks of one point, two classes a school."""
    school = np.repeat(np.arange(schools), SIZE)
    ability = rng.normal(size=len(school)) + rng.normal(0, 0.4, schools)[school]
    hard = rng.normal(size=TASKS)
    answers = rng.random((len(school), TASKS)) < 1 / (1 + np.exp(hard - ability[:, None]))
    frame = pd.DataFrame(answers.astype(int), columns=POINTS)
    level = 3.4 + 0.7 * ability + rng.normal(0, 0.4, len(school))
    return frame.assign(
        school_id=[f"s{i:02d}" for i in school],
        class_label=np.where(np.arange(len(school)) % SIZE < SIZE // 2, "А", "Б"),
        journal_mark=np.rint(level).clip(2, 5).astype(int),
    )


def table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Table of the schema from the columns that matter; the others are null."""
    missing = [c for c in schema.TABLES[name].columns if c not in frame]
    return schema.conform(frame.assign(**dict.fromkeys(missing)), name)


@cache
def town(schools: int = 6, seed: int = 1) -> Tables:
    """Honest schools; the frames are shared by the tests, which change copies only."""
    rng = np.random.default_rng(seed)
    keys = ["year", "grade", "subject"]
    facts = pd.DataFrame(TESTS, columns=keys).assign(procedure="vpr", pupil_grade=lambda t: t.grade)
    facts["test_id"] = [id_of("vpr", *key) for key in TESTS]
    scale = dict(zip(("max_score", "min3", "min4", "min5"), SCALE, strict=True))
    works = [papers(rng, schools).assign(test_id=name) for name in facts["test_id"]]
    frame = pd.concat(works, ignore_index=True)
    frame["score"] = frame[POINTS].sum(axis=1)
    frame["mark"] = 2 + np.searchsorted(SCALE[1:], frame["score"], "right")
    numbers = {"skipped": 0, "not_taught": 0, "source_id": "a", "sheet": "1", "row": frame.index}
    frame = frame.assign(absent=False, pupil=frame.index.astype("str"), variant="1", **numbers)
    tasks = pd.DataFrame({"position": range(1, TASKS + 1), "task": POINTS, "max_points": 1})
    ids = [f"s{i:02d}" for i in range(schools)]
    named = pd.DataFrame({"school_id": ids, "short_name": ids, "municipality": "Город"})
    return {
        "works": table("works", frame),
        "tests": table("tests", facts.assign(tasks=TASKS, **scale)),
        "tasks": table("tasks", facts[["test_id"]].merge(tasks, how="cross")),
        "schools": table("schools", named.assign(logins=[[s] for s in ids], in_registry=True)),
    }


def run(tables: Tables) -> pd.DataFrame:
    """Findings; the histograms are counted out of the works."""
    counts = score_counts(tables["works"], tables["schools"])
    return battery({"score_counts": counts, **tables})["findings"]


def with_works(tables: Tables, works: pd.DataFrame) -> Tables:
    return {**tables, "works": works.reset_index(drop=True)}


def with_scale(**minima: int | None) -> Change:
    """Another scale in every test, and no marks that could contradict it."""

    def change(tables: Tables) -> Tables:
        tests = tables["tests"].copy()
        for name, value in minima.items():
            tests[name] = pd.array([value] * len(tests), dtype="Int64")
        works = tables["works"].assign(mark=pd.array([None] * len(tables["works"]), dtype="Int64"))
        return {**tables, "tests": tests, "works": works}

    return change


def keeping(n: int) -> Change:
    """The first school keeps n works in each test."""

    def change(tables: Tables) -> Tables:
        works = tables["works"]
        place = works.groupby(["test_id", "school_id"]).cumcount()
        return with_works(tables, works[(works["school_id"] != "s00") | (place < n)])

    return change


def only_absentees(tables: Tables) -> Tables:
    works = tables["works"].copy()
    gone = works["school_id"] == "s00"
    works.loc[gone, ["score", "mark", "journal_mark", *POINTS]] = pd.NA
    works["absent"] = works["absent"].mask(gone, other=True)
    return with_works(tables, works)


def all_equal(tables: Tables) -> Tables:
    works = tables["works"].copy()
    works[POINTS] = 0
    works[POINTS[:8]] = 1
    works["score"], works["mark"] = 8, 3
    return with_works(tables, works.astype(tables["works"].dtypes.to_dict()))


def very_large(tables: Tables) -> Tables:
    """The first school has 60 % of all works: three schools are one, two are left."""
    works = tables["works"][tables["works"]["school_id"] != "s05"]
    joined = works["school_id"].isin(["s03", "s04"])
    return with_works(tables, works.assign(school_id=works["school_id"].mask(joined, "s00")))


def above_the_maximum(tables: Tables) -> Tables:
    works = tables["works"].copy()
    works.loc[works.index % 9 == 0, "score"] = 40
    return with_works(tables, works)


def without_points(tables: Tables) -> Tables:
    works = tables["works"].copy()
    works[POINTS] = pd.NA
    return with_works(tables, works.astype(tables["works"].dtypes.to_dict()))


def without_a_variant(tables: Tables) -> Tables:
    """Two variants; one school wrote the first alone, another has none written down."""
    works = tables["works"]
    variant = pd.Series(np.where(works.index % 2, "1", "2"), index=works.index, dtype="str")
    variant = variant.mask(works["school_id"] == "s01")
    taken = (works["school_id"] != "s00") | (variant == "1")
    return with_works(tables, works.assign(variant=variant)[taken])


def one_school(tables: Tables) -> Tables:
    return with_works(tables, tables["works"][tables["works"]["school_id"] == "s00"])


def without_journal(tables: Tables) -> Tables:
    empty = pd.array([None] * len(tables["works"]), dtype=tables["works"]["journal_mark"].dtype)
    return with_works(tables, tables["works"].assign(journal_mark=empty))


BAD: dict[str, Change] = {
    "no scale": with_scale(min3=None, min4=None, min5=None),
    "half a scale": with_scale(min4=None),
    "no maximum": with_scale(max_score=None),
    "overlapping scale": with_scale(min3=9, min4=9, min5=8),
    "near boundaries": with_scale(min3=8, min4=9, min5=10),
    "boundary above the maximum": with_scale(min5=17),
    "only absentees": only_absentees,
    "one work": keeping(1),
    "two works": keeping(2),
    "all scores equal": all_equal,
    "a school of 60 %": very_large,
    "scores above the maximum": above_the_maximum,
    "no points": without_points,
    "one variant missing": without_a_variant,
    "one school": one_school,
    "no journal": without_journal,
}


@cache
def findings_of(name: str | None) -> pd.DataFrame:
    return run(BAD[name](town()) if name else town())


@pytest.mark.parametrize("name", [None, *BAD])
def test_every_detector_answers_for_every_school(name) -> None:
    tables = BAD[name](town()) if name else town()
    found = findings_of(name)
    works = tables["works"].merge(tables["tests"][["test_id", "year"]], how="left", on="test_id")
    wrote = works.loc[~works["absent"], ["year", "school_id"]].drop_duplicates()
    whole = found[found["scope"] == ""]
    expected = {(y, s, d) for y, s in wrote.to_numpy() for d in (*schema.DETECTORS, schema.VERDICT)}
    rows = list(whole[["year", "school_id", "detector"]].itertuples(index=False, name=None))
    assert len(rows) == len(set(rows))
    assert expected <= set(rows)
    assert found["status"].isin(["red", "amber", "none", "not_enough_data", "not_applicable"]).all()
    assert found["reason"].str.len().gt(10).all()
    detectors = found[found["detector"] != schema.VERDICT]
    tested = detectors["status"].isin(["amber", "none"])
    assert (tested == detectors["p_value"].notna()).all()
    assert (tested == detectors["estimate"].notna()).all()
    assert not (found["status"] == "red").any()
    figures = found.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan)
    assert not np.isinf(figures).any()


@pytest.mark.parametrize(
    ("name", "detector", "reason"),
    [
        ("no scale", "boundary_lifting", "шкал"),
        ("overlapping scale", "boundary_lifting", "границ"),
        ("all scores equal", "implausible_mean", "одинаковы"),
        ("a school of 60 %", "implausible_mean", "больше половины"),
        ("a school of 60 %", "journal_mismatch", "больше половины"),
        ("a school of 60 %", "cohort_drop", "больше половины"),
        ("no points", "identical_rows", "баллами за все задания"),
        ("no points", "item_patterns", "баллами за все задания"),
        ("one work", "boundary_lifting", "меньше 60 работ"),
        ("one work", "implausible_mean", "меньше 10 работ"),
        ("one work", "journal_mismatch", "меньше 30 работ"),
        ("one school", "implausible_mean", "не с чем сравнить"),
        ("no journal", "journal_mismatch", "отметка в журнале"),
    ],
)
def test_bad_input_has_its_reason(name, detector, reason) -> None:
    found = findings_of(name)
    row = found.query("school_id == 's00' and detector == @detector and scope == ''").iloc[0]
    assert row["status"] in ("not_applicable", "not_enough_data")
    assert reason in row["reason"]


def test_nothing_untested_is_called_quiet() -> None:
    """Without a scale, points and journal only levels are left, and they decide nothing."""
    tables = BAD["no scale"](without_points(without_journal(town())))
    found = run(one_school(tables))
    verdicts = found[found["detector"] == schema.VERDICT]
    assert verdicts["status"].eq("not_enough_data").all()
    assert verdicts["reason"].str.startswith("данных мало").all()


def test_no_works_no_findings() -> None:
    tables = town()
    assert run(with_works(tables, tables["works"].iloc[:0])).empty


def spoiled(tables: Tables) -> Tables:
    """In the first school everybody near a boundary is lifted and a tenth hands in one paper."""
    works = tables["works"].copy()
    own = works["school_id"] == "s00"
    for boundary in SCALE[1:]:
        works["score"] = works["score"].mask(
            own & works["score"].between(boundary - 2, boundary - 1), boundary
        )
    copied = own & (works.groupby(["test_id", "school_id"]).cumcount() < 7)
    works.loc[copied, POINTS] = np.tile([1] * 9 + [0] * 7, (int(copied.sum()), 1))
    return with_works(tables, works.astype(tables["works"].dtypes.to_dict()))


def same(first: pd.DataFrame, second: pd.DataFrame) -> None:
    key = list(schema.TABLES["findings"].key)
    first, second = (f.sort_values(key, ignore_index=True) for f in (first, second))
    pd.testing.assert_frame_equal(first, second, rtol=1e-9, atol=1e-12)


def test_the_order_of_rows_changes_nothing() -> None:
    tables = spoiled(town(seed=3))
    shuffled = {k: v.sample(frac=1, random_state=i) for i, (k, v) in enumerate(tables.items())}
    first = run(tables)
    assert first["status"].isin(["red", "amber"]).any()
    pd.testing.assert_frame_equal(first, run(shuffled), rtol=1e-9, atol=1e-12)


def test_names_of_schools_change_nothing() -> None:
    tables = spoiled(town(seed=4))
    names = {f"s{i:02d}": f"x{99 - i}" for i in range(6)}
    renamed = tables | {k: tables[k].replace({"school_id": names}) for k in ("works", "schools")}
    back = run(renamed).replace({"school_id": {v: k for k, v in names.items()}})
    same(run(tables), back.assign(finding_id=finding_id(back)))


def test_works_in_several_files_change_nothing() -> None:
    tables = spoiled(town(seed=5))
    works = tables["works"]
    part = works.index % 3
    split = works.assign(source_id=part.map({0: "a", 1: "b", 2: "c"}), row=works.index // 3)
    parts = pd.concat([split[part == k] for k in (2, 0, 1)], ignore_index=True)
    pd.testing.assert_frame_equal(
        run(tables), run(with_works(tables, parts)), rtol=1e-9, atol=1e-12
    )
