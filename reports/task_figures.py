"""Charts of tasks: completion beside a wider group, and by groups of marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.figures import (
    INK,
    LIGHT,
    MARK_COLOURS,
    NAVY,
    ORANGE,
    Spec,
    axis,
    layout_of,
    percents,
    plain,
)


def tasks(
    names: Sequence[str],
    own: tuple[str, Sequence[float | None]],
    reference: tuple[str, Sequence[float | None]] | None,
    thresholds: Sequence[float | None],
) -> Spec:
    """Completion by task: bars for `own`, diamonds for the reference, ticks at the threshold."""
    xs = list(range(len(names)))
    hover = "%{y:.1f} %<extra></extra>"
    data: list[Spec] = [
        {
            "type": "bar",
            "name": plain(own[0]),
            "x": xs,
            "y": percents(own[1]),
            "marker": {"color": NAVY},
            "hovertemplate": hover,
        }
    ]
    if reference:
        marker = {"symbol": "diamond", "size": 9, "color": LIGHT, "line": _line(INK, 1)}
        data.append(_dots(reference[0], xs, percents(reference[1]), marker, hover))
    if any(t is not None for t in thresholds):
        marker = {"symbol": "line-ew", "size": 16, "line": _line(ORANGE, 3)}
        data.append(_dots("порог", xs, percents(thresholds), marker, hover))
    layout = layout_of(
        330,
        bargap=0.3,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        xaxis=axis("задание", tickvals=xs, ticktext=[plain(n) for n in names], showgrid=False),
        yaxis=axis("выполнение, %", range=[0, 102]),
    )
    return {"data": data, "layout": layout}


def _line(colour: str, width: float) -> Spec:
    return {"color": colour, "width": width}


def _dots(name: str, xs: list[int], ys: list[float | None], marker: Spec, hover: str) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(name),
        "x": xs,
        "y": ys,
        "marker": marker,
        "hovertemplate": hover,
    }


def mark_groups(names: Sequence[str], completion: Mapping[int, Sequence[float | None]]) -> Spec:
    """Completion by task, a line a mark group, named at its right end."""
    xs = list(range(len(names)))
    dashes = {2: "dot", 3: "dash", 4: "solid", 5: "solid"}
    data: list[Spec] = []
    annotations: list[Spec] = []
    for mark, values in completion.items():
        ys = percents(values)
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": f"«{mark}»",
                "x": xs,
                "y": ys,
                "line": {"color": MARK_COLOURS[mark], "width": 2.5, "dash": dashes[mark]},
                "marker": {"size": 6},
                "hovertemplate": f"группа «{mark}»: %{{y:.1f}} %<extra></extra>",
            }
        )
        if ys and ys[-1] is not None:
            annotations.append(_end_name(f"«{mark}»", len(xs) - 1, ys[-1], MARK_COLOURS[mark]))
    layout = layout_of(
        320,
        xaxis=axis("задание", tickvals=xs, ticktext=[plain(n) for n in names], showgrid=False),
        yaxis=axis("выполнение, %", range=[0, 104]),
        annotations=annotations,
    )
    layout["margin"]["r"] = 48
    return {"data": data, "layout": layout}


def _end_name(text: str, x: float, y: float, colour: str) -> Spec:
    font = {"color": colour, "size": 14}
    return {
        "x": x,
        "y": y,
        "xanchor": "left",
        "xshift": 8,
        "text": text,
        "showarrow": False,
        "font": font,
    }
