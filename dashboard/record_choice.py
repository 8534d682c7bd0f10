"""Which record: the one the address names, else the one looked at last on this tab."""

from uuid import UUID

import streamlit as st

from dashboard.elements import title
from dashboard.navigation import FOLDER

LAST = "episode looked at"


def choose_episode() -> UUID:
    """The episode's id; without any the page says how to get one and shows nothing else."""
    named = st.query_params.get("episode") or st.session_state.get(LAST)
    try:
        episode_id = UUID(str(named))
    except ValueError:
        title("No patient chosen", "A record opens from the panel, by the patient's name.")
        st.page_link(FOLDER + "panel.py", label="Go to the panel")
        st.stop()
    st.session_state[LAST] = str(episode_id)
    return episode_id
