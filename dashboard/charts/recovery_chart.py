"""One patient's answers on top of the band that is expected of patients like this one."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.frame import LABEL_TEXT, axis, band_trace, faded, figure
from dashboard.charts.week_axis import week_ticks
from dashboard.palette import Palette

HEIGHT = 400
CALM_MARGIN = 0.04  # of the axis, above and below what is drawn


@dataclass(frozen=True)
class Answered:
    """One scored answer: ``hover`` is the text shown on it, lines joined by <br>."""

    day: int
    score: float
    label: str
    hover: str


@dataclass(frozen=True)
class RecoveryChart:
    """
    What is drawn, in days after the index date and points of the scale.

    ``band``: (day, p10, p25, p50, p75, p90); empty = no curve yet. ``courses``: up to 20 similar patients' courses.
    ``thresholds``: (score, short words). ``events``: (day, words). ``outside``: Streamlit colour name of the status
    whose shape marks the last answer, or "" when it lies inside the band; ``better``: "↑" or "↓".
    """

    title: str
    unit: str
    better: str
    score_range: tuple[float, float]
    display_range: tuple[float, float]
    answers: Sequence[Answered]
    band: Sequence[tuple[float, ...]]
    courses: Sequence[Sequence[tuple[int, float]]]
    missed: Sequence[int]
    thresholds: Sequence[tuple[float, str]]
    events: Sequence[tuple[int, str]]
    last_day: int
    outside: str
    glyph: str


MARKS = {"▼": "triangle-down", "▲": "triangle-up", "◆": "diamond", "■": "square"}


def recovery_figure(chart: RecoveryChart, colours: Palette) -> go.Figure:
    """Draw order: bands, similar courses, median, thresholds, events, the patient's own line."""
    drawn = figure(colours, HEIGHT, {"l": 56, "r": 8, "t": 44, "b": 36})
    first_day, last_day = _day_range(chart)
    low, high = _score_range(chart)
    _add_bands(drawn, chart, colours, last_day)
    _add_courses(drawn, chart, colours, last_day)
    _add_thresholds(drawn, chart, colours, last_day)
    _add_events(drawn, chart, colours)
    _add_missed(drawn, chart, colours, low)
    _add_own(drawn, chart, colours)
    days, weeks = week_ticks(first_day, last_day)
    drawn.update_layout(
        hovermode="closest",
        xaxis=axis(colours, range=[first_day, last_day], tickvals=days, ticktext=weeks, ticks="outside", ticklen=4,
                   showline=True),
        yaxis=axis(colours, range=[low, high], nticks=5, title_text=f"{chart.unit}, better {chart.better}",
                   title_standoff=8),
    )  # fmt: skip
    return drawn


def _day_range(chart: RecoveryChart) -> tuple[float, float]:
    days = [0, chart.last_day, *(answer.day for answer in chart.answers), *chart.missed]
    span = max(days) - min(days)
    return min(days) - 0.03 * span - 2, max(days) + 0.02 * span


def _score_range(chart: RecoveryChart) -> tuple[float, float]:
    """The instrument's display range, widened where this patient's answers or band leave it."""
    seen = [answer.score for answer in chart.answers] + [edge for point in chart.band for edge in point[1:]]
    low, high = min([chart.display_range[0], *seen]), max([chart.display_range[1], *seen])
    air = CALM_MARGIN * (high - low)
    floor, ceiling = chart.score_range
    return max(low - air, floor - air), min(high + air, ceiling + air)


def _until(points: Sequence[tuple[float, ...]], last_day: float) -> list[tuple[float, ...]]:
    return [point for point in points if point[0] <= last_day]


