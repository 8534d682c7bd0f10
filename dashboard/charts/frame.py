"""What all our Plotly figures share: one type, no ornament, axes in the palette's muted ink."""

from html import escape

import plotly.graph_objects as go

from dashboard.palette import Palette

FONT = '"Source Sans", "Source Sans 3", sans-serif'
CONFIG = {"displayModeBar": False, "responsive": True}
AXIS_TEXT, LABEL_TEXT = 13, 12  # px; nothing is smaller than 12


def figure(colours: Palette, height: int, margin: dict[str, int]) -> go.Figure:
    """An empty figure of a fixed height, so that nothing jumps when it arrives."""
    return go.Figure(
        layout={
            "height": height,
            "margin": margin,
            "font": {"family": FONT, "size": AXIS_TEXT, "color": colours.muted},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "hoverlabel": {
                "font": {"family": FONT, "size": 14, "color": colours.ink},
                "bgcolor": colours.background,
                "bordercolor": colours.hairline,
                "align": "left",
            },
        }
    )


def axis(colours: Palette, **settings: object) -> dict:
    """An axis without grid and zoom (a thumb could not scroll past a chart that zooms)."""
    quiet = {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": AXIS_TEXT, "color": colours.muted},
        "title_font": {"size": AXIS_TEXT, "color": colours.muted},
        "linecolor": colours.hairline,
        "tickcolor": colours.hairline,
    }
    return quiet | settings


def band_trace(days: list, lower: list, upper: list, colour: str) -> go.Scatter:
    """A filled band; `lines` because subplots otherwise add coloured dots."""
    return go.Scatter(
        x=[*days, *reversed(days)],
        y=[*upper, *reversed(lower)],
        mode="lines",
        line={"width": 0, "color": colour},
        fill="toself",
        fillcolor=colour,
        hoverinfo="skip",
    )


def faded(colour: str, opacity: float) -> str:
    """The colour as rgba, for lines that lie over a band."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def as_label(name: str) -> str:
    """A name for a chart's text: Plotly reads HTML and formulas in it, and would draw a live link."""
    return escape(name).replace("$", "&#36;")
