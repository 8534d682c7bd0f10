"""From a click on the panel's table to the record or to the drawer, and back to the row."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.queries.panel import PanelRow as StoredRow
from dashboard.alert_drawer import AlertCase, open_drawer
from dashboard.components.panel_table import PanelClick
from dashboard.message_drawer import ToWrite, open_message
from dashboard.navigation import FOLDER
from dashboard.views.panel import PanelView
from dashboard.views.panel_rows import MESSAGE, NEW_LINK, reason_of
from dashboard.views.people import local_today, name_of, when
from dashboard.words import joined

FOCUS = "panel focus"  # (row id, turn): where the focus returns when the drawer is closed


def answer_click(viewer: Viewer, view: PanelView, click: PanelClick, as_of: datetime) -> None:
    """Open the record of the row clicked, or the drawer of its alert."""
    rows = {str(row.episode.id): row for row in view.page.rows}
    if click.open:
        st.switch_page(FOLDER + "record.py", query_params={"episode": click.open})
    elif click.act and rows[click.act].alert:
        row = rows[click.act]
        _do(viewer, row, view.rows[view.page.rows.index(row)].action, as_of)


def _do(viewer: Viewer, row: StoredRow, action: str, as_of: datetime) -> None:
    """What the row's button says; the focus comes back to it."""
    episode_id, turn = str(row.episode.id), st.session_state.get(FOCUS, ("", 0))[1] + 1

    def dismissed() -> None:
        st.session_state[FOCUS] = (episode_id, turn)

    case = _case(viewer, row, as_of)
    if action == NEW_LINK:
        st.switch_page(FOLDER + "record.py", query_params={"episode": episode_id})
    elif action == MESSAGE:
        open_message(ToWrite(row.episode.id, case.alert_id, case.who, case.name, case.reason), dismissed)
    else:
        open_drawer(case, "Log the call", dismissed)


def _case(viewer: Viewer, row: StoredRow, as_of: datetime) -> AlertCase:
    today = local_today(viewer, row.patient, as_of)
    name = name_of(row.patient)
    return AlertCase(
        alert_id=row.alert.id,
        who=joined(name, when(row.episode, today), row.patient.phone),
        name=" ".join(reversed(name.split(", "))),
        reason=reason_of(row.track, row.alert, today),
        state=row.alert.state,
    )
