"""The same small chart for all clinics together and for each of a few, on the same axes."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.charts.frame import LABEL_TEXT, axis, band_trace, figure
from dashboard.charts.week_axis import week_ticks
from dashboard.palette import Palette
from dashboard.words import count

ACROSS = 3
ROW_HEIGHT = 160


@dataclass(frozen=True)
class MeanCourse:
    """A clinic's mean score by day after the index date with its 95 % interval; ``n`` patients with a baseline."""

    name: str
    n: int
    days: Sequence[int]
    mean: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]


def multiples_figure(courses: Sequence[MeanCourse], decimals: int, colours: Palette) -> go.Figure:
    """``courses[0]`` is everybody, drawn dashed behind each of the others; order by size or alphabet, never by rank."""
    rows = -(-len(courses) // ACROSS)
    titles = [f"<b>{course.name}</b>  n = {count(course.n)}" for course in courses]
    grid = make_subplots(rows, ACROSS, shared_xaxes=True, shared_yaxes=True, subplot_titles=titles,
                         horizontal_spacing=0.04, vertical_spacing=0.2 / rows)  # fmt: skip
    grid.update_layout(figure(colours, ROW_HEIGHT * rows + 40, {"l": 36, "r": 8, "t": 28, "b": 36}).layout)
    for title in grid.layout.annotations:
        title.update(font={"size": LABEL_TEXT, "color": colours.ink}, xanchor="left", x=title.x - 0.15)
    for place, course in enumerate(courses):
        _add_course(grid, course, courses[0] if place else None, decimals, colours, *divmod(place, ACROSS))
    days, weeks = week_ticks(0, max(courses[0].days), most=4)
    grid.update_xaxes(axis(colours, tickvals=days, ticktext=weeks, showline=True))
    grid.update_yaxes(axis(colours, nticks=4))
    return grid


def _add_course(
    grid: go.Figure,
    course: MeanCourse,
    whole: MeanCourse | None,
    decimals: int,
    colours: Palette,
    row: int,
    column: int,
) -> None:
    cell = {"row": row + 1, "col": column + 1}
    grid.add_trace(band_trace(list(course.days), list(course.lower), list(course.upper), colours.band_80), **cell)
    if whole is not None:
        dashed = {"color": colours.median, "width": 1.2, "dash": "dash"}
        grid.add_trace(go.Scatter(x=whole.days, y=whole.mean, mode="lines", line=dashed, hoverinfo="skip"), **cell)
    last = f"{course.mean[-1]:.{decimals}f}"
    grid.add_trace(
        go.Scatter(
            x=course.days,
            y=course.mean,
            mode="lines+text",
            line={"color": colours.ink, "width": 1.8},
            text=[""] * (len(course.mean) - 1) + [last],
            textposition="top left" if course.mean[-1] >= course.mean[0] else "bottom left",  # off the line
            cliponaxis=False,
            textfont={"size": LABEL_TEXT, "color": colours.ink},
            hovertemplate=f"{course.name}<br>day %{{x}}: %{{y:.{decimals}f}}<extra></extra>",
        ),
        **cell,
    )
