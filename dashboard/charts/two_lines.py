"""The same count under two settings, week by week; both lines are named where they end."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.frame import AXIS_TEXT, LABEL_TEXT, axis, figure
from dashboard.palette import Palette

HEIGHT = 260
MOST_NAMES = 5  # under the axis, so that they do not touch at 390 px beside the lines' names
APART = 0.09  # of the height: names at the line's ends are no closer


def two_lines_figure(
    names: Sequence[str],
    before: tuple[str, Sequence[int]],
    after: tuple[str, Sequence[int]],
    axis_titles: tuple[str, str],
    colours: Palette,
) -> go.Figure:
    """``before`` and ``after``: the line's name and one count per name; the first dashed and muted, the second ink."""
    drawn = figure(colours, HEIGHT, {"l": 52, "r": 84, "t": 16, "b": 48})
    top = max(*before[1], *after[1], 1)
    lines = ((before, colours.muted, "dash", 1.5), (after, colours.ink, "solid", 2))
    for (_, counts), colour, dash, width in lines:
        line = {"color": colour, "dash": dash, "width": width}
        drawn.add_trace(go.Scatter(x=list(names), y=list(counts), mode="lines", line=line, hoverinfo="skip"))
    for (name, _), colour, height in zip(
        (before, after), (colours.muted, colours.ink), _ends(before, after, top), strict=True
    ):
        drawn.add_annotation(
            x=1.0, xref="paper", xanchor="left", xshift=6, y=height, text=name, showarrow=False,
            font={"size": LABEL_TEXT, "color": colour},
        )  # fmt: skip
    drawn.update_layout(
        xaxis=axis(
            colours, type="category", title=_titled(axis_titles[0]), tickangle=0, dtick=-(-len(names) // MOST_NAMES),
            range=[-0.2, len(names) - 1],
        ),
        yaxis=axis(colours, title=_titled(axis_titles[1]), range=[0, top * 1.1], nticks=5),
    )  # fmt: skip
    return drawn


def _ends(before: tuple[str, Sequence[int]], after: tuple[str, Sequence[int]], top: int) -> tuple[float, float]:
    """Where the two names stand: at the lines' ends, moved apart where these are too close."""
    first, second = float(before[1][-1]), float(after[1][-1])
    room = APART * top * 1.1
    if abs(first - second) >= room:
        return first, second
    middle, up = max((first + second) / 2, room), 1 if first >= second else -1
    return middle + up * room / 2, middle - up * room / 2


def _titled(words: str) -> dict:
    return {"text": words, "font": {"size": AXIS_TEXT}, "standoff": 6}
