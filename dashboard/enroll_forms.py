"""The enrollment page's forms: a new patient on a pathway, and steering one that runs."""

from datetime import date, timedelta

import streamlit as st

import settings
from care.access import Viewer
from care.database import app_session
from care.errors import CareError
from care.links import make_link
from care.models.patient import IndexKind, IndexStatus, Sex, Side
from care.status import EnrollmentState
from care.verbs.enrollment import NewPatient, add_episode, add_patient, discharge, pause
from care.verbs.thread import reset_password
from dashboard.clock import now
from dashboard.elements import note, section
from dashboard.labels import INDEX_EVENTS, SIDES
from dashboard.views.enroll import Case, calendar_rows, choices
from pathways.enrolling import enroll, move_index, resume
from pathways.errors import PathwayError

LINK = "patient link just made"
DONE = "enrollment just changed"


def new_patient_form(viewer: Viewer) -> None:
    """Who, what for, day 0; the calendar stands there before anything is saved."""
    pathways, clinics = choices(viewer)
    left, right = st.columns([1, 1], gap="large")
    with left:
        given, family = st.text_input("Given name", key="given"), st.text_input("Family name", key="family")
        born = st.date_input("Date of birth", None, date(1900, 1, 1), now().date(), format="YYYY-MM-DD", key="born")
        language = st.selectbox("Language", ["en", "es"], format_func={"en": "English", "es": "Español"}.get)
        clinic = st.selectbox("Clinic", list(clinics), format_func=clinics.get)
    with right:
        reference = st.selectbox("Pathway", list(pathways), format_func=lambda each: pathways[each].title["en"])
        pathway = pathways[reference]
        with_side = pathway.condition.endswith("_replacement")
        side = st.selectbox("Side", [Side.LEFT, Side.RIGHT], format_func=SIDES.get) if with_side else Side.NONE
        event = INDEX_EVENTS[IndexKind(pathway.index_kind)]
        today = now().date()
        day_zero = st.date_input(f"Day of {event}", today, today - timedelta(days=730), today + timedelta(days=730))
        planned = st.checkbox(f"This {event} is planned and not confirmed yet", value=day_zero > today)
    section(f"{pathway.title['en']}: what the patient will meet")
    note("Days count from day 0; times are the patient's own clock. Nothing is saved yet.")
    with st.expander("Calendar", expanded=True):
        st.dataframe(calendar_rows(pathway, day_zero), hide_index=True, height=280)
    if not st.button("Enroll", type="primary"):
        return
    if born is None:
        st.error("The patient was not enrolled: the date of birth is missing. It opens the patient's link.")
        return
    status = IndexStatus.PLANNED if planned else IndexStatus.ACTUAL
    try:
        with app_session(viewer.tenant_id) as session:
            person = NewPatient(clinic, given, family, born, Sex.UNKNOWN, language)
            patient = add_patient(session, viewer, person, now())
            kind = IndexKind(pathway.index_kind)
            episode = add_episode(session, viewer, patient, pathway.condition, side, kind, day_zero, status, now())
            enroll(session, viewer, episode, reference, now())
        _make_link(viewer, episode.id)
    except (CareError, PathwayError) as refused:
        st.error(str(refused))
        return
    st.session_state[DONE] = f"{given} {family} is enrolled."
    st.rerun()


def steer(viewer: Viewer, case: Case) -> None:
    """Link, pause, resume, move day 0, discharge: each one button, each with its trace."""
    st.write(case.line)
    link, hold, move, end = st.columns(4)
    if link.button("Make a link", type="primary"):
        _do(lambda: _make_link(viewer, case.episode.id), "The link is made.")
    if link.button("Reset the password for messages"):
        _in_session(viewer, lambda s: reset_password(s, viewer, case.episode.id), "The password is reset.")
    if case.enrollment.state is EnrollmentState.ACTIVE:
        reason = hold.text_input("Why is it paused?", key="pause_reason")
        if hold.button("Pause"):
            _in_session(viewer, lambda s: pause(s, viewer, case.enrollment.id, reason, now()), "The pathway is paused.")
    elif hold.button("Resume"):
        _in_session(viewer, lambda s: resume(s, viewer, case.enrollment.id, now()), "The pathway goes on.")
    day_zero = move.date_input("Day 0", case.episode.index_date, key="day_zero")
    actual = move.checkbox("It has taken place", case.episode.index_status is IndexStatus.ACTUAL)
    if move.button("Save day 0"):
        status = IndexStatus.ACTUAL if actual else IndexStatus.PLANNED
        _in_session(
            viewer, lambda s: move_index(s, viewer, case.episode.id, day_zero, status, now()), "Day 0 is saved."
        )
    why = end.text_input("Why does it end?", key="discharge_reason")
    if end.button("Discharge"):
        _in_session(
            viewer, lambda s: discharge(s, viewer, case.enrollment.id, why, now()), "The patient is discharged."
        )


def outcome_of_last_press() -> None:
    """What has just been done, and the link that can be copied or printed now and never again."""
    if done := st.session_state.pop(DONE, None):
        st.success(done)
    if link := st.session_state.pop(LINK, None):
        address, until = link
        st.write("The patient's link. It is shown once: copy or print it now. The date of birth opens it.")
        st.code(address, language=None)
        note(f"Good until {until:%d %b %Y}.")


def _make_link(viewer: Viewer, episode_id) -> None:
    token, until = make_link(viewer, episode_id, now())
    st.session_state[LINK] = (f"{settings.PORTAL_URL}/l/{token}", until)


def _in_session(viewer: Viewer, change, done: str) -> None:
    def run() -> None:
        with app_session(viewer.tenant_id) as session:
            change(session)

    _do(run, done)


def _do(change, done: str) -> None:
    try:
        change()
    except (CareError, PathwayError) as refused:
        st.error(str(refused))
        return
    st.session_state[DONE] = done
    st.rerun()
