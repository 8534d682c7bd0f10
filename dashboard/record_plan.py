"""The record's plan: what is due next and what was asked, from the schedule itself; and the patient's link."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.models.patient import IndexStatus
from care.status import EnrollmentState, EpisodeState
from dashboard.elements import note, section, table
from dashboard.labels import INDEX_EVENTS
from dashboard.navigation import FOLDER
from dashboard.patient_link import link_part
from dashboard.views.record import RecordView
from dashboard.views.schedule import schedule_rows, what
from dashboard.words import literal, short_date
from pathways.local_time import local_date
from pathways.pathway import StepKind
from pathways.schedule import Occurrence, Standing


def unconfirmed_box(view: RecordView) -> None:
    """A planned day that has passed: what counts from it waits until staff says whether it took place."""
    episode = view.record.episode
    open_one = episode.state is EpisodeState.OPEN and not episode.is_historical
    if not open_one or episode.index_status is not IndexStatus.PLANNED or episode.index_date >= view.today:
        return
    event = INDEX_EVENTS[episode.index_kind]
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", key="unconfirmed"):
        day = short_date(episode.index_date, view.today)
        st.markdown(
            f":orange[◆] **Did the {event} take place?** It was planned for {day}. "
            "Questions that count from it wait for your answer.", width="content",
        )  # fmt: skip
        st.page_link(FOLDER + "enroll.py", label="Confirm or move the day", query_params={"episode": str(episode.id)})


def plan_part(viewer: Viewer, view: RecordView, as_of: datetime) -> None:
    """Next contact in a line, the whole calendar folded, and the way to change it."""
    plan = view.plan
    if plan is None:
        section("On no pathway")
        return
    occurrences = plan.timeline(as_of)
    section(_finding(view, occurrences))
    if (first := _next(occurrences)) and plan.enrollment.state is EnrollmentState.ACTIVE:
        until = short_date(local_date(first.expires_at, plan.zone), view.today)
        note(literal(f"{what(viewer, plan.pathway, first.step)}, day {first.day}, open until {until}."))
    surveys = [each for each in occurrences if each.step.kind is StepKind.SURVEY]
    with st.expander(f"All {len(surveys)} surveys, asked and planned"):
        rows = schedule_rows(viewer, plan.pathway, surveys, plan.zone, view.today)
        table(rows[["When", "Day", "Open until", "Now"]], hide_index=True)  # the column is narrow
    if plan.enrollment.state in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED):
        st.page_link(
            FOLDER + "enroll.py",
            label="Pause, move day 0, discharge",
            query_params={"episode": str(view.record.episode.id)},
        )


def _finding(view: RecordView, occurrences: list[Occurrence]) -> str:
    state = view.plan.enrollment.state
    if state is EnrollmentState.PAUSED:
        return "The pathway is paused"
    if state in (EnrollmentState.COMPLETED, EnrollmentState.WITHDRAWN):
        return "The pathway has ended"
    first = _next(occurrences)
    if first is None:
        return "No further survey is planned"
    if first.standing is Standing.HELD:
        return "Next survey: when day 0 is confirmed"
    if first.standing is Standing.DUE:
        return "Next survey: due now"
    return f"Next survey: {short_date(first.due_date, view.today)}"


def _next(occurrences: list[Occurrence]) -> Occurrence | None:
    """The next survey that has not been asked."""
    waiting = (Standing.DUE, Standing.AHEAD, Standing.HELD)
    surveys = (each for each in occurrences if each.step.kind is StepKind.SURVEY and each.standing in waiting)
    return next(surveys, None)


def patient_link_part(viewer: Viewer, view: RecordView, as_of: datetime) -> None:
    """The link that opens the survey, while care goes on."""
    if view.record.episode.state is EpisodeState.OPEN and not view.record.episode.is_historical:
        section("Link to the survey")
        link_part(viewer, view.record.episode.id, view.record.patient, view.link, as_of)
