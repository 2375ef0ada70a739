"""A home with essays and a diagnostic work: from raw/ to the tables and the documents, no name."""

import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from pipelines import store
from pipelines.analyse import analyse
from pipelines.collect import Collected, collect
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.publish import publish
from pipelines.raw_files import scan
from pipelines.read import read_files

NAMES = ("кракозябров", "пробина", "черновик", "образцович")
HEADER = ["№", "Код ОО", "Класс", "Фамилия", "Имя", "Отчество", "Требование 1", "Требование 2",
          "К1", "К2", "К3", "К4", "К5", "Результат"]  # fmt: skip
WORK = ["ОО", "Код участника", "Класс", "1 (2б)", "2 (1б)", "Первичный балл", "Отметка"]
DECEMBER = "Сочинение/декабрь.xlsx"


def pupil(surname: str, marks: str, *, school: int = 9306) -> list:
    return [1, school, "11А", surname, "Проба", "Образцович", *marks]


def write(path: Path, *rows: list) -> None:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("essays")
    raw = root / "raw"
    write(raw / "школы.xlsx", ["Логин", "Краткое наименование", "Муниципалитет", "Код ОО ГИА"],
          ["edu000001", "СОШ № 1", "город Пробный", "9306"],
          ["edu000002", "СОШ № 2", "город Пробный", "09307"])  # fmt: skip
    write(raw / DECEMBER, ["Итоговое сочинение 04.12.2024"], HEADER,
          pupil("Кракозябров", "++++++++"), pupil("Пробина", "++-----−"),
          pupil("Черновик", "++++++++", school=9307), pupil("Черновик", "++++++++", school=777),
          pupil("КРАКОЗЯБРОВ", "++++++++"))  # fmt: skip
    write(raw / "Сочинение" / "февраль.xlsx", ["Итоговое сочинение 05.02.2025"], HEADER,
          pupil("Пробина", "++++++++"))  # fmt: skip
    for name, points in (("ВПР", [2, 1, 3, 5]), ("Диагностическая работа", [1, 1, 2, 4])):
        write(raw / f"{name} 2025 Математика 9 класс.xlsx", WORK,
              ["edu000001", 80001, "9А", *points])  # fmt: skip
    return Home(root)


@pytest.fixture(scope="module")
def collected(home: Home) -> Collected:
    return collect(home, read_files(home, scan(home.raw), Progress(live=False))[0])


def test_every_row_is_accepted_or_set_aside(collected: Collected) -> None:
    intake = collected.tables["intake"].set_index("path")
    rows = intake.loc[[DECEMBER, "Сочинение/февраль.xlsx"], ["kind", "rows_read", "rows_accepted"]]
    assert rows.to_numpy().tolist() == [["essay", 5, 4], ["essay", 1, 1]]
    assert (intake["rows_read"] == intake["rows_accepted"] + intake["rows_rejected"]).all()


def test_the_faults_of_the_table_stand_at_their_cells(collected: Collected) -> None:
    problems = collected.tables["problems"]
    told = problems[problems["path"].eq(DECEMBER)].set_index("code")[["cell", "severity"]]
    assert told.loc["school_not_in_registry"].tolist() == ["B6", "note"]
    assert told.loc["essay_pupil_repeated"].tolist() == ["D7", "stop"]


def test_a_retake_is_joined_by_the_code_of_the_name(collected: Collected) -> None:
    found = analyse(collected.tables)["essay_results"].set_index("school_id")
    assert found.loc["000001", ["n", "n_first", "n_retake", "n_not"]].tolist() == [2, 1, 1, 0]
    assert found.loc["000002", "n"] == 1


def test_a_diagnostic_work_lives_beside_the_vpr_of_the_same_pupils(collected: Collected) -> None:
    tests = collected.tables["tests"].set_index("test_id")["procedure"]
    assert tests.to_dict() == {"diagnostic_2025_09_ma": "diagnostic", "vpr_2025_09_ma": "vpr"}
    works = collected.tables["works"]
    assert works["test_id"].tolist() == ["diagnostic_2025_09_ma", "vpr_2025_09_ma"]
    assert collected.tables["tasks"].groupby("test_id").size().tolist() == [2, 2]


def test_no_name_reaches_a_table_a_document_or_the_terminal(
    home: Home, collected: Collected, capfd: pytest.CaptureFixture[str]
) -> None:
    tables = {**collected.tables, **analyse(collected.tables)}
    with store.exclusive(home):
        publish(home, collected, tables, as_of=date(2025, 11, 1), snapshot="x").commit({})
    written = [p for p in home.root.rglob("*") if p.is_file() and not p.is_relative_to(home.raw)]
    assert any(p.name == "essays.parquet" for p in written)
    content = {path: _content(path).lower() for path in written}
    content[Path("terminal")] = "".join(capfd.readouterr()).lower()
    assert not [(p, n) for p, text in content.items() for n in NAMES if n in text]


def _content(path: Path) -> str:
    """Everything that a file says, unpacked."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype(str).to_csv()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(n).decode(errors="replace") for n in archive.namelist())
    return path.read_bytes().decode(errors="replace")
