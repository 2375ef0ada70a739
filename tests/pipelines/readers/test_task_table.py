"""Task tables and lists of codes: one row per task, one row per code."""

import pytest

from pipelines.readers import task_table
from pipelines.readers.reading import Reading, Task
from pipelines.readers.work_tasks import canonical_task, plain

HEADER = [
    "№ по КИМу",
    "№",
    "Умения, виды деятельности (в соответствии с ФГОС)",
    "Блоки ПООП НОО: выпускник научится / получит возможность научиться",
    "Уровень сложности",
    "Код КЭС",
    "Код КТ",
    "Максимальный балл за выполнение задания",
]
PATH = "4_Математика_ALL.xlsx"


def task(name, number, *, level="Б", kes="1", kt="2.1", points="1", skill="Умение") -> list:
    return [name, number, skill, "Блок", level, kes, kt, points]


def read(book, *rows, path=PATH, header=HEADER) -> Reading:
    workbook = book(header, *rows, path=path)
    assert task_table.recognises(workbook)
    return task_table.read(workbook)


def test_repeated_rows_make_one_task(book) -> None:
    reading = read(
        book,
        task("1.0", 1.0, kes=1.0),
        task("1", "1", kes="2"),
        task("1", "1.0", kes="1", kt="2.2"),
        task("10.2K1", 2.0, level="B", kes="", kt="", points=3.0),
    )
    assert reading.problems.empty
    tasks = reading.tables["tasks"]
    assert tasks[["grade", "subject"]].drop_duplicates().to_numpy().tolist() == [[4, "Математика"]]
    assert tasks["position"].tolist() == [1, 2]
    assert tasks["task"].tolist() == ["1", "10.2К1"]
    assert tasks["max_points"].tolist() == [1, 3]
    assert tasks["level"].tolist() == ["Б", "В"]
    assert tasks["kes"].fillna("").tolist() == ["1; 2", ""]
    assert tasks["kt"].fillna("").tolist() == ["2.1; 2.2", ""]
    assert tasks["row"].tolist() == [2, 5]
    assert reading.rows_read == 4
    assert reading.test.max_score == 4
    assert reading.test.tasks == (Task("1", 1, "Б"), Task("10.2К1", 3, "В"))
    assert reading.test.year is None


def test_tasks_stand_in_the_order_of_their_numbers(book) -> None:
    tasks = read(book, task("3", 3.0), task("1", 1.0), task("2", 2.0)).tables["tasks"]
    assert tasks["task"].tolist() == ["1", "2", "3"]
    assert tasks["row"].tolist() == [3, 4, 2]


def test_another_name_under_a_number_is_told_and_the_first_kept(book) -> None:
    reading = read(book, task("8K1", 13.0), task("8К1", "13"), task("8К2", "13"), task("8К2", "14"))
    assert reading.problems[["code", "cell", "value", "expected"]].to_numpy().tolist() == [
        ["task_names_differ", "A4", "8К2", "8К1"]
    ]
    assert reading.tables["tasks"]["task"].tolist() == ["8К1", "8К2"]


def test_a_name_under_two_numbers_is_told(book) -> None:
    reading = read(book, task("1.1", 1.0), task("1.1", 2.0))
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [["task_name_repeated", "A3"]]
    assert len(reading.tables["tasks"]) == 2


def test_differing_maxima_and_levels_are_told_once(book) -> None:
    reading = read(
        book,
        task("1", 1.0),
        task("1", 1.0, points="3"),
        task("1", 1.0, points="3", level="П"),
    )
    assert reading.problems[["code", "cell", "value", "expected"]].to_numpy().tolist() == [
        ["task_maxima_differ", "H3", "3", "1"],
        ["task_levels_differ", "E4", "П", "Б"],
    ]
    assert reading.tables["tasks"][["max_points", "level"]].to_numpy().tolist() == [[1, "Б"]]


def test_faulty_cells(book) -> None:
    reading = read(
        book, task("1", "первое"), task("2", ""), task("3", 3.0, points="два", level="Ы")
    )
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["task_number_not_whole", "B2"],
        ["task_number_not_whole", "B3"],
        ["task_maximum_not_whole", "H4"],
        ["task_level_unknown", "E4"],
    ]
    tasks = reading.tables["tasks"]
    assert tasks["position"].tolist() == [1]
    assert tasks[["max_points", "level"]].isna().all(axis=None)
    assert reading.test.max_score is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("преобразо\x02вывать", "преобразовывать"),
        ("с\xadлово", "слово"),
        ("арифмети- ческие   действия", "арифмети- ческие действия"),
        ("две\nстроки", "две строки"),
        ("\x02", None),
    ],
)
def test_control_characters_are_dropped(cell, text) -> None:
    assert plain(cell) == text


