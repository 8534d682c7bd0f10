"""Who is looking. Asked of the store on every run of every page and fragment; the browser only holds a token."""

import streamlit as st

from care.access import Permission, Viewer, check_may
from care.errors import NotPermitted
from care.sign_in import SessionEnded, seen, viewer_behind
from dashboard.clock import now

COOKIE = "po_staff"
WATCH_EVERY = 15  # seconds; an open tab is blanked within two looks of the session's end


def token() -> str | None:
    """The cookie that came with the websocket's handshake; the one seam that tests replace."""
    return st.context.cookies.get(COOKIE)


def current_viewer() -> Viewer:
    """The signed-in membership. Raises SessionEnded with the reason when there is none."""
    return viewer_behind(token(), now())


def viewer_who_acts() -> Viewer:
    """The same, on a run that the person caused: the idle clock starts anew."""
    viewer = current_viewer()
    seen(viewer, now())
    return viewer


def viewer_who_can(permission: Permission) -> Viewer:
    """
    The viewer, if the role has the permission; otherwise the page says so and shows nothing else.

    First line of every page and of every fragment: the navigation alone is no wall.
    """
    try:
        viewer = current_viewer()
        check_may(viewer.role, permission)
    except SessionEnded:
        st.rerun(scope="app")  # the gate in app.py shows why
    except NotPermitted:
        st.error("You do not have this page. Ask your clinic manager.")
        st.stop()
    return viewer


@st.fragment(run_every=WATCH_EVERY)
def watch() -> None:
    """Blank this tab when its session has ended elsewhere or fallen idle; never counts as activity."""
    try:
        current_viewer()
    except SessionEnded:
        st.rerun(scope="app")