def _add_bands(drawn: go.Figure, chart: RecoveryChart, colours: Palette, last_day: float) -> None:
    band = _until(chart.band, last_day)
    if not band:
        return
    days, p10, p25, p50, p75, p90 = (list(column) for column in zip(*band, strict=True))
    drawn.add_trace(band_trace(days, p10, p90, colours.band_80))
    drawn.add_trace(band_trace(days, p25, p75, colours.band_50))
    drawn.add_trace(
        go.Scatter(x=days, y=p50, mode="lines", line={"color": colours.median, "width": 1.2}, hoverinfo="skip")
    )
    # On the side where the two edges lie further apart, so that the words never touch.
    on_top = p90[-1] - p75[-1] >= p25[-1] - p10[-1]
    for edge, words in ((p90 if on_top else p10, "80\u202f%"), (p75 if on_top else p25, "50\u202f%")):
        place = {"yanchor": "top", "yshift": -2} if on_top else {"yanchor": "bottom", "yshift": 2}
        _write(drawn, days[-1], edge[-1], words, colours.ink, xanchor="right", **place)


def _add_courses(drawn: go.Figure, chart: RecoveryChart, colours: Palette, last_day: float) -> None:
    for course in chart.courses:
        seen = _until(course, last_day)
        line = {"color": faded(colours.ink, 0.2), "width": 0.8}
        drawn.add_trace(
            go.Scatter(x=[p[0] for p in seen], y=[p[1] for p in seen], mode="lines", line=line, hoverinfo="skip")
        )


def _add_thresholds(drawn: go.Figure, chart: RecoveryChart, colours: Palette, last_day: float) -> None:
    for value, words in chart.thresholds:
        line = {"color": colours.threshold, "width": 1, "dash": "dash"}
        drawn.add_shape(type="line", x0=0, x1=last_day, y0=value, y1=value, line=line)
        _write(drawn, 0, value, words, colours.threshold, xanchor="left", yanchor="bottom", xshift=4)


def _add_events(drawn: go.Figure, chart: RecoveryChart, colours: Palette) -> None:
    for day, words in chart.events:
        line = {"color": colours.muted, "width": 1, "dash": "dot"}
        drawn.add_shape(type="line", x0=day, x1=day, y0=0, y1=1, yref="paper", line=line)
        _write(drawn, day, 1, words, colours.muted, yref="paper", xanchor="left", yanchor="bottom")


def _add_missed(drawn: go.Figure, chart: RecoveryChart, colours: Palette, low: float) -> None:
    if not chart.missed:
        return
    drawn.add_trace(
        go.Scatter(
            x=list(chart.missed), y=[low] * len(chart.missed), mode="markers+text", cliponaxis=False,
            text=["missed" if day == chart.missed[-1] else "" for day in chart.missed], textposition="top center",
            textfont={"size": LABEL_TEXT, "color": colours.muted}, hoverinfo="skip",
            marker={"symbol": "x-thin", "size": 8, "opacity": 1, "line": {"color": colours.muted, "width": 1.4}},
        )
    )  # fmt: skip


def _add_own(drawn: go.Figure, chart: RecoveryChart, colours: Palette) -> None:
    if not chart.answers:
        return
    before = len(chart.answers) - 1
    marked = chart.glyph in MARKS and bool(chart.outside)
    colour = colours.shapes[chart.outside] if marked else colours.ink
    drawn.add_trace(
        go.Scatter(
            x=[answer.day for answer in chart.answers],
            y=[answer.score for answer in chart.answers],
            mode="lines+markers",
            line={"color": colours.ink, "width": 2},
            marker={
                "symbol": ["circle"] * before + [MARKS[chart.glyph] if marked else "circle"],
                "size": [9] * before + [15 if marked else 10],
                "color": [colours.ink] * before + [colour],
                "line": {"color": colours.background, "width": 1.5},
                "opacity": 1,  # with a list of sizes Plotly silently takes 0.7
            },
            hovertemplate="%{customdata}<extra></extra>",
            customdata=[answer.hover for answer in chart.answers],
            cliponaxis=False,
        )
    )
    last = chart.answers[-1]
    # On the side the line does not come from.
    below = before == 0 or last.score < chart.answers[-2].score
    _write(drawn, last.day, last.score, f"<b>{last.label}</b>", colours.ink, size=15, xanchor="center",
           yanchor="top" if below else "bottom", yshift=-9 if below else 9)  # fmt: skip


def _write(
    drawn: go.Figure, x: float, y: float, words: str, colour: str, size: int = LABEL_TEXT, **place: object
) -> None:
    drawn.add_annotation(x=x, y=y, text=words, showarrow=False, font={"size": size, "color": colour}, **place)
