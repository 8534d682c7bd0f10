"""How are alerts handled, and does anything wait too long?"""

import streamlit as st

from care.access import Permission
from care.queries.overdue import find_overdue
from dashboard.clock import now
from dashboard.elements import body, note, title
from dashboard.resources import ask, data_as_of, live
from dashboard.session import viewer_who_can
from dashboard.states import data_as_of as as_of_words
from dashboard.states import warn_if_stale
from dashboard.trail import shown
from dashboard.views.workload import PERIODS, page_title
from dashboard.workload_blocks import draw_clinics, draw_overdue, draw_rules, draw_weeks
from warehouse.questions.alert_handling_shown import get_shown_handling

ALL = "All clinics"

viewer = viewer_who_can(Permission.VIEW_ALERT_HANDLING)
fresh = data_as_of(viewer)
shown(viewer, "alerts", [])
with live(viewer) as session:
    overdue = find_overdue(session, viewer.scope, now())
with body():
    if fresh.as_of is None:
        title("No alert has been raised yet", "How alerts are handled appears here with the first one.")
        warn_if_stale(fresh, now(), viewer.zone)
        st.stop()
    heading = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", key="alert_filters"):
        period = st.segmented_control("Raised in the last", list(PERIODS), default="90 days", key="alert_period")
        since = fresh.as_of - PERIODS[period or "90 days"]
        clinics = [
            name for name, each in ask(get_shown_handling, viewer.scope, since, fresh.as_of).clinics.items() if each
        ]
        clinic = st.selectbox("Clinic", [ALL, *clinics], key="alert_clinic", width=260)
    handled = ask(get_shown_handling, viewer.scope, since, fresh.as_of, None if clinic == ALL else clinic)
    line = f"Alerts raised in the last {(period or '90 days').lower()}. {as_of_words(fresh, now(), viewer.zone)}"
    with heading:
        title(page_title(handled), f"{line}{', synthetic clinics' if viewer.is_demo else ''}.")
        warn_if_stale(fresh, now(), viewer.zone)
    left, right = st.columns(2, gap="large")
    with left:
        draw_overdue(viewer, overdue, now())
    if handled.whole is None:
        st.write("Fewer than ten patients had an alert in this time: their numbers would point at them.")
        st.stop()
    with right:
        draw_weeks(handled, fresh.as_of)
    draw_clinics(handled)
    draw_rules(handled)
    note(
        "Led to action: called, messaged or plan changed. Time to the first action counts every alert; one that nobody "
        "has touched counts as longer. 95\u202f% intervals in brackets. A dash hides groups of fewer than ten "
        "patients, and what would give them away."
    )
