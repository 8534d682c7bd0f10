"""From a click on the panel's table to the record or to the drawer, and back to the row."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.queries.panel import PanelRow as StoredRow
from dashboard.alert_drawer import AlertCase, open_drawer
from dashboard.components.panel_table import PanelClick
from dashboard.navigation import FOLDER
from dashboard.views.panel import PanelView
from dashboard.views.panel_rows import reason_of
from dashboard.views.people import local_today, name_of, when
from dashboard.words import joined

FOCUS = "panel focus"  # (row id, turn): where the focus returns when the drawer is closed


def answer_click(viewer: Viewer, view: PanelView, click: PanelClick, as_of: datetime) -> None:
    """Open the record of the row clicked, or the drawer of its alert."""
    rows = {str(row.episode.id): row for row in view.page.rows}
    if click.open:
        st.switch_page(FOLDER + "record.py", query_params={"episode": click.open})
    elif click.act and rows[click.act].alert:
        turn = st.session_state.get(FOCUS, ("", 0))[1] + 1
        drawn = view.rows[view.page.rows.index(rows[click.act])]
        open_drawer(
            _case(viewer, rows[click.act], as_of),
            "Log the call" if drawn.action == "Call" else "Resolve the alert",
            on_dismiss=lambda: st.session_state.update({FOCUS: (click.act, turn)}),
        )


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
