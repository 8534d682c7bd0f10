"""Two buttons for a patient's link: copy it, or print a card with it."""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "link_card",
    html='<div class="link-card"></div>',
    css=(FOLDER / "link_card.css").read_text(),
    js=(FOLDER / "link_card.js").read_text(),
)


@dataclass(frozen=True)
class LinkCard:
    """Texts of the card, in the patient's language; the link says nothing about health, and neither does the card."""

    address: str
    copy_label: str
    heading: str
    how: str
    until: str
    language: str


def link_card(card: LinkCard, key: str) -> None:
    """Draw the buttons; the printed page holds the card and nothing of the screen."""
    _mount(key=key, data=asdict(card))
