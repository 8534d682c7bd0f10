"""The provider panel's table: one row per patient, worst first, under its group lines."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from dashboard.charts.sparkline import Sparkline

FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "panel_table",
    html='<div class="panel">\n</div>',
    css=(FOLDER / "panel_table.css").read_text(),
    js=(FOLDER / "panel_table.js").read_text(),
)


@dataclass(frozen=True)
class PanelRow:
    """
    One patient, every text ready to be read.

    ``id``: what a click sends back. ``href``: the record's address, for a new tab. ``asks``: a full row with
    something to do, else a quiet line. ``filled``: the only filled tag and button of a screen. ``mark``: a word
    after the name ("new"). ``action``: the button's verb; "" = no button.
    """

    id: str
    href: str
    group: str
    asks: bool
    filled: bool
    word: str
    glyph: str
    colour: str
    name: str
    mark: str
    is_new: bool
    sub: str
    reason: str
    course: Sparkline
    score: str
    expected: str
    contact: str
    action: str


@dataclass(frozen=True)
class PanelClick:
    """The id of the row whose record is to be opened, or whose action is to be done; None = not clicked."""

    open: str | None
    act: str | None


def panel_table(rows: Sequence[PanelRow], label: str, key: str, focus: tuple[str, int] | None = None) -> PanelClick:
    """
    Draw the rows and return what was clicked in this run.

    ``focus``: (id, turn) of a row whose button takes the focus back after a drawer was closed; a turn is answered
    once. An id that is not among the rows is ignored: the browser's word is checked, here and again by the store.
    """
    shown = {row.id for row in rows}
    clicked = _mount(
        key=key,
        data={
            "rows": [asdict(row) for row in rows],
            "label": label,
            "focus": {"id": focus[0], "turn": focus[1]} if focus else None,
        },
        on_open_change=_noted,
        on_act_change=_noted,
    )
    return PanelClick(
        open=clicked.open if clicked.open in shown else None, act=clicked.act if clicked.act in shown else None
    )


def _noted() -> None:
    """Streamlit returns a trigger's value only where a callback is registered for it."""
