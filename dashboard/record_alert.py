"""The box on top of a record: what waits, in one sentence each, and what can be done about it."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.models import Alert
from care.queries.cases import member_names, seen_of
from care.status import AlertState
from dashboard.alert_drawer import AlertCase, open_drawer, take
from dashboard.case_words import case_lines
from dashboard.labels import status_label
from dashboard.resources import live
from dashboard.views.people import when
from dashboard.views.record import RecordView
from dashboard.words import joined, literal
from scoring.reasons import as_read
from scoring.track import RANK, TrackStatus


def alert_boxes(viewer: Viewer, view: RecordView, as_of: datetime) -> None:
    """One box for all that waits, with the page's primary button; else the status in a line."""
    alerts = [each.alert for each in view.alerts if each.alert.state is not AlertState.RESOLVED]
    if alerts:
        alerts.sort(key=lambda alert: (RANK[TrackStatus(alert.status)], alert.raised_at, alert.id))
        _box(viewer, view, alerts, as_of)
    elif view.record.tracks:
        _status(view)


def _status(view: RecordView) -> None:
    """Where the course stands while nothing waits: a line, not a box."""
    track = view.record.tracks[0]
    label = status_label(track.status)
    st.markdown(f":{label.colour}[{label.glyph}] **{label.word}** {literal(as_read(track.reason, view.today))}")


def _box(viewer: Viewer, view: RecordView, alerts: list[Alert], as_of: datetime) -> None:
    with live(viewer) as session:
        names = member_names(session, (alert.owner_id for alert in alerts))
    row = {"horizontal": True, "vertical_alignment": "center"}
    with st.container(border=True, horizontal_alignment="distribute", key=f"alert_{alerts[0].id}", **row):
        with st.container(width=700):  # on a phone the buttons go below
            for line in case_lines(viewer, alerts, names, as_of):
                st.markdown(line)
        with st.container(width="content", **row):
            _buttons(view, alerts)


def _buttons(view: RecordView, alerts: list[Alert]) -> None:
    case = _case(view, alerts[0])
    verb, icon = ("Call", ":material/call:") if view.record.patient.phone else ("Resolve", None)
    if st.button(verb, icon=icon, type="primary", key=f"act_{case.alert_id}"):
        open_drawer(case, "Log the call" if verb == "Call" else "Resolve the alert")
    if any(alert.state is AlertState.OPEN for alert in alerts):
        st.button("Acknowledge", on_click=take, args=(case, seen_of(alerts)), key=f"take_{case.alert_id}")


def _case(view: RecordView, alert: Alert) -> AlertCase:
    record = view.record
    return AlertCase(
        alert_id=alert.id,
        who=joined(view.name, when(record.episode, view.today), record.patient.phone),
        name=" ".join(reversed(view.name.split(", "))),
        reason=as_read(alert.reason, view.today),
        state=alert.state,
    )
