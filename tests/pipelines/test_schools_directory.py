"""One school under all its logins; one municipality under all its spellings."""

import pandas as pd

from pipelines.canonical.schools import build_directory, place_key, school_key

NO_CONTEXT = pd.DataFrame({"login": [], "gia_code": [], "correctional": []}, dtype="str")


def registry(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["logins", "short_name", "municipality", "gia_code", "kind"]
    ).astype({"short_name": "str", "municipality": "str", "gia_code": "str", "kind": "str"})


def seen(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["login", "municipality", "school_name"]).astype("str")


def test_two_logins_of_a_year_change_are_one_school() -> None:
    assert school_key("sch990007") == school_key("edu990007") == "990007"
    assert school_key("ksh990007") == "ksh990007"


def test_the_registry_joins_logins_that_share_nothing() -> None:
    directory = build_directory(
        registry((["sch1", "edu77"], "Школа № 1", "город Заозёрск", None, None)),
        seen(("edu77", None, None), ("sch1", None, None)),
        NO_CONTEXT,
        default_place="—",
    )
    ids = directory.school_ids(pd.Series(["edu77", "sch1", None], dtype="str"))
    assert ids.tolist()[:2] == ["1", "1"]
    assert pd.isna(ids.iloc[2])
    assert directory.schools["logins"].tolist() == [["edu77", "sch1"]]
    assert directory.schools["in_registry"].tolist() == [True]


def test_a_school_outside_the_registry_is_named_by_its_files() -> None:
    directory = build_directory(
        registry(),
        seen(
            ("edu5", "reg99_vpr_m003", None),
            ("edu5", "Заозёрский муниципальный район", "Школа № 5"),
            ("edu6", None, None),
        ),
        NO_CONTEXT,
        default_place="Муниципалитет не указан",
    )
    rows = directory.schools.set_index("school_id")
    assert rows.loc["5", "short_name"] == "Школа № 5"
    assert rows.loc["5", "municipality"] == "Заозёрский муниципальный район"
    assert rows.loc["6", "short_name"] == "6"
    assert rows.loc["6", "municipality"] == "Муниципалитет не указан"
    assert not rows["in_registry"].any()


def test_spellings_and_codes_of_a_municipality() -> None:
    assert place_key("город Керчь") == place_key("г. Керчь") == place_key(" Керчь ")
    assert place_key("reg91_vpr_m001") == place_key("город Керчь(reg91_m001)") == "reg91_m001"
    assert place_key("Ленинский район") == place_key("Ленинский муниципальный район")
    assert place_key("Керчь") != place_key("Феодосия")


def test_the_registrys_spelling_wins() -> None:
    directory = build_directory(
        registry((["sch1"], "Школа № 1", "город Заозёрск", None, None)),
        seen(("edu2", "г. Заозёрск", "Школа № 2")),
        NO_CONTEXT,
        default_place="—",
    )
    assert directory.schools["municipality"].tolist() == ["город Заозёрск", "город Заозёрск"]
    found = directory.municipalities(pd.Series(["Заозёрск", "Дальний"], dtype="str"))
    assert found.tolist() == ["город Заозёрск", "Дальний"]
