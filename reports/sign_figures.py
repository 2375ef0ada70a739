"""Pictures of signs: all schools with their intervals, and the scores around mark boundaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.figures import (
    GREY,
    NAVY,
    ORANGE,
    PLUM,
    Spec,
    axis,
    height_of,
    layout_of,
    names_axis,
    plain,
    upright,
)

# Shape and colour say the same: a printed page in grey still tells the states apart.
SHAPES = {
    "red": ("diamond", PLUM),
    "amber": ("square", ORANGE),
    "none": ("circle", NAVY),
    "other": ("x-thin-open", GREY),
}


@dataclass(frozen=True)
class Estimate:
    """A school of the forest plot, percents; `state` is a key of SHAPES."""

    name: str
    state: str
    value: float | None
    low: float | None = None
    high: float | None = None


def forest(
    schools: Sequence[Estimate],
    words: Mapping[str, str],
    limits: tuple[float, float],
    line: tuple[float, str],
) -> Spec:
    """A row a school: its estimate and interval, shape by state; `words` name the states."""
    data = [
        _state(words[state], shape, [(i, s) for i, s in enumerate(schools) if s.state == state])
        for state, shape in SHAPES.items()
        if any(s.state == state and s.value is not None for s in schools)
    ]
    silent = [i for i, s in enumerate(schools) if s.value is None]
    layout = layout_of(
        height_of(len(schools)) + 40,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
        xaxis=axis("% не добравших 1–2 балла до границы", range=list(limits)),
        yaxis=names_axis([s.name for s in schools]),
        shapes=[
            upright(0) | {"x0": 0, "x1": 0, "line": {"color": GREY, "width": 1}},
            upright(0) | {"x0": line[0], "x1": line[0]},
        ],
        annotations=[
            _note(line[0], 1, line[1], yref="paper", yanchor="bottom", xanchor="left", size=12),
            *(_note(0, i, "нет оценки", xanchor="left", size=12, color=GREY) for i in silent),
        ],
    )
    layout["margin"]["t"] = 64
    return {"data": data, "layout": layout}


def _state(word: str, shape: tuple[str, str], found: Sequence[tuple[int, Estimate]]) -> Spec:
    shown = [(i, s) for i, s in found if s.value is not None]
    symbol, colour = shape
    return {
        "type": "scatter",
        "mode": "markers",
        "name": word,
        "x": [round(s.value, 2) for _, s in shown],
        "y": [i for i, _ in shown],
        "marker": {"size": 10, "symbol": symbol, "color": colour},
        "error_x": {
            "type": "data",
            "array": [round((s.high or s.value) - s.value, 2) for _, s in shown],
            "arrayminus": [round(s.value - (s.low or s.value), 2) for _, s in shown],
            "color": GREY,
            "width": 4,
        },
        "hovertemplate": "%{x:.1f} %<extra></extra>",
    }


def _note(x: float, y: float, text: str, **more: object) -> Spec:
    font = {"size": more.pop("size"), "color": more.pop("color", PLUM)}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": font, **more}


def around_boundaries(
    own: tuple[str, Sequence[int]], expected: Sequence[float], distances: Sequence[int]
) -> Spec:
    """Works by distance to the nearest boundary: bars of the school over the expected line."""
    labels = [f"{d:+d}".replace("-", "−") if d else "граница" for d in distances]
    layout = layout_of(
        330,
        bargap=0.2,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.12, "yanchor": "bottom"},
        xaxis=axis(
            "баллов от ближайшей границы отметки",
            tickvals=list(distances),
            ticktext=labels,
            showgrid=False,
        ),
        yaxis=axis("работ", rangemode="tozero", ticksuffix=" "),
        shapes=[upright(0)],
        annotations=[
            _note(-0.5, 1, "отсюда отметка выше", yref="paper", yanchor="bottom",
                  xanchor="left", size=12),
        ],
    )  # fmt: skip
    layout["margin"]["t"] = 76
    return {
        "data": [
            {
                "type": "bar",
                "name": plain(own[0]),
                "x": list(distances),
                "y": list(own[1]),
                "marker": {"color": NAVY},
                "hovertemplate": "работ: %{y}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": "ожидание при том же уровне школы",
                "x": list(distances),
                "y": [round(value, 1) for value in expected],
                "line": {"color": ORANGE, "width": 2.5},
                "marker": {"size": 7, "color": ORANGE},
                "hovertemplate": "ожидалось: %{y:.0f}<extra></extra>",
            },
        ],
        "layout": layout,
    }