@pytest.mark.parametrize(
    ("cell", "name"),
    [(1.0, "1"), ("1.0", "1"), ("12,1", "12.1"), ("10.2k1", "10.2К1"), (" 8К2", "8К2"), ("", None)],
)
def test_names_of_tasks(cell, name) -> None:
    assert canonical_task(cell) == name


@pytest.mark.parametrize(
    ("path", "grade", "subject"),
    [
        ("10_География_ALL.xlsx", 10, "География"),
        ("2021/4/Математика/ALL.xlsx", 4, "Математика"),
        ("описания/5_Русский_язык_ALL.xlsx", 5, "Русский язык"),
    ],
)
def test_the_path_names_the_work(book, path, grade, subject) -> None:
    test = read(book, task("1", 1.0), path=path).test
    assert (test.grade, test.subject) == (grade, subject)


def test_a_path_that_names_nothing(book) -> None:
    reading = read(book, task("1", 1.0), path="ALL.xlsx")
    assert reading.problems[["code", "expected"]].to_numpy().tolist() == [
        ["task_table_test_unknown", "класс, предмет"]
    ]
    assert not reading.tables


def test_all_missing_columns_are_named(book) -> None:
    header = [h for i, h in enumerate(HEADER) if i not in (1, 7)]
    reading = read(book, ["1", "Умение", "Блок", "Б", "1", "2"], header=header)
    assert reading.problems["expected"].tolist() == [
        "«№», «Максимальный балл за выполнение задания»"
    ]


def test_a_second_table_to_the_right_is_not_read(book) -> None:
    row = [*task("1", 1.0), "", *task("9", 9.0)]
    tasks = read(book, row, header=[*HEADER, "", *HEADER]).tables["tasks"]
    assert tasks["task"].tolist() == ["1"]


def test_list_of_codes(book) -> None:
    reading = read(
        book,
        [1.0, "Числа", ""],
        ["1.10 ", "", "Сложение\x02"],
        ["1.2", "Целые", "числа"],
        path="4_Математика_KS.xlsx",
        header=["Код ", "Элементы содержания, проверяемые ВПР", ""],
    )
    assert reading.problems.empty
    codes = reading.tables["codifier"]
    assert codes[["list", "code", "text"]].to_numpy().tolist() == [
        ["kes", "1", "Числа"],
        ["kes", "1.10", "Сложение"],
        ["kes", "1.2", "Целые числа"],
    ]
    assert reading.test.max_score is None


@pytest.mark.parametrize(
    ("path", "header", "found"),
    [
        ("8_Химия_KT.xlsx", "Проверяемые элементы содержания", "kt"),
        ("8/Химия/KS.xlsx", "Проверяемые требования", "kes"),
        ("8/Химия/коды.xlsx", "Проверяемые элементы содержания", "kes"),
        ("8/Химия/коды.xlsx", "Основные умения и способы действий", "kt"),
        ("8/Химия/коды.xlsx", "Требования к уровню подготовки выпускников", "kt"),
    ],
)
def test_the_files_name_decides_which_list_it_is(book, path, header, found) -> None:
    reading = read(book, ["1", "Текст"], path=path, header=["Код", header])
    assert reading.tables["codifier"]["list"].tolist() == [found]


def test_codes_without_text_texts_without_code_and_repeated_codes(book) -> None:
    reading = read(
        book,
        ["1", "Первое"],
        ["2", ""],
        ["", "Раздел"],
        ["1", "Другое"],
        path="4_Математика_KT.xlsx",
        header=["Код требования", "Требования к уровню подготовки"],
    )
    assert reading.problems[["code", "cell", "value"]].to_numpy().tolist() == [
        ["codifier_code_missing", "A4", "Раздел"],
        ["codifier_text_missing", "A3", "2"],
        ["codifier_code_repeated", "A5", "1"],
    ]
    assert reading.tables["codifier"]["code"].tolist() == ["1"]
    assert reading.rows_read == 4


def test_an_empty_sheet_has_its_own_message(book) -> None:
    for rows in ((), ([" ", ""],), (["Код", "Элементы содержания"],)):
        workbook = book(*rows, path="7_Английский_язык_KS.xlsx")
        assert task_table.recognises(workbook)
        assert task_table.read(workbook).problems["code"].tolist() == ["task_table_empty"]
    assert not task_table.recognises(book(path="пусто.xlsx"))


def test_the_head_of_individual_results_is_no_task_table(book) -> None:
    levels = ["", "", "Уровень сложности задания", "Б", "Б"]
    header = ["ОО", "Название ОО", "Код участника", "1 (2б)", "2 (1б)"]
    assert not task_table.recognises(book(levels, header))
