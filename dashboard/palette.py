"""The theme's colours for charts, by what they are for; their hex values live in ``.streamlit/config.toml`` alone."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Palette:
    """Colours of the light or dark theme. ``shapes``: Streamlit colour name → colour of a status shape."""

    background: str
    surface: str
    ink: str
    muted: str
    hairline: str
    link: str
    primary: str
    band_80: str
    band_50: str
    median: str
    threshold: str
    shapes: dict[str, str]


SHAPE_COLOURS = ("red", "orange", "violet", "gray", "blue", "green")


def palette(theme: str | None = None) -> Palette:
    """Of ``theme`` ("light" or "dark"); by default of the theme the viewer's browser shows."""
    name = theme or st.context.theme.type or "light"

    def colour(option: str) -> str:
        return st.get_option(f"theme.{name}.{option}")

    band_80, band_50, median, threshold = colour("chartCategoricalColors")
    return Palette(
        background=colour("backgroundColor"),
        surface=colour("secondaryBackgroundColor"),
        ink=colour("textColor"),
        muted=colour("grayTextColor"),
        hairline=colour("dataframeBorderColor"),
        link=colour("linkColor"),
        primary=colour("primaryColor"),
        band_80=band_80,
        band_50=band_50,
        median=median,
        threshold=threshold,
        shapes={shape: colour(f"{shape}Color") for shape in SHAPE_COLOURS},
    )
