"""What is measured on simulated towns: honest ones, and ones where three schools of 21 do not play.

Every measure is a share, or a mean, over schools and replicates; see `measures`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.battery import battery
from analytics.detectors.boundary_lifting import boundary_lifting
from analytics.multiplicity import benjamini_hochberg
from analytics.schema import VERDICT
from tests.simulation.towns import (
    DESIGN,
    REGION,
    Deeds,
    Town,
    World,
    honest,
    town_of,
    world_of,
)

SCHOOLS = 21
GUILTY = 3
OF_A_KIND = 3
LEVEL = 0.05
ONE_YEAR = {2021: tuple(range(4, 12))}
# Grades 5 to 7 and the year after show how much honest cohorts move.
TWO_YEARS = {2021: (4, 5, 6, 7), 2022: (5, 6, 7, 8)}
MANNERS = {"design": DESIGN, "region": REGION}
ONE_CLASS = "4/Математика"  # the scope of a single guilty checker
ALL, LOWEST = [0, 1, 2], [0]  # boundaries
KINDS = {  # shift and width of ability, added leniency
    "strong": (1.0, 1.0, 0.0),
    "weak": (-1.0, 1.0, 0.0),
    "selective": (1.5, 0.6, 0.0),
    "homogeneous": (0.0, 0.6, 0.0),
    "heterogeneous": (0.0, 1.3, 0.0),
    "lenient": (0.0, 1.0, 0.10),
}

Plan = Callable[[Deeds], Deeds]
COLUMNS = ["school_id", "detector", "scope", "estimate", "ci_low", "ci_high", "z", "p_value",
           "status"]  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """deeds: what the schools do. full: the whole battery on works, else boundary lifting alone.

    truth: the share of near misses that the guilty raise at all boundaries. region: the town has
    the region's row to be compared with.
    """

    name: str
    deeds: Plan
    guilty: int = GUILTY
    truth: float | None = None
    region: bool = True
    full: bool = False
    manners: tuple[str, ...] = ("design", "region")
    kinds: bool = False
    scope: str = ""
    years: tuple[tuple[int, tuple[int, ...]], ...] = tuple(ONE_YEAR.items())


def nothing(deeds: Deeds) -> Deeds:
    return deeds


def lifting(share: float, boundaries: list[int], exams: list[int] | None = None) -> Plan:
    """The first three schools raise `share` of the near misses that an ordinary checker leaves."""

    def plan(deeds: Deeds) -> Deeds:
        lift = deeds.lift.copy()
        chosen = range(lift.shape[1]) if exams is None else exams
        lift[np.ix_(range(GUILTY), chosen, boundaries)] = share
        return replace(deeds, lift=lift)

    return plan


def sharing(what: str, share: float) -> Plan:
    """`share` of the pupils of three schools copy, or are told the hard tasks."""
    return lambda deeds: replace(deeds, **{what: np.where(_first(deeds), share, 0.0)})


def helping(gain: float) -> Plan:
    """Three schools add `gain` standard deviations of ability in the first year (grade 4)."""

    def plan(deeds: Deeds) -> Deeds:
        extra = deeds.help.copy()
        extra[:GUILTY, :3] = gain
        return replace(deeds, help=extra)

    return plan


def of_all_kinds(deeds: Deeds) -> Deeds:
    """Honest schools: three of each kind, then ordinary ones."""
    rows = [KINDS[kind] for kind in KINDS for _ in range(OF_A_KIND)]
    rows += [(0.0, 1.0, 0.0)] * (len(deeds.shift) - len(rows))
    shift, width, lenient = np.array(rows).T
    return replace(deeds, shift=shift, width=width, lenient=lenient)


def _first(deeds: Deeds) -> np.ndarray:
    return np.arange(len(deeds.shift)) < GUILTY


SCENARIOS = (
    Scenario("honest", nothing, guilty=0, truth=0.0),
    Scenario("honest_without_region", nothing, guilty=0, truth=0.0, region=False),
    Scenario("honest_of_all_kinds", of_all_kinds, guilty=0, kinds=True),
    *(
        Scenario(f"lift_{share:.0%}".rstrip("%"), lifting(share, ALL), truth=share)
        for share in (0.1, 0.2, 0.4)
    ),
    *(
        Scenario(f"lift_{share:.0%}".rstrip("%") + "_lowest", lifting(share, LOWEST))
        for share in (0.1, 0.2, 0.4)
    ),
    Scenario("lift_20_without_region", lifting(0.2, ALL), truth=0.2, region=False),
    Scenario("lift_40_without_region", lifting(0.4, ALL), truth=0.4, region=False),
    Scenario("lift_40_lowest_without_region", lifting(0.4, LOWEST), region=False),
    Scenario("lift_80_one_class", lifting(0.8, ALL, [0]), scope=ONE_CLASS),
    Scenario("lift_40_one_subject", lifting(0.4, ALL, list(range(0, 24, 3)))),
    Scenario("battery_honest", nothing, guilty=0, full=True),
    Scenario("battery_lift_20", lifting(0.2, ALL), truth=0.2, full=True),
    Scenario("battery_lift_40", lifting(0.4, ALL), truth=0.4, full=True),
    *(
        Scenario(
            f"battery_copy_{share:.0%}".rstrip("%"),
            sharing("copy", share),
            full=True,
            manners=("region",),
        )
        for share in (0.05, 0.1, 0.2)
    ),
    Scenario("battery_given_10", sharing("given", 0.1), full=True, manners=("region",)),
    *(
        Scenario(
            f"battery_drop_{gain}",
            helping(gain),
            full=True,
            manners=("region",),
            years=tuple(TWO_YEARS.items()),
        )
        for gain in (0.3, 0.5, 0.8)
    ),
)  # fmt: skip


def replicates(scenario: Scenario, manners: str, count: int, seed: tuple[int, ...]) -> pd.DataFrame:
    """Evidence of `count` towns of one region drawn anew.

    Whole schools, and the planted scope where there is one. Columns COLUMNS, replicate, place (of
    the school among the 21), guilty, q_value (Benjamini and Hochberg over the schools of a town).
    """
    rng = np.random.default_rng(seed)
    world = world_of(rng, MANNERS[manners], dict(scenario.years))
    judge = verdicts if scenario.full else lifting_alone
    found = []
    for number in range(count):
        deeds = scenario.deeds(honest(SCHOOLS, len(world.exams)))
        town = town_of(rng, world, deeds, region=scenario.region, works=scenario.full)
        rows = judge(town, world)
        rows = rows[rows["scope"].isin(["", scenario.scope])]
        found.append(rows[COLUMNS].assign(replicate=number))
    rows = pd.concat(found, ignore_index=True)
    place = rows["school_id"].astype("int64")
    towns = pd.factorize(rows["detector"] + rows["scope"] + rows["replicate"].astype("str"))[0]
    return rows.assign(
        place=place,
        guilty=place < scenario.guilty,
        q_value=benjamini_hochberg(rows["p_value"], towns),
    )


def lifting_alone(town: Town, world: World) -> pd.DataFrame:
    return boundary_lifting(town.score_counts, world.tests, town.schools)


def verdicts(town: Town, world: World) -> pd.DataFrame:
    """Findings of the first year; a second one is there for what became of its cohorts."""
    tables = {
        "score_counts": town.score_counts, "works": town.works, "tests": world.tests,
        "tasks": world.tasks, "schools": town.schools,
    }  # fmt: skip
    found = battery(tables)["findings"]
    return found[found["year"] == world.tests["year"].min()]


def measures(rows: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """detector, measure, value of what `replicates` returned.

    size_05, size_001   honest schools with p < .05, p < .001
    false, any_false    of honest schools q ≤ .05; of towns with such a school
    fdr                 false flags among the flags of a town, mean over towns
    power               of guilty schools q ≤ .05
    mean, sd            of the estimate in honest schools
    bias, coverage      estimate − truth in guilty schools (honest ones where there are none), and
                        how often the 95 % interval holds the truth
    scope_power         planted scopes with p < .001
    z_above_3, mean: with the name of a kind, of the schools of that kind
    red, amber          verdicts among guilty schools, false_red, false_amber among honest ones
    """
    # A detector that could not test anybody has neither size nor power.
    whole = rows[(rows["scope"] == "") & rows["p_value"].notna()]
    found = []
    for detector, part in whole.groupby("detector", observed=True):
        named = _verdict(part) if detector == VERDICT else _flags(part, scenario)
        if scenario.kinds:  # some of them are lenient, which is no norm
            named = {}
        if detector == "boundary_lifting":
            named |= _estimate(part, scenario) | _kinds(part, scenario)
            planted = rows[(rows["scope"] != "") & rows["guilty"]]
            if scenario.scope:
                named["scope_power"] = (planted["p_value"] < 0.001).mean()
        found += [(detector, measure, value) for measure, value in named.items()]
    return pd.DataFrame(found, columns=["detector", "measure", "value"])


def _flags(part: pd.DataFrame, scenario: Scenario) -> dict[str, float]:
    pure = part[~part["guilty"]]
    flagged = part["q_value"] <= LEVEL
    false = flagged & ~part["guilty"]
    towns = pd.DataFrame({"flagged": flagged, "false": false}).groupby(part["replicate"]).sum()
    named = {
        "size_05": (pure["p_value"] < 0.05).mean(),
        "size_001": (pure["p_value"] < 0.001).mean(),
        "z_above_3": (pure["z"] > 3).mean(),
        "any_false": (towns["false"] > 0).mean(),
        "fdr": (towns["false"] / towns["flagged"].clip(lower=1)).mean(),
    }
    if scenario.guilty:
        named["power"] = flagged[part["guilty"]].mean()
    return named


def _estimate(part: pd.DataFrame, scenario: Scenario) -> dict[str, float]:
    pure = part[~part["guilty"]]
    named = {"mean": pure["estimate"].mean(), "sd": pure["estimate"].std()}
    if scenario.truth is None:
        return named
    chosen = part[part["guilty"]] if scenario.guilty else pure
    inside = (chosen["ci_low"] <= scenario.truth) & (scenario.truth <= chosen["ci_high"])
    bias = chosen["estimate"].mean() - scenario.truth
    return named | {"bias": bias, "coverage": inside.mean()}


def _kinds(part: pd.DataFrame, scenario: Scenario) -> dict[str, float]:
    named = {}
    for number, kind in enumerate(KINDS if scenario.kinds else ()):
        chosen = part[part["place"] // OF_A_KIND == number]
        named[f"z_above_3_{kind}"] = (chosen["z"] > 3).mean()
        named[f"mean_{kind}"] = chosen["estimate"].mean()
    return named


def _verdict(part: pd.DataFrame) -> dict[str, float]:
    pure, guilty = part[~part["guilty"]], part[part["guilty"]]
    named = {f"false_{colour}": (pure["status"] == colour).mean() for colour in ("red", "amber")}
    if len(guilty):
        named |= {colour: (guilty["status"] == colour).mean() for colour in ("red", "amber")}
    return named
