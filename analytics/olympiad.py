"""Indicators O1–O13 of the olympiad's objectivity, and the combined marker of a school.

Each indicator has two answers side by side: `proposed` by the simple rule that is proposed in
norms/olympiad_indicators.csv, and `flagged` by a comparison with the other schools that allows for
chance, for the honest spread of schools and for the number of checks (q ≤ .05 within year and
indicator, and a difference of at least the gate).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics import olympiad_comparison as comparison
from analytics import olympiad_facts as of
from analytics import olympiad_pairs as of_pupils
from analytics import schema
from analytics.olympiad_facts import GROUP, SHARE_SLACK, WHOLE
from analytics.olympiad_rules import flagged, markers, rule, with_proposed

HALF, ZERO = 0.5, 0.10  # of the maximum: confirmed from, «zero» up to
RECHECK_SLACK = 0.10  # of the maximum
JUMP_WORKS = 20  # works of the school stage, below which a window is not tested
NO_PUPILS = "нет числа обучающихся: анкета школы за этот год не загружена"
UNNAMED = "в файлах школьного этапа нет имён: участия одного ученика не собрать"
MORE_THAN_PUPILS = "участников больше, чем обучающихся по анкете"
NO_PASS = "проходные баллы на муниципальный этап не загружены"
# Why a school has no value of an indicator, where nothing else is known.
ABSENT = {
    "O3": "нет участий в школьном этапе со статусом",
    "O4": "нет учеников с проходным баллом",
    "O5": "нет победителей и призёров школьного этапа, известных по имени на муниципальном",
    "O6": "нет учеников с баллами, известных по имени на обоих этапах",
    "O7": "нет участников муниципального этапа с баллом",
    "O8": "нет учеников с баллами, известных по имени на обоих этапах",
    "O9": "работы школы не перепроверялись, или форма перепроверки не загружена",
    "O10": "нет участий в муниципальном этапе со статусом",
    "O11": "не вычисляется: шкала рейтинга не установлена, школы не ранжируются",
    "O12": "нет работ у проходного балла",
    "O13": "не вычисляется: годовых отметок учеников с тем же кодом нет",
    "SIR": "нет пар в предметах обоих видов",
}


def olympiad_indicators(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Table `olympiad_indicators`; tables: olympiad, rechecks, pass_scores, school_context,
    schools."""
    if tables["olympiad"].empty and tables["rechecks"].empty:
        return schema.empty("olympiad_indicators")
    facts = of.participations(tables["olympiad"], tables["schools"])
    parts = [
        *_of_stages(facts, tables["school_context"]),
        *_of_pairs(of.pairs(facts)),
        *_at_pass_score(facts, tables["pass_scores"]),
        _of_rechecks(tables["rechecks"], tables["schools"]),
    ]
    rows = pd.concat([p for p in parts if len(p)], ignore_index=True)
    rows = flagged(with_proposed(rows))
    rows = pd.concat(
        [rows, _not_computed(facts, rows, tables["pass_scores"].empty)], ignore_index=True
    )
    rows = pd.concat([rows, markers(rows)], ignore_index=True)
    return schema.conform(
        rows.reindex(columns=list(schema.TABLES["olympiad_indicators"].columns)),
        "olympiad_indicators",
    )


def _of_stages(facts: pd.DataFrame, context: pd.DataFrame) -> list[pd.DataFrame]:
    """O1, O2, O3, O7, O10 and E1: from the rows of one stage."""
    came = facts[facts["present"]]
    first, second = came[came["stage"] == "school"], came[came["stage"] == "municipal"]
    scored = second[second["share"].notna()]
    winners = came[(came["status"] == "winner") & came["share"].notna()]
    zero = scored["share"] <= ZERO + SHARE_SLACK
    known, judged = (stage[stage["status"].notna()] for stage in (first, second))
    shares = [
        of.counted(known, known["award"], "O3"),
        of.counted(scored, zero, "O7"),
        of.counted(judged, judged["award"], "O10"),
    ]
    wrong = of.counted(winners, winners["share"] <= HALF + SHARE_SLACK, "E1")
    return [
        comparison.shares(pd.concat(shares, ignore_index=True)),
        wrong,
        *_people(first, context),
    ]


