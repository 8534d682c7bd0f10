"""How is this patient recovering, and what is there to do?"""

import streamlit as st

from care.access import Permission
from care.errors import NotFound
from dashboard import record_parts
from dashboard.alert_drawer import confirmation
from dashboard.clock import now
from dashboard.elements import body, note, title
from dashboard.record_alert import alert_boxes
from dashboard.record_choice import choose_episode
from dashboard.record_messages import messages_part
from dashboard.record_plan import patient_link_part, plan_part, unconfirmed_box
from dashboard.session import viewer_who_can
from dashboard.states import data_as_of, warn_if_stale
from dashboard.trail import shown
from dashboard.views.record import read_record
from dashboard.words import literal

viewer = viewer_who_can(Permission.VIEW_RECORD)
as_of = now()
with body():
    try:
        view = read_record(viewer, choose_episode(), as_of)
    except NotFound as error:
        st.title("No such record", anchor=False)
        st.write(str(error))
        st.stop()
    shown(viewer, "record", [view.record.patient.id])
    title(literal(view.name), view.line)
    warn_if_stale(view.freshness, as_of, viewer.zone)
    confirmation()
    alert_boxes(viewer, view, as_of)
    unconfirmed_box(view)
    main, side = st.columns([2.35, 1], gap="large")
    with main:
        record_parts.course_part(viewer, view)
    with side:
        plan_part(viewer, view, as_of)
        patient_link_part(viewer, view, as_of)
        record_parts.exercise_part(view)
        record_parts.happened_part(viewer, view)
        record_parts.other_episodes_part(view)
    words, answers = st.columns([1.35, 1], gap="large")
    with words:
        messages_part(viewer, view, as_of)
    with answers:
        record_parts.answers_part(viewer, view)
    note(f"{data_as_of(view.freshness, as_of, viewer.zone)}{', synthetic clinics' if viewer.is_demo else ''}.")
