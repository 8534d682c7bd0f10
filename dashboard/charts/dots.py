"""Groups as dots with their intervals, one line each: no ranking, no bars from zero that hide how unsure a share is."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.frame import AXIS_TEXT, LABEL_TEXT, as_label, axis, figure
from dashboard.palette import Palette

ROW, ROOM = 34, 52  # px of height per group, and for the axis


@dataclass(frozen=True)
class Dot:
    """One group: a share from 0 to 1 with its interval, and the words beside it."""

    name: str
    value: float
    low: float
    high: float
    words: str


def dots_figure(
    dots: Sequence[Dot],
    axis_title: str,
    colours: Palette,
    promised: float | None = None,
    promised_words: str = "",
    begins: int = 0,
) -> go.Figure:
    """Shares over ``begins``–100 %; ``promised``: a thin dashed line to compare with, named by ``promised_words``."""
    drawn = figure(colours, ROW * len(dots) + ROOM + (18 if promised else 0), {"l": 8, "r": 8, "t": 18, "b": 44})
    names = [as_label(dot.name) for dot in dots]
    for name, dot in zip(names, dots, strict=True):
        line = {"color": colours.median, "width": 2}
        drawn.add_trace(go.Scatter(x=[dot.low * 100, dot.high * 100], y=[name, name], mode="lines", line=line))
    drawn.add_trace(
        go.Scatter(
            x=[dot.value * 100 for dot in dots],
            y=names,
            mode="markers",
            marker={"color": colours.ink, "size": 9, "opacity": 1},
            customdata=[as_label(dot.words) for dot in dots],
            hovertemplate="<b>%{y}</b><br>%{customdata}<extra></extra>",
        )
    )
    if promised is not None:
        line = {"color": colours.threshold, "width": 1, "dash": "dash"}
        drawn.add_vline(promised * 100, line=line)
        drawn.add_annotation(x=promised * 100, y=1, yref="paper", yanchor="bottom", text=promised_words,
                             showarrow=False, font={"size": LABEL_TEXT, "color": colours.threshold})  # fmt: skip
    drawn.update_layout(
        xaxis=axis(
            colours,
            range=[begins - 2, 102],
            tickvals=[begins, *(tick for tick in (25, 50, 75, 100) if tick > begins)],
            ticksuffix="\u202f%",
            title={"text": axis_title, "font": {"size": AXIS_TEXT}},
        ),
        yaxis=axis(colours, autorange="reversed", automargin=True, tickfont={"size": AXIS_TEXT, "color": colours.ink}),
    )
    return drawn
