"""What is measured on simulated towns: honest ones, and ones where three schools of 21 do not play.

What is counted in them: `measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.battery import battery
from analytics.detectors.boundary_lifting import boundary_lifting
from analytics.multiplicity import benjamini_hochberg
from tests.simulation.papers import DESIGN, REGION, Deeds, honest
from tests.simulation.towns import Town, World, town_of, world_of

SCHOOLS = 21
GUILTY = 3
OF_A_KIND = 3
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
    the region's row to be compared with. manners: how checkers round, keys of MANNERS. kinds: its
    schools are of KINDS. scope: where a single checker lifts. years: grades tested by year.
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
    years: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: ONE_YEAR)


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
    *(Scenario(f"lift_{n}", lifting(n / 100, ALL), truth=n / 100) for n in (10, 20, 40)),
    *(Scenario(f"lift_{n}_lowest", lifting(n / 100, LOWEST)) for n in (10, 20, 40)),
    Scenario("lift_20_without_region", lifting(0.2, ALL), truth=0.2, region=False),
    Scenario("lift_40_without_region", lifting(0.4, ALL), truth=0.4, region=False),
    Scenario("lift_40_lowest_without_region", lifting(0.4, LOWEST), region=False),
    Scenario("lift_80_one_class", lifting(0.8, ALL, [0]), scope=ONE_CLASS),
    Scenario("lift_40_one_subject", lifting(0.4, ALL, list(range(0, 24, 3)))),
    Scenario("battery_honest", nothing, guilty=0, full=True),
    Scenario("battery_lift_20", lifting(0.2, ALL), truth=0.2, full=True),
    Scenario("battery_lift_40", lifting(0.4, ALL), truth=0.4, full=True),
    *(
        Scenario(f"battery_copy_{n}", sharing("copy", n / 100), full=True, manners=("region",))
        for n in (5, 10, 20)
    ),
    Scenario("battery_given_10", sharing("given", 0.1), full=True, manners=("region",)),
    *(
        Scenario(
            f"battery_drop_{gain}", helping(gain), full=True, manners=("region",), years=TWO_YEARS
        )
        for gain in (0.3, 0.5, 0.8)
    ),
)


def replicates(scenario: Scenario, manners: str, count: int, seed: tuple[int, ...]) -> pd.DataFrame:
    """Evidence of `count` towns of one region drawn anew.

    Whole schools, and the planted scope where there is one. Columns COLUMNS, replicate, place (of
    the school among the 21), guilty, q_value (Benjamini and Hochberg over the schools of a town).
    """
    rng = np.random.default_rng(seed)
    world = world_of(rng, MANNERS[manners], scenario.years)
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
