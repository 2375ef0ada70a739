"""A home with exam files from raw/ to the tables and the documents: rows in balance, no name."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from analytics import scales
from pipelines import store
from pipelines.analyse import analyse
from pipelines.canonical.stack import Read
from pipelines.collect import Collected, collect
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.publish import publish
from pipelines.raw_files import scan
from pipelines.read import read_files

NAMES = ("кракозябров", "пробин", "черновик", "образцович")
HEADER = ["№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Фамилия", "Имя", "Отчество",
          "Задания с кратким ответом", "Задания с развёрнутым ответом", "Первичный балл",
          "Оценка"]  # fmt: skip
APPEALS = ["№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Фамилия", "Имя", "Отчество", "Экзамен",
           "Состояние апелляции", "Текущие", ""]  # fmt: skip
COMPACT = ["№", "Код ОО", "Класс", "Фамилия", "Имя", "Отчество", "Код участника",
           "Ответы в краткой форме", "Ответы в развернутой форме", "Первичный балл",
           "Итоговый балл"]  # fmt: skip
CHEMISTRY = "ОГЭ/химия.xlsx"


def pupil(number: int, surname: str, score: int, mark: int, *, school: int = 9306) -> list:
    """A participant whose masks give one to three points and two more for the long answer."""
    short = "+" * (score - 2) + "-" * (5 - score)
    return [number, school, "9А", 1003, 12, surname, "Проба", "Образцович", short, "2(2)", score,
            mark]  # fmt: skip


def write(path: Path, *rows: list) -> None:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("exams")
    raw = root / "raw"
    write(raw / "школы.xlsx", ["Логин", "Краткое наименование", "Муниципалитет", "Код ОО ГИА"],
          ["edu000001", "СОШ № 1", "город Пробный", "9306"],
          ["edu000002", "СОШ № 2", "город Пробный", "09307"])  # fmt: skip
    write(raw / CHEMISTRY, ["Протокол проверки результатов"], ["04 - Химия 2026.06.01"], [], HEADER,
          pupil(1, "Кракозябров", 3, 3), pupil(2, "Пробина", 4, 4),
          pupil(3, "Черновик", 5, 5, school=9307),
          ["Средние"], ["12 - Обществознание 2026.06.08"], [], HEADER,
          pupil(1, "Кракозябров", 5, 5), pupil(2, "Пробина", 5, 5, school=777))  # fmt: skip
    write(raw / "ОГЭ" / "химия_резерв.xlsx", ["04 - Химия 2026.06.22"], HEADER,
          pupil(1, "Кракозябров", 5, 5))  # fmt: skip
    write(raw / "ОГЭ" / "химия_повтор.xlsx", ["04 - Химия 2026.06.01"], HEADER,
          pupil(1, "КРАКОЗЯБРОВ", 4, 4))  # fmt: skip
    appeal = [1, "9306", "9А", "503", "0204", "пробина", "Проба", "Образцович",
              "Химия(2026.06.01)", "Апелляция удовлетворена", "5", "5"]  # fmt: skip
    lost = [2, "9306", "9А", "503", "0204", "Неведомов", *appeal[6:]]
    write(raw / "ОГЭ" / "апелляции.xlsx", ["Протокол проверки результатов"], APPEALS,
          [*[""] * 10, "Первичный балл", "Оценка"], appeal, lost)  # fmt: skip
    write(raw / "ЕГЭ.xlsx", ["01 - Русский язык 2026.05.30"], COMPACT,
          [1, 9306, "11", "Кракозябров", "Проба", "Образцович", "000001", "++-", "1(2)", 3,
           61])  # fmt: skip
    return Home(root)


@pytest.fixture(scope="module")
def reads(home: Home) -> list[Read]:
    return read_files(home, scan(home.raw), Progress(live=False))[0]


@pytest.fixture(scope="module")
def collected(home: Home, reads: list[Read]) -> Collected:
    return collect(home, reads)


@pytest.fixture
def faults(collected: Collected) -> Callable[[str], list[tuple]]:
    """(path, cell, severity) of every problem with a code."""

    def found(code: str) -> list[tuple]:
        problems = collected.tables["problems"]
        rows = problems.loc[problems["code"] == code, ["path", "cell", "severity"]]
        return list(rows.itertuples(index=False, name=None))

    return found


def test_every_row_is_accepted_or_set_aside(collected: Collected) -> None:
    intake = collected.tables["intake"].set_index("path")
    assert (intake["rows_read"] == intake["rows_accepted"] + intake["rows_rejected"]).all()
    rows = intake[["kind", "rows_read", "rows_accepted"]].to_dict("split")
    assert dict(zip(rows["index"], rows["data"], strict=True)) == {
        "ЕГЭ.xlsx": ["exam_ege", 1, 1],
        "ОГЭ/апелляции.xlsx": ["exam_appeals", 2, 1],
        "ОГЭ/химия_повтор.xlsx": ["exam_oge", 1, 0],
        "ОГЭ/химия_резерв.xlsx": ["exam_oge", 1, 1],
        CHEMISTRY: ["exam_oge", 5, 5],
        "школы.xlsx": ["school_registry", 2, 2],
    }
    assert intake.loc["ЕГЭ.xlsx", "test_id"] == "ege_2026_11_ru"
    assert pd.isna(intake.loc[CHEMISTRY, "test_id"])


def test_every_exam_is_a_test_with_its_works_and_tasks(collected: Collected) -> None:
    tests = collected.tables["tests"].set_index("test_id")
    assert tests[["procedure", "grade", "pupil_grade", "tasks"]].to_dict("index") == {
        "ege_2026_11_ru": {"procedure": "ege", "grade": 11, "pupil_grade": 11, "tasks": 4},
        "oge_2026_09_chem": {"procedure": "oge", "grade": 9, "pupil_grade": 9, "tasks": 4},
        "oge_2026_09_soc": {"procedure": "oge", "grade": 9, "pupil_grade": 9, "tasks": 4},
    }
    works = collected.tables["works"]
    assert works.groupby("test_id").size().to_dict() == {
        "ege_2026_11_ru": 1, "oge_2026_09_chem": 4, "oge_2026_09_soc": 2,
    }  # fmt: skip
    maxima = collected.tables["tasks"].groupby("test_id")["max_points"].agg(list)
    assert maxima["oge_2026_09_chem"] == [1, 1, 1, 2]
    # Nobody solved the third task: its maximum is not known.
    assert maxima["ege_2026_11_ru"][:2] == [1, 1]
    assert pd.isna(maxima["ege_2026_11_ru"][2])


def test_schools_are_found_by_their_exam_code(collected: Collected) -> None:
    schools = collected.tables["schools"].set_index("school_id")
    assert schools.loc["000002", "gia_code"] == "09307"
    assert list(schools.loc["000001", "logins"]) == ["edu000001"]
    assert schools.loc["gia777", "short_name"] == "Код ОО 777"
    works = collected.tables["works"]
    assert set(works["school_id"]) == {"000001", "000002", "gia777"}


def test_a_school_that_the_registry_lacks_is_told_at_its_cell(faults) -> None:
    assert faults("school_not_in_registry") == [(CHEMISTRY, "B13", "note")]


def test_the_later_sitting_is_kept_and_counted_once(collected: Collected) -> None:
    counts = collected.tables["score_counts"]
    chemistry = counts[(counts["test_id"] == "oge_2026_09_chem") & (counts["group"] == "school")]
    assert chemistry[["group_id", "score", "n"]].to_numpy().tolist() == [
        ["000001", 3, 1], ["000001", 5, 1], ["000002", 5, 1],
    ]  # fmt: skip
    days = collected.tables["works"].query("test_id == 'oge_2026_09_chem'")["exam_date"]
    assert days.tolist() == ["2026-06-01"] * 3 + ["2026-06-22"]


def test_another_result_of_the_same_sitting_is_set_aside(faults) -> None:
    assert faults("duplicate_pupil") == [("ОГЭ/химия_повтор.xlsx", "F3", "stop")]


def test_an_appeal_takes_the_place_of_the_result(collected: Collected, faults) -> None:
    works = collected.tables["works"]
    row = works[(works["test_id"] == "oge_2026_09_chem") & (works["row"] == 6)].iloc[0]
    assert (row["score"], row["mark"]) == (5, 5)
    assert row[["p1", "p2", "p3", "p4"]].isna().all()
    assert faults("appeal_applied") == [("ОГЭ/апелляции.xlsx", "K4", "note")]
    problems = collected.tables["problems"].set_index("code")
    message = problems.loc["appeal_applied", "message"]
    assert "было 4 б., отметка 4" in message
    assert f"файл «{CHEMISTRY}», лист «Sheet», K6" in message
    assert faults("appeal_without_work") == [("ОГЭ/апелляции.xlsx", "F5", "stop")]


def test_a_mark_against_a_scale_of_the_year_is_told(
    home: Home, reads: list[Read], monkeypatch: pytest.MonkeyPatch
) -> None:
    official = {"procedure": "oge", "year_from": 2026, "year_to": 2026, "grade": 9,
                "subject": "Химия", "max_score": 5, "min3": 3, "min4": 4, "min5": 5,
                "source": "пример", "verified": True, "note": "",
                "printed_overlap": False, "joint_condition": ""}  # fmt: skip

    def found(**changed: int) -> list[tuple]:
        table = pd.DataFrame([{**official, **changed}])
        monkeypatch.setattr(scales, "norm", lambda name: table)
        problems = collect(home, reads).tables["problems"]
        rows = problems.loc[problems["code"] == "mark_against_scale", ["path", "cell"]]
        return list(rows.itertuples(index=False, name=None))

    assert found() == []
    assert found(min3=2, min4=3) == [(CHEMISTRY, "L5")]  # 3 points are a «4» now
    assert found(max_score=6) == []  # a scale of another work says nothing


def test_no_name_reaches_a_table_a_document_or_the_kept_readings(
    home: Home, collected: Collected, capfd: pytest.CaptureFixture[str]
) -> None:
    tables = {**collected.tables, **analyse(collected.tables)}
    with store.exclusive(home):
        publish(home, collected, tables, as_of=date(2026, 11, 1), snapshot="x").commit({})
    written = [p for p in home.root.rglob("*") if p.is_file() and not p.is_relative_to(home.raw)]
    assert len([p for p in written if p.suffix == ".parquet"]) > 20
    assert len([p for p in written if p.suffix == ".xlsx"]) >= 2
    content = {path: _content(path).lower() for path in written}
    content[Path("terminal")] = "".join(capfd.readouterr()).lower()
    assert not [(p, n) for p, text in content.items() for n in (*NAMES, "неведомов") if n in text]
    key = home.key.read_bytes()
    assert not [p for p in written if p != home.key and key in p.read_bytes()]


def _content(path: Path) -> str:
    """Everything that a file says, unpacked."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype(str).to_csv()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(n).decode(errors="replace") for n in archive.namelist())
    return path.read_bytes().decode(errors="replace")


def test_another_key_makes_other_codes_and_reads_again(home: Home, reads: list[Read]) -> None:
    codes = _codes(reads)
    again, reused = read_files(home, scan(home.raw), Progress(live=False))
    assert (_codes(again), reused) == (codes, 6)
    home.key.unlink()
    other, reused = read_files(home, scan(home.raw), Progress(live=False))
    assert reused == 0
    assert not codes & _codes(other)


def _codes(reads: list[Read]) -> set[str]:
    frames = [r.reading.tables["works"] for r in reads if "works" in r.reading.tables]
    return set(pd.concat(frames)["person"])
