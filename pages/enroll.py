"""Put a patient on a pathway, and steer one that runs."""

import streamlit as st

from care.access import Permission
from dashboard.elements import body, title
from dashboard.enroll_done import done_part, enrolled
from dashboard.enroll_forms import enroll_form
from dashboard.enroll_steer import steer_part
from dashboard.session import viewer_who_can

ENROLL, STEER = "Enroll", "On a pathway"

TITLES = {
    ENROLL: ("Enroll a patient", "Choose who and what for, look at the calendar, then hand over the link."),
    STEER: (
        "Change a running pathway",
        "Pause, resume, move or confirm day 0, discharge. Who and why is kept.",
    ),
}

viewer = viewer_who_can(Permission.ENROLL)
with body():
    heading = st.container()
    if done := enrolled():
        with heading:
            title("Enroll a patient", "Hand over the link, then go on with the next patient.")
        done_part(*done)
        st.stop()
    start = STEER if st.query_params.get("episode") else ENROLL
    part = st.segmented_control(
        "Part", [ENROLL, STEER], default=start, required=True, key="part", label_visibility="collapsed"
    )
    with heading:
        title(*TITLES[part])
    if part == STEER:
        steer_part(viewer)
    else:
        enroll_form(viewer)
