"""The exams of the synthetic town from its files to the findings: all that is planted is found."""

import shutil
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.exam_calendar import minimums
from analytics.risk_points import spike_at_minimum
from analytics.risk_results import sharp_rise
from pipelines import store
from pipelines.analyse import analyse
from pipelines.collect import Collected, collect
from pipelines.demo import exam_planting as planting
from pipelines.demo.exam_lists import long_results
from pipelines.demo.exam_sitting import YEARS, sat_exams
from pipelines.demo.exams import exams
from pipelines.demo.olympiads import SURNAME
from pipelines.demo.town import Town, build_town
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.publish import publish
from pipelines.raw_files import scan
from pipelines.read import read_files

BESIDE_EXAMS = (
    "schools.xlsx",
    "vpr/2021/7/Проведение работы по математике, 7 класс. ВПР 2021.xlsx",
    "vpr/2020/8/Математика.xlsx",
    "vpr/2020/8/Русский язык.xlsx",
)
PRIMARY_MINIMUM = {"Математика профильная": 5}  # of the town's own scale; no norm tells it


@pytest.fixture(scope="module")
def home(demo_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("demo_exams")
    raw = demo_town / "raw"
    shutil.copytree(raw / "ГИА", root / "raw" / "ГИА")
    for name in BESIDE_EXAMS:
        (root / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(raw / name, root / "raw" / name)
    return Home(root)


@pytest.fixture(scope="module")
def collected(home: Home) -> Collected:
    reads, _ = read_files(home, scan(home.raw), Progress(live=False))
    return collect(home, reads)


@pytest.fixture(scope="module")
def found(collected: Collected) -> dict[str, pd.DataFrame]:
    return {**collected.tables, **analyse(collected.tables)}


@pytest.fixture(scope="module")
def town() -> Town:
    return build_town(197)


def truth(town_folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(town_folder / "truth" / f"{name}.csv", dtype=str, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def cases(demo_town: Path) -> pd.DataFrame:
    return truth(demo_town, "exams").astype({"year": "int64"})


def levels(found: dict[str, pd.DataFrame], marker: str) -> dict[tuple[int, str], str]:
    """Level by year and school of the rows of a marker that are yellow or red."""
    rows = found["risk_markers"]
    rows = rows[(rows["marker"] == marker) & rows["level"].isin(["yellow", "red"])]
    return dict(zip(zip(rows["year"], rows["school_id"], strict=True), rows["level"], strict=True))


def planted(cases: pd.DataFrame, kind: str) -> list[tuple[int, str]]:
    rows = cases[cases["kind"] == kind]
    return list(dict.fromkeys(zip(rows["year"], rows["school_id"], strict=True)))


def test_rows_read_are_those_counted(demo_town: Path, collected: Collected) -> None:
    counts = truth(demo_town, "counts")
    counts = counts[counts["file"].str.startswith("ГИА/")].set_index("file")
    intake = collected.tables["intake"].set_index("path").loc[counts.index]
    assert intake["kind"].tolist() == counts["kind"].tolist()
    assert intake["rows_read"].tolist() == counts["data_rows"].astype(int).tolist()
    assert intake["rows_rejected"].tolist() == counts["rejected"].astype(int).tolist()
    assert set(counts["kind"]) == {
        *("exam_oge", "exam_ege", "exam_csv", "exam_appeals", "medal_list", "mover_list"),
        *("exam_point_register", "essay"),
    }
    assert counts["rejected"].astype(int).sum() == 1


def test_the_calendar_of_the_exams_is_kept(collected: Collected, found: dict) -> None:
    tests = collected.tables["tests"].query("procedure != 'vpr'")
    held = tests.groupby(["procedure", "year"])["subject"].agg(set).to_dict()
    assert ("oge", 2020) not in held
    assert held["oge", 2021] == {"Русский язык", "Математика"}
    assert len(held["oge", 2022]) == 8
    base = {year: "Математика базовая" in held["ege", year] for year in YEARS}
    assert base == {2020: False, 2021: False, 2022: True}
    said = found["exam_results"].groupby(["procedure", "year"])["not_comparable"].first()
    assert said.notna().to_dict() == {
        ("ege", 2020): True, ("ege", 2021): True, ("ege", 2022): False,
        ("oge", 2021): True, ("oge", 2022): False,
    }  # fmt: skip


def test_scores_are_the_sums_of_the_masks_and_make_the_results(town: Town) -> None:
    for year in YEARS:
        for results in sat_exams(town, year, 197).values():
            exam = results.exam
            assert (results.earned <= np.array(exam.maxima)).all()
            assert results.results.max() <= (5 if exam.marked else 100)
            if exam.marked:
                assert ((results.results == 2) == results.below).all()
                continue
            asked = pd.DataFrame({"procedure": ["ege"], "year": [year], "subject": [exam.subject]})
            least = int(minimums(asked)["minimum"].iloc[0])
            assert ((results.results < least) == results.below).all()


def test_sizes_are_those_of_a_town_of_21_schools(collected: Collected) -> None:
    works = collected.tables["works"]
    sizes = works.groupby(["test_id", "school_id"]).size()
    ninth, eleventh = sizes["oge_2022_09_ru"], sizes["ege_2022_11_ru"]
    assert len(ninth) == len(eleventh) == 21
    assert 1200 <= ninth.sum() <= 1500
    assert 500 <= eleventh.sum() <= 700
    assert (eleventh.drop("990147") >= 15).all()


def test_the_same_pupils_wrote_the_vpr_a_year_before(town: Town, collected: Collected) -> None:
    from pipelines.demo.sitting import sit
    from pipelines.demo.works import make_work

    before = sit(town, make_work(2020, 8, "ma"), 197)
    after = sat_exams(town, 2021, 197)["oge_2021_09_ma"]
    assert len(before.pupils) == len(after.pupils)
    ordinary = before.present & ~np.isin(before.pupils["school"], [planting.LOW - 1])
    assert np.corrcoef(before.scores[ordinary], after.scores[ordinary])[0, 1] > 0.6


def test_a_medal_below_the_rule_is_red(found: dict, cases: pd.DataFrame) -> None:
    assert planted(cases, "exam_medal_low") == [(2021, "990070")]
    assert levels(found, "Z4") == {(2021, "990070"): "red"}


def test_movers_are_yellow(found: dict, cases: pd.DataFrame) -> None:
    assert levels(found, "Z5") == {place: "yellow" for place in planted(cases, "exam_moved")}
    row = cases[cases["kind"] == "exam_moved"].iloc[0]
    words = found["risk_markers"].query("marker == 'Z5' and level == 'yellow'")["words"].iloc[0]
    assert f"({row['pupils']}\u00a0из\u00a0{row['n']})" in words


def test_removals_are_red_in_their_year(found: dict, cases: pd.DataFrame) -> None:
    assert levels(found, "Z6") == {place: "red" for place in planted(cases, "exam_removed")}


def test_a_rise_is_found_once_the_calendar_lets_it_be_looked_for(
    found: dict, cases: pd.DataFrame
) -> None:
    (place,) = planted(cases, "exam_rise")
    markers = found["risk_markers"]
    mine = markers[(markers["marker"] == "Z1") & (markers["subject"] == "Русский язык")]
    mine = mine[(mine["year"] == place[0]) & (mine["school_id"] == place[1])].iloc[0]
    assert mine["level"] == "not_checked"
    assert "не сопоставимо" in mine["reason"]
    results = found["exam_results"].query("procedure == 'ege' and attempt == 'main'")
    free = sharp_rise(results[results["unit"] == "test_score"].assign(not_comparable=None))
    risen = free[(free["level"] == "yellow") & (free["subject"] == "Русский язык")]
    assert list(zip(risen["year"], risen["school_id"], strict=True)) == [place]


def test_a_spike_at_the_minimum_is_found_where_the_primary_minimum_is_known(
    collected: Collected, found: dict, cases: pd.DataFrame
) -> None:
    rows = cases[(cases["kind"] == "exam_spike") & (cases["marker"] == "Z10")]
    facts = collected.tables["tests"].query("procedure == 'ege'")[["test_id", "year", "subject"]]
    places = collected.tables["schools"].set_index("school_id")["municipality"]
    works = collected.tables["works"].merge(facts, how="inner", on="test_id", validate="m:1")
    works = works.assign(municipality=works["school_id"].map(places))
    primary = facts.assign(primary_minimum=facts["subject"].map(PRIMARY_MINIMUM).astype("Int64"))
    spikes = spike_at_minimum(works, primary.drop(columns="test_id").astype({"year": "int64"}))
    spikes = spikes[spikes["level"] == "yellow"]
    assert list(zip(spikes["year"], spikes["school_id"], strict=True)) == list(
        zip(rows["year"], rows["school_id"], strict=True)
    )
    assert spikes["words"].str.contains("на балл ниже 0").all()


def test_lifting_at_the_marks_of_the_oge_is_found_in_one_school(
    found: dict, cases: pd.DataFrame
) -> None:
    rows = found["findings"].query("detector == 'boundary_lifting' and scope == ''")
    flagged = rows[rows["status"].isin(["amber", "red"]) & (rows["year"] == planting.SPIKE_YEAR)]
    assert list(zip(flagged["year"], flagged["school_id"], strict=True)) == planted(
        cases[cases["marker"] == "boundary_lifting"], "exam_spike"
    )


def test_a_low_school_is_red_and_on_the_list_together_with_its_vpr(
    demo_town: Path, found: dict, cases: pd.DataFrame
) -> None:
    low = cases[cases["kind"] == "exam_low"]
    assert (10 * low["pupils"].astype(int) >= 3 * low["n"].astype(int)).all()
    assert levels(found, "Z3") == {
        place: "red" for place in planted(low[low["marker"] == "Z3"], "exam_low")
    }
    beside = truth(demo_town, "planted").query("kind == 'exam_low_with_vpr'")["test_id"]
    procedures = found["low_procedures"].query("status == 'low' and counted")
    assert set(procedures["test_id"]) == {*low["test_id"], *beside}
    listed = found["low_results"].query("status == 'listed'")
    assert list(zip(listed["year"], listed["school_id"], strict=True)) == planted(low, "exam_low")


def test_a_vpr_that_the_exam_does_not_confirm_is_found(found: dict, cases: pd.DataFrame) -> None:
    rows = found["findings"].query("detector == 'later_exam' and scope == ''")
    flagged = rows[rows["status"].isin(["amber", "red"])]
    assert list(zip(flagged["year"], flagged["school_id"], strict=True)) == planted(
        cases, "exam_not_confirmed"
    )


def test_only_planted_schools_are_red_and_the_clean_one_is_green(
    found: dict, cases: pd.DataFrame
) -> None:
    zones = found["risk_zones"]
    red = zones[zones["zone"] == "red"]
    kinds = ("exam_medal_low", "exam_removed", "exam_low")
    assert set(zip(red["year"], red["school_id"], strict=True)) == {
        place for kind in kinds for place in planted(cases, kind)
    }
    by_place = zones.set_index(["year", "school_id"])["zone"]
    clean = planted(cases, "exam_clean_strong")
    assert [by_place[place] for place in clean] == ["green"] * 3
    means = found["exam_results"].query("subject == 'Русский язык' and procedure == 'ege'")
    means = means[means["attempt"] == "main"].set_index(["year", "school_id"])["mean"]
    assert all(means[place] > means[place[0], "*"] for place in clean)


def test_every_planted_fault_is_named_by_its_cell(demo_town: Path, collected: Collected) -> None:
    dirt = truth(demo_town, "dirt")
    dirt = dirt[dirt["file"].str.startswith("ГИА/")]
    problems = collected.tables["problems"]
    told = problems[problems["path"].str.startswith("ГИА/")]
    expected_beside = ["exam_personal_columns", "list_personal_columns", "appeal_applied"]
    told = told[~told["code"].isin(expected_beside)]
    columns = ["path", "sheet", "cell", "code", "severity"]
    wanted = dirt[["file", "sheet", "cell", "kind", "expected"]].to_numpy().tolist()
    assert sorted(told[columns].to_numpy().tolist()) == sorted(wanted)
    assert sorted(dirt["kind"]) == [
        "duplicate_pupil", "exam_columns_missing", "exam_row_repeated", "exams_glued",
        "mark_against_scale", "mask_length_differs",
    ]  # fmt: skip


def test_appeals_take_the_place_of_the_protocol(collected: Collected, cases: pd.DataFrame) -> None:
    rows = cases[cases["kind"] == "exam_appeal"]
    applied = collected.tables["problems"].query("code == 'appeal_applied'")
    places = applied["path"] + ", строка " + applied["row"].astype(str)
    assert places.tolist() == rows["file"].tolist()
    works = collected.tables["works"].query("test_id == 'oge_2022_09_geo'")
    changed = works[works["p1"].isna()]
    assert changed["mark"].tolist() == [4] * len(rows)
    assert changed["school_id"].tolist() == rows["school_id"].tolist()


def test_a_reserve_day_lessens_those_below_the_minimum(found: dict) -> None:
    towns = found["exam_results"].query("school_id == '*' and procedure == 'oge' and year == 2022")
    below = towns[towns["subject"].isin(["Русский язык", "Математика"])]
    main, retakes = (below[below["attempt"] == a] for a in ("main", "retakes"))
    assert main["n"].tolist() == retakes["n"].tolist()
    assert (retakes["n_below"].to_numpy() < main["n_below"].to_numpy()).all()
    assert (retakes["n_below"] > 0).all()


def test_essays_of_three_years_have_a_retake(found: dict) -> None:
    results = found["essay_results"].query("school_id == '*'")
    assert results["year"].tolist() == list(YEARS)
    assert (results["n_retake"] > 0).all()
    assert (results["share_first"].between(0.9, 0.99)).all()


def test_most_medallists_meet_the_rule(town: Town) -> None:
    sat = long_results(sat_exams(town, 2021, 197))
    low = sat[(sat["slug"] == "ru") & (sat["test_score"] == planting.MEDAL_SCORE)]
    assert (planting.MEDAL_LOW - 1) in set(low["school"])
    assert {e.slug for e in exams(2021, "ege")} == set(sat["slug"])


def test_no_surname_of_the_files_is_left_anywhere(
    home: Home, collected: Collected, found: dict, capfd: pytest.CaptureFixture[str]
) -> None:
    with store.exclusive(home):
        publish(home, collected, found, as_of=date(2022, 7, 22), snapshot="x").commit({})
    holding = [p for p in sorted(home.raw.rglob("*.xlsx")) if SURNAME in content(p)]
    assert len(holding) == 26  # the files do hold names: all of the exams
    written = [p for p in home.root.rglob("*") if p.is_file() and not p.is_relative_to(home.raw)]
    assert len([p for p in written if "returned" in p.parts]) >= 1
    named = [p for p in written if SURNAME.lower() in content(p).lower()]
    assert not named
    assert SURNAME.lower() not in "".join(capfd.readouterr()).lower()
    assert not collected.tables["problems"].to_csv().lower().count(SURNAME.lower())


def content(path: Path) -> str:
    """Everything that a file says, unpacked."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(n).decode(errors="replace") for n in archive.namelist())
    return path.read_bytes().decode(errors="replace")
