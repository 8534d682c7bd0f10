"""One patient's record: everything the page shows, read in one transaction, plus the lake's similar courses."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pandas as pd

from care.access import Viewer
from care.lakes import Freshness, freshness
from care.models import EnrollmentEvent, Message, SurveyAssignment, SurveyResponse
from care.models.patient import IndexPrecision
from care.queries.links import LinkState, link_state
from care.queries.record import (
    AlertWithEvents,
    Record,
    find_alerts,
    find_assignments,
    find_enrollment_events,
    find_exercise,
    find_messages,
    find_record,
    find_responses,
)
from care.status import EpisodeState
from dashboard.definitions import pathway
from dashboard.resources import ask_or_none, live
from dashboard.views.course import Course, courses_of
from dashboard.views.exercise import ExerciseView, exercise_view, first_day_shown
from dashboard.views.people import in_a_header, local_today, name_of, when
from dashboard.words import joined, literal
from pathways.course import Course as Plan
from pathways.course import read_courses
from warehouse.questions.course import get_similar_courses


@dataclass(frozen=True)
class RecordView:
    """What the page draws; ``today`` is the date where the patient lives."""

    record: Record
    today: date
    name: str
    line: str
    alerts: list[AlertWithEvents]
    assignments: list[SurveyAssignment]
    responses: list[SurveyResponse]
    messages: list[tuple[Message, str | None]]
    plan: Plan | None  # the newest enrollment as the schedule sees it
    enrollment_events: list[tuple[EnrollmentEvent, str | None]]  # with who changed it
    link: LinkState
    exercise: ExerciseView | None
    courses: list[Course]
    freshness: Freshness


def read_record(viewer: Viewer, episode_id: UUID, as_of: datetime) -> RecordView:
    """
    The record behind an address, of any patient of the viewer's clinics.

    Raises NotFound, the same for another clinic's or tenant's episode as for none.
    """
    with live(viewer) as session:
        record = find_record(session, viewer.scope.widened(), episode_id)
        today = local_today(viewer, record.patient, as_of)
        responses = find_responses(session, record)
        return RecordView(
            record=record,
            today=today,
            name=name_of(record.patient),
            line=_line(viewer, record, today),
            alerts=find_alerts(session, record),
            assignments=find_assignments(session, record),
            responses=responses,
            messages=find_messages(session, record),
            plan=read_courses(session, [record.enrollment])[0] if record.enrollment else None,
            enrollment_events=find_enrollment_events(session, record),
            link=link_state(session, record.episode.id, record.patient.id, as_of),
            exercise=exercise_view(*find_exercise(session, record, first_day_shown(today)), today),
            courses=courses_of(viewer, record.episode, record.tracks, responses),
            freshness=freshness(session),
        )


def similar_courses(viewer: Viewer, view: RecordView, course: Course) -> pd.DataFrame | None:
    """Up to 20 similar patients' courses in nobody's name; None while the lake cannot be read."""
    if view.freshness.as_of is None:
        return None
    track = course.track
    return ask_or_none(
        get_similar_courses, viewer.scope.widened(), view.record.episode.id, track.instrument, track.scale
    )


def _line(viewer: Viewer, record: Record, today: date) -> str:
    """80, male · right knee replacement, surgery 12 Oct · Total knee pathway, **day 43 of 90** · Dr Osei · MRN …"""
    exact = record.episode.index_precision is IndexPrecision.DAY and record.episode.state is EpisodeState.OPEN
    place = when(record.episode, today) if exact else ""
    if record.pathway and exact:
        planned = pathway(viewer, record.pathway)
        title = planned.title.get("en") or next(iter(planned.title.values()))
        place = f"{literal(title)}, **{place} of {planned.length_days}**"
    return joined(
        literal(in_a_header(record.patient, record.episode, today)),
        place,
        literal(record.clinic),
        literal(", ".join(record.team[:2])),
        record.patient.mrn and literal(f"MRN {record.patient.mrn}"),
        record.patient.phone and literal(record.patient.phone),
    )
