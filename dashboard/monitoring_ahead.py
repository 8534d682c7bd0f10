"""The good news: patients ahead of the expected course, by name for who may see names, else their number."""

from datetime import datetime

import streamlit as st

from care.access import Permission, Viewer, may
from care.queries.ahead import MOST, Ahead, find_ahead
from dashboard.components.groups_table import groups_table
from dashboard.elements import note, section
from dashboard.resources import ask, live
from dashboard.views.ahead import ahead_finding, ahead_rows
from warehouse.questions.monitoring import AheadCount, count_ahead


def read_ahead(viewer: Viewer) -> list[Ahead] | None:
    """Live, with names; None for who may not see them. Whoever asks writes down that they are shown."""
    if not may(viewer.role, Permission.NAME_AHEAD):
        return None
    with live(viewer) as session:
        return find_ahead(session, viewer.scope)


def ahead_part(viewer: Viewer, found: list[Ahead] | None, as_of: datetime) -> None:
    if found is None:
        draw_ahead_count(ask(count_ahead, viewer.scope))
    else:
        draw_ahead_by_name(viewer, found, as_of)


def draw_ahead_by_name(viewer: Viewer, found: list[Ahead], as_of: datetime) -> None:
    """The good news for a manager; who is on it has been written to the trail."""
    section(ahead_finding(AheadCount(None, 0), len(found)))
    if not found:
        st.write("Who does better than 9 of 10 similar patients appears here, so that somebody can tell them.")
        return
    groups_table(ahead_rows(viewer, found, as_of), "Patients ahead of the expected course", key="ahead_table")
    more = f" The newest {MOST} are listed." if len(found) == MOST else ""
    note(
        f"Better than 9 of 10 similar patients at the last answer.{more} Live. That you have seen these names is kept "
        "in the audit trail. Their clinicians open the records from the panel: Everyone, then Status: Ahead."
    )


def draw_ahead_count(ahead: AheadCount) -> None:
    """The same as a number."""
    section(ahead_finding(ahead))
    if ahead.ahead is None:
        note("A number under ten, or of all but under ten, is not shown.")
    else:
        st.write("Their last score is better than that of 9 of 10 similar patients.")
