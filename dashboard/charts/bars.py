"""Counts or shares as bars: weeks, tenths of a distribution."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.frame import AXIS_TEXT, LABEL_TEXT, axis, figure
from dashboard.palette import Palette

HEIGHT = 260
MOST_NAMES = 10  # under the bars, so that they do not touch at 390 px


def bars_figure(
    names: Sequence[str],
    heights: Sequence[float | None],
    axis_titles: tuple[str, str],
    colours: Palette,
    promised: float | None = None,
    promised_words: str = "",
    by_chance: tuple[float, float] | None = None,
) -> go.Figure:
    """
    One bar per name (None: no bar); ``axis_titles``: x and y.

    ``promised``: a dashed line to compare with; ``by_chance``: a shaded band around it in which bars end by chance.
    """
    drawn = figure(colours, HEIGHT, {"l": 52, "r": 8, "t": 22, "b": 48})
    if by_chance is not None:
        drawn.add_hrect(*by_chance, fillcolor=colours.band_80, line_width=0, layer="below")
    colour = colours.band_50 if by_chance is None else colours.median  # over the shade it must be told from it
    drawn.add_trace(go.Bar(x=list(names), y=list(heights), marker_color=colour, hoverinfo="skip", width=0.8))
    if promised is not None:
        drawn.add_hline(promised, line={"color": colours.threshold, "width": 1, "dash": "dash"})
        # beside a shaded band above the picture: on a phone the words would lie on a bar
        place = {"y": promised} if by_chance is None else {"y": 1, "yref": "paper"}
        drawn.add_annotation(x=1, xref="paper", xanchor="right", yanchor="bottom", text=promised_words, **place,
                             showarrow=False, font={"size": LABEL_TEXT, "color": colours.threshold})  # fmt: skip
    drawn.update_layout(
        xaxis=axis(
            colours, type="category", title=_titled(axis_titles[0]), tickangle=0, dtick=-(-len(names) // MOST_NAMES)
        ),
        yaxis=axis(colours, title=_titled(axis_titles[1]), rangemode="tozero", nticks=5),
    )
    return drawn


def _titled(words: str) -> dict:
    return {"text": words, "font": {"size": AXIS_TEXT}, "standoff": 6}
