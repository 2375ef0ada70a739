"""From the evidence of all detectors to findings: what stands out, and one verdict per school.

Across detectors of a school and year Cauchy's combination of the whole-school rows, across schools
Benjamini and Hochberg (Storey from 1,000 schools). Red needs significance, an effect that matters
and two families of evidence; a mean without earlier results and a mismatch with the journal never
make it. A detector that the card does not let decide alone counts only beside another family.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analytics import schema
from analytics.combination import cauchy
from analytics.detectors.implausible_mean import LEVEL
from analytics.finding_ids import finding_id
from analytics.finding_words import reasons
from analytics.multiplicity import benjamini_hochberg, storey
from analytics.schema import VERDICT

RED_Q, AMBER_Q = 0.05, 0.20
STOREY_FROM = 1000  # schools: fewer say too little of the share of true nulls
FAMILY_P = 0.05
MIN_FAMILIES = 2
# A level alone cannot tell a strong school from a helped one: it may lean, never decide.
LEVEL_FLOOR = 0.05
LARGEST_MDE = 0.5  # of boundary lifting: a school that could hide more was not really tested
RED_GATES = ("boundary_lifting", "identical_rows", "item_patterns")
NOT_ALONE = "no"  # in the column `alone` of the cards
SCHOOL = ["year", "school_id"]
FROM_LIFTING = [
    "estimate", "unit", "ci_low", "ci_high", "mde", "pupils", "pupils_low", "pupils_high",
    "reference",
]  # fmt: skip


def findings(evidence: Sequence[pd.DataFrame], cards: pd.DataFrame) -> pd.DataFrame:
    """Table `findings`: all rows of evidence and the verdict row of every year × school.

    cards: norms/detectors.csv (weight, family, sides, gate, gate_pupils, alone, name by detector).
    q_value of whole-school rows: over the schools of a detector and year; of scope rows: inside
    a flagged school times K/R, R schools flagged of K (Benjamini and Bogomolov 2014), else null.
    status: red only on the verdict; a detector's row is amber with q < .05 and its effect gate.
    """
    rows = schema.conform(pd.concat(list(evidence), ignore_index=True), "evidence")
    if rows.empty:
        return schema.empty("findings")
    rows = rows.merge(cards, how="left", on="detector", validate="m:1")
    rows = rows.assign(risk=_risk(rows), gated=_gated(rows))
    whole = rows[rows["scope"] == ""]
    verdicts = _verdicts(whole)
    rows = rows.assign(q_value=_adjusted(rows, whole, verdicts))
    found = rows.assign(status=_detector_states(rows), checked=rows["status"])
    both = pd.concat([found, verdicts], ignore_index=True)
    both = both.assign(reason=reasons(both), finding_id=finding_id(both))
    return schema.conform(both[list(schema.TABLES["findings"].columns)], "findings")


def _risk(rows: pd.DataFrame) -> pd.Series:
    """One-sided p in the direction of risk; a level is held back from deciding."""
    p = rows["p_value"].mask(rows["sides"].astype("Int64") == 2, ndtr(-rows["z"]))
    p = p.mask(rows["unit"] == LEVEL, p.clip(lower=LEVEL_FLOOR))
    return p.where(rows["status"] == "tested")


def _gated(rows: pd.DataFrame) -> pd.Series:
    """Whether the effect matters; a scope has too few works for the gate in pupils."""
    gate = pd.to_numeric(rows["gate"]).fillna(-np.inf)
    pupils = pd.to_numeric(rows["gate_pupils"]).where(rows["scope"] == "").fillna(-np.inf)
    size = rows["estimate"].abs().where(rows["sides"].astype("Int64") == 2, rows["estimate"])
    known = rows["pupils"].fillna(np.inf)  # a detector that counts no pupils has no such gate
    return (size >= gate) & (known >= pupils) & (rows["unit"] != LEVEL)


def _verdicts(whole: pd.DataFrame) -> pd.DataFrame:
    """The rows of `findings` with detector "school": year × school, their q and status."""
    used = whole[whole["weight"].astype("float64") > 0]
    lifting = whole[whole["detector"] == "boundary_lifting"].set_index(SCHOOL)
    cards = used.drop_duplicates("detector").set_index("detector")
    risk = _by_detector(used["risk"], used)
    firm = _by_detector(used["risk"].mask(used["unit"] == LEVEL), used)
    p = _combined(risk, cards)
    n = used.groupby(SCHOOL, observed=True)["n"].max()
    rows = pd.DataFrame({"n": n, "p_value": p, "q_value": _over_schools(p)})
    rows = rows.join(lifting[FROM_LIFTING])
    rows = rows.assign(
        z=-ndtri(rows["p_value"]),
        families=_families(firm, cards),
        gate=_red_gate(whole).reindex(rows.index).fillna(value=False).astype(bool),
        supported=_supported(risk, firm, cards),
        lifting=lifting["status"].reindex(rows.index),
    )
    rows = rows.assign(status=_states(rows)).reset_index()
    return rows.assign(detector=VERDICT, scope="").drop(columns=["gate", "supported", "lifting"])


def _by_detector(risk: pd.Series, rows: pd.DataFrame) -> pd.DataFrame:
    """p of year × school (index) and detector (columns)."""
    wide = rows.assign(risk=risk).pivot_table(
        index=SCHOOL, columns="detector", values="risk", aggfunc="first", observed=True
    )
    # Schools and detectors without a single p stay in the table.
    schools = pd.MultiIndex.from_frame(rows[SCHOOL]).unique().sort_values()
    return wide.reindex(index=schools, columns=sorted(rows["detector"].unique()))


def _combined(risk: pd.DataFrame, cards: pd.DataFrame) -> pd.Series:
    weights = cards["weight"].reindex(risk.columns).to_numpy(dtype=np.float64)
    return pd.Series(cauchy(risk.to_numpy(dtype=np.float64), weights), index=risk.index)


def _over_schools(p: pd.Series) -> NDArray[np.float64]:
    """q of each school among the schools of its year."""
    years = p.index.get_level_values("year").to_numpy()
    q = benjamini_hochberg(p, years)
    for year in np.unique(years):
        same = years == year
        if p[same].notna().sum() >= STOREY_FROM:
            q[same] = storey(p[same])
    return q


def _families(firm: pd.DataFrame, cards: pd.DataFrame) -> pd.Series:
    """How many families of evidence have p < .05, each family combined by itself."""
    family = cards["family"].reindex(firm.columns)
    marked = [
        _combined(firm.loc[:, family == name], cards) < FAMILY_P for name in sorted(family.unique())
    ]
    return sum(marked, start=pd.Series(0, index=firm.index))


def _supported(risk: pd.DataFrame, firm: pd.DataFrame, cards: pd.DataFrame) -> pd.Series:
    """Schools that need no detector which may not decide alone, or have another family beside it.

    The first: q < .20 and a family with p < .05 are left without such detectors.
    """
    leaning = cards["alone"] == NOT_ALONE
    other = ~cards["family"].isin(cards.loc[leaning, "family"])
    beside = _families(firm[cards.index[other]], cards) > 0
    left = _families(firm[cards.index[~leaning]], cards) > 0
    p = _combined(risk[cards.index[~leaning]], cards)
    return beside | (left & (_over_schools(p) < AMBER_Q))


def _red_gate(whole: pd.DataFrame) -> pd.Series:
    """Schools where a detector that may make red has p < .05 and its effect gate."""
    may = whole["detector"].isin(RED_GATES) & (whole["alone"] != NOT_ALONE)
    strong = may & whole["gated"] & (whole["risk"] < FAMILY_P)
    return strong.groupby([whole[c] for c in SCHOOL], observed=True).any()


def _states(rows: pd.DataFrame) -> NDArray[np.str_]:
    q, families = rows["q_value"], rows["families"]
    supported = rows["supported"] & (families >= 1)
    blind = (rows["lifting"] == "not_enough_data") | (rows["mde"] > LARGEST_MDE)
    return np.select(
        [
            (q < RED_Q) & supported & rows["gate"] & (families >= MIN_FAMILIES),
            (q < AMBER_Q) & supported,
            rows["p_value"].isna() | blind,
        ],
        ["red", "amber", "not_enough_data"],
        "none",
    )


def _adjusted(rows: pd.DataFrame, whole: pd.DataFrame, verdicts: pd.DataFrame) -> pd.Series:
    """q_value of detector rows: over schools for whole schools, inside flagged ones for scopes."""
    among = whole.groupby(["year", "detector"], observed=True).ngroup()
    q = pd.Series(np.nan, index=rows.index)
    q[whole.index] = benjamini_hochberg(whole["p_value"], among)
    scopes = rows[rows["scope"] != ""]
    tested = verdicts[verdicts["p_value"].notna()]
    flagged = (tested["q_value"] < RED_Q) & tested["status"].isin(schema.FLAGS)
    rate = flagged.groupby(tested["year"]).mean()
    chosen = pd.MultiIndex.from_frame(tested.loc[flagged, SCHOOL])
    inside = scopes[pd.MultiIndex.from_frame(scopes[SCHOOL]).isin(chosen)]
    family = inside.groupby([*SCHOOL, "detector"], observed=True).ngroup()
    within = pd.Series(benjamini_hochberg(inside["p_value"], family), index=inside.index)
    q[inside.index] = (within / inside["year"].map(rate).astype("float64")).clip(upper=1.0)
    return q


def _detector_states(rows: pd.DataFrame) -> NDArray[np.str_]:
    tested = rows["status"] == "tested"
    marked = (rows["q_value"] < RED_Q) & rows["gated"]
    return np.select([~tested, marked], [rows["status"].astype(object), "amber"], "none")
