"""The drawer in which a staff member writes to a patient from the panel, and closes what it was about."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from care.access import Permission, Viewer
from care.errors import CareError
from care.models import Message
from care.models.event import Direction
from care.queries.cases import Seen, find_case
from care.queries.record import find_messages, find_record
from care.status import AlertOutcome
from care.verbs import alerts
from care.verbs.reading import mark_read
from care.verbs.thread import LONGEST_MESSAGE, write_to_patient
from dashboard.alert_drawer import DONE
from dashboard.clock import now
from dashboard.elements import note
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.states import not_saved
from dashboard.words import literal, moment

LINES = 3


@dataclass(frozen=True)
class ToWrite:
    """Whom to write to. ``who``: name and day in one line; ``name``: as in a sentence; ``reason``: what it is about."""

    episode_id: UUID
    alert_id: UUID | None
    who: str
    name: str
    reason: str


def open_message(to: ToWrite, on_dismiss: Callable[[], None] | str = "rerun") -> None:
    """Show the drawer; the patient's newest messages stand in it and are read from now on."""
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    with live(viewer) as session:
        scope = viewer.scope.widened()
        written = find_messages(session, find_record(session, scope, to.episode_id))
        seen = find_case(session, scope, to.alert_id).seen if to.alert_id else ()
        mark_read(session, viewer, to.episode_id, now())
    st.dialog("Write a message", position="right", on_dismiss=on_dismiss)(_drawer)(to, written, seen)


def _drawer(to: ToWrite, written: list[tuple[Message, str | None]], seen: tuple[Seen, ...]) -> None:
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    name, _, rest = to.who.partition(" · ")
    st.write(f"**{literal(name)}** · {literal(rest)}")
    st.write(literal(to.reason))
    people = [(each, author) for each, author in written if author or each.direction is Direction.FROM_PATIENT]
    for message, author in people[-LINES:]:
        at = moment(message.sent_at, now(), viewer.zone)
        note(f"{literal(author or to.name)}, {literal(at)}: {literal(message.body)}")
    body = st.text_area("Message", key="message", max_chars=LONGEST_MESSAGE)
    with st.container(horizontal=True):
        if seen and st.button("Send and resolve", type="primary", key="send_and_resolve"):
            _send(viewer, to, body, seen)
        if st.button("Send", type="secondary" if seen else "primary", key="send_only"):
            _send(viewer, to, body, ())
    if seen:
        note("To resolve without a message, open the record by the patient's name.")


def _send(viewer: Viewer, to: ToWrite, body: str, seen: tuple[Seen, ...]) -> None:
    """Sent first and then closed: a case that a colleague has just changed must not swallow the message."""
    try:
        write_to_patient(viewer, to.episode_id, body, now())
    except CareError as refused:
        not_saved("The message", refused, "")
        return
    changed, sentence = (), f"Sent to {to.name}."
    if seen:
        try:
            changed = alerts.resolve(viewer, seen, AlertOutcome.MESSAGED, "")
            sentence = f"Sent and resolved. {to.name} leaves the list."
        except CareError as refused:
            sentence = f"Sent to {to.name}, not resolved: {refused}"
    st.session_state[DONE] = (changed, sentence)
    st.rerun()
