"""Dots with their intervals: one row a name, compared with a named line or band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures import (
    GREY,
    LIGHT,
    NAVY,
    ORANGE,
    PLUM,
    Spec,
    axis,
    height_of,
    layout_of,
    names_axis,
    upright,
)


@dataclass(frozen=True)
class Interval:
    """A named value with its limits, all in the units of the axis; `others` are grey dots."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    others: tuple[float, ...] = ()
    reference: float | None = None
    own: bool = True


def intervals(
    points: Sequence[Interval],
    title: str,
    line: tuple[float, str] | None = None,
    band: tuple[float, float, str] | None = None,
) -> Spec:
    """Dots with their intervals, one row a name; a named line or a named band to compare with."""
    data = [
        *(_others(i, p) for i, p in enumerate(points) if p.others),
        *(_reference(i, p) for i, p in enumerate(points) if p.reference is not None),
        _values(points),
    ]
    shapes: list[Spec] = []
    annotations: list[Spec] = []
    if line:
        shapes.append(upright(0) | {"x0": line[0], "x1": line[0]})
        annotations.append(_above(line[0], line[1], PLUM))
    if band:
        fill = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        shapes.append(
            fill | {"x0": band[0], "x1": band[1], "fillcolor": "#E4E7E9", "line": {"width": 0}}
        )
        annotations.append(_above((band[0] + band[1]) / 2, band[2], GREY))
    return {
        "data": data,
        "layout": layout_of(
            height_of(len(points)),
            xaxis=axis(title),
            yaxis=names_axis([p.name for p in points]),
            shapes=shapes,
            annotations=annotations,
        ),
    }


def _values(points: Sequence[Interval]) -> Spec:
    shown = [(i, p) for i, p in enumerate(points) if p.value is not None]
    up = [0.0 if p.high is None else round(p.high - p.value, 4) for _, p in shown]
    down = [0.0 if p.low is None else round(p.value - p.low, 4) for _, p in shown]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(p.value, 4) for _, p in shown],
        "y": [i for i, _ in shown],
        "marker": {"size": 10, "color": [NAVY if p.own else GREY for _, p in shown]},
        "error_x": {"type": "data", "array": up, "arrayminus": down, "color": GREY, "width": 4},
        "hovertemplate": "%{x:.1f}<extra></extra>",
    }


def _others(position: int, point: Interval) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(x, 4) for x in sorted(point.others)],
        "y": [position] * len(point.others),
        "marker": {"size": 8, "color": LIGHT, "opacity": 0.8},
        "hoverinfo": "skip",
    }


def _reference(position: int, point: Interval) -> Spec:
    marker = {"symbol": "line-ns", "size": 16, "line": {"color": ORANGE, "width": 3}}
    xs = [round(point.reference, 4)] if point.reference is not None else []
    return {
        "type": "scatter",
        "mode": "markers",
        "x": xs,
        "y": [position],
        "marker": marker,
        "hoverinfo": "skip",
    }


def _above(x: float, text: str, colour: str) -> Spec:
    font = {"color": colour, "size": 12}
    return {
        "x": x,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": font,
    }
