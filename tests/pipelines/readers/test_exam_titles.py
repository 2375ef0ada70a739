"""The exam of a block: its line as printed, else the file's name; never a table of codes."""

import pytest

from pipelines.readers.exam_title import exam_in_path, exam_line, exam_subject, titled_gve


@pytest.mark.parametrize(
    ("line", "subject", "day"),
    [
        ("12 - Обществознание 2026.07.03", "Обществознание", "2026-07-03"),
        ("01 - Русский язык  2025.06.09", "Русский язык", "2025-06-09"),
        ("Математика(2026.06.02)", "Математика", "2026-06-02"),
        ("02 – Математика профильная 05.06.2025", "Математика профильная", "2025-06-05"),
        ("22 - Математика базового уровня 2025.06.05", "Математика базовая", "2025-06-05"),
        ("18 - Родной (русский) язык 2026.06.05", "Родной язык", "2026-06-05"),
        ("25 - Информатика и ИКТ (КЕГЭ) 2026.06.05", "Информатика", "2026-06-05"),
        ("77 - Зельеварение 2026.06.05", None, "2026-06-05"),
    ],
)
def test_an_exam_line(line: str, subject: str | None, day: str) -> None:
    exam = exam_line(line)
    assert (exam.subject, exam.day, exam.year) == (subject, day, int(day[:4]))
    assert not exam.gve


@pytest.mark.parametrize(
    "text",
    ["Протокол проверки результатов  государственной итоговой аттестации 2026 г.",
     "00 - Примерская область", "04 - Химия 2026.13.01", "2026.06.01", "", 4.0,
     "Образцович Проба 2009.05.06"],
)  # fmt: skip
def test_what_is_no_exam_line(text: object) -> None:
    assert exam_line(text) is None


@pytest.mark.parametrize(
    ("line", "gve", "grade"),
    [("51 - ГВЭ-11 Русский язык 2026.06.05", True, 11),
     ("51 - ГВЭ Русский язык 2026.06.05", True, None),
     ("52 - Математика 2026.06.05", True, None),
     ("02 - Математика 2026.06.05", False, None)],
)  # fmt: skip
def test_gve(line: str, gve: bool, grade: int | None) -> None:
    exam = exam_line(line)
    assert (exam.gve, exam.grade) == (gve, grade)


def test_a_folder_of_both_exams_does_not_decide() -> None:
    assert titled_gve("ГВЭ 2026/химия.xlsx") == (True, None)
    assert titled_gve("Протокол ГВЭ-11") == (True, 11)
    assert titled_gve("ОГЭ и ГВЭ 2026/химия.xlsx") == (False, None)
    assert titled_gve("химия.xlsx") == (False, None)


def test_the_name_of_the_file_comes_before_its_folders() -> None:
    exam = exam_in_path("ОГЭ 2024/Химия/01 - Русский язык 2025.06.09.csv")
    assert (exam.subject, exam.day, exam.year) == ("Русский язык", "2025-06-09", 2025)
    exam = exam_in_path("ОГЭ 2024/Химия/выгрузка.csv")
    assert (exam.subject, exam.day, exam.year) == ("Химия", None, 2024)
    exam = exam_in_path("52_2025.06.09.csv")
    assert (exam.subject, exam.day, exam.gve) == (None, "2025-06-09", True)


def test_the_leftmost_spelling_names_the_subject() -> None:
    assert exam_subject("ГВЭ русский язык (сочинение)") == "Русский язык"
    assert exam_subject("Родная (русская) литература") == "Родная литература"
    assert exam_subject("code 05") is None
