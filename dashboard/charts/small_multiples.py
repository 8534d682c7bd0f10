"""The same small chart for all clinics together and for each of a few, on the same axes."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.frame import LABEL_TEXT, as_label, axis, band_trace, figure
from dashboard.charts.week_axis import week_ticks
from dashboard.palette import Palette
from dashboard.words import count

ACROSS = 3
ROW_HEIGHT = 160
GAP, ROW_GAP = 0.04, 0.18  # between charts and between their rows, shares of the figure


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
    cells = [_cell(place, rows) for place in range(len(courses))]
    drawn = figure(colours, ROW_HEIGHT * rows + 40, {"l": 36, "r": 8, "t": 28, "b": 36})
    drawn.add_traces(
        [
            trace
            for place, course in enumerate(courses)
            for trace in _traces(course, courses[0] if place else None, decimals, colours, _axis_number(place))
        ]
    )
    # one update of everything: plotly's make_subplots validates it piece by piece, which took 150 ms instead of 40
    drawn.update_layout(
        {
            "annotations": [_heading(course, cell, colours) for course, cell in zip(courses, cells, strict=True)],
            **_axes(courses, cells, colours),
        }
    )
    return drawn


def _cell(place: int, rows: int) -> tuple[list[float], list[float]]:
    """Left and right, bottom and top of a chart, as shares of the figure; the first row is on top."""
    row, column = divmod(place, ACROSS)
    width, height = (1 - GAP * (ACROSS - 1)) / ACROSS, (1 - ROW_GAP * (rows - 1)) / rows
    left, bottom = column * (width + GAP), (rows - 1 - row) * (height + ROW_GAP)
    return [left, left + width], [bottom, bottom + height]


def _axis_number(place: int) -> str:
    return str(place + 1) if place else ""


def _heading(course: MeanCourse, cell: tuple[list[float], list[float]], colours: Palette) -> dict:
    (left, _), (_, top) = cell
    return {
        "text": f"<b>{as_label(course.name)}</b>  n = {count(course.n)}",
        "font": {"size": LABEL_TEXT, "color": colours.ink},
        "x": left, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper", "yanchor": "bottom", "yshift": 4,
        "showarrow": False,
    }  # fmt: skip


def _axes(courses: Sequence[MeanCourse], cells: Sequence[tuple[list[float], list[float]]], colours: Palette) -> dict:
    """The same two axes for every chart; numbers at the left of a row and at the foot of a column."""
    days, weeks = week_ticks(0, max(courses[0].days), most=4)
    last = max(courses[0].days)
    axes = {}
    for place, (across, upward) in enumerate(cells):
        number, is_foot = _axis_number(place), place + ACROSS >= len(courses)
        axes[f"xaxis{number}"] = axis(
            colours, domain=across, anchor=f"y{number}", tickvals=days, ticktext=weeks, showline=True,
            showticklabels=is_foot, range=[-0.05 * last, 1.1 * last],
        )  # fmt: skip
        matches = {"matches": "y"} if place else {}
        axes[f"yaxis{number}"] = axis(
            colours, domain=upward, anchor=f"x{number}", nticks=4, showticklabels=place % ACROSS == 0, **matches
        )
    return axes


def _traces(
    course: MeanCourse, whole: MeanCourse | None, decimals: int, colours: Palette, number: str
) -> list[go.Scatter]:
    cell = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    band = band_trace(list(course.days), list(course.lower), list(course.upper), colours.band_80)
    band.update(cell)
    own = go.Scatter(
        x=course.days,
        y=course.mean,
        mode="lines+text",
        line={"color": colours.ink, "width": 1.8},
        text=[""] * (len(course.mean) - 1) + [f"{course.mean[-1]:.{decimals}f}"],
        textposition="top left" if course.mean[-1] >= course.mean[0] else "bottom left",  # off the line
        cliponaxis=False,
        textfont={"size": LABEL_TEXT, "color": colours.ink},
        hovertemplate=f"{as_label(course.name)}<br>day %{{x}}: %{{y:.{decimals}f}}<extra></extra>",
        **cell,
    )
    if whole is None:
        return [band, own]
    dashed = {"color": colours.median, "width": 1.2, "dash": "dash"}
    return [band, go.Scatter(x=whole.days, y=whole.mean, mode="lines", line=dashed, hoverinfo="skip", **cell), own]
