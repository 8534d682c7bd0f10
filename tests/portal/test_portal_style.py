"""The portal's look and words: one palette with the staff site, and every text in both languages."""

import re
import tomllib

import pytest

import settings
from pathways.definitions import parse_pathway
from portal.words import catalogue
from scoring.instruments import parse_instrument

STYLE = (settings.ROOT / "portal" / "static" / "portal.css").read_text(encoding="utf-8")
THEME = tomllib.loads((settings.ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
NAMES = {
    "background": "backgroundColor",
    "surface": "secondaryBackgroundColor",
    "ink": "textColor",
    "muted": "grayTextColor",
    "border": "borderColor",
    "link": "linkColor",
    "wrong": "redTextColor",
}


@pytest.mark.parametrize(("theme", "place"), [("light", 0), ("dark", 1)])
def test_the_colours_are_the_staff_sites(theme, place):
    for name, option in NAMES.items():
        assert re.findall(rf"--{name}: (#\w+)", STYLE)[place] == THEME[theme][option], name
    for place_in_chart, name in enumerate(("band-80", "band-50")):
        colours = THEME[theme]["chartCategoricalColors"]
        assert re.findall(rf"--{name}: (#\w+)", STYLE)[place] == colours[place_in_chart]


def test_every_text_of_every_page_has_spanish_words():
    texts = set()
    for path in (settings.ROOT / "portal" / "templates").glob("*.html"):
        texts |= {found[1] for found in re.findall(r"_\((['\"])(.+?)\1\)", path.read_text(encoding="utf-8"))}
    assert len(texts) > 50
    assert sorted(text for text in texts if text not in catalogue("es").texts) == []


def test_a_translation_keeps_its_placeholders():
    for source, said in catalogue("es").texts.items():
        if source:
            assert re.findall(r"\{\w+\}", source) == re.findall(r"\{\w+\}", said), source


def test_every_question_a_pathway_asks_and_every_answer_has_spanish_words():
    words, known = set(), catalogue("es").texts
    for path in sorted((settings.CONTENT / "pathways").glob("*.toml")):
        pathway = parse_pathway(path.read_text(encoding="utf-8"), path.name)
        for reference in pathway.instruments:
            key = reference.split("@")[0]
            text = (settings.CONTENT / "instruments" / f"{key}.toml").read_text(encoding="utf-8")
            for item in parse_instrument(text, key).items:
                words |= {item.question or item.label} | {said for _, said in item.answers}
    assert len(words) > 25
    assert sorted(word for word in words if word not in known) == []


def test_no_translation_is_left_over():
    pages = "".join(
        path.read_text(encoding="utf-8")
        for folder, kind in (("portal", "py"), ("portal/templates", "html"), ("data/instruments", "toml"))
        for path in (settings.ROOT / folder).glob(f"*.{kind}")
    )
    assert sorted(text for text in catalogue("es").texts if text and text not in pages) == []
