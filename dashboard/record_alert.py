"""The boxes on top of a record: what waits, in one sentence, and what can be done about it."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.queries.record import AlertWithEvents
from care.status import AlertState
from dashboard.alert_drawer import AlertCase, open_drawer, take
from dashboard.labels import status_label
from dashboard.views.people import when
from dashboard.views.record import RecordView
from dashboard.words import joined, literal, moment, plural, short_date
from scoring.reasons import as_read


def alert_boxes(viewer: Viewer, view: RecordView, as_of: datetime) -> None:
    """One box per alert that is not resolved, the first with the page's primary button; else the status in a line."""
    waiting = [case for case in view.alerts if case.alert.state is not AlertState.RESOLVED]
    for place, case in enumerate(waiting):
        _box(viewer, view, case, as_of, is_first=place == 0)
    if not waiting and view.record.tracks:
        _status(view)


def _status(view: RecordView) -> None:
    """Where the course stands while nothing waits: a line, not a box."""
    track = view.record.tracks[0]
    label = status_label(track.status)
    st.markdown(f":{label.colour}[{label.glyph}] **{label.word}** {literal(as_read(track.reason, view.today))}")


def _box(viewer: Viewer, view: RecordView, case: AlertWithEvents, as_of: datetime, is_first: bool) -> None:
    label = status_label(case.alert.status)
    standing = literal(_standing(viewer, case, view, as_of))
    row = {"horizontal": True, "vertical_alignment": "center"}
    with st.container(border=True, horizontal_alignment="distribute", key=f"alert_{case.alert.id}", **row):
        with st.container(gap=None, width=700):  # on a phone the buttons go below
            st.markdown(f":{label.colour}[{label.glyph}] **{label.word}** :gray[{standing}]")
            st.markdown(literal(as_read(case.alert.reason, view.today)))
        with st.container(width="content", **row):
            _buttons(view, _case(view, case), is_first)


def _buttons(view: RecordView, case: AlertCase, is_first: bool) -> None:
    verb, icon = ("Call", ":material/call:") if view.record.patient.phone else ("Resolve", None)
    kind = "primary" if is_first else "secondary"
    if st.button(verb, icon=icon, type=kind, key=f"act_{case.alert_id}"):
        open_drawer(case, "Log the call" if verb == "Call" else "Resolve the alert")
    if case.state is AlertState.OPEN:
        st.button("Acknowledge", on_click=take, args=(case,), key=f"take_{case.alert_id}")


def _standing(viewer: Viewer, case: AlertWithEvents, view: RecordView, as_of: datetime) -> str:
    """since 23 Nov, 2 days open, owner: you"""
    alert = case.alert
    open_for = (as_of - alert.raised_at).days
    parts = [f"since {short_date(alert.raised_at.date(), view.today)}"]
    parts.append("new today" if open_for == 0 else f"{plural(open_for, 'day')} open")
    if alert.state is AlertState.SNOOZED:
        until = "the next answer" if alert.snoozed_until is None else moment(alert.snoozed_until, as_of, viewer.zone)
        parts.append(f"snoozed until {until}")
    parts.append(f"owner: {_owner(viewer, case, view)}")
    return ", ".join(parts)


def _owner(viewer: Viewer, case: AlertWithEvents, view: RecordView) -> str:
    if case.alert.owner_id == viewer.membership_id:
        return "you"
    taken = [name for event, name in case.events if event.to_state is AlertState.ACKNOWLEDGED and name]
    if case.alert.owner_id is None or not (taken or view.record.team):
        return "the care team"
    return taken[-1] if taken else view.record.team[0]


def _case(view: RecordView, case: AlertWithEvents) -> AlertCase:
    record = view.record
    return AlertCase(
        alert_id=case.alert.id,
        who=joined(view.name, when(record.episode, view.today), record.patient.phone),
        name=" ".join(reversed(view.name.split(", "))),
        reason=as_read(case.alert.reason, view.today),
        state=case.alert.state,
    )
