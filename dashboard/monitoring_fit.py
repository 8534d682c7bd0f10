"""The manager's button that has the curves fitted again, and how far that is."""

import streamlit as st

from care.access import Permission, Viewer, may
from care.fitting import Fitting, ask_to_fit_again, fitting
from dashboard.clock import now
from dashboard.elements import note
from dashboard.resources import data_as_of
from dashboard.session import viewer_who_can
from dashboard.words import clock, literal

ASK_EVERY = 3  # seconds
WAITING = "fitting was seen waiting"


def fit_again_part(viewer: Viewer) -> None:
    """Only for who may; while a wish waits, its progress instead of the button."""
    if not may(viewer.role, Permission.FIT_CURVES):
        return
    waits = fitting(viewer.tenant_id)
    if waits:
        st.session_state[WAITING] = True
        _progress()
        return
    if st.session_state.pop(WAITING, False):
        _say_done(viewer)
    st.button("Fit again now", key="fit_again", icon=":material/refresh:", on_click=_ask)
    note(
        "Learns from every closed episode anew, and corrects what has drifted. Takes a minute; nobody must wait for it."
    )


def _ask() -> None:
    ask_to_fit_again(viewer_who_can(Permission.FIT_CURVES))
    st.session_state[WAITING] = True


def _say_done(viewer: Viewer) -> None:
    fresh = data_as_of(viewer)
    if fresh.last_error:
        st.error(f"Not fitted again: {literal(fresh.last_error)} The curves are as before.", icon=":material/error:")
    else:
        st.success("Fitted again. This page shows the new curves.", icon=":material/check:")


@st.fragment(run_every=ASK_EVERY)
def _progress() -> None:
    """Looks every few seconds; the page is drawn anew when the wish is done."""
    viewer = viewer_who_can(Permission.FIT_CURVES)
    waits = fitting(viewer.tenant_id)
    if waits is None:
        st.rerun(scope="app")
    st.info(_progress_words(waits, viewer.zone), icon=":material/hourglass_top:")


def _progress_words(waits: Fitting, zone: str) -> str:
    asked = clock(waits.asked_at or now(), zone)
    if waits.has_begun:
        return (
            f"The curves are being fitted again, asked for at {asked}. This page shows the new ones when they are done."
        )
    return f"Asked for at {asked}. It begins when the update before it has ended."
