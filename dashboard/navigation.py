"""The staff pages, and who sees which in the navigation."""

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from care.access import Permission, Role, may

FOLDER = "../pages/"


@dataclass(frozen=True)
class PageEntry:
    """One page file, its title in the navigation, and the permission it asks for."""

    file: str
    title: str
    permission: Permission


PAGES = (
    PageEntry("panel.py", "Panel", Permission.VIEW_PANEL),
    PageEntry("record.py", "Record", Permission.VIEW_RECORD),
    PageEntry("outcomes.py", "Outcomes", Permission.VIEW_OUTCOMES),
    PageEntry("research.py", "Research export", Permission.EXPORT_RESEARCH),
)


def pages_for(role: Role) -> list[PageEntry]:
    """The pages of a role, its first screen first."""
    return [page for page in PAGES if may(role, page.permission)]


def navigate(role: Role) -> StreamlitPage:
    """
    The page the address names. The default page answers only at ``/``, so it is a small home that leads to
    the role's first screen.
    """
    home = st.Page(FOLDER + "home.py", title="Home", default=True, visibility="hidden")
    entries = [st.Page(FOLDER + page.file, title=page.title) for page in pages_for(role)]
    return st.navigation([home, *entries], position="top")


def first_screen(role: Role) -> str:
    """The path of the role's first screen, for ``st.switch_page``."""
    return FOLDER + pages_for(role)[0].file
