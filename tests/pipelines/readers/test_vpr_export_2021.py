"""The layout of 2021: recognised by its columns, named by its path."""

from pipelines.readers import vpr_export_2021 as reader
from pipelines.readers.reading import Sheet, Workbook

TITLES = ["логин школы", "регион", "код обучающегося", "вариант", "всего баллов", "балл за 1"]
PATH = "2021/7/Проведение работы по биологии, 7 класс (по образцу 7 класса). ВПР 2021.xlsx"


def test_the_test_is_named_by_the_path_and_the_region_is_a_municipality() -> None:
    rows = [[*TITLES, "Учебник"], ["sch000001", "СПО Лесной край", "70001", "1", "1", "1", ""]]
    reading = reader.read(Workbook(PATH, (Sheet("Sheet", rows),)))
    assert (reading.test.year, reading.test.grade) == (2021, 7)
    assert reading.test.subject == "Биология"
    assert reading.tables["works"].loc[0, "municipality"] == "СПО Лесной край"
    assert reading.problems.empty


def test_a_path_that_names_nothing_stops_the_file() -> None:
    rows = [TITLES, ["sch000001", "Лесной район", "70001", "1", "1", "1"]]
    problems = reader.read(Workbook("2849657.xlsx", (Sheet("Sheet", rows),))).problems
    assert problems[["code", "expected"]].to_numpy().tolist() == [
        ["test_unknown", "год, класс, предмет"]
    ]


def test_recognised_without_some_of_its_columns() -> None:
    for lost in ("логин школы", "код обучающегося", "всего баллов", "вариант"):
        titles = [t for t in TITLES if t != lost]
        assert reader.recognises(Workbook("x.xlsx", (Sheet("Sheet", [titles]),)))
    assert not reader.recognises(Workbook("x.xlsx", (Sheet("Sheet", [TITLES[:-1]]),)))
