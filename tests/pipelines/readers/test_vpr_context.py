"""Questionnaires of schools: one sheet in 2021, two sheets in 2022, nothing personal."""

from pipelines.readers import school_registry, vpr_context
from pipelines.readers.reading import Sheet, Workbook

HEADER_2021 = [
    "логин",
    "Код региона",
    "Название ОО",
    "ФИО директора (полностью)",
    '"Телефон ОО (с указанием кода города)"',
    "e-mail ОО",
    "Где расположена Ваша образовательная организация?",
    "Каков размер населенного пункта, в котором расположена ОО? ",
    "ОО является специальной (коррекционной)?",
    "ОО является вечерней (сменной)?",
    "ОО является школой-интернатом?",
    "Укажите количество обучающихся в ОО в 2020/2021 учебном году (в сумме по всем классам)",
    "Сколько всего в школе учителей (работающих не менее чем на 0,5 ставки)?",
    "Сколько в школе  учителей высшей категории (работающих не менее чем на 0,5 ставки)?",
]
ROW_2021 = ["SCH000001\u00a0", "00", "СОШ № 1", "Иванов Иван Иванович", "8000", "a@b", "2. Город",
            "5. 50–100 тыс. человек", "Да", "нет", "Нет", "1 060", 19.0, 8.0]  # fmt: skip
PLACE_2022 = [
    "Пользователь",
    "Муниципалитет",
    "Школа",
    "3.\tФИО директора (полностью)",
    "6.\tИНН",
    "7.\tКод ОГЭ",
    "8.\tКод ЕГЭ",
    "13. Адрес ОО (населенный пункт, улица, дом)",
    "14. Где расположена образовательная организация?",
    "15. Каков размер населенного пункта, в котором расположена ОО?",
]
WORK_2022 = [
    "Пользователь",
    "Школа",
    "17.2. ОО является отдельной организацией, осуществляющей образовательную деятельность по АОП"
    " (например, специальной (коррекционной) ОО?",
    "20. Укажите количество обучающихся в ОО в 2021/2022 учебном году (в сумме по всем классам)",
    "21. Общее количество обучающихся в 2021/2022 учебном году 2006 года рождения",
    "25. Сколько всего в ОО учителей/преподавателей?",
    "27. Сколько всего в ОО учителей/преподавателей первой и высшей категорий?",
]


def place(login, oge="5001", ege="9001") -> list:
    school = f"{login} | СОШ № 1"
    return [login, "reg00_m002 | Энский район", school, "Иванов И. И.", "00", oge, ege, "ул. 1",
            "4) Населенный пункт сельского типа", "1) Менее 1 тыс. человек"]  # fmt: skip


def work(login, pupils=70.0) -> list:
    return [login, f"{login} | СОШ № 1", "Нет", pupils, 10.0, 12.0, "8"]


def two_sheets(places, works) -> Workbook:
    return Workbook(
        "1.xlsx",
        (
            Sheet("Общая информация об ОО", [PLACE_2022, *places]),
            Sheet("ОБРАЗОВАТЕЛЬНАЯ ДЕЯТЕЛЬНОСТЬ ОО", [WORK_2022, *works]),
        ),
    )


def test_form_of_2021(book) -> None:
    workbook = book(HEADER_2021, HEADER_2021, ROW_2021)
    assert vpr_context.recognises(workbook)
    assert not school_registry.recognises(workbook)
    reading = vpr_context.read(workbook)
    found = reading.tables["school_context"]
    assert len(found) == reading.rows_read == 1
    school = found.iloc[0]
    assert school[["year", "login", "school_name"]].tolist() == [2021, "sch000001", "СОШ № 1"]
    assert school[["location", "settlement_size"]].tolist() == ["Город", "50–100 тыс. человек"]
    assert school[["correctional", "evening", "boarding"]].tolist() == [True, False, False]
    assert school[["pupils", "teachers", "teachers_top", "row"]].tolist() == [1060, 19, 8, 3]
    assert found[["municipality", "gia_code"]].isna().all(axis=None)


def test_personal_columns_are_named_and_never_read(book) -> None:
    reading = vpr_context.read(book(HEADER_2021, ROW_2021))
    assert reading.problems[["code", "cell", "value"]].to_numpy().tolist() == [
        [
            "personal_columns",
            "D1",
            'ФИО директора (полностью), "Телефон ОО (с указанием кода города)", e-mail ОО',
        ]
    ]
    everything = reading.tables["school_context"].to_csv() + reading.problems.to_csv()
    assert "Иванов" not in everything
    assert "8000" not in everything


