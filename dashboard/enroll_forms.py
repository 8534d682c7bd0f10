"""Enrolling, second half: what for and from which day, the calendar before anything is saved, then the link."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy.orm import Session

from care.access import Viewer
from care.errors import CareError
from care.models import Patient
from care.models.patient import IndexKind, IndexPrecision, IndexStatus, Side
from care.queries.patients import find_patient, same_person
from care.verbs.enrollment import WITH_SIDE, NewPatient, add_episode, add_patient, find_episode
from dashboard.clock import now
from dashboard.elements import note, section, table
from dashboard.enroll_who import KNOWN, Chosen, Typed, who
from dashboard.labels import INDEX_EVENTS, SIDES
from dashboard.patient_link import new_link
from dashboard.resources import live
from dashboard.views.enroll import choices, who_in_words
from dashboard.views.schedule import in_short, planned_course, schedule_rows
from dashboard.words import literal
from pathways.enrolling import enroll
from pathways.errors import PathwayError
from pathways.pathway import Pathway

ASKED = "asked about the same person"  # (given name, family name, date of birth) that were asked about
ENROLLED = "who has just been enrolled"
TWO_YEARS = timedelta(days=730)
PRECISIONS = {IndexPrecision.DAY: "The day is known", IndexPrecision.MONTH: "Only the month is known"}


@dataclass(frozen=True)
class Plan:
    """The pathway and day 0 as chosen."""

    reference: str
    pathway: Pathway
    side: Side
    day_zero: date
    status: IndexStatus
    precision: IndexPrecision


def enroll_form(viewer: Viewer) -> None:
    """Who, what for, day 0, the calendar, and one button."""
    pathways, clinics = choices(viewer)
    left, right = st.columns([1, 1], gap="large")
    with left:
        section("Who")
        person = who(viewer, clinics)
    with right:
        section("What for")
        plan = _plan(viewer, pathways, person)
    if plan is None:
        return
    _calendar(viewer, person, plan)
    pressed = st.button("Enroll", type="primary", key="enroll", disabled=person is None)
    if person is not None and (pressed or _is_asked(person)):
        _take(viewer, person, plan)


def _plan(viewer: Viewer, pathways: dict[str, Pathway], person: Typed | Chosen | None) -> Plan | None:
    episode = person.episode if isinstance(person, Chosen) else None
    fits = {key: each for key, each in pathways.items() if episode is None or each.condition == episode.condition}
    if not fits:
        st.write("No pathway is made for this condition yet.")
        return None
    reference = st.selectbox("Pathway", list(fits), format_func=lambda key: fits[key].title["en"], key="pathway")
    pathway = fits.get(reference) or next(iter(fits.values()))
    if episode is not None:
        note("Day 0 stays as it is. It can be moved under “On a pathway”.")
        return Plan(
            pathway.reference, pathway, episode.side, episode.index_date, episode.index_status, episode.index_precision
        )
    sides = [Side.LEFT, Side.RIGHT, Side.BOTH]
    with_side = pathway.condition in WITH_SIDE
    side = Side.NONE
    if with_side:  # none is chosen for the viewer: the wrong knee would look right everywhere
        side = st.radio("Side", sides, None, format_func=SIDES.get, key="side", horizontal=True) or Side.NONE
    event, today = INDEX_EVENTS[IndexKind(pathway.index_kind)], _today(viewer)
    day_zero = st.date_input(f"Day of {event}", today, today - TWO_YEARS, today + TWO_YEARS, key="day_of")
    planned = st.checkbox(f"This {event} is planned and not confirmed yet", value=day_zero > today, key="planned")
    precision = IndexPrecision.DAY
    if planned:
        precision = st.radio("How well", list(PRECISIONS), format_func=PRECISIONS.get, key="precision",
                             label_visibility="collapsed", horizontal=True)  # fmt: skip
    status = IndexStatus.PLANNED if planned else IndexStatus.ACTUAL
    return Plan(reference, pathway, side, day_zero, status, precision)


def _calendar(viewer: Viewer, person: Typed | Chosen | None, plan: Plan) -> None:
    zone = (isinstance(person, Chosen) and person.patient.zone) or viewer.zone
    course = planned_course(plan.pathway, plan.day_zero, plan.status is IndexStatus.ACTUAL, zone, now())
    today = _today(viewer)
    section(f"{plan.pathway.title['en']}: {in_short(course, today)}")
    held = " What counts from day 0 waits until it is confirmed." if plan.status is IndexStatus.PLANNED else ""
    note(f"Days count from day 0; times are the patient's own clock.{held} Nothing is saved yet.")
    rows = schedule_rows(viewer, plan.pathway, course, zone, today)
    with st.expander(f"The whole calendar, {len(rows)} contacts"):
        table(rows, hide_index=True)


def _is_asked(person: Typed | Chosen) -> bool:
    return isinstance(person, Typed) and st.session_state.get(ASKED) == _key(person)


def _key(person: Typed) -> tuple:
    return person.given_name, person.family_name, person.birth_date


def _take(viewer: Viewer, person: Typed | Chosen, plan: Plan) -> None:
    """Refuse with the cure, ask about a namesake, or save."""
    if isinstance(person, Typed):
        if person.birth_date is None:
            st.error("The patient was not enrolled: the date of birth is missing. It opens the patient's link.")
            return
        if not _asked_about_namesakes(viewer, person):
            return
    try:
        patient, episode_id = _save(viewer, person, plan)
        st.session_state.pop(ASKED, None)
        st.session_state[ENROLLED] = (patient.given_name or "", patient.family_name or "", episode_id)
        new_link(viewer, episode_id, patient.given_name or "", patient.language)
    except (CareError, PathwayError) as refused:
        if st.session_state.get(ENROLLED) is None:
            st.error(str(refused))
            return
    st.rerun()


def _asked_about_namesakes(viewer: Viewer, person: Typed) -> bool:
    """True when nobody has this name and birthday, or the viewer says that this is somebody else."""
    with live(viewer) as session:
        born = person.birth_date
        namesakes = same_person(session, viewer.scope.widened(), person.given_name, person.family_name, born)
    if not namesakes:
        return True
    st.session_state[ASKED] = _key(person)
    lines = "; ".join(who_in_words(each) for each in namesakes)
    st.warning(f"Is this the same person? In your clinics there is already: {literal(lines)}. Nothing is saved yet.")
    with st.container(horizontal=True):
        st.button("The same person", key="same", on_click=_use_known, args=(namesakes[0],))
        return st.button("Somebody else, enroll", key="somebody_else")


def _use_known(patient: Patient) -> None:
    st.session_state.pop(ASKED, None)
    st.session_state["who"] = KNOWN
    st.session_state["find_known"] = patient.mrn or f"{patient.family_name} {patient.given_name}"


def _save(viewer: Viewer, person: Typed | Chosen, plan: Plan) -> tuple[Patient, UUID]:
    """Patient, episode and enrollment in one transaction; the server reads again what the browser named."""
    with live(viewer) as session:
        if isinstance(person, Chosen):
            patient = find_patient(session, viewer.scope.widened(), person.patient.id)
            episode = person.episode and find_episode(session, viewer, person.episode.id)
        else:
            patient, episode = add_patient(session, viewer, _new_patient(person), now()), None
        if episode is None:
            episode = _new_episode(session, viewer, patient, plan)
        enroll(session, viewer, episode, plan.reference, now())
        return patient, episode.id


def _new_patient(typed: Typed) -> NewPatient:
    return NewPatient(
        typed.clinic_id, typed.given_name, typed.family_name, typed.birth_date, typed.sex, typed.language, typed.mrn,
        typed.phone,
    )  # fmt: skip


def _new_episode(session: Session, viewer: Viewer, patient: Patient, plan: Plan):
    day_zero = plan.day_zero.replace(day=1) if plan.precision is IndexPrecision.MONTH else plan.day_zero
    kind = IndexKind(plan.pathway.index_kind)
    condition = plan.pathway.condition
    return add_episode(
        session, viewer, patient, condition, plan.side, kind, day_zero, plan.status, now(), plan.precision
    )


def _today(viewer: Viewer) -> date:
    return now().astimezone(ZoneInfo(viewer.zone)).date()
