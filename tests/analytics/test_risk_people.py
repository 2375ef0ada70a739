"""Z4, Z5 and Z7 by hand: below, on and above every limit."""

import pandas as pd
import pytest

from analytics.risk_people import medals, movers, year_marks

RU, SOC = "Русский язык", "Обществознание"


def sittings(*rows: tuple, year: int = 2021, columns: str = "person subject test_score"):
    frame = pd.DataFrame(list(rows), columns=columns.split())
    people = frame.get("person", pd.Series(range(len(frame))).astype("str"))
    frame = frame.assign(pupil=people, person=people, test_id=frame["subject"])
    given = {"mark": None, "journal_mark": None, "exam_date": None} | {
        c: frame[c] for c in ("mark", "journal_mark") if c in frame
    }
    return frame.assign(year=year, school_id="a", municipality="Т", **given).astype(
        {"test_score": "Int64", "mark": "Int64", "journal_mark": "Int64", "exam_date": "str"}
        | {"year": "Int64"}
    )


def listed(*rows: tuple, columns: str, year: int = 2021) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=columns.split()).assign(year=year, school_id="a")
    return frame.astype({"year": "Int64"})


def medal_list(*rows: tuple, year: int = 2021) -> pd.DataFrame:
    return listed(*rows, columns="person status degree", year=year)


@pytest.mark.parametrize(("score", "level"), [(69, "red"), (70, "none"), (71, "none")])
def test_an_issued_medal_below_the_rule_is_red(score, level) -> None:
    rows = medals(medal_list(("x", "issued", None)), sittings(("x", RU, score), ("x", SOC, 90)))
    assert rows["level"].tolist() == [level]
    assert f"ниже порога года {int(score < 70)};" in rows["words"].iloc[0]


@pytest.mark.parametrize(("score", "level"), [(41, "red"), (42, "none"), (43, "none")])
def test_in_2021_no_exam_may_be_below_its_minimum(score, level) -> None:
    rows = medals(medal_list(("x", "issued", None)), sittings(("x", RU, 95), ("x", SOC, score)))
    assert rows["level"].tolist() == [level]


@pytest.mark.parametrize(
    ("degree", "russian", "other", "level"),
    [("I", 70, 70, "none"), ("I", 70, 69, "red"), ("I", 69, 70, "red"), ("II", 60, 60, "none"),
     ("II", 60, 59, "red"), (None, 99, 99, "not_checked")],
)  # fmt: skip
def test_degrees_since_2024(degree, russian, other, level) -> None:
    sat = sittings(("x", RU, russian), ("x", SOC, other), year=2024)
    rows = medals(medal_list(("x", "issued", degree), year=2024), sat)
    assert rows["level"].tolist() == [level]


@pytest.mark.parametrize(("year", "said"), [(2020, "не требует"), (2022, "правила"), (2021, "")])
def test_years_without_a_rule_are_not_checked(year, said) -> None:
    rows = medals(medal_list(("x", "issued", None), year=year),
                  sittings(("x", RU, 30), year=year))  # fmt: skip
    assert rows["level"].tolist() == ["not_checked" if said else "red"]
    assert (said in rows["reason"].iloc[0]) if said else pd.isna(rows["reason"].iloc[0])


def test_a_candidate_below_is_information_and_a_stranger_is_not_checked() -> None:
    sat = sittings(("x", RU, 58))
    assert medals(medal_list(("x", "candidate", None)), sat)["level"].tolist() == ["info"]
    rows = medals(medal_list(("unknown", "issued", None)), sat)
    assert rows["level"].tolist() == ["not_checked"]
    assert "нет среди протоколов" in rows["reason"].iloc[0]


@pytest.mark.parametrize(("low", "level"), [(2, "none"), (3, "yellow"), (4, "yellow")])
def test_a_quarter_of_twelve_medallists_with_a_low_mean(low, level) -> None:
    people = [f"p{i:02d}" for i in range(12)]
    sat = sittings(*[(p, RU, 70) for p in people],
                   *[(p, SOC, 69 if i < low else 70) for i, p in enumerate(people)])  # fmt: skip
    rows = medals(medal_list(*[(p, "issued", None) for p in people]), sat)
    assert rows["level"].tolist() == [level]


