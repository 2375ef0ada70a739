"""The layout of 2022: «Классы» name the test, «Протокол» holds the works."""

import pytest

from pipelines.readers import vpr_export_2022 as reader
from pipelines.readers.reading import Sheet, Workbook

HEAD = ["Пользователь", "Код региона", "Регион", "Муниципалитет", "Школа", "Дата загрузки"]
CLASSES = [*HEAD, 'Буква (цифра) класса. Введите "нет" - если отсутствует']
CLASSES += ["Основной учебник по предмету", "Другое (автор учебника)"]
TITLES = [*HEAD, "Код", "Вариант", "1 (1б)", "5(1б)", "6К1 (3б)", "16 (1) (1б)"]
TITLES += ["Наименование класса", "Пол", "Отметка за предыдущий триместр/ четверть/полугодие"]
TITLES += ["Итого баллов"]
SCHOOL = ["edu000001", 0.0, "reg000000 | Лесной край", "reg00_m001 | Лесной район"]
SCHOOL += ['edu000001 | МБОУ "СОШ №1"', "09.03.2022 10:06:41"]


def klass(textbook: str) -> list:
    return [*SCHOOL, "А", textbook, ""]


def work(variant="1", points=(1.0, 1.0, 2.0, 0.0), total=4.0) -> list:
    return [*SCHOOL, 1001.0, variant, *points, "11 а", "ж", 4.0, total]


def book(
    works: list[list], textbooks: tuple[str, ...] = ("bio11.6 | 1.3",), path="2022/11/Биология.xlsx"
) -> Workbook:
    classes = Sheet("Классы", [CLASSES, *(klass(t) for t in textbooks)])
    return Workbook(path, (classes, Sheet("Протокол", [TITLES, *works])))


def codes(reading) -> list[str]:
    return reading.problems["code"].tolist()


def test_code_and_name_cells() -> None:
    reading = reader.read(book([work()]))
    found = reading.tables["works"].iloc[0]
    assert (found["login"], found["municipality"]) == ("edu000001", "Лесной район")
    assert (found["school_name"], found["class_label"]) == ('МБОУ "СОШ №1"', "11А")
    assert codes(reading) == []


def test_tasks_with_their_maxima() -> None:
    test = reader.read(book([work()])).test
    assert [(t.task, t.max_points) for t in test.tasks] == [
        ("1", 1),
        ("5", 1),
        ("6К1", 3),
        ("16.1", 1),
    ]
    assert test.max_score == 6


def test_the_content_names_the_test() -> None:
    reading = reader.read(
        book([work()], ("bio11.6 | x", "ma4.8 | x", "bio11.5 | x"), "2849657.xlsx")
    )
    assert (reading.test.year, reading.test.grade) == (2022, 11)
    assert reading.test.subject == "Биология"
    assert codes(reading) == []


def test_the_content_wins_over_the_path() -> None:
    reading = reader.read(book([work()], ("ma4.8 | 1.1",)))
    assert (reading.test.grade, reading.test.subject) == (4, "Математика")
    assert codes(reading) == ["path_contradicts_content"] * 2


@pytest.mark.parametrize("textbook", ["", "другое", "zzz7.1 | x"])
def test_without_textbook_codes_the_path_serves(textbook) -> None:
    reading = reader.read(book([work()], (textbook,)))
    assert (reading.test.grade, reading.test.subject) == (11, "Биология")
    assert codes(reading) == []


def test_absent_with_a_total_of_zero_is_no_zero_score() -> None:
    reading = reader.read(book([work("отсутствовал", [""] * 4, 0.0)]))
    assert reading.tables["works"]["absent"].tolist() == [True]
    assert reading.tables["works"]["score"].isna().all()
    assert codes(reading) == []


def test_a_total_below_the_sum_is_replaced_by_the_sum() -> None:
    reading = reader.read(book([work(total=3.0)]))
    assert reading.tables["works"]["score"].tolist() == [4]
    assert reading.problems[["code", "value", "expected", "cell"]].to_numpy().tolist() == [
        ["total_differs_from_sum", "3", "4", "P2"]
    ]


def test_a_topic_not_taught() -> None:
    reading = reader.read(book([work(points=(1.0, "не пройд.", 2.0, 0.0), total=3.0)]))
    found = reading.tables["works"].iloc[0]
    assert (found["score"], found["not_taught"], found["skipped"]) == (3, 0b10, 0)
    assert codes(reading) == []


@pytest.mark.parametrize(("points", "faults"), [(2.0, 0), (3.0, 0), (4.0, 1)])
def test_points_above_the_maximum_of_the_header(points, faults) -> None:
    total = 2.0 + points
    reading = reader.read(book([work(points=(1.0, 1.0, points, 0.0), total=total)]))
    assert codes(reading) == ["points_above_maximum"] * faults
    assert reading.tables["works"]["p3"].isna().sum() == faults
    assert reading.tables["works"]["score"].tolist() == [total]
    if faults:
        problem = reading.problems.iloc[0]
        assert (problem["cell"], problem["expected"]) == ("K2", "3")


def test_two_part_variants() -> None:
    titles = [("Вариант (часть 1)" if t == "Вариант" else t) for t in TITLES]
    titles[titles.index("6К1 (3б)")] = "Вариант (часть 2)"
    row = work(points=(1.0, 1.0, "отсутствовал", ""), total=2.0)
    sheets = (Sheet("Протокол", [titles, row]),)
    reading = reader.read(Workbook("2022/11/Биология.xlsx", sheets))
    found = reading.tables["works"].iloc[0]
    assert (found["variant"], found["absent"], found["score"]) == ("1/—", False, 2)
    assert codes(reading) == []
