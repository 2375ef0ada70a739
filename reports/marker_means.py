"""Mean scores of schools against the region's interval, as the official method compares them."""

from __future__ import annotations

from reports.blocks import Cell, Chart, Table, row
from reports.interval_figures import Interval, intervals
from reports.members import Test
from reports.objectivity import METHOD_NOTE, limits, marker_words, town_markers
from reports.scope import Scope, sources
from reports.wording import listing, number


def means_chart(scope: Scope, test: Test) -> Chart | None:
    """Mean scores of the schools with their official intervals against the region's band."""
    found = {r["school_id"]: r for r in town_markers(scope, test)}
    shown = [(s, found[s.school_id]) for s in scope.town.schools if s.school_id in found]
    if not shown:
        return None
    points = [Interval(s.name, r["mean"], r["ci_low"], r["ci_high"], own=False) for s, r in shown]
    band = next(
        (
            (r["region_ci_low"], r["region_ci_high"], "регион")
            for _, r in shown
            if r["region_ci_low"] is not None
        ),
        None,
    )
    rows = [
        row(
            Cell(s.name, href=scope.link(s)),
            number(r["n"]),
            number(r["mean"], 1),
            limits(r["ci_low"], r["ci_high"]),
            Cell(
                listing(marker_words(r)) or "нет",
                f"не проверено: {r['reason']}" if r["reason"] else "",
            ),
        )
        for s, r in shown
    ]
    return Chart(
        f"means-{test.test_id}",
        "Средний балл школ и интервал региона (официальная методика)",
        "Точка — средний балл школы, отрезок — 95 % интервал; серая полоса — интервал региона. "
        "Маркер получает школа, чей отрезок целиком правее полосы. Школы — по номеру.",
        f"Средние баллы {len(shown)} школ с интервалами",
        intervals(points, "средний первичный балл", band=band),
        Table(
            f"{test.label}, {test.year}: средний балл и официальные маркеры",
            ("Школа", "n", "Средний", "95 %", "Маркеры"),
            tuple(rows),
            "lrrrl",
            sources(scope.edition, [test], "файлы участников и отчёт о распределении"),
            METHOD_NOTE,
        ),
    )
