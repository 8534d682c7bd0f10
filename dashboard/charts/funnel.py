"""Clinics' results against how far chance alone would scatter them; no league table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from scipy.stats import norm

from dashboard.charts.frame import LABEL_TEXT, as_label, axis, figure
from dashboard.palette import Palette
from dashboard.words import count, number

HEIGHT = 340
# Room for a name, as shares of the axes; a point without room keeps shape and colour, and its name on hover.
NAME_WIDTH, NAME_HEIGHT = 0.4, 0.08
LIMITS = ((0.95, "dash", "95\u202f%"), (0.998, "solid", "99.8\u202f%"))


@dataclass(frozen=True)
class FunnelPoint:
    """One clinic: ``n`` patients with a score before and after, and its (adjusted) mean gain."""

    name: str
    n: int
    gain: float


def limit(share: float, spread: float, n: np.ndarray) -> np.ndarray:
    """Distance from the centre inside which ``share`` of clinics of size ``n`` fall by chance alone."""
    return norm.ppf((1 + share) / 2) * spread / np.sqrt(n)


def beyond(points: Sequence[FunnelPoint], centre: float, spread: float) -> list[FunnelPoint]:
    """The clinics outside the 99.8 % limits: the only ones a funnel names."""
    return [point for point in points if abs(point.gain - centre) > limit(0.998, spread, point.n)]


def with_room_for_names(outside: Sequence[FunnelPoint], centre: float, largest: int) -> list[FunnelPoint]:
    """Those whose names do not overlap, the ones farthest from chance first."""
    tall = 2 * max((abs(point.gain - centre) for point in outside), default=1.0)
    named: list[FunnelPoint] = []
    for point in sorted(outside, key=lambda point: -abs(point.gain - centre) * point.n**0.5):
        if all(
            abs(point.n - other.n) > NAME_WIDTH * largest or abs(point.gain - other.gain) > NAME_HEIGHT * tall
            for other in named
        ):
            named.append(point)
    return named


def funnel_figure(
    points: Sequence[FunnelPoint], centre: float, spread: float, axis_title: str, higher_is_better: bool,
    colours: Palette,
) -> go.Figure:  # fmt: skip
    """
    Gains over size with 95 % (dashed) and 99.8 % (solid) limits.

    ``centre``: mean gain of everybody; ``spread``: standard deviation of one patient's gain, points.
    """
    drawn = figure(colours, HEIGHT, {"l": 56, "r": 112, "t": 8, "b": 44})
    largest = max(point.n for point in points)
    sizes = np.geomspace(max(2, min(point.n for point in points) * 0.8), largest * 1.05, 80)
    for share, dash, words in LIMITS:
        for sign in (1, -1):
            edge = centre + sign * limit(share, spread, sizes)
            line = {"color": colours.muted, "width": 1, "dash": dash}
            drawn.add_trace(go.Scatter(x=sizes, y=edge, mode="lines", line=line, hoverinfo="skip"))
        # apart from each other and from the centre's label, however narrow the limits are
        anchor, shift = ("bottom", 4) if share > 0.95 else ("middle", 3)
        _beside(drawn, centre + limit(share, spread, sizes[-1:])[0], words, anchor, shift, colours)
    drawn.add_shape(type="line", x0=0, x1=1, xref="paper", y0=centre, y1=centre,
                    line={"color": colours.median, "width": 1.2})  # fmt: skip
    _beside(drawn, centre, f"all clinics {number(centre, 1)}", "top", 2, colours)
    outside = beyond(points, centre, spread)
    _add_points(drawn, [point for point in points if point not in outside], colours)
    named = with_room_for_names(outside, centre, largest)
    for point in outside:
        _add_outside(drawn, point, (point.gain > centre) == higher_is_better, point in named, largest, colours)
    drawn.update_layout(
        xaxis=axis(colours, rangemode="tozero", range=[0, largest * 1.06], showline=True,
                   title_text="patients with a score before and after"),
        yaxis=axis(colours, title_text=axis_title, nticks=7),
    )  # fmt: skip
    return drawn


def _beside(drawn: go.Figure, y: float, words: str, anchor: str, shift: int, colours: Palette) -> None:
    drawn.add_annotation(x=1, xref="paper", y=y, text=words, showarrow=False, xanchor="left", yanchor=anchor, xshift=6,
                         yshift=shift, font={"size": LABEL_TEXT, "color": colours.muted})  # fmt: skip


def _hover(point: FunnelPoint) -> str:
    return f"<b>{as_label(point.name)}</b><br>{number(point.gain, 1)}, n = {count(point.n)}<extra></extra>"


def _add_points(drawn: go.Figure, points: Sequence[FunnelPoint], colours: Palette) -> None:
    drawn.add_trace(
        go.Scatter(
            x=[point.n for point in points],
            y=[point.gain for point in points],
            mode="markers",
            marker={"size": 7, "color": colours.ink, "opacity": 0.9},
            hovertemplate=[_hover(point) for point in points],
        )
    )


def _add_outside(
    drawn: go.Figure, point: FunnelPoint, is_better: bool, is_named: bool, largest: int, colours: Palette
) -> None:
    symbol, colour = ("triangle-up", "blue") if is_better else ("triangle-down", "red")
    upright = "bottom" if point.gain < 0 or not is_better else "top"
    aside = "right" if point.n < NAME_WIDTH / 2 * largest else "center"  # a centred name would leave the chart
    drawn.add_trace(
        go.Scatter(
            x=[point.n],
            y=[point.gain],
            mode="markers+text" if is_named else "markers",
            marker={"size": 12 if is_named else 9, "symbol": symbol, "color": colours.shapes[colour], "opacity": 1},
            text=f"{as_label(point.name)} {number(point.gain, 1)}, n = {count(point.n)}",
            textposition=f"{upright} {aside}",
            textfont={"size": LABEL_TEXT, "color": colours.ink},
            hovertemplate=_hover(point),
        )
    )
