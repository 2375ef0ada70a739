"""The model behind the synthetic municipality: scores, honest rounding, planted counts."""

import numpy as np
import pytest

from analytics import norms
from pipelines.demo import abilities, planting
from pipelines.demo.sitting import Sitting, region_histogram, sit
from pipelines.demo.town import Town, build_town
from pipelines.demo.works import described_works, exported_works, make_work

SCALE = (6, 10, 15)


def test_works_agree_with_the_official_scales() -> None:
    scales = norms.norm("mark_scales").set_index(["grade", "subject"])
    for grade, slug in described_works():
        work = make_work(2021, grade, slug)
        assert work.max_score == scales.loc[(grade, work.subject), "max_score"]
        assert len(set(work.tasks)) == len(work.tasks)
        assert set(work.levels) <= {"Б", "П", "В"}


def test_autumn_of_2020_was_written_a_grade_higher() -> None:
    assert make_work(2020, 4, "ma").pupil_grade == 5
    assert make_work(2021, 5, "ma").pupil_grade == 5


def test_gaps_count_points_to_the_next_boundary() -> None:
    scores = np.array([0, 5, 6, 9, 10, 14, 15, 20])
    assert abilities.gaps(scores, SCALE).tolist() == [6, 1, 4, 1, 5, 1, 0, 0]


def test_marks_change_on_the_boundary() -> None:
    scores = np.array([5, 6, 9, 10, 14, 15])
    assert abilities.marks(scores, SCALE).tolist() == [2, 3, 3, 4, 4, 5]


def test_points_are_steps_below_the_ability() -> None:
    thresholds = np.array([[-1.0, 0.0], [np.inf, 1.0]])  # tasks of one and of two points
    even = np.full((3, 2), 0.5)
    earned = abilities.points(np.array([-2.0, 0.5, 2.0]), thresholds, even)
    assert earned.tolist() == [[0, 0], [1, 1], [1, 2]]


def test_lifts_fill_only_tasks_with_room() -> None:
    room = np.array([[0, 1, 0], [2, 0, 0], [0, 0, 3]])
    added = abilities.lifts(room, np.array([1, 2, 0]), np.random.default_rng(0))
    assert added.tolist() == [[0, 1, 0], [2, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("listed", [50, 57, 66, 72, 80])
def test_wanted_counts_hit_their_case(listed: int) -> None:
    for share, difference in (("exactly", 0), ("below", -1)):
        n, low = planting.wanted_counts(share, listed)
        assert 10 * low - 3 * n == difference
        assert 0.94 * listed - 11 < n <= 0.94 * listed
    n, low = planting.wanted_counts("above", listed)
    assert 10 * low > 3 * n


def test_absent_are_chosen_to_hit_both_counts() -> None:
    low = np.array([True] * 4 + [False] * 6)
    rng = np.random.default_rng(0)
    absent = planting.choose_absent(low, 8, 3, rng)
    assert absent is not None
    assert (int((~absent).sum()), int((low & ~absent).sum())) == (8, 3)
    assert planting.choose_absent(low, 8, 5, rng) is None  # there are only four
    assert planting.choose_absent(low, 8, 1, rng) is None  # three more would have to be absent


@pytest.fixture(scope="module")
def town() -> Town:
    return build_town(197)


@pytest.fixture(scope="module")
def sittings(town: Town) -> list[Sitting]:
    return [sit(town, work, 197) for work in exported_works()]


def shares_on_boundaries(sittings: list[Sitting], school: int, years: tuple[int, ...]) -> float:
    """Pupils on a boundary per pupil one point below it, over all works of the years."""
    on = below = 0
    for s in sittings:
        if s.work.year in years:
            scores = s.scores[s.present & (s.pupils["school"] == school - 1).to_numpy()]
            on += int(np.isin(scores, s.work.boundaries).sum())
            below += int(np.isin(scores + 1, s.work.boundaries).sum())
    return on / below


def test_lifted_schools_stand_out_and_the_lyceum_does_not(sittings: list[Sitting]) -> None:
    ordinary = [
        shares_on_boundaries(sittings, n, (2021,))
        for n in range(1, 21)
        if n not in planting.LIFTED_YEARS
    ]
    assert shares_on_boundaries(sittings, 5, (2020, 2021)) > 2.3
    assert shares_on_boundaries(sittings, 13, (2021,)) > max(ordinary)
    assert shares_on_boundaries(sittings, 13, (2020,)) < 1.8
    assert shares_on_boundaries(sittings, planting.LYCEUM, (2020, 2021, 2022)) < 1.8


def test_lyceum_is_strong_and_was_not_lifted(sittings: list[Sitting]) -> None:
    for s in sittings:
        ours = s.present & (s.pupils["school"] == planting.LYCEUM - 1).to_numpy()
        assert s.scores[ours].mean() > s.scores[s.present].mean()
        assert s.pupils["lifted"][ours].sum() == 0


def test_only_planted_schools_reach_30_percent(sittings: list[Sitting]) -> None:
    planted = {
        (p.school, p.year, p.grade, p.slug) for p in planting.LOW_RESULTS if p.share != "below"
    }
    found = set()
    for s in sittings:
        school = s.pupils["school"].to_numpy()
        n = np.bincount(school[s.present], minlength=21)
        low = np.bincount(school[s.present & (s.marks == 2)], minlength=21)
        key = (s.work.year, s.work.grade, s.work.slug)
        found |= {
            (int(number) + 1, *key) for number in np.flatnonzero((10 * low >= 3 * n) & (n > 0))
        }
    assert found == planted


def test_tiny_school_has_3_to_12_pupils_a_grade(sittings: list[Sitting]) -> None:
    for s in sittings:
        assert 3 <= (s.pupils["school"] == planting.TINY - 1).sum() <= 12


def test_journal_of_one_school_is_above_its_works(sittings: list[Sitting]) -> None:
    def lowered(s: Sitting, school: int) -> float:
        p = s.pupils
        known = s.present & (p["journal"] > 0).to_numpy() & (p["school"] == school - 1).to_numpy()
        return (p["journal"].to_numpy()[known] > s.marks[known]).mean()

    for s in sittings:
        assert lowered(s, planting.JOURNAL_INFLATED) > lowered(s, 1)


def test_one_cohort_keeps_its_abilities(sittings: list[Sitting]) -> None:
    by_id = {s.work.test_id: s for s in sittings}
    before, after = by_id["vpr_2020_04_ma"], by_id["vpr_2021_05_ma"]
    assert (before.pupils["code"] == after.pupils["code"]).all()
    both = before.present & after.present
    assert np.corrcoef(before.scores[both], after.scores[both])[0, 1] > 0.5


def test_absence_is_moderate_in_every_work(sittings: list[Sitting]) -> None:
    for s in sittings:
        assert 0.06 < 1 - s.present.mean() < 0.15


def test_region_is_some_20_000_pupils_near_the_official_scale() -> None:
    work = make_work(2021, 4, "ma")
    histogram, schools = region_histogram(work, 197)
    assert 18_000 < histogram.sum() < 22_000
    assert 380 <= schools <= 410
    assert 0.08 < histogram[: work.boundaries[0]].sum() / histogram.sum() < 0.13


def test_another_seed_gives_another_town() -> None:
    work = make_work(2021, 4, "ma")
    one, two = (sit(build_town(seed), work, seed) for seed in (197, 198))
    assert len(one.scores) != len(two.scores) or (one.scores != two.scores).any()
