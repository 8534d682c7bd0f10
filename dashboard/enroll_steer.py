"""Steering a pathway that runs: pause, resume, move day 0, confirm it, discharge; each one button with its trace."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from care.access import Viewer
from care.errors import CareError
from care.models.patient import IndexStatus
from care.status import EnrollmentState
from care.verbs.enrollment import LONGEST_REASON, discharge, pause
from dashboard.clock import now
from dashboard.elements import note, section, table
from dashboard.labels import INDEX_EVENTS
from dashboard.resources import live
from dashboard.trail import shown
from dashboard.views.enroll import MOST_CASES, Case, course_of, running_cases
from dashboard.views.people import local_today
from dashboard.views.schedule import in_short, planned_course, schedule_rows
from dashboard.words import literal
from pathways.course import Course
from pathways.enrolling import move_index, resume
from pathways.errors import PathwayError

DONE = "enrollment just changed"
TWO_YEARS = timedelta(days=730)


def steer_part(viewer: Viewer) -> None:
    """Choose a running enrollment by name, or the one the address names; then steer it."""
    if done := st.session_state.pop(DONE, None):
        st.success(literal(done))
    named = st.query_params.get("episode")
    if named:
        st.button("Choose another patient", key="others", on_click=st.query_params.clear)
    search = "" if named else st.text_input("Find by name or record number", key="find_running")
    cases = running_cases(viewer, search, _id(named), now())
    if not cases:
        st.write("No running pathway in your clinics belongs to this. Search by name, or enroll the patient.")
        return
    shown(viewer, "enroll", [case.patient.id for case in cases])
    by_id = {case.enrollment.id: case for case in cases}
    chosen = st.selectbox("Patient", list(by_id), format_func=lambda key: _in_a_line(by_id[key]), key="running")
    if len(cases) == MOST_CASES:
        note(f"The first {MOST_CASES} by name. Type a name to find others.")
    if chosen in by_id:
        _steer(viewer, by_id[chosen])


def _in_a_line(case: Case) -> str:
    return f"{case.name} · {case.line}"


def _id(named: str | None) -> UUID | None:
    """The episode an address names; one that is no id finds nobody, as any other that is not one's own."""
    try:
        return UUID(named) if named else None
    except ValueError:
        return UUID(int=0)


def _steer(viewer: Viewer, case: Case) -> None:
    course = course_of(viewer, case)
    left, right = st.columns([1, 1], gap="large")
    with left:
        _hold(viewer, case)
        _end(viewer, case)
    with right:
        _day_zero(viewer, case, course)
    today = local_today(viewer, case.patient, now())
    occurrences = course.timeline(now())
    with st.expander(f"Calendar: {in_short(occurrences, today)}"):
        table(schedule_rows(viewer, course.pathway, occurrences, course.zone, today), hide_index=True)


def _hold(viewer: Viewer, case: Case) -> None:
    enrollment_id = case.enrollment.id
    if case.enrollment.state is EnrollmentState.ACTIVE:
        section("Pause")
        reason = st.text_input("Why is it paused?", key="pause_reason", max_chars=LONGEST_REASON)
        if st.button("Pause", key="pause"):
            _do(viewer, lambda s: pause(s, viewer, enrollment_id, _needed(reason), now()), f"{case.name} is paused.")
    else:
        section("Paused: nothing is sent")
        if st.button("Resume", key="resume", type="primary"):
            _do(viewer, lambda s: resume(s, viewer, enrollment_id, now()), f"{case.name} goes on.")


def _end(viewer: Viewer, case: Case) -> None:
    section("Discharge")
    note("Ends the pathway and closes the episode. It cannot be undone; the patient can be enrolled again.")
    why = st.text_input("Why does it end?", key="discharge_reason", max_chars=LONGEST_REASON)
    if st.button("Discharge", key="discharge"):
        _do(viewer, lambda s: discharge(s, viewer, case.enrollment.id, _needed(why), now()),
            f"{case.name} is discharged.")  # fmt: skip


def _day_zero(viewer: Viewer, case: Case, course: Course) -> None:
    """Move or confirm, with the calendar that would follow."""
    episode, today = case.episode, local_today(viewer, case.patient, now())
    event = INDEX_EVENTS[episode.index_kind]
    planned = episode.index_status is IndexStatus.PLANNED
    section(f"Confirm the {event}" if planned else f"Move day 0, the {event}")
    day = st.date_input(f"Day of {event}", episode.index_date, min(today - TWO_YEARS, episode.index_date),
                        today + TWO_YEARS, key=f"day_zero_{episode.id}")  # fmt: skip
    took_place = st.checkbox("It has taken place", not planned or day <= today, key=f"took_place_{episode.id}")
    status = IndexStatus.ACTUAL if took_place else IndexStatus.PLANNED
    unchanged = (day, status) == (episode.index_date, episode.index_status)
    then = planned_course(course.pathway, day, took_place, course.zone, now())
    note("This is how it stands." if unchanged else f"With this day: {in_short(then, today)} Nothing is saved yet.")
    if not unchanged:
        with st.expander("The new calendar"):
            table(schedule_rows(viewer, course.pathway, then, course.zone, today), hide_index=True)
    if st.button("Confirm" if planned and took_place else "Save day 0", key="save_day", disabled=unchanged):
        _do(viewer, lambda s: move_index(s, viewer, episode.id, day, status, now()), f"Day 0 of {case.name} is saved.")


def _needed(reason: str) -> str:
    if not reason.strip():
        raise CareError("Nothing was changed: say why in a few words. Colleagues read it on the record.")
    return reason


def _do(viewer: Viewer, change: Callable[[Session], object], done: str) -> None:
    try:
        with live(viewer) as session:
            change(session)
    except (CareError, PathwayError) as refused:
        st.error(str(refused))
        return
    st.session_state[DONE] = done
    st.rerun()
