"""Enrolling, first half: a new patient, or one who is in the books already."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import streamlit as st

from care.access import Viewer
from care.models import Episode, Patient
from care.models.patient import Sex
from care.verbs.enrollment import LONGEST_NAME, LONGEST_NUMBER
from dashboard.clock import now
from dashboard.elements import note
from dashboard.trail import shown
from dashboard.views.enroll import Known, episode_line, known_patients
from dashboard.views.people import local_today

NEW, KNOWN = "New patient", "Known patient"
SEX_WORDS = {Sex.UNKNOWN: "Not known", Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.OTHER: "Other"}
LANGUAGES = {"en": "English", "es": "Español"}


@dataclass(frozen=True)
class Typed:
    """A new patient as typed, not checked yet."""

    given_name: str
    family_name: str
    birth_date: date | None
    sex: Sex
    language: str
    clinic_id: UUID
    mrn: str
    phone: str


@dataclass(frozen=True)
class Chosen:
    """A patient of one's clinics, and (not None) the open episode that goes on a pathway again."""

    patient: Patient
    episode: Episode | None


def who(viewer: Viewer, clinics: dict[UUID, str]) -> Typed | Chosen | None:
    """Draw the choice; None while nobody is chosen."""
    kind = st.segmented_control(
        "Who", [NEW, KNOWN], default=NEW, required=True, key="who", label_visibility="collapsed"
    )
    return _known(viewer) if kind == KNOWN else _new(clinics)


def _new(clinics: dict[UUID, str]) -> Typed:
    with st.container(horizontal=True):
        given = st.text_input("Given name", key="given", max_chars=LONGEST_NAME)
        family = st.text_input("Family name", key="family", max_chars=LONGEST_NAME)
    with st.container(horizontal=True):
        born = st.date_input("Date of birth", None, date(1900, 1, 1), now().date(), format="YYYY-MM-DD", key="born")
        language = st.selectbox("Language", list(LANGUAGES), format_func=LANGUAGES.get, key="language")
    with st.container(horizontal=True):
        sex = st.selectbox("Sex", list(SEX_WORDS), format_func=SEX_WORDS.get, key="sex")
        clinic = st.selectbox("Clinic", list(clinics), format_func=clinics.get, key="clinic")
    with st.container(horizontal=True):
        mrn = st.text_input("Record number (optional)", key="mrn", max_chars=LONGEST_NUMBER)
        phone = st.text_input("Phone (optional)", key="phone", max_chars=LONGEST_NUMBER)
    return Typed(given, family, born, sex, language, clinic, mrn, phone)


def _known(viewer: Viewer) -> Chosen | None:
    search = st.text_input("Find by name or record number", key="find_known", icon=":material/search:")
    found = known_patients(viewer, search)
    if not found:
        note(
            "Nobody in your clinics has this name or record number."
            if search.strip()
            else "Type the beginning of a name or a record number."
        )
        return None
    shown(viewer, "enroll", [each.patient.id for each in found])
    by_id = {each.patient.id: each for each in found}
    chosen = st.selectbox("Patient", list(by_id), format_func=lambda key: by_id[key].line, key="known")
    return Chosen(by_id[chosen].patient, _episode(viewer, by_id[chosen])) if chosen in by_id else None


def _episode(viewer: Viewer, known: Known) -> Episode | None:
    """A new course of care, or one that is open and on no pathway."""
    if not known.episodes:
        return None
    today = local_today(viewer, known.patient, now())
    lines = {None: "A new course of care"} | {each.id: episode_line(None, each, today) for each in known.episodes}
    chosen = st.radio("For", list(lines), format_func=lines.get, key="known_episode")
    return next((each for each in known.episodes if each.id == chosen), None)