def _people(first: pd.DataFrame, context: pd.DataFrame) -> list[pd.DataFrame]:
    """O1 and O2: pupils counted once; neither is a sample, so they have no interval."""
    person = first["school_id"] + " " + first["pupil"]
    own = first.assign(subject="", person=person, unnamed=~first["named"].astype(bool))
    sums = (
        pd.concat([own, own.assign(school_id=WHOLE)], ignore_index=True)
        .groupby(GROUP, as_index=False, observed=True)
        .agg(persons=("person", "nunique"), facts=("person", "size"), unnamed=("unnamed", "any"))
    )
    reason = pd.Series(np.where(sums["unnamed"], UNNAMED, None), dtype="str")
    per_head = sums[GROUP].assign(
        indicator="O2", numerator=sums["facts"].astype("float64"), denominator=sums["persons"],
        value=(sums["facts"] / sums["persons"]).where(~sums["unnamed"]), reason=reason,
    )  # fmt: skip
    return [per_head, _coverage(sums, context)]


def _coverage(sums: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """O1: persons over all pupils of the questionnaire of that year; '*' where all have one."""
    pupils = context[["year", "school_id", "pupils"]].drop_duplicates(["year", "school_id"])
    rows = sums.merge(pupils, how="left", on=["year", "school_id"], validate="m:1")
    own = rows[rows["school_id"] != WHOLE]
    town = own.groupby(["municipality", "year"], as_index=False, observed=True).agg(
        town_pupils=("pupils", lambda n: n.sum(skipna=False))
    )
    rows = rows.merge(town, how="left", on=["municipality", "year"], validate="m:1")
    pupils_of = rows["pupils"].where(rows["school_id"] != WHOLE, rows["town_pupils"])
    n = pd.array(pupils_of, dtype="Int64")
    reason = np.select(
        [rows["unnamed"], pd.isna(n), (rows["persons"] > pd.Series(n).fillna(0))],
        [UNNAMED, NO_PUPILS, MORE_THAN_PUPILS],
        "",
    )
    value = rows["persons"] / pd.Series(n).astype("float64").where(lambda v: v > 0)
    return rows[GROUP].assign(
        indicator="O1",
        numerator=rows["persons"].astype("float64"),
        denominator=n,
        value=value.where(reason == ""),
        reason=pd.Series(np.where(reason == "", None, reason), dtype="str"),
    )


def _of_pairs(pairs: pd.DataFrame) -> list[pd.DataFrame]:
    """O5, O6, O8 and the comparison with the platform's subjects."""
    if pairs.empty:
        return []
    awarded = pairs[pairs["award"]]
    kept = of.counted(awarded, awarded["b"] >= HALF - SHARE_SLACK, "O5")
    return [
        comparison.shares(kept),
        of_pupils.drops(pairs),
        of_pupils.ranks(pairs),
        of_pupils.own_marking(pairs),
    ]


def _at_pass_score(facts: pd.DataFrame, pass_scores: pd.DataFrame) -> list[pd.DataFrame]:
    """O4 and O12, where the organiser's pass scores are known."""
    through, near = of.passed(facts, pass_scores), of.windows(facts, pass_scores)
    first = facts[(facts["stage"] == "school") & facts["present"]]
    works = of.over_all(first[GROUP].assign(n=1)).groupby(GROUP, as_index=False, observed=True)
    found = []
    if len(through):
        found.append(comparison.shares(of.counted(through, through["came"], "O4")))
    if len(near):
        found.append(comparison.jumps(near, works.sum(), JUMP_WORKS))
    return found


def _of_rechecks(rechecks: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """O9: works whose score changed by at most a tenth of the maximum."""
    places = schools[["school_id", "municipality"]].fillna({"municipality": ""})
    rows = rechecks.merge(places, how="left", on="school_id", validate="m:1")
    rows = rows.assign(municipality=rows["municipality"].fillna(""))
    change = (rows["recheck"] - rows["score"]).abs()
    near = change <= RECHECK_SLACK * rows["max_score"] + SHARE_SLACK
    return comparison.rechecked(of.counted(rows, near, "O9"), rule("O9", "limit"))


def _not_computed(facts: pd.DataFrame, rows: pd.DataFrame, no_pass_scores: bool) -> pd.DataFrame:
    """A row with its reason for each indicator that a school has no value of."""
    reasons = ABSENT | (dict.fromkeys(("O4", "O12"), NO_PASS) if no_pass_scores else {})
    schools = facts[GROUP].assign(subject="").drop_duplicates()
    wanted = schools.merge(
        pd.DataFrame({"indicator": list(reasons), "reason": list(reasons.values())}), how="cross"
    )
    key = [*GROUP, "indicator"]
    known = pd.MultiIndex.from_frame(wanted[key]).isin(pd.MultiIndex.from_frame(rows[key]))
    return wanted[~known]
