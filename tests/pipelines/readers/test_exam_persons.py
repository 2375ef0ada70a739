"""Codes in place of names: the same person has the same code, and only with the same key."""

import pandas as pd

from pipelines.readers.persons import like_a_person, person_codes
from pipelines.readers.tokens import Tokens

KEY = b"k" * 32


def code(
    surname: str, name: str = "Проба", school: str | None = "gia1", key: bytes = KEY
) -> object:
    parts = [Tokens.of([[part]]).column(0) for part in (surname, name, "Образцович")]
    return person_codes(parts, pd.array([school], dtype="str"), key)[0]


def test_the_spelling_of_a_name_does_not_count() -> None:
    assert code("Тестёв") == code(" ТЕСТЕВ ") == code("Тестев")
    assert code("Тест-Пробин") == code("Тест – Пробин")
    assert code("Сорока") == code("Copoka".replace("C", "С"))  # Latin letters among Cyrillic ones


def test_name_school_and_key_make_the_code() -> None:
    codes = [code("Тестов"), code("Тестова"), code("Тестов", "Иное"), code("Тестов", school="gia2"),
             code("Тестов", key=b"x" * 32)]  # fmt: skip
    assert len(set(codes)) == 5
    assert all(len(c) == 20 and "ест" not in c for c in codes)


def test_parts_of_a_name_do_not_run_together() -> None:
    assert code("Тест", "овПроба") != code("Тестов", "Проба")


def test_without_surname_or_school_there_is_no_code() -> None:
    assert pd.isna(code(" "))
    assert pd.isna(code("Тестов", school=None))


def test_what_may_be_a_name() -> None:
    assert all(map(like_a_person, ["Тестов", "ТЕСТОВ П. О.", "Тест-Пробин Проба Образцович"]))
    assert not any(map(like_a_person, ["Меню столовой", "каша", "9А", "Код ОО 5"]))
