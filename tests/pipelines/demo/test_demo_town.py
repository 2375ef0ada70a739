"""The synthetic municipality as written: files, counts, planted schools, the same bytes."""

import hashlib
import re
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from analytics import norms
from pipelines.demo import write_town
from pipelines.errors import PipelineError
from pipelines.guard import fault

BLANKS = ("", None)
# Columns of the layouts: login, code, variant, total.
COLUMNS = {
    "vpr_export_2020": ("user", "code", "var-1", "sum"),
    "vpr_export_2021": ("логин школы", "код обучающегося", "вариант", "всего баллов"),
}


def truth(town: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(
        town / "truth" / f"{name}.csv", encoding="utf-8-sig", keep_default_na=False, dtype=str
    )


@cache
def rows_of(path: Path, sheet: str | None = None) -> list[list]:
    book = CalamineWorkbook.from_path(path)
    return book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)


def pupils_rows(path: Path) -> int:
    """Rows under a header with tasks that have a pupil's code or a school's login."""
    count = 0
    for name in CalamineWorkbook.from_path(path).sheet_names:
        rows = rows_of(path, name)
        for at, header in enumerate(rows[:10]):
            places = [i for i, cell in enumerate(header) if str(cell).lower() in CODES]
            if places and len(header) > 10:
                body = [row for row in rows[at + 1 :] if row != header]
                count += sum(any(row[i] not in BLANKS for i in places) for row in body)
                break
    return count


CODES = {"code", "код обучающегося", "код", "код участника", "user", "логин школы", "пользователь"}


def test_pupil_files_hold_as_many_rows_as_counted(demo_town: Path) -> None:
    counts = truth(demo_town, "counts")
    pupils = counts[counts["kind"].str.match("vpr_export|vpr_individual|vpr_collection")]
    expected = {row.file: int(row.data_rows) for row in pupils.itertuples()}
    found = {file: pupils_rows(demo_town / "raw" / file) for file in expected}
    assert found == expected
    exports = pupils[pupils["kind"].str.startswith("vpr_export")]
    assert len(exports) == 37
    assert 40_000 <= exports["data_rows"].astype(int).sum() <= 70_000


def test_reports_hold_as_many_groups_as_counted(demo_town: Path) -> None:
    counts = truth(demo_town, "counts")
    reports = counts[counts["kind"].isin(["vpr_distribution", "vpr_marks"])]
    for row in reports.itertuples():
        rows = rows_of(demo_town / "raw" / row.file)
        header = next(i for i, r in enumerate(rows) if "Кол-во участников" in r)
        assert len(rows) - header - 1 == int(row.data_rows), row.file
    assert set(counts["kind"]) >= {
        *(f"vpr_{kind}" for kind in ("journal", "context", "collection", "individual")),
        *("federal_markers", "federal_list", "task_table", "school_registry"),
    }


def test_every_file_of_raw_is_counted_once(demo_town: Path) -> None:
    raw = demo_town / "raw"
    present = {path.relative_to(raw).as_posix() for path in raw.rglob("*") if not path.is_dir()} - {
        "плохие файлы/~$Математика.xlsx"
    }
    counted = truth(demo_town, "counts")["file"]
    assert counted.is_unique
    assert set(counted) - {"плохие файлы/~$Математика.xlsx"} == present


def test_registry_lists_21_clean_schools(demo_town: Path) -> None:
    header, *rows = rows_of(demo_town / "raw" / "schools.xlsx")
    assert header[:2] == ["Логин ФИС ОКО (2017–2021)", "Логин ФИС ОКО (с 2022)"]
    assert len(rows) == 21
    assert rows[0][:3] == ["sch990007", "edu990007", "Школа № 1"]
    assert rows[6][2] == "Лицей № 7"
    assert rows[15][:2] == ["sch990112", "edu990301"]
    assert not any("<" in str(cell) for row in rows for cell in row)


def marks_of(town: Path, year: int, grade: int, slug: str, login: str) -> tuple[int, int]:
    """Participants and «2» of a school, counted from the cells with the official scale."""
    subject = norms.norm("subjects").set_index("slug").loc[slug]
    if year == 2020:
        path = town / "raw" / f"vpr/2020/{grade}/{subject['subject']}.xlsx"
    else:
        name = f"Проведение работы по {subject['dative']}, {grade} класс. ВПР 2021.xlsx"
        path = town / "raw" / f"vpr/2021/{grade}/{name}"
    scales = norms.norm("mark_scales").set_index(["grade", "subject"])
    minimum = int(scales.loc[(grade, subject["subject"]), "min3"])
    header, *rows = rows_of(path)
    user, _, variant, total = (header.index(c) for c in COLUMNS[f"vpr_export_{year}"])
    scores = [
        int(row[total]) for row in rows if row[user] == login and row[variant] != "отсутствовал"
    ]
    return len(scores), sum(score < minimum for score in scores)


def test_low_schools_meet_or_miss_the_rule_in_exact_integers(demo_town: Path) -> None:
    planted = truth(demo_town, "planted")
    low = planted[planted["kind"].str.startswith("low_")]
    tests: dict[str, list[tuple[str, int, int]]] = {}
    for row in low.itertuples():
        _, year, grade, slug = row.test_id.split("_")
        n, n_low = marks_of(demo_town, int(year), int(grade), slug, row.login_before)
        assert (str(n), str(n_low)) == (row.n, row.pupils), row
        tests.setdefault(row.kind, []).append((row.test_id, n, n_low))
    assert {kind: len(found) for kind, found in tests.items()} == {
        "low_two_procedures": 2,
        "low_two_years": 2,
        "low_once": 1,
        "low_exactly_30": 2,
        "low_just_below_30": 2,
    }
    for kind in ("low_two_procedures", "low_two_years", "low_once"):
        assert all(10 * n_low > 3 * n for _, n, n_low in tests[kind])
    assert all(10 * n_low == 3 * n for _, n, n_low in tests["low_exactly_30"])
    assert all(10 * n_low == 3 * n - 1 for _, n, n_low in tests["low_just_below_30"])
    tested = [test for test, _, _ in tests["low_two_years"]]
    assert sorted(tested) == ["vpr_2020_05_ma", "vpr_2021_05_ma"]


