"""New alerts are announced beside the filters and never inserted: a list does not move under somebody's hand."""

from datetime import datetime

import streamlit as st

from care.access import Permission
from care.queries.news import count_opened_since
from dashboard.resources import live
from dashboard.session import viewer_who_can

ASK_EVERY = 20  # seconds


@st.fragment(run_every=ASK_EVERY)
def announce_new(whole_clinic: bool, drawn_at: datetime) -> None:
    """A button "2 new, show" when alerts were raised since the list was drawn."""
    viewer = viewer_who_can(Permission.VIEW_PANEL)
    with live(viewer) as session:
        new = count_opened_since(session, viewer.scope.widened() if whole_clinic else viewer.scope, drawn_at)
    if new and st.button(f"{new} new, show", key="show_new", icon=":material/notifications:"):
        st.rerun(scope="app")
