"""Streamlit elements in our measures: a page, its title with one muted line, a section, a note."""

from contextlib import AbstractContextManager

import streamlit as st

from dashboard.palette import palette

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


def _ink_of_the_chosen_pill() -> None:
    """
    The only style we inject: Streamlit writes the chosen pill in the primary colour.

    On a dark page no colour can be 4.5:1 both there and under a button's white label (best possible 4.2).
    """
    chosen = "[data-testid=stButtonGroup] button[aria-checked=true] p"
    st.html(f"<style>{chosen} {{ color: {palette().ink} }}</style>")
