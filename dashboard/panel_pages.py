"""Beneath the panel's table: the next page; instead of it: why there is nothing to show."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.queries.panel import PAGE, PanelPage, Show
from dashboard.panel_filters import PLACES, show_clinic, show_everyone, show_wider
from dashboard.states import no_match, nothing_to_do
from dashboard.views.panel import PanelChoice, count_wider


def page_buttons(page: PanelPage) -> None:
    """Back and forth by fifty; nothing when everybody fits one page."""
    places = st.session_state[PLACES]
    if len(places) == 1 and page.next is None:
        return
    with st.container(horizontal=True):
        st.button(f"Previous {PAGE}", key="previous", disabled=len(places) == 1, on_click=_back)
        st.button(f"Next {PAGE}", key="next", disabled=page.next is None, on_click=_forth, args=(page.next,))


def _forth(place) -> None:
    st.session_state[PLACES] = [*st.session_state[PLACES], place]


def _back() -> None:
    st.session_state[PLACES] = st.session_state[PLACES][:-1]


def say_why_empty(viewer: Viewer, choice: PanelChoice, on_the_list: int, as_of: datetime) -> None:
    """Nothing to do is good news; an empty list of one's own or a filter that finds nobody offers a wider one."""
    if choice.search.strip() or choice.statuses:
        open_ones, closed = count_wider(viewer, choice.search, as_of)
        no_match(_sought(choice), open_ones + closed, lambda: show_wider(open_ones))
    elif choice.show is not Show.CLOSED and not on_the_list and not choice.whole_clinic:
        nothing_to_do(
            "No patient is on your own list",
            "Nobody under care has you on their care team. Your colleagues' patients are under “Clinic”.",
            "Show the whole clinic",
            show_clinic,
        )
    elif choice.show is Show.NEEDS_ACTION:
        nothing_to_do(
            "Nothing waits for you",
            "Every alert on this list is resolved or put off. New answers are judged within a minute.",
            "Show everyone",
            show_everyone,
        )
    elif choice.show is Show.CLOSED:
        st.write("No episode has been closed yet.")
    else:
        st.write("Nobody is on this list yet. Patients appear here when they are enrolled.")


def _sought(choice: PanelChoice) -> str:
    statuses = (status.replace("_", " ") for status in sorted(choice.statuses))
    return ", ".join(filter(None, [choice.search.strip(), *statuses, str(choice.show.value)]))
