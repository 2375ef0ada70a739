"""The reason of a finding in Russian: what was seen with its numbers, or what could not be seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.detectors.implausible_mean import LEVEL
from analytics.schema import VERDICT

NBSP = "\u00a0"
SCHOOL = ["year", "school_id"]
NOTICED = 0.05
OPENING = {
    "red": "признаки риска, требуется проверка: ",
    "amber": "отдельные признаки, требуется дополнительный анализ: ",
}
JOURNAL = "; в журнале отметки выше, чем за ВПР: признак относится к журналу"
ONLY_LEVEL = "; без прежних результатов параллели высокий средний сам по себе не признак"
# A small p beside such a z comes from one class, subject or boundary of the school.
LEAST_Z = 1.645
PART = " — заметен в части проверок (класс, предмет, граница, вид заданий), в целом "
ONE_HELD = "один этот признак школу не отмечает: "
MANY_HELD = "эти признаки вместе школу не отмечают: "
HELD = "; школу этот признак не отмечает: "
ALONE_NO = "один он не решает, признаков другого рода нет"
TOGETHER_NO = "по всем проверкам вместе она не выделяется"
NO_SIGN = "признака нет; меньше "
HIDDEN = " могло остаться незамеченным"


def reasons(rows: pd.DataFrame) -> pd.Series:
    """One sentence per row of findings.

    rows: findings with checked (status of the evidence), risk, and weight, sides, alone and name
    of the card; the verdict rows have none of these.
    """
    verdict = rows["detector"] == VERDICT
    words = pd.Series(None, index=rows.index, dtype="str")
    flagged = rows[verdict & rows["status"].isin(OPENING)]
    schools = pd.MultiIndex.from_frame(flagged[SCHOOL])
    held = ~pd.MultiIndex.from_frame(rows[SCHOOL]).isin(schools) & (rows["status"] == "amber")
    words[~verdict] = _of_detectors(rows[~verdict], held[~verdict])
    whole = rows[~verdict & (rows["scope"] == "")].assign(held=held)
    words[verdict] = _of_schools(rows[verdict], whole)
    return words


def _of_detectors(rows: pd.DataFrame, held: pd.Series) -> pd.Series:
    """held: rows with a sign in a school that is not marked, which the text then says."""
    tested = rows["checked"] == "tested"
    seen = _fact(rows)
    unseen = NO_SIGN + _figure(rows["mde"], rows["unit"]) + HIDDEN
    below = (rows["sides"].astype("Int64") == 2) & (rows["z"] < 0)
    note = np.select([rows["unit"] == LEVEL, below.fillna(value=False)], [ONLY_LEVEL, JOURNAL], "")
    marked = rows["status"] == "amber"
    told = seen.where(marked, unseen.where(rows["mde"].notna(), "признака нет"))
    told += np.where(marked | (rows["unit"] == LEVEL), note, "")
    why = np.where(rows["alone"] == "no", ALONE_NO, TOGETHER_NO)
    told += np.where(held, HELD + pd.Series(why, index=rows.index, dtype="str"), "")
    return told.where(tested, rows["reason"])


def _of_schools(verdicts: pd.DataFrame, whole: pd.DataFrame) -> pd.Series:
    index = pd.MultiIndex.from_frame(verdicts[SCHOOL])

    def listed(rows: pd.DataFrame, text: pd.Series) -> pd.Series:
        ordered = rows.assign(text=text).sort_values(
            [*SCHOOL, "weight", "detector"], ascending=[True, True, False, True]
        )
        joined = ordered.groupby(SCHOOL, observed=True)["text"].agg("; ".join)
        return pd.Series(joined.reindex(index).to_numpy(), index=verdicts.index, dtype="str")

    noticed = whole[(whole["risk"] < NOTICED) & (whole["weight"] > 0) & (whole["unit"] != LEVEL)]
    facts = listed(noticed, _fact(noticed))
    missing = whole[whole["checked"] != "tested"]
    untested = listed(missing, missing["name"] + " (" + missing["reason"] + ")")
    untested = (". Не проверено: " + untested).fillna("")
    lifting = _figure(verdicts["mde"], verdicts["unit"])
    seen = (
        "признаков не найдено; подъём до границ отметок обнаружился бы, начиная с величины "
        + lifting
        + ", меньший мог остаться незамеченным"
    ).fillna("признаков не найдено среди проверенного")
    few = (
        "данных мало: подъём до границ отметок обнаружился бы, лишь начиная с величины " + lifting
    ).fillna("данных мало, чтобы судить о школе")
    held = whole[whole["held"]]
    many = held.groupby(SCHOOL, observed=True).size().reindex(index, fill_value=0).to_numpy() > 1
    signs = (np.where(many, MANY_HELD, ONE_HELD) + listed(held, _fact(held)) + "; ").fillna("")
    seen = seen.mask(signs != "", seen.str.replace("признаков", "других признаков", n=1))
    few, seen = signs + few, signs + seen
    flagged = verdicts["status"].map(OPENING) + facts
    told = flagged.where(verdicts["status"].isin(OPENING))
    told = told.mask(verdicts["status"] == "none", seen)
    return told.mask(verdicts["status"] == "not_enough_data", few) + untested


def _fact(rows: pd.DataFrame) -> pd.Series:
    """«подъём до границы отметки — 0,31 (доля поднятых…; 95 %: от 0,20 до 0,42), участников: …»."""
    interval = f"; 95{NBSP}%: от " + _number(rows["ci_low"]) + " до " + _number(rows["ci_high"])
    in_part = (rows["z"] < LEAST_Z) & (rows["sides"].astype("Int64") != 2)
    place = np.where(in_part.fillna(value=False), PART, " — ")
    text = rows["name"] + place + _number(rows["estimate"]) + " (" + rows["unit"]
    text += interval.where(rows["ci_low"].notna() & rows["ci_high"].notna(), "") + ")"
    pupils = ", участников: " + _whole(rows["pupils"])
    limits = " (от " + _whole(rows["pupils_low"]) + " до " + _whole(rows["pupils_high"]) + ")"
    pupils += limits.where(rows["pupils_low"].notna() & rows["pupils_high"].notna(), "")
    return text + pupils.where(rows["pupils"].notna(), "")


def _figure(values: pd.Series, unit: pd.Series) -> pd.Series:
    """«0,23 (доля поднятых из не добравших)»; null where there is no value."""
    return (_number(values) + " (" + unit.fillna("") + ")").where(values.notna())


def _number(values: pd.Series) -> pd.Series:
    text = values.round(2).map("{:.2f}".format).astype("str").str.replace(".", ",", regex=False)
    return text.str.replace("-0,00", "0,00", regex=False).str.replace("-", "\u2212", regex=False)


def _whole(values: pd.Series) -> pd.Series:
    return values.fillna(0).round().map("{:.0f}".format).astype("str")
