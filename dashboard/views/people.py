"""A patient and an episode in the words of a list or a header."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from care.access import Viewer
from care.models import Episode, Patient
from care.models.patient import IndexPrecision, Side
from dashboard.labels import INDEX_EVENTS, SEXES, SIDES, condition_label
from dashboard.words import age, day_of, joined, person, short_date

JOINTS = {"knee_replacement": "knee", "hip_replacement": "hip", "low_back_pain": "back"}


def local_today(viewer: Viewer, patient: Patient, as_of: datetime) -> date:
    """The date where the patient lives."""
    return as_of.astimezone(ZoneInfo(patient.zone or viewer.zone)).date()


def name_of(patient: Patient) -> str:
    return person(patient.family_name, patient.given_name, patient.lake_key)


def when(episode: Episode, today: date) -> str:
    """day 43; of an index date known to the month or year only, that."""
    if episode.index_precision is IndexPrecision.YEAR:
        return f"{episode.index_date:%Y}"
    if episode.index_precision is IndexPrecision.MONTH:
        return f"{episode.index_date:%b %Y}"
    return day_of((today - episode.index_date).days, INDEX_EVENTS[episode.index_kind])


def in_a_list(patient: Patient, episode: Episode, today: date) -> str:
    """70 M · Knee replacement, left · day 74"""
    years = age(patient.birth_date, patient.age_band, today)
    what = ", ".join(filter(None, [condition_label(episode.condition), SIDES[episode.side]]))
    return joined(f"{years} {SEXES[patient.sex][0]}".strip(), what, when(episode, today))


def in_a_quiet_line(episode: Episode, today: date) -> str:
    """right knee · day 11"""
    joint = JOINTS.get(episode.condition, condition_label(episode.condition))
    side = "" if episode.side in (Side.NONE, Side.BOTH) else SIDES[episode.side]
    to_go = (episode.index_date - today).days
    is_planned = to_go > 0 and episode.index_precision is IndexPrecision.DAY
    place = f"{to_go} d to {INDEX_EVENTS[episode.index_kind]}" if is_planned else when(episode, today)
    return joined(f"{side} {joint}".strip(), place)


def in_a_header(patient: Patient, episode: Episode, today: date) -> str:
    """80, male · right knee replacement, surgery 12 Oct"""
    years = age(patient.birth_date, patient.age_band, today)
    what = f"{SIDES[episode.side]} {condition_label(episode.condition).lower()}".strip()
    if episode.stratum:
        what = f"{what} ({episode.stratum})"
    return joined(", ".join(filter(None, [years, SEXES[patient.sex][1]])), f"{what}, {index_in_words(episode, today)}")


def index_in_words(episode: Episode, today: date) -> str:
    """surgery 12 Oct, first visit 3 Nov 2025; to the precision the date is known"""
    event = INDEX_EVENTS[episode.index_kind]
    if episode.index_precision is IndexPrecision.DAY:
        return f"{event} {short_date(episode.index_date, today)}"
    return f"{event} {when(episode, today)}"
