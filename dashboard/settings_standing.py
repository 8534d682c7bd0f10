"""On the settings page: what holds now, who chose it, and whether sums are shared with the network."""

from datetime import datetime

import streamlit as st

from care.access import Permission, Viewer
from care.choices import SHARES_STATISTICS, Chosen, choose, chosen, history
from care.errors import CareError
from dashboard.elements import note, section, table
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.views.rule_choices import FIXED, history_rows, standing_rows
from dashboard.words import literal, plural


def draw_standing(viewer: Viewer, standing: dict[str, float], as_of: datetime) -> None:
    section("When an alert is raised")
    table(standing_rows(standing), hide_index=True)
    note(FIXED)
    with live(viewer) as session:
        chosen_so_far = history(session)
    _draw_history(chosen_so_far, as_of, viewer.zone)


def _draw_history(choices: list[Chosen], as_of: datetime, zone: str) -> None:
    if not choices:
        note("Nothing has been chosen yet.")
        return
    with st.expander(f"Who chose what: {plural(len(choices), 'choice')}"):
        table(history_rows(choices, as_of, zone), hide_index=True)


def draw_sharing(viewer: Viewer) -> None:
    with live(viewer) as session:
        shares = not viewer.is_demo and bool(chosen(session, SHARES_STATISTICS, True))
    section("Sums for the network are shared" if shares else "Sums for the network are not shared")
    st.write(
        "Sums of twenty recoveries or more, never a patient's row, help clinics with few patients of their own to know "
        "what to expect; in return theirs help here. Who does not share gets nothing from the network."
    )
    if viewer.is_demo:
        note("Synthetic clinics never share: their patients are nobody's recovery.")
        return
    st.button("Stop sharing" if shares else "Share", key="sharing", on_click=_share, args=(not shares,))
    if said := st.session_state.pop("sharing said", None):
        st.error(literal(said))


def _share(value: bool) -> None:
    viewer = viewer_who_can(Permission.CHOOSE_SETTINGS)
    try:
        with live(viewer) as session:
            choose(session, viewer, SHARES_STATISTICS, value)
    except CareError as refused:
        st.session_state["sharing said"] = f"Nothing was changed: {refused}"
