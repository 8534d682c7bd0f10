"""Streamlit elements in our measures: a page, its title with one muted line, a section, a note."""

from contextlib import AbstractContextManager

import pandas as pd
import streamlit as st

from dashboard.palette import palette
from dashboard.words import literal

WIDEST = 1320  # px; longer rows are hard to follow with the eye


def body() -> AbstractContextManager:
    """The page's column; everything a page draws stands in it."""
    _ink_of_the_chosen_pill()
    return st.container(width=WIDEST)


def title(answer: str, line: str) -> None:
    """The page's answer as its title, and one muted line under it."""
    with st.container(gap=None):
        st.title(answer, anchor=False)
        note(line)


def section(finding: str) -> None:
    """A section's title states its finding."""
    st.header(finding, anchor=False)


def note(text: str) -> None:
    """A small muted line of markdown; ``st.caption`` fades the text below the contrast that can be read."""
    st.markdown(f":small[:gray[{text}]]")


def table(rows: pd.DataFrame | list[dict] | dict, **options: object) -> None:
    """
    A table of plain text: names, messages and sources stand for themselves.

    ``st.table`` reads its cells as markdown; a patient's message could load a picture from another host with it.
    """
    st.table(_plain(rows), border="horizontal", **options)


def _plain(rows: object) -> object:
    """The same table, or cell, with every text in it escaped."""
    if isinstance(rows, pd.DataFrame):
        return rows.map(_plain).rename(columns=_plain, index=_plain)
    if isinstance(rows, list):
        return [_plain(row) for row in rows]
    if isinstance(rows, dict):
        return {_plain(key): _plain(value) for key, value in rows.items()}
    return literal(rows) if isinstance(rows, str) else rows


def _ink_of_the_chosen_pill() -> None:
    """
    The only style we inject: Streamlit writes the chosen pill in the primary colour.

    On a dark page no colour can be 4.5:1 both there and under a button's white label (best possible 4.2).
    """
    chosen = "[data-testid=stButtonGroup] button[aria-checked=true] p"
    st.html(f"<style>{chosen} {{ color: {palette().ink} }}</style>")