def test_form_of_2022_is_joined_by_login() -> None:
    workbook = two_sheets(
        [place("edu000001"), place("edu000002", oge="")], [work("edu000002"), work("edu000001", 5)]
    )
    assert vpr_context.recognises(workbook)
    reading = vpr_context.read(workbook)
    found = reading.tables["school_context"]
    assert reading.problems["code"].tolist() == ["personal_columns"]
    assert found["login"].tolist() == ["edu000001", "edu000002"]
    assert found["year"].tolist() == [2022, 2022]
    assert found["gia_code"].tolist() == ["5001", "9001"]
    assert found["municipality"].tolist() == ["Энский район"] * 2
    assert found["school_name"].tolist() == ["СОШ № 1"] * 2
    assert found["pupils"].tolist() == [5, 70]
    assert found["teachers"].tolist() == [12, 12]
    assert found["teachers_top"].tolist() == [8, 8]
    assert found["correctional"].tolist() == [False, False]
    assert found[["evening", "boarding"]].isna().all(axis=None)
    assert found["sheet"].unique().tolist() == ["Общая информация об ОО"]
    assert reading.rows_read == 4


def test_a_school_on_one_sheet_only_is_kept_and_told() -> None:
    reading = vpr_context.read(
        two_sheets([place("edu000001"), place("edu000002")], [work("edu000001"), work("edu000003")])
    )
    found = reading.tables["school_context"]
    assert found["login"].tolist() == ["edu000001", "edu000002", "edu000003"]
    assert found["pupils"].isna().tolist() == [False, True, False]
    told = reading.problems.query("code == 'context_school_missing'")
    assert told[["sheet", "row", "login", "value"]].to_numpy().tolist() == [
        ["ОБРАЗОВАТЕЛЬНАЯ ДЕЯТЕЛЬНОСТЬ ОО", 3, "edu000003", "Общая информация об ОО"],
        ["Общая информация об ОО", 3, "edu000002", "ОБРАЗОВАТЕЛЬНАЯ ДЕЯТЕЛЬНОСТЬ ОО"],
    ]


def test_faulty_answers_are_blank(book) -> None:
    rows = [ROW_2021[:] for _ in range(4)]
    rows[0][8:9], rows[0][11:13] = ["не знаю"], [-1.0, "много"]
    rows[1][0] = "edu000002"
    rows[3][0] = ""
    reading = vpr_context.read(book(HEADER_2021, *rows))
    told = reading.problems.query("code != 'personal_columns'")
    assert told[["code", "cell", "value"]].to_numpy().tolist() == [
        ["school_login_missing", "A5", ""],
        ["school_login_repeated", "A4", "SCH000001\u00a0"],
        ["context_not_yes_or_no", "I2", "не знаю"],
        ["context_count_not_whole", "L2", "-1"],
        ["context_count_not_whole", "M2", "много"],
    ]
    found = reading.tables["school_context"]
    assert found["row"].tolist() == [2, 3]
    assert found.iloc[0][["correctional", "pupils", "teachers"]].isna().all()
    assert found.iloc[1][["correctional", "pupils", "teachers"]].tolist() == [True, 1060, 19]


def test_the_national_form_takes_its_year_from_the_path(book) -> None:
    header = ["Логин ОО", "Где расположена образовательная организация?",
              "Наименование населенного пункта", "Размер населенного пункта",
              "ОО является специальной (коррекционной)",
              "Количество обучающихся в ОО (в сумме по всем классам)"]  # fmt: skip
    row = ["edu000001", "2. Город", "Энск", "3. 5–10 тыс.", "Нет", 100.0]
    dated = vpr_context.read(book(header, header, row, path="2020/Конт_данныеОО.xlsx"))
    assert dated.tables["school_context"][["year", "pupils", "row"]].to_numpy().tolist() == [
        [2020, 100, 3]
    ]
    undated = vpr_context.read(book(header, row, path="Конт_данныеОО.xlsx"))
    assert undated.problems["code"].tolist() == ["context_year_unknown"]
    assert undated.tables["school_context"].empty


def test_all_missing_questions_are_named_at_once(book) -> None:
    reading = vpr_context.read(book(HEADER_2021[:8], ROW_2021[:8]))
    assert reading.problems[["code", "expected"]].to_numpy().tolist() == [
        [
            "table_columns_missing",
            "«ОО является специальной (коррекционной)?», «Укажите количество обучающихся в ОО …»",
        ]
    ]
