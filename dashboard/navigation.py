"""The staff pages, and who sees which in the navigation."""

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from care.access import Permission, Role, Viewer, may

FOLDER = "../pages/"


@dataclass(frozen=True)
class PageEntry:
    """
    One page file, its title in the navigation, and the permission it asks for (None: being signed in).

    ``listed``: whether it stands in the menu; the others are reached by their address or a link.
    """

    file: str
    title: str
    permission: Permission | None
    listed: bool = True


SCREENS = (
    PageEntry("panel.py", "Panel", Permission.VIEW_PANEL),
    PageEntry("record.py", "Record", Permission.VIEW_RECORD),
    PageEntry("enroll.py", "Enroll", Permission.ENROLL),
    PageEntry("outcomes.py", "Outcomes", Permission.VIEW_OUTCOMES),
    PageEntry("workload.py", "Alerts", Permission.VIEW_ALERT_HANDLING),
    PageEntry("research.py", "Research export", Permission.EXPORT_RESEARCH),
    PageEntry("monitoring.py", "Is it right?", Permission.VIEW_MONITORING),
    PageEntry("settings.py", "Settings", Permission.CHOOSE_SETTINGS),
    PageEntry("replayed.py", "Replayed", Permission.VIEW_RECORD, listed=False),
)
OWN = (PageEntry("account.py", "Account", None), PageEntry("sign_out.py", "Sign out", None))
HOME = PageEntry("home.py", "Home", None)
PAGES = (HOME, *SCREENS, *OWN)


def screens_for(role: Role) -> list[PageEntry]:
    """The screens of a role, its first one first."""
    return [page for page in SCREENS if may(role, page.permission)]


def navigate(viewer: Viewer) -> StreamlitPage:
    """
    The page the address names.

    The default page answers only at ``/``, so it is a small home that leads to the role's first screen.
    """
    home = st.Page(FOLDER + HOME.file, title=HOME.title, default=True, visibility="hidden")
    screens = [_page(entry) for entry in screens_for(viewer.role)]
    own = f"{viewer.name} · synthetic" if viewer.is_demo else viewer.name
    # One flat list: with named sections Streamlit's menu on a phone is a broken list (axe: serious).
    account, leave = (_page(entry, title) for entry, title in zip(OWN, (own, "Sign out"), strict=True))
    return st.navigation([home, *screens, account, leave], position="top")


def first_screen(role: Role) -> str:
    """The path of the role's first screen, for ``st.switch_page``."""
    return FOLDER + screens_for(role)[0].file


def _page(entry: PageEntry, title: str = "") -> StreamlitPage:
    visibility = "visible" if entry.listed else "hidden"
    return st.Page(FOLDER + entry.file, title=title or entry.title, visibility=visibility)
