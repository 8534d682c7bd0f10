"""The theme keeps its contrast, and its statuses stay apart for colour-blind eyes."""

import itertools

import numpy as np
import pytest
import streamlit as st

from dashboard.labels import STATUS_LABELS
from dashboard.palette import palette

THEMES = ("light", "dark")
NORMAL = np.eye(3)
# Machado, Oliveira, Fernandes 2009, severity 1.0, doi 10.1109/TVCG.2009.113
DEFICIENCIES = {
    "normal": NORMAL,
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    lights = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) + 0.05 for colour in (one, other))
    return lights[1] / lights[0]


def lab(light: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = to_xyz @ np.clip(light, 0, 1) / (0.95047, 1.0, 1.08883)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """CIEDE2000 (Sharma, Wu, Dalal 2005, doi 10.1002/col.20070)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(chroma**7 / (chroma**7 + 25**7)))
    c1, c2 = np.hypot((1 + g) * a1, b1), np.hypot((1 + g) * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, (1 + g) * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = h2 - h1
    turn -= 360 * np.sign(turn) if abs(turn) > 180 else 0
    hue = (h1 + h2) / 2 + (180 if abs(h1 - h2) > 180 else 0)
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    cos = lambda angle: np.cos(np.radians(angle))  # noqa: E731
    t = 1 - 0.17 * cos(hue - 30) + 0.24 * cos(2 * hue) + 0.32 * cos(3 * hue + 6) - 0.2 * cos(4 * hue - 63)
    s_l = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    d_l, d_c = (l2 - l1) / s_l, (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    rotation = (
        -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * 2 * np.sqrt(chroma**7 / (chroma**7 + 25**7))
    )
    return float(np.sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h))


def test_the_colour_difference_agrees_with_published_pairs():
    pairs = [((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, 2.5, 0), (73, 25, -18), 27.1492)]
    for one, other, expected in pairs:
        assert difference(np.array(one), np.array(other)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["textColor", "grayTextColor", "linkColor", "redTextColor", "orangeTextColor",
                                  "greenTextColor", "blueTextColor", "violetTextColor"])  # fmt: skip
def test_text_is_legible_on_page_and_surface(theme, name):
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(st.get_option(f"theme.{theme}.{name}"), st.get_option(f"theme.{theme}.{ground}")) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_text_of_an_alert_box_is_legible_on_its_own_ground(theme):
    for colour in ("red", "orange", "green", "blue", "violet"):
        text, ground = (st.get_option(f"theme.{theme}.{colour}{part}") for part in ("TextColor", "BackgroundColor"))
        assert contrast(text, ground) >= 4.5, colour


@pytest.mark.parametrize("theme", THEMES)
def test_a_status_shape_stands_out_from_the_page(theme):
    colours = palette(theme)
    for label in STATUS_LABELS.values():
        assert contrast(colours.shapes[label.colour], colours.background) >= 3.0, label.word


@pytest.mark.parametrize("theme", THEMES)
def test_words_on_a_chart_are_legible_where_they_stand(theme):
    colours = palette(theme)
    assert contrast(colours.ink, colours.band_50) >= 4.5
    assert contrast(colours.threshold, colours.band_80) >= 4.5
    assert contrast("#FFFFFF", colours.primary) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_filled_tag_is_legible(theme):
    colours = palette(theme)
    assert contrast(colours.background, colours.shapes["red"]) >= 4.5


@pytest.mark.parametrize(
    ("theme", "eyes", "least"),
    [
        ("light", "normal", 20), ("light", "deuteranopia", 19), ("light", "protanopia", 19),
        ("light", "tritanopia", 15),
        ("dark", "normal", 20), ("dark", "deuteranopia", 13), ("dark", "protanopia", 18),
        ("dark", "tritanopia", 5.5),  # on track and ahead; their shapes carry it
    ],
)  # fmt: skip
def test_no_two_statuses_look_alike(theme, eyes, least):
    seen = {name: lab(DEFICIENCIES[eyes] @ linear(colour)) for name, colour in palette(theme).shapes.items()}
    for one, other in itertools.combinations(seen, 2):
        assert difference(seen[one], seen[other]) >= least, (one, other)
