"""Plotly figures as plain JSON specs; drawn by assets/charts.js, never in Python.

Widths fit A4 between its margins, so that screen and paper share one drawing.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

NAVY, TEAL, PLUM, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
GREY, LIGHT, INK = "#6F777B", "#BFC4C7", "#1D2327"
FONT = "PT Sans, Segoe UI, Liberation Sans, Arial, sans-serif"
WIDTH = 680
ROW_HEIGHT = 30

# Neighbours in a bar differ by 3:1 in brightness; the number inside repeats the mark's meaning.
MARK_COLOURS = {2: PLUM, 3: ORANGE, 4: NAVY, 5: TEAL}
MARK_TEXT = {2: "#FFFFFF", 3: INK, 4: "#FFFFFF", 5: INK}

Spec = dict[str, Any]


def plain(text: str) -> str:
    """Text that plotly must not read as markup."""
    return html.escape(text, quote=False)


def layout_of(height: int, **more: object) -> Spec:
    return {
        "width": WIDTH,
        "height": height,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "margin": {"l": 56, "r": 24, "t": 34, "b": 48},
        "separators": ", ",
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        **more,
    }


def axis(title: str = "", **more: object) -> Spec:
    return {
        "title": {"text": title, "standoff": 8},
        "gridcolor": "#E4E7E9",
        "zeroline": False,
        "linecolor": GREY,
        "automargin": True,
        "fixedrange": True,
        **more,
    }


def names_axis(names: Sequence[str]) -> Spec:
    """A vertical axis of names by position: equal names stay two rows."""
    return axis(
        tickvals=list(range(len(names))),
        ticktext=[plain(name) for name in names],
        range=[len(names) - 0.5, -0.5],
        showgrid=False,
    )


def height_of(rows: int) -> int:
    return 96 + ROW_HEIGHT * max(rows, 1)


def percents(values: Sequence[float | None]) -> list[float | None]:
    return [None if v is None else round(100 * v, 2) for v in values]


def stacked(
    names: Sequence[str],
    parts: Mapping[str, Sequence[float | None]],
    colours: Sequence[tuple[str, str]],
) -> Spec:
    """Horizontal bars of 100 %: `parts` are shares by label, `colours` (bar, text) per part."""
    data = []
    for (label, shares), (colour, text_colour) in zip(parts.items(), colours, strict=True):
        values = percents(shares)
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": label,
                "x": values,
                "y": list(range(len(names))),
                "text": [f"{v:.0f}" if v is not None and v >= 6 else "" for v in values],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": text_colour},
                "marker": {"color": colour, "line": {"color": "#FFFFFF", "width": 1.5}},
                "hovertemplate": f"{label}: %{{x:.1f}} %<extra></extra>",
            }
        )
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"}
    return {
        "data": data,
        "layout": layout_of(
            height_of(len(names)),
            barmode="stack",
            bargap=0.25,
            showlegend=True,
            legend=legend,
            xaxis=axis("% участников", range=[0, 100], showgrid=False),
            yaxis=names_axis(names),
        ),
    }


def marks(names: Sequence[str], shares: Mapping[int, Sequence[float | None]]) -> Spec:
    """Shares of the marks 2–5, one bar a name."""
    colours = [(MARK_COLOURS[mark], MARK_TEXT[mark]) for mark in shares]
    return stacked(names, {f"«{mark}»": values for mark, values in shares.items()}, colours)


def journal(names: Sequence[str], shares: Mapping[str, Sequence[float | None]]) -> Spec:
    """Shares of lowered, confirmed and raised marks, one bar a name."""
    colours = [(PLUM, "#FFFFFF"), (LIGHT, INK), (NAVY, "#FFFFFF")]
    return stacked(names, shares, colours)


def scores(
    top: int,
    own: tuple[str, Mapping[int, float]],
    references: Sequence[tuple[str, Mapping[int, float]]],
    boundaries: Mapping[int, int],
) -> Spec:
    """Histogram of primary scores in percents: bars for `own`, lines for the references."""
    xs = list(range(top + 1))
    data: list[Spec] = [
        {
            "type": "bar",
            "name": plain(own[0]),
            "x": xs,
            "y": percents([own[1].get(x, 0.0) for x in xs]),
            "marker": {"color": NAVY},
            "hovertemplate": "балл %{x}: %{y:.1f} %<extra></extra>",
        }
    ]
    styles = ((ORANGE, "solid"), (GREY, "dot"))
    for (name, shares), (colour, dash) in zip(references, styles, strict=False):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": plain(name),
                "x": xs,
                "y": percents([shares.get(x, 0.0) for x in xs]),
                "line": {"color": colour, "width": 2.5, "dash": dash},
                "hovertemplate": "балл %{x}: %{y:.1f} %<extra></extra>",
            }
        )
    legend = {"orientation": "h", "x": 0, "y": 1.12, "yanchor": "bottom"}
    layout = layout_of(
        330,
        bargap=0.12,
        showlegend=True,
        legend=legend,
        xaxis=axis("первичный балл", range=[-0.6, top + 0.6], showgrid=False),
        yaxis=axis("% участников", rangemode="tozero", ticksuffix=" "),
        shapes=[upright(score) for score in boundaries.values()],
        annotations=[_boundary_name(mark, score) for mark, score in boundaries.items()],
    )
    layout["margin"]["t"] = 76
    return {"data": data, "layout": layout}


def upright(score: int) -> Spec:
    x = score - 0.5
    line = {"color": PLUM, "width": 1.5, "dash": "dash"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _boundary_name(mark: int, score: int) -> Spec:
    return {
        "x": score - 0.5,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": "left",
        "text": f"«{mark}» с {score}",
        "showarrow": False,
        "font": {"color": PLUM, "size": 12},
    }
