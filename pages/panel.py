"""Who needs this provider today, worst first?"""

import streamlit as st

from care.access import Permission
from dashboard.alert_drawer import confirmation
from dashboard.announcement import mark_for_list
from dashboard.clock import now
from dashboard.components.panel_table import panel_table
from dashboard.elements import body, title
from dashboard.panel_cases import FOCUS, answer_click
from dashboard.panel_filters import panel_filters
from dashboard.panel_pages import page_buttons, say_why_empty
from dashboard.session import viewer_who_can
from dashboard.states import warn_if_stale
from dashboard.trail import shown
from dashboard.views.panel import read_panel

viewer = viewer_who_can(Permission.VIEW_PANEL)
as_of = now()
with body():
    heading = st.container()
    choice = panel_filters(mark_for_list(viewer))
    panel = read_panel(viewer, choice, as_of)
    with heading:
        title(panel.title, panel.line)
        warn_if_stale(panel.freshness, as_of, viewer.zone)
    confirmation()
    shown(viewer, "panel", [row.patient.id for row in panel.page.rows])
    if not panel.rows:
        say_why_empty(viewer, choice, panel.on_the_list, as_of)
        st.stop()
    click = panel_table(panel.rows, "Patients, worst first", key="panel", focus=st.session_state.get(FOCUS))
    page_buttons(panel.page)
    answer_click(viewer, panel, click, as_of)