def graduates(n: int, score: int = 60) -> list[tuple]:
    return [(f"p{i:02d}", RU, score) for i in range(n)]


@pytest.mark.parametrize(("came", "level"), [(2, "none"), (3, "yellow"), (4, "yellow")])
def test_fifteen_percent_of_twenty_moved(came, level) -> None:
    list_ = listed(*[(f"p{i:02d}", "2020-10-01") for i in range(came)], columns="person enrolled")
    rows = movers(list_, sittings(*graduates(20)))
    assert rows["level"].tolist() == [level]
    assert rows["value"].tolist() == [came / 20]


@pytest.mark.parametrize(
    ("day", "late"), [("2019-08-31", False), ("2019-09-01", False), ("2019-09-02", True)]
)
def test_moved_after_the_first_of_september_of_grade_ten(day, late) -> None:
    list_ = listed(*[(f"p{i:02d}", day) for i in range(5)], columns="person enrolled")
    rows = movers(list_, sittings(*graduates(20)))
    assert rows["level"].tolist() == ["yellow" if late else "none"]


@pytest.mark.parametrize(("above", "level"), [(9, "none"), (10, "yellow"), (11, "yellow")])
def test_movers_above_the_rest_in_the_same_subject(above, level) -> None:
    # 5 of 100 is under 15 %; the rest have 60, and 20 in a subject that no mover took.
    rest = [(f"r{i:02d}", RU, 60) for i in range(95)] + [("r00", SOC, 20)]
    came = [(f"p{i}", RU, 60 + above) for i in range(5)]
    list_ = listed(*[(p, "2020-10-01") for p, *_ in came], columns="person enrolled")
    assert movers(list_, sittings(*rest, *came))["level"].tolist() == [level]
    four = movers(list_.iloc[:4], sittings(*rest, *came[:4]))
    assert four["level"].tolist() == ["none"]


@pytest.mark.parametrize(("n", "level"), [(4, "not_checked"), (5, "info"), (9, "info"),
                                          (10, "yellow")])  # fmt: skip
def test_movers_of_a_small_school(n, level) -> None:
    list_ = listed(*[(f"p{i:02d}", "2020-10-01") for i in range(3)], columns="person enrolled")
    assert movers(list_, sittings(*graduates(n)))["level"].tolist() == [level]


def test_a_school_not_on_the_list_of_the_year_is_said_to_be_so() -> None:
    other = listed(("x", "2020-10-01"), columns="person enrolled").assign(school_id="b")
    rows = movers(other, sittings(*graduates(20)))
    assert rows["level"].tolist() == ["none"]
    assert "в списке года школы нет" in rows["words"].iloc[0]
    assert movers(other.assign(year=2020), sittings(*graduates(20))).empty


@pytest.mark.parametrize(("apart", "level"), [(1, "none"), (2, "yellow"), (3, "yellow")])
def test_a_fifth_of_ten_year_marks_apart_from_the_exam(apart, level) -> None:
    rows = [(SOC, 59 if i < apart else 60, 5) for i in range(10)]
    found = year_marks(sittings(*rows, columns="subject test_score journal_mark"))
    assert found["level"].tolist() == [level]


@pytest.mark.parametrize(
    ("mark", "score", "apart"),
    [(5, 59, True), (5, 60, False), (5, 61, False), (4, 41, True), (4, 42, False), (3, 10, False)],
)
def test_what_is_apart(mark, score, apart) -> None:
    rows = [(SOC, score, mark)] * 10
    found = year_marks(sittings(*rows, columns="subject test_score journal_mark"))
    assert found["value"].tolist() == [float(apart)]


def test_protocols_without_year_marks_give_no_row() -> None:
    assert year_marks(sittings(*graduates(20))).empty
