import pandas as pd
import pytest

from analytics.detectors.implausible_mean import LEVEL
from analytics.finding_words import reasons
from analytics.schema import VERDICT

NBSP = "\u00a0"
FACTS = {
    "year": 2024, "school_id": "s1", "scope": "", "status": "none", "checked": "tested",
    "estimate": 0.314, "ci_low": 0.2, "ci_high": 0.428, "unit": "доля поднятых", "z": 4.0,
    "mde": 0.226, "pupils": 12.4, "pupils_low": 8.0, "pupils_high": 17.0, "risk": 0.001,
    "weight": 3, "sides": 1, "alone": "yes", "name": "подъём до границы отметки", "reason": None,
    "detector": "boundary_lifting",
}  # fmt: skip
OF_VERDICT = {
    "detector": VERDICT, "name": None, "alone": None, "weight": None, "sides": None, "risk": None,
    "checked": None,
}  # fmt: skip
TEXTS = ("unit", "reason", "name", "alone", "checked", "detector", "status", "scope", "school_id")
FACT = (
    f"подъём до границы отметки — 0,31 (доля поднятых; 95{NBSP}%: от 0,20 до 0,43), "
    "участников: 12 (от 8 до 17)"
)


def words(*rows: dict) -> list[str]:
    """Reasons of rows that differ from FACTS; a school without a verdict row gets a red one."""
    full = [FACTS | r for r in rows]
    if not any(r["detector"] == VERDICT for r in full):
        full.append(FACTS | OF_VERDICT | {"status": "red"})
    frame = pd.DataFrame(full).astype(dict.fromkeys(TEXTS, "str"))
    numbers = ["estimate", "ci_low", "ci_high", "z", "mde", "risk", "weight"]
    numbers += ["pupils", "pupils_low", "pupils_high"]
    return reasons(frame.astype(dict.fromkeys(numbers, "float64"))).tolist()


def test_a_sign_with_its_numbers() -> None:
    assert words({"status": "amber"}) == [FACT, f"признаки риска, требуется проверка: {FACT}"]


def test_parts_of_the_numbers_may_be_missing() -> None:
    bare = {"status": "amber", "ci_low": None, "pupils_low": None}
    assert words(bare)[0] == ("подъём до границы отметки — 0,31 (доля поднятых), участников: 12")
    assert words(bare | {"pupils": None})[0].endswith("0,31 (доля поднятых)")


@pytest.mark.parametrize(
    ("value", "text"), [(-0.004, "0,00"), (-0.006, "\u22120,01"), (0.0, "0,00"), (12.0, "12,00")]
)
def test_numbers_have_a_comma_and_a_minus(value, text) -> None:
    assert f" — {text} (" in words({"status": "amber", "estimate": value})[0]


@pytest.mark.parametrize(("z", "in_part"), [(1.64, True), (1.645, False), (1.65, False)])
def test_a_sign_of_a_part_of_the_school_says_so(z, in_part) -> None:
    assert ("заметен в части проверок" in words({"status": "amber", "z": z})[0]) == in_part


def test_no_sign_says_what_could_hide() -> None:
    assert words({})[0] == "признака нет; меньше 0,23 (доля поднятых) могло остаться незамеченным"
    assert words({"mde": None})[0] == "признака нет"


def test_an_untested_row_keeps_its_reason() -> None:
    row = {"checked": "not_applicable", "status": "not_applicable", "reason": "нет шкалы"}
    found = words(row, FACTS | OF_VERDICT | {"status": "not_enough_data", "mde": None})
    assert found[0] == "нет шкалы"
    assert found[1] == (
        "данных мало, чтобы судить о школе. Не проверено: подъём до границы отметки (нет шкалы)"
    )


def test_a_level_and_a_journal_are_explained() -> None:
    assert words({"unit": LEVEL})[0].endswith("высокий средний сам по себе не признак")
    below = {"status": "amber", "sides": 2, "z": -4.0}
    assert words(below)[0].endswith(
        "в журнале отметки выше, чем за ВПР: признак относится к журналу"
    )
    assert "журнал" not in words(below | {"z": 4.0})[0]
    assert "журнал" not in words(below | {"status": "none"})[0]


def of_school(status: str, **facts) -> dict:
    return FACTS | OF_VERDICT | {"status": status} | facts


def test_a_quiet_school() -> None:
    assert words({}, of_school("none"))[1] == (
        "признаков не найдено; подъём до границ отметок обнаружился бы, начиная с величины "
        "0,23 (доля поднятых), меньший мог остаться незамеченным"
    )
    assert words({}, of_school("none", mde=None))[1] == "признаков не найдено среди проверенного"


def test_a_school_with_few_data() -> None:
    assert words({}, of_school("not_enough_data", mde=0.6))[1] == (
        "данных мало: подъём до границ отметок обнаружился бы, лишь начиная с величины "
        "0,60 (доля поднятых)"
    )


def test_facts_of_a_school_by_weight_then_name() -> None:
    light = {"name": "малый разброс", "weight": 1, "detector": "low_variance", "pupils": None}
    said = words(light, {}, {"risk": 0.05, "detector": "heaping"}, of_school("amber"))[-1]
    assert said.startswith(f"отдельные признаки, требуется дополнительный анализ: {FACT}; малый")
    assert said.count("доля поднятых;") == 2  # p = .05 is not below .05


def test_levels_and_what_has_no_weight_are_not_named_in_a_verdict() -> None:
    said = words({}, {"unit": LEVEL, "detector": "implausible_mean"}, of_school("red"))[-1]
    assert said == f"признаки риска, требуется проверка: {FACT}"
    said = words({}, {"weight": 0, "detector": "cusum"}, of_school("red"))[-1]
    assert said == f"признаки риска, требуется проверка: {FACT}"


@pytest.mark.parametrize(
    ("alone", "why"),
    [
        ("no", "один он не решает, признаков другого рода нет"),
        ("yes", "по всем проверкам вместе она не выделяется"),
    ],
)
@pytest.mark.parametrize("status", ["none", "not_enough_data"])
def test_a_marked_row_of_an_unmarked_school_is_explained_on_both(alone, why, status) -> None:
    row, school = words({"status": "amber", "alone": alone}, of_school(status))
    assert row == f"{FACT}; школу этот признак не отмечает: {why}"
    opening = f"один этот признак школу не отмечает: {FACT}; "
    rest = {"none": "других признаков не найдено; подъём", "not_enough_data": "данных мало: "}
    assert school.startswith(opening + rest[status])


def test_several_marked_rows_of_an_unmarked_school() -> None:
    both = ({"status": "amber"}, {"status": "amber", "detector": "cusum", "weight": 0})
    assert words(*both, of_school("none"))[2].startswith("эти признаки вместе школу не отмечают: ")


@pytest.mark.parametrize("status", ["red", "amber"])
def test_a_marked_row_of_a_marked_school_needs_no_excuse(status) -> None:
    assert words({"status": "amber", "alone": "no"}, of_school(status))[0] == FACT


def test_schools_do_not_borrow_each_others_words() -> None:
    other = {"school_id": "s2"}
    found = words(
        {"status": "amber", "alone": "no"}, of_school("none"), other, of_school("none", **other)
    )
    assert found[3].startswith("признаков не найдено")
    assert "школу этот признак" not in found[2]