def test_lifted_works_stand_on_a_boundary_and_only_in_two_schools(demo_town: Path) -> None:
    lifted = truth(demo_town, "lifted")
    assert set(lifted["login"]) == {"sch990035", "sch990091"}
    assert len(lifted) > 200
    by_test = lifted.groupby("test_id")
    slugs = norms.norm("subjects").set_index("slug")["subject"]
    scales = norms.norm("mark_scales").set_index(["grade", "subject"])
    for test_id, works in by_test:
        _, _, grade, slug = test_id.split("_")
        boundaries = scales.loc[(int(grade), slugs[slug]), ["min3", "min4", "min5"]].astype(int)
        assert set(works["score_after"].astype(int)) <= set(boundaries)
        gained = works["score_after"].astype(int) - works["score_before"].astype(int)
        assert set(gained) <= {1, 2}


def test_lifted_codes_are_in_the_export(demo_town: Path) -> None:
    lifted = truth(demo_town, "lifted").query("test_id == 'vpr_2020_05_ma'")
    header, *rows = rows_of(demo_town / "raw" / "vpr/2020/5/Математика.xlsx")
    user, code, _, total = (header.index(c) for c in COLUMNS["vpr_export_2020"])
    totals = {(row[user], str(int(row[code]))): row[total] for row in rows}
    assert len(lifted) > 0
    for work in lifted.itertuples():
        assert totals[work.login, work.code] == int(work.score_after)


def test_every_bad_file_is_bad_in_its_own_way(demo_town: Path) -> None:
    folder = demo_town / "raw" / "плохие файлы"
    found = {path.name: fault(path) for path in folder.iterdir() if path.is_file()}
    codes = {name: None if reason is None else reason[0] for name, reason in found.items()}
    codes.pop("ссылка наружу.xlsx", None)
    assert codes == {
        "скачан не до конца.xlsx": "broken_archive",
        "текст с чужим расширением.xlsx": "wrong_extension",
        "фото.xlsx": "wrong_extension",
        "защищён паролем.xlsx": "password_protected",
        "страница из браузера.xls": "html_not_excel",
        "пустой.xlsx": "empty_file",
        "распаковывается в гигабайт.xlsx": "archive_bomb",
        "~$Математика.xlsx": "excel_owner_file",
        "миллион пустых строк.xlsx": None,
        "меню столовой.xlsx": None,
        "ссылка в ячейке.xlsx": None,
        "копия выгрузки.xlsx": None,
    }


def test_bomb_is_a_sound_archive_and_small_on_disk(demo_town: Path) -> None:
    path = demo_town / "raw" / "плохие файлы" / "распаковывается в гигабайт.xlsx"
    assert path.stat().st_size < 2 * 2**20
    with zipfile.ZipFile(path) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
        assert sheet.file_size > 2**30
        with archive.open(sheet) as stream:
            assert stream.read(2**20).startswith(b"<?xml")
        assert archive.read("xl/workbook.xml").startswith(b"<?xml")


def test_link_points_out_of_raw(demo_town: Path) -> None:
    link = demo_town / "raw" / "плохие файлы" / "ссылка наружу.xlsx"
    if not link.is_symlink():
        pytest.skip("здесь нельзя делать символические ссылки")
    target = link.resolve(strict=True)
    assert (demo_town / "raw").resolve() not in target.parents


def test_another_library_opens_what_was_written(demo_town: Path) -> None:
    raw = demo_town / "raw" / "vpr"
    form = load_workbook(next((raw / "2022/формы/edu990105").glob("*.xlsx")))["Протокол"]
    assert str(form.cell(2, form.max_column).value).startswith("=IF(LEN(")
    report = load_workbook(raw / "2022/Ф1/2849644.xlsx").active
    assert {str(area).split(":")[0] for area in report.merged_cells.ranges} == {"A1", "C7", "A9"}
    hidden = load_workbook(raw / "2022/6/Русский язык.xlsx")["Протокол"]
    assert sum(d.hidden for d in hidden.row_dimensions.values()) == 3
    form = load_workbook(next((raw / "2022/формы/edu990007").glob("*.xlsx")))
    assert form["Служебный"].sheet_state == "hidden"


def test_no_name_of_a_person_stands_anywhere_else(demo_town: Path) -> None:
    person = re.compile(r"[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+(?:вич|вна|чна)\b")
    names = set()
    for path in sorted((demo_town / "raw").rglob("*.xlsx")):
        if fault(path) is None and "миллион" not in path.name:
            with zipfile.ZipFile(path) as archive:
                names |= set(person.findall(archive.read("xl/sharedStrings.xml").decode()))
    assert {name.split()[-1] for name in names} <= {"Иванович"}


def fingerprints(town: Path) -> dict[str, str]:
    return {
        path.relative_to(town).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(town.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_the_same_bytes(demo_town: Path, tmp_path: Path) -> None:
    write_town(tmp_path)
    assert fingerprints(tmp_path) == fingerprints(demo_town)


def test_a_folder_with_other_tables_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "настоящий файл.xlsx").write_bytes(b"PK")
    with pytest.raises(PipelineError, match="нельзя смешивать"):
        write_town(tmp_path)
    assert [path.name for path in tmp_path.rglob("*.xlsx")] == ["настоящий файл.xlsx"]
