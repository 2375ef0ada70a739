"""Files of the olympiad: positions, headers, every fault by its cell, and no name kept."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from pipelines.readers import (
    olympiad_list,
    olympiad_pass,
    olympiad_protocol,
    olympiad_recheck,
)
from pipelines.readers.layouts import layout_of
from pipelines.readers.opening import open_workbook
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, Sheet, Workbook

CONTEXT = Context(b"k" * 32)
PATH = "ВсОШ/2024-2025/школьный этап.xlsx"
NAMES = ("тестов", "пробин", "иная", "образц", "проба")
# Maximum 35: 30 of 35 is 0.857…
BASE = ["Математика", "СОШ № 1", "М-1", "Тестов", "Проба", "Образцович", 8, "8А", 30,
        30 / 35, "победитель"]  # fmt: skip
CSV = ["Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "Муниципалитет", "ОУ", "Предмет",
       "Класс", "Этап", "Статус", "Год"]  # fmt: skip
LISTED = ["Тестов", "Проба", "Образцович", "М", "10.01.2011", "Район", "СОШ №1", "Математика", 8,
          "МЭ", "призёр", 2025]  # fmt: skip


def pupil(number: int, **changed: Any) -> list[Any]:
    """The row of another pupil: 20 of 35, with cells changed by their zero-based place."""
    row = [*BASE]
    row[2:4] = [f"М-{number}", f"Тестов{'абвгд'[number]}"]
    row[8:11] = [20, 20 / 35, "участник"]
    for place, value in changed.items():
        row[int(place[1:])] = value
    return row


def protocol(*rows: list[Any], header: bool = False, sheet: str = "математика") -> Sheet:
    """A sheet with its data from row 15, or from row 16 under a header in row 15."""
    width = max(map(len, rows))
    head = [[""] * width] * 14 + ([["Предмет", *[""] * (width - 1)]] if header else [])
    return Sheet(sheet, [*head, *[[*row, *[""] * (width - len(row))] for row in rows]])


def read(*sheets: Sheet, path: str = PATH, layout: ModuleType = olympiad_protocol) -> Reading:
    workbook = Workbook(path, sheets)
    assert layout_of(workbook) is layout
    return layout.read(workbook, CONTEXT) if layout is not olympiad_pass else layout.read(workbook)


def faults(reading: Reading) -> dict[str, str]:
    told = reading.problems[reading.problems["code"] != "olympiad_personal_columns"]
    return dict(zip(told["cell"].fillna(""), told["code"], strict=True))


def test_a_protocol_by_position() -> None:
    reading = read(protocol(BASE, pupil(2)), protocol(BASE, header=True, sheet="Лист2"))
    rows = reading.tables["olympiad"]
    assert reading.rows_read == 3
    assert list(rows["row"]) == [15, 16, 16]
    first = rows.iloc[0]
    assert (first["year"], first["stage"], first["subject"]) == (2025, "school", "Математика")
    assert (first["grade_studied"], first["grade_competed"], first["school"]) == (8, 8, "СОШ № 1")
    assert (first["score"], first["max_score"], first["status"]) == (30, 35, "winner")
    assert first["named"]
    assert faults(reading) == {}
    assert rows["pupil"][0] == rows["pupil"][2] != rows["pupil"][1]
    assert reading.addresses["математика", "school_id"] == "B"
    assert reading.addresses["математика", "pupil"] == "D"


def test_technology_and_physical_education_have_their_columns() -> None:
    technology = ["Технология", *BASE[1:8], "Робототехника", 60, 0.6, "призер"]
    physical = ["Физическая культура", *BASE[1:6], "м", 9, "8А", 20, 20, 30, 30, 50.5, 0.505,
                "победитель"]  # fmt: skip
    rows = read(protocol(technology, sheet="технология"),
                protocol(physical, sheet="физкультура")).tables["olympiad"]  # fmt: skip
    assert list(rows["subject"]) == ["Труд (технология)", "Физическая культура"]
    assert list(rows["score"]) == [60, 50.5]
    assert list(rows["max_score"]) == [100, 100]
    assert list(rows["grade_competed"]) == [8, 9]
    assert list(rows["status"]) == ["prize", "winner"]


def test_directions_of_technology_have_maxima_of_their_own() -> None:
    def row(number: int, direction: str, score: int, share: float) -> list[Any]:
        return ["Технология", *pupil(number)[1:8], direction, score, share, "участник"]

    rows = read(protocol(row(1, "А", 50, 0.5), row(2, "Б", 20, 0.5), sheet="технология"))
    assert list(rows.tables["olympiad"]["max_score"]) == [100, 40]


@pytest.mark.parametrize(
    ("changed", "cell", "code"),
    [
        ({"_10": "победитил"}, "K16", "olympiad_status_unknown"),
        ({"_10": ""}, "K16", "olympiad_status_missing"),
        ({"_8": 36, "_9": 36 / 35}, "I16", "olympiad_score_above_maximum"),
        ({"_8": "много"}, "I16", "olympiad_points_unclear"),
        ({"_9": 0.62}, "J16", "olympiad_percent_contradicts"),
        ({"_6": 7}, "G16", "olympiad_grade_below"),
        ({"_7": "восьмой"}, "H16", "olympiad_grade_unclear"),
        ({"_0": "Матиматика"}, "A16", "olympiad_subject_unknown"),
        ({"_1": ""}, "B16", "olympiad_school_missing"),
        ({"_3": "", "_2": ""}, "D16", "olympiad_pupil_missing"),
    ],
)
def test_each_fault_is_told_by_its_cell(changed: dict, cell: str, code: str) -> None:
    reading = read(protocol(BASE, pupil(2, **changed), pupil(3), pupil(4)))
    assert faults(reading) == {cell: code}


@pytest.mark.parametrize(("score", "told"), [(17, True), (17.5, True), (18, False)])
def test_a_winner_has_more_than_half(score: float, told: bool) -> None:
    winner = pupil(2, _8=score, _9=score / 35, _10="победитель")
    found = faults(read(protocol(BASE, winner, pupil(3))))
    assert found == ({"I16": "olympiad_winner_half"} if told else {})


@pytest.mark.parametrize(
    ("share", "told"), [(0.57, False), (0.565, True), (57, False), (57.1, False), (56.5, True)]
)
def test_a_printed_percent_may_be_rounded(share: float, told: bool) -> None:
    """20 of 35 is 57.142…"""
    scale = 100 if share > 1 else 1
    rows = [pupil(n, _8=s, _9=scale * s / 35) for n, s in ((1, 30), (3, 33))]
    found = faults(read(protocol(*rows, pupil(2, _9=share))))
    assert found == ({"J17": "olympiad_percent_contradicts"} if told else {})


def test_a_row_set_aside_leaves_the_others() -> None:
    reading = read(protocol(BASE, pupil(2, _8=36, _9=36 / 35), pupil(3)))
    assert list(reading.tables["olympiad"]["row"]) == [15, 17]
    assert reading.rows_read == 3  # one of them set aside


def test_a_sheet_with_a_changed_header_is_told_of_and_the_others_read() -> None:
    broken = Sheet("физика", [["Предмет", "Кто", "Сколько"], ["Физика", "СОШ № 1", 5]])
    reading = read(protocol(BASE), broken, Sheet("Инструкция", [["Заполните листы"]]))
    assert len(reading.tables["olympiad"]) == 1
    assert list(reading.problems.query("sheet == 'физика'")["code"]) == ["olympiad_sheet_unclear"]


def test_moved_columns_are_found_by_their_header() -> None:
    header = ["№", "Предмет", "Класс обучения", "Класс выступления", "ОО", "Шифр", "Сумма",
              "Макс. балл", "%", "Статус"]  # fmt: skip
    sheet = Sheet("Лист1", [header, [1, "право", "9А", 10, "СОШ № 1", "П-1", "12,5", 20, 62.5,
                                     "призёр"]])  # fmt: skip
    reading = read(sheet, layout=olympiad_list)
    row = reading.tables["olympiad"].iloc[0]
    assert (row["subject"], row["score"], row["max_score"]) == ("Право", 12.5, 20)
    assert (row["grade_studied"], row["grade_competed"], row["named"]) == (9, 10, False)
    assert faults(reading) == {}


def test_codes_of_ciphers_hold_for_one_sitting() -> None:
    def code(path: str, subject: str) -> str:
        row = [subject, *BASE[1:3], "", "", "", *BASE[6:]]
        return read(protocol(row), path=path).tables["olympiad"]["pupil"][0]

    school, other = PATH, PATH.replace("школьный", "муниципальный")
    assert code(school, "Математика") == code(school, "Математика")
    assert len({code(p, s) for p in (school, other) for s in ("Математика", "Физика")}) == 4


def test_without_year_or_stage_the_file_is_set_aside() -> None:
    reading = read(protocol(BASE), path="протокол.xlsx")
    told = reading.problems.set_index("code")
    assert pd.isna(told.loc["olympiad_year_unknown", "row"])
    assert pd.isna(told.loc["olympiad_stage_unknown", "row"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [";", ","])
def test_a_list_as_text(tmp_path, encoding: str, separator: str) -> None:
    path = tmp_path / "участия.csv"
    lines = [separator.join(map(str, row)) for row in (CSV, LISTED)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    reading = read(*open_workbook(path, path.name).sheets, path=path.name, layout=olympiad_list)
    row = reading.tables["olympiad"].iloc[0]
    assert (row["year"], row["stage"], row["status"], row["school"]) == (
        2025, "municipal", "prize", "СОШ №1")  # fmt: skip
    assert row["grade_studied"] == row["grade_competed"] == 8
    assert pd.isna(row["score"])


def test_synonyms_of_a_list() -> None:
    header = [*CSV]
    header[6] = "Полное наименование общеобразовательной организации"
    header[8], header[10], header[11] = "Класс обучения", "Статус участника", "Год участия"
    row = [*LISTED]
    row[9], row[11] = "муниципальный этап", "2024/2025"
    found = read(Sheet("Лист1", [header, row]), layout=olympiad_list).tables["olympiad"]
    assert list(found["year"]) == [2025]
    assert list(found["stage"]) == ["municipal"]


def test_the_same_name_has_one_code_in_protocol_and_list() -> None:
    one = read(protocol(BASE)).tables["olympiad"]["pupil"][0]
    other = read(Sheet("Лист1", [CSV, LISTED]), layout=olympiad_list).tables["olympiad"]["pupil"][0]
    assert one == other


def recheck(header: list[str], *rows: list[Any]) -> Reading:
    return read(Sheet("Лист1", [header, *rows]), layout=olympiad_recheck)


RECHECK = ["Школа", "Предмет", "Класс", "Код участника", "Балл", "Балл перепроверки",
           "Максимальный балл"]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        RECHECK,
        [
            "ОО",
            "Предмет",
            "Класс",
            "Шифр",
            "Балл жюри",
            "Балл по итогам перепроверки",
            "Макс. балл",
        ],
        ["ОО", "Предмет", "Параллель", "Шифр", "Исходный балл", "Результат перепроверки", "Макс"],
    ],
)
def test_the_form_of_a_recheck(header: list[str]) -> None:
    reading = recheck(header, ["СОШ № 1", "Право", 9, "П-1", 30, 24, 50])
    row = reading.tables["rechecks"].iloc[0]
    assert (row["score"], row["recheck"], row["max_score"]) == (30, 24, 50)
    assert (row["year"], row["stage"], row["subject"]) == (2025, "school", "Право")
    assert faults(reading) == {}


def test_faults_of_a_recheck() -> None:
    reading = recheck(
        RECHECK,
        ["СОШ № 1", "Право", 9, "П-1", 30, "", 50],
        ["СОШ № 1", "Право", 9, "П-2", 30, 51, 50],
        ["СОШ № 1", "Право", 9, "П-3", 30, 50, 50],
    )
    assert faults(reading) == {"F2": "recheck_incomplete", "F3": "olympiad_score_above_maximum"}
    assert list(reading.tables["rechecks"]["row"]) == [4]


def test_pass_scores() -> None:
    sheet = Sheet("Лист1", [["Предмет", "Класс", "Проходной балл"], ["право", 9, 20],
                            ["право", "9Б", "нет"]])  # fmt: skip
    reading = read(sheet, layout=olympiad_pass)
    rows = reading.tables["pass_scores"]
    assert rows[["year", "subject", "grade", "score"]].to_numpy().tolist() == [
        [2025, "Право", 9, 20]
    ]
    assert faults(reading) == {"C3": "pass_score_missing"}


def test_no_name_leaves_the_reader() -> None:
    """Not even where a column was moved, so that a name stands in the place of the school."""
    shifted = ["Математика", "Иная Проба Образцовна", "М-9", "Пробин", "Проба", "Образцович", 8,
               "8А", "Тестов", "Проба", "Пробин"]  # fmt: skip
    readings = [
        read(protocol(BASE, shifted, pupil(2))),
        read(Sheet("Лист1", [CSV, LISTED]), layout=olympiad_list),
        recheck([*RECHECK, "ФИО"], ["СОШ № 1", "Право", 9, "П-1", 30, 24, 50, "Тестов Проба"]),
    ]
    for reading in readings:
        kept = [*reading.tables.values(), reading.problems]
        text = " ".join(frame.to_csv() for frame in kept).lower()
        assert not [name for name in NAMES if name in text]
    assert len(readings[0].tables["olympiad"]) == 3


@pytest.mark.real
def test_the_sample_files(open_sample: Callable[[str], Workbook]) -> None:
    listed = open_sample("vsosh/participations_import_RECONSTRUCTED.csv")
    found = read(*listed.sheets, path=listed.path, layout=olympiad_list).tables["olympiad"]
    assert list(found["status"]) == ["participant", "prize"]
    sample = open_sample("vsosh/school_stage_protocol_POSITIONS_ONLY.xlsx")
    rows = read(*sample.sheets).tables["olympiad"]
    assert list(rows["row"]) == [15, 16, 17, 18]
    assert list(rows["score"]) == [30, 25, 20, 15]
    assert set(rows["max_score"]) == {35}
    assert list(rows["grade_competed"]) == [9, 8, 8, 8]
    assert set(rows["grade_studied"]) == {8}
