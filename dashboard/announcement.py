"""New alerts are announced beside the filters and never inserted: a list does not move under somebody's hand."""

import streamlit as st

from care.access import Permission, Viewer
from care.queries.news import count_opened_since, mark_of_now
from dashboard.resources import live
from dashboard.session import viewer_who_can

ASK_EVERY = 2  # seconds: an answer is to be announced within five, and the question costs a few milliseconds


def mark_for_list(viewer: Viewer) -> str:
    """To be taken before the list is read."""
    with live(viewer) as session:
        return mark_of_now(session)


@st.fragment(run_every=ASK_EVERY)
def announce_new(whole_clinic: bool, mark: str) -> None:
    """A button "2 new, show" when alerts were raised since the list was drawn; asking is no activity of the viewer."""
    viewer = viewer_who_can(Permission.VIEW_PANEL)
    with live(viewer) as session:
        new = count_opened_since(session, viewer.scope.widened() if whole_clinic else viewer.scope, mark)
    if new and st.button(f"{new} new, show", key="show_new", icon=":material/notifications:"):
        st.rerun(scope="app")
