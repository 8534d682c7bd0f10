"""From everybody eligible to those who can be compared: counts, shares, and each loss in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.frame import AXIS_TEXT, LABEL_TEXT, axis, figure
from dashboard.palette import Palette
from dashboard.words import count, percent

BAR_FOR_COUNT, BAR_FOR_BOTH = 0.25, 0.6  # shares of the whole whose bar is long enough at 390 px


@dataclass(frozen=True)
class Stair:
    """One step: its name, how many are left, and in words what was lost since the step before."""

    name: str
    count: int
    loss: str


def staircase_figure(stairs: Sequence[Stair], colours: Palette) -> go.Figure:
    """
    One bar per stair, the last one filled; counts and shares of the first stair stand in the bar at the left.

    A waterfall of floating bars was tried: nobody could read the losses.
    """
    drawn = figure(colours, 46 * len(stairs) + 8, {"l": 76, "r": 8, "t": 0, "b": 0})
    whole = max(stairs[0].count, 1)
    last = len(stairs) - 1
    drawn.add_trace(
        go.Bar(
            y=[stair.name for stair in stairs],
            x=[stair.count for stair in stairs],
            orientation="h",
            width=0.62,
            marker_color=[colours.primary if place == last else colours.band_50 for place in range(len(stairs))],
            hoverinfo="skip",
        )
    )
    for place, stair in enumerate(stairs):
        _write(drawn, stair, whole, colours, ink="white" if place == last else colours.ink)
    drawn.update_layout(
        xaxis=axis(colours, visible=False, range=[0, whole]),
        yaxis=axis(colours, autorange="reversed", tickfont={"size": AXIS_TEXT, "color": colours.ink}),
    )
    return drawn


def _write(drawn: go.Figure, stair: Stair, whole: int, colours: Palette, ink: str) -> None:
    """Count and loss in the bar where they fit, else beside it."""
    share = stair.count / whole
    number = f"<b>{count(stair.count)}</b>" + (f"  {percent(share)}" if stair.loss else "")
    if share < BAR_FOR_COUNT:
        _put(drawn, stair, stair.count, f"{number}  {stair.loss}", colours.ink, "left")
        return
    _put(drawn, stair, 0, number, ink, "left")
    if share < BAR_FOR_BOTH:
        _put(drawn, stair, stair.count, stair.loss, colours.muted, "left")
    else:
        _put(drawn, stair, stair.count, stair.loss, "white" if ink == "white" else colours.muted, "right")


def _put(drawn: go.Figure, stair: Stair, x: float, words: str, colour: str, anchor: str) -> None:
    drawn.add_annotation(
        x=x,
        y=stair.name,
        text=words,
        showarrow=False,
        xanchor=anchor,
        xshift=6 if anchor == "left" else -6,
        font={"size": AXIS_TEXT if x == 0 else LABEL_TEXT, "color": colour},
    )
