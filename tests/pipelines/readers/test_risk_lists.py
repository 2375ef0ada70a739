"""Lists behind the zones of risk: medals, movers, exam points; no name leaves the reader."""

from datetime import date, datetime

import pytest

from pipelines.readers import exam_ege, exam_point_register, layouts, medal_list, mover_list
from pipelines.readers.persons import Context

KEY = Context(b"k" * 32)
NAMES = ("кракозябров", "пробина", "проба")
WHO = ["Код ОО", "Фамилия", "Имя", "Отчество"]


def nameless(reading) -> bool:
    frames = [reading.problems, *reading.tables.values()]
    told = " ".join(frame.to_csv() for frame in frames).lower()
    return not any(name in told for name in NAMES)


def test_medals_with_status_and_degree(book) -> None:
    workbook = book(
        ["Претенденты на медаль и медалисты 2026 года"],
        ["№", *WHO, "Степень", "Статус"],
        [1.0, 9306.0, "Кракозябров", "Проба", "П.", "I степень", "Выдана"],
        [2.0, "09306", "Пробина", "Проба", "П.", "серебряная", "претендент"],
        [3.0, 9306.0, "Пробина", "Проба", "Я.", "", "Медалист"],
    )
    assert layouts.layout_of(workbook) is medal_list
    reading = medal_list.read(workbook, KEY)
    found = reading.tables["medals"]
    assert found[["year", "login", "degree", "status", "row"]].astype("object").where(
        found[["year", "login", "degree", "status", "row"]].notna(), None
    ).to_numpy().tolist() == [
        [2026, "gia9306", "I", "issued", 3],
        [2026, "gia9306", "II", "candidate", 4],
        [2026, "gia9306", None, "issued", 5],
    ]  # fmt: skip
    assert found["person"].nunique() == 3
    assert reading.problems["code"].tolist() == ["list_personal_columns"]
    assert nameless(reading)


def test_the_code_of_a_medallist_is_that_of_the_protocol(book) -> None:
    protocol = book(
        ["01 - Русский язык 2026.05.30"],
        ["№", *WHO[:1], "Класс", *WHO[1:], "Код участника", "Ответы в краткой форме",
         "Ответы в развернутой форме", "Первичный балл", "Итоговый балл"],
        [1.0, 9306.0, "11", "Кракозябров", "Проба", "П.", "000001", "++-", "1(2)", 3.0, 61.0],
    )  # fmt: skip
    sat = exam_ege.read(protocol, KEY).tables["works"]
    whole = book(
        ["Выданные медали", "", "2026 год"],
        ["Код ОО", "ФИО", "Степень"],
        ["9306", "КРАКОЗЯБРОВ  Проба П.", 1.0],
    )
    reading = medal_list.read(whole, KEY)
    assert reading.tables["medals"]["person"].tolist() == sat["person"].tolist()
    assert reading.tables["medals"]["status"].tolist() == ["issued"]
    assert nameless(reading)


def test_faults_of_a_medal_list_name_their_cells_and_nobody(book) -> None:
    reading = medal_list.read(
        book(
            [*WHO, "Медаль", "Статус", "Год"],
            ["", "Кракозябров", "Проба", "", "I", "выдана", 2026.0],
            [9306.0, "", "Проба", "", "I", "выдана", 2026.0],
            [9306.0, "Пробина", "Проба", "", "третья", "Пробина", 2026.0],
            [9306.0, "Пробина", "Проба", "", "II", "выдана", "Проба"],
        ),
        KEY,
    )
    assert sorted(zip(reading.problems["cell"], reading.problems["code"], strict=True)) == [
        ("A2", "exam_school_missing"),
        ("B1", "list_personal_columns"),
        ("B3", "exam_pupil_missing"),
        ("E4", "medal_degree_unknown"),
        ("F4", "medal_status_unknown"),
        ("G5", "table_year_unknown"),
    ]
    assert nameless(reading)


@pytest.mark.parametrize(
    "day", ["15.10.2025", "2025-10-15", "15.10.25", datetime(2025, 10, 15), date(2025, 10, 15)]
)
def test_movers(book, day) -> None:
    workbook = book(
        ["Зачисленные в 10–11 классы, выпуск 2026 года"],
        [*WHO, "Дата зачисления в ОО"],
        [9306.0, "Кракозябров", "Проба", "П.", day],
        [9306.0, "Пробина", "Проба", "П.", "осенью"],
    )
    assert layouts.layout_of(workbook) is mover_list
    reading = mover_list.read(workbook, KEY)
    assert reading.tables["movers"][["year", "enrolled"]].to_numpy().tolist() == [
        [2026, "2025-10-15"]
    ]
    assert reading.rows_read == 2
    assert reading.problems[["code", "cell"]].to_numpy().tolist()[-1] == [
        "mover_date_unreadable", "E4",
    ]  # fmt: skip
    assert nameless(reading)


def test_the_register_of_exam_points(book) -> None:
    workbook = book(
        ["Реестр ППЭ", "", "2025/2026 учебный год"],
        ["№", "Код ППЭ", "Руководитель", "Код ОО", "Предмет", "Удалено", "Аннулировано",
         "Нарушений процедуры", "Апелляций подано", "Апелляций удовлетворено"],
        [1.0, 1003.0, "Пробина", 9306.0, "Химия", 1.0, 0.0, 2.0, 3.0, 1.0],
        [2.0, 1003.0, "Пробина", "", "", "", "-", "", "", ""],
        [3.0, "Пробина", "", 9306.0, "Химия", 0.0, 0.0, 0.0, 0.0, 0.0],
        [4.0, 1004.0, "", 9306.0, "Химия", "одна", 0.0, 0.0, 0.0, 0.0],
    )  # fmt: skip
    assert layouts.layout_of(workbook) is exam_point_register
    reading = exam_point_register.read(workbook)
    found = reading.tables["exam_points"]
    columns = ["year", "exam_point", *exam_point_register.COUNTS, "row"]
    assert found[columns].to_numpy().tolist() == [
        [2026, "1003", 1, 0, 2, 3, 1, 3],
        [2026, "1003", 0, 0, 0, 0, 0, 4],
    ]
    assert found[["login", "subject"]].iloc[0].tolist() == ["gia9306", "Химия"]
    assert found[["login", "subject"]].iloc[1].isna().all()
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["exam_point_missing", "B5"],
        ["list_count_unreadable", "F6"],
    ]
    assert nameless(reading)


def test_other_tables_are_not_claimed(book) -> None:
    protocol = book(["01 - Химия 2026.05.30"], ["№", *WHO, "Класс", "Код ППЭ", "Первичный балл"])
    registry = book(["Логин", "Краткое наименование", "Код ОО ГИА"])
    for workbook in (protocol, registry):
        assert not medal_list.recognises(workbook)
        assert not mover_list.recognises(workbook)
        assert not exam_point_register.recognises(workbook)
