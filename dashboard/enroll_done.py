"""After enrolling: the link to hand over, and where to go next."""

import streamlit as st

from dashboard.elements import note
from dashboard.enroll_forms import ENROLLED
from dashboard.navigation import FOLDER
from dashboard.patient_link import MADE, made_link, show_link
from dashboard.words import literal

FIELDS = ("given", "family", "born", "mrn", "phone", "find_known", "known")


def enrolled() -> tuple | None:
    """(given name, family name, episode id) of who has just been enrolled on this tab."""
    return st.session_state.get(ENROLLED)


def done_part(given: str, family: str, episode_id) -> None:
    """The link as text, to copy and to print; then the next patient or the record."""
    st.success(literal(f"{given} {family} is enrolled.".strip()))
    made = made_link(episode_id)
    if made:
        st.write("Give the patient this link. The first questions can be answered at once if a survey is due.")
        show_link(made)
    else:
        note("No link was made: the date of birth opens it, and it is not known.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Enroll another", key="another", on_click=_start_anew)
        st.page_link(FOLDER + "record.py", label="Open the record", query_params={"episode": str(episode_id)})


def _start_anew() -> None:
    for key in (ENROLLED, MADE, *FIELDS):
        st.session_state.pop(key, None)
