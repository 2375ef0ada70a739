"""«Сравнение отметок с отметками по журналу», wide and tall."""

import pytest

from pipelines.readers import vpr_journal
from pipelines.readers.reading import Workbook

HEAD = [
    ["Сравнение отметок с отметками по журналу"],
    [],
    ["ВПР 2024 Математика 4 класс"],
    ["Предмет:", "Математика"],
    ["Максимальный первичный балл:", 20.0],
    [],
]
WIDE = [
    "Группы участников",
    "Кол-во участников(всего)",
    "Понизили (Отметка < Отметка по журналу) %",
    "Понизили (Отметка < Отметка по журналу) Кол-во участников",
    "Подтвердили (Отметка = Отметке по журналу) %",
    "Подтвердили (Отметка = Отметке по журналу) Кол-во участников",
    "Повысили (Отметка > Отметка по журналу) %",
    "Повысили (Отметка > Отметка по журналу) Кол-во участников",
]
SCHOOL = "СОШ № 1(edu000001)"


def wide(book, *rows) -> Workbook:
    return book(*HEAD, WIDE, *rows, path="2849657.xlsx", sheet="МА 4 Сравнение отметок с отметк")


def tall(book, *rows, path="1.xlsx", name="СОШ № 1(edu000001)") -> Workbook:
    header = ["Группы участников", "Кол-во участников", "%"]
    return book(*HEAD, [name], header, *rows, path=path)


FOUR = [
    ["Понизили (Отметка < Отметка по журналу)", 52.0, 55.91],
    ["Подтвердили (Отметка = Отметке по журналу) ", "37", "39,78"],
    ["Повысили  (Отметка > Отметка по журналу)", 4.0, 4.3],
    ["Всего", 93.0, 100.0],
]


def test_wide_report(book) -> None:
    workbook = wide(
        book,
        ["Примерская область", "29,586", 37.22, "11 011", 60.67, 17951.0, 2.11, 624.0],
        [SCHOOL, 93.0, 55.91, 52.0, 39.78, 37.0, 4.3, 4.0],
    )
    assert vpr_journal.recognises(workbook)
    reading = vpr_journal.read(workbook)
    assert reading.problems.empty
    assert reading.test.year == 2024
    found = reading.tables["report_journal"]
    assert found[["n", "lowered", "confirmed", "raised"]].to_numpy().tolist() == [
        [29586, 11011, 17951, 624],
        [93, 52, 37, 4],
    ]
    assert found["group"].tolist() == ["region", "school"]


@pytest.mark.parametrize(("raised", "told"), [(3.0, True), (4.0, False), (5.0, True)])
def test_outcomes_must_add_up(book, raised, told) -> None:
    reading = wide(book, [SCHOOL, 93.0, 55.91, 52.0, 39.78, 37.0, 4.3, raised])
    found = vpr_journal.read(reading).problems
    assert found["code"].tolist() == (["journal_sum"] if told else [])
    assert found["expected"].tolist() == (["93"] if told else [])
    assert found["cell"].tolist() == (["B8"] if told else [])


def test_table_merged_by_a_region(book) -> None:
    header = ["Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", *WIDE[1:]]
    row = [2024.0, 4.0, "Математика", "", "edu000001", "СОШ", 5.0, 20.0, 1.0, 60.0, 3.0, 20.0, 1.0]
    workbook = book(header, row)
    assert vpr_journal.recognises(workbook)
    reading = vpr_journal.read(workbook)
    assert reading.problems.empty
    found = reading.tables["report_journal"]
    assert found[["year", "n", "lowered", "confirmed", "raised"]].to_numpy().tolist() == [
        [2024, 5, 1, 3, 1]
    ]


def test_a_count_that_is_none_sets_the_group_aside(book) -> None:
    reading = vpr_journal.read(
        wide(
            book,
            [SCHOOL, 93.0, 55.91, "много", 39.78, 37.0, 4.3, ""],
            ["СОШ № 2(edu000002)", 0.0, "", "", "", "", "", ""],
        )
    )
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["journal_count_not_whole", "D8"],
        ["journal_count_not_whole", "H8"],
    ]
    assert reading.tables["report_journal"][["n", "raised", "row"]].to_numpy().tolist() == [
        [0, 0, 9]
    ]
    assert reading.rows_read == 2


def test_tall_report_is_one_group(book) -> None:
    workbook = tall(book, *FOUR)
    assert vpr_journal.recognises(workbook)
    reading = vpr_journal.read(workbook)
    assert reading.problems.empty
    found = reading.tables["report_journal"].iloc[0]
    assert found[["group", "group_code", "group_name"]].tolist() == ["school", "edu000001", SCHOOL]
    assert found[["n", "lowered", "confirmed", "raised", "row"]].tolist() == [93, 52, 37, 4, 9]
    assert reading.rows_read == 1


def test_the_path_names_the_school_of_a_tall_report(book) -> None:
    reading = vpr_journal.read(tall(book, *FOUR, path="school_5/edu000002/1.xlsx", name=""))
    found = reading.tables["report_journal"]
    assert found[["group_code", "group_name"]].to_numpy().tolist() == [["edu000002"] * 2]


def test_words_name_the_group_of_a_tall_report(book) -> None:
    reading = vpr_journal.read(tall(book, *FOUR, name="Примерская область"))
    assert reading.tables["report_journal"]["group"].tolist() == ["region"]


def test_a_tall_report_of_nobody_is_set_aside(book) -> None:
    reading = vpr_journal.read(tall(book, *FOUR, name=""))
    assert reading.problems["code"].tolist() == ["report_school_unknown"]
    assert reading.tables["report_journal"].empty


def test_a_tall_report_lacks_rows_or_numbers(book) -> None:
    lacking = vpr_journal.read(tall(book, *FOUR[:2]))
    assert lacking.problems[["code", "expected"]].to_numpy().tolist() == [
        ["journal_rows_unclear", "«Повысили», «Всего»"]
    ]
    faulty = vpr_journal.read(tall(book, ["Понизили", "нет"], *FOUR[1:]))
    assert faulty.problems["code"].tolist() == ["journal_count_not_whole", "journal_rows_unclear"]
    assert faulty.problems["cell"].tolist()[0] == "B9"
    assert faulty.rows_read == 0


def test_percents_alone_are_not_enough(book) -> None:
    reading = vpr_journal.read(
        book(*HEAD, [WIDE[0], WIDE[1], *WIDE[2::2]], [SCHOOL, 93.0, 1, 1, 1])
    )
    assert reading.problems["expected"].item() == (
        "«Понизили … Кол-во участников», «Подтвердили … Кол-во участников»,"
        " «Повысили … Кол-во участников»"
    )
