"""No audit, no data: which patients a screen shows is written down before they are drawn."""

from collections.abc import Iterable
from uuid import UUID

import streamlit as st

from care.access import Viewer
from care.audit import record_view


def shown(viewer: Viewer, screen: str, patients: Iterable[UUID]) -> None:
    """One event per viewer, screen and set of patients, when the set changes; an error here draws nothing."""
    now_shown = (viewer.session_id, frozenset(patients))
    place = f"shown on {screen}"
    if st.session_state.get(place) != now_shown:
        record_view(viewer, screen, now_shown[1])
        st.session_state[place] = now_shown
