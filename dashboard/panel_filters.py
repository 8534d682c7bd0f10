"""The panel's filters: they survive navigation, and all but the name searched for can be mailed as a link."""

import streamlit as st

from care.queries.panel import Show
from dashboard.announcement import announce_new
from dashboard.labels import STATUS_LABELS
from dashboard.views.panel import PanelChoice

MINE, CLINIC = "My patients", "Clinic"
SHOWN = {Show.NEEDS_ACTION: "Needs action", Show.EVERYONE: "Everyone", Show.CLOSED: "Closed"}
PLACES = "panel places"  # the beginnings of the pages gone through, the current one last


def panel_filters(mark: str) -> PanelChoice:
    """Draw the filters in one row and return the choice; a value the browser made up falls back to the first."""
    with st.container(horizontal=True, vertical_alignment="center", key="panel_filters"):
        search = st.text_input("Find a patient", key="find", persist_state="session", placeholder="Find a patient",
                               icon=":material/search:", label_visibility="collapsed", width=220)  # fmt: skip
        show = st.pills("Show", list(SHOWN.values()), default=SHOWN[Show.NEEDS_ACTION], required=True, key="show",
                        bind="query-params", label_visibility="collapsed")  # fmt: skip
        statuses = _statuses()
        news = st.container(horizontal=True, horizontal_alignment="right")
        whose = st.segmented_control("Whose", [MINE, CLINIC], default=MINE, required=True, key="whose",
                                     bind="query-params", label_visibility="collapsed")  # fmt: skip
    with news:
        announce_new(whose == CLINIC, mark)
    shows = {words: show for show, words in SHOWN.items()}
    asked = (search or "", show, whose, statuses)
    return PanelChoice(
        show=shows.get(show, Show.NEEDS_ACTION),
        whole_clinic=whose == CLINIC,
        search=search or "",
        statuses=statuses,
        after=_places(asked)[-1],
    )


def _statuses() -> frozenset[str]:
    words = {label.word: status.value for status, label in STATUS_LABELS.items()}
    with st.popover("Status", width="content"):
        chosen = st.pills("Status", list(words), selection_mode="multi", key="status", bind="query-params",
                          label_visibility="collapsed")  # fmt: skip
    return frozenset(words[word] for word in chosen or [] if word in words)


def _places(asked: tuple) -> list:
    """A new question starts at its first page."""
    if st.session_state.get("panel asked") != asked:
        st.session_state["panel asked"] = asked
        st.session_state[PLACES] = [None]
    return st.session_state[PLACES]


def show_everyone() -> None:
    st.session_state["show"] = SHOWN[Show.EVERYONE]


def show_clinic() -> None:
    st.session_state["whose"] = CLINIC


def show_wider(open_ones: int) -> None:
    """Every state and the whole clinic; the closed ones where nobody under care matches."""
    st.session_state["show"] = SHOWN[Show.EVERYONE if open_ones else Show.CLOSED]
    st.session_state["whose"] = CLINIC
    st.session_state["status"] = []
