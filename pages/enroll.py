"""Put a patient on a pathway, and steer one that runs."""

import streamlit as st

from care.access import Permission
from dashboard.elements import body, section, title
from dashboard.enroll_forms import new_patient_form, outcome_of_last_press, steer
from dashboard.session import viewer_who_can
from dashboard.trail import shown
from dashboard.views.enroll import running_cases

viewer = viewer_who_can(Permission.ENROLL)
with body():
    cases = running_cases(viewer)
    title("Enroll a patient", f"{len(cases)} of your patients are on a pathway now.")
    outcome_of_last_press()
    new, running = st.tabs(["New patient", "Running pathways"])
    with new:
        new_patient_form(viewer)
    with running:
        if not cases:
            st.write("None of your patients is on a pathway yet.")
            st.stop()
        shown(viewer, "enroll", [case.patient_id for case in cases])
        section("Choose a patient")
        chosen = st.selectbox("Patient", cases, format_func=lambda case: f"{case.name} · {case.line}")
        steer(viewer, chosen)
