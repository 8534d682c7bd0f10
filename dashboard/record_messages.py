"""The record's conversation: read marks both ways, and a box to write to the patient."""

from datetime import datetime
from uuid import UUID

import streamlit as st

from care.access import Permission, Viewer
from care.errors import CareError
from care.models import Message
from care.models.event import Direction
from care.status import EpisodeState
from care.verbs.reading import mark_read
from care.verbs.thread import LONGEST_MESSAGE, write_to_patient
from dashboard.clock import now
from dashboard.elements import note, section
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.views.record import RecordView
from dashboard.words import literal, moment

MESSAGES_SHOWN = 12
THREAD_WIDTH = 720  # px
WORDS, SAID = "words to the patient", "what became of the message"


def messages_part(viewer: Viewer, view: RecordView, as_of: datetime) -> None:
    """What patient and staff wrote, oldest first; what the pathway sent by itself stands between on request."""
    _mark_read(viewer, view, as_of)
    written = [(message, author) for message, author in view.messages if not _is_automatic(message, author)]
    section(f"Messages: {len(written)} written" if written else "Messages: nobody wrote yet")
    automatic = len(view.messages) - len(written)
    if automatic and st.toggle(f"Show {automatic} sent by the pathway", key="automatic messages"):
        written = view.messages
    shown = written if st.session_state.get("all messages") else written[-MESSAGES_SHOWN:]
    if len(written) > MESSAGES_SHOWN:
        st.toggle(f"All {len(written)} messages", key="all messages")
    with st.container(width=THREAD_WIDTH, gap="small", key="thread"):
        for message, author in shown:
            _message(message, author, view, moment(message.sent_at, as_of, view.record.patient.zone or viewer.zone))
        if view.record.episode.state is EpisodeState.OPEN:
            _write(view)


def _mark_read(viewer: Viewer, view: RecordView, as_of: datetime) -> None:
    """Committed with its trace before the messages are drawn; of a closed episode nothing is changed any more."""
    unread = any(each.direction is Direction.FROM_PATIENT and each.read_at is None for each, _ in view.messages)
    if unread and view.record.episode.state is EpisodeState.OPEN:
        with live(viewer) as session:
            mark_read(session, viewer, view.record.episode.id, as_of)


def _write(view: RecordView) -> None:
    name = view.record.patient.given_name or "the patient"
    st.text_area(f"Write to {name}", key=WORDS, max_chars=LONGEST_MESSAGE, height=90)
    st.button("Send", key="send", on_click=_send, args=(view.record.episode.id,))
    if said := st.session_state.pop(SAID, None):
        (st.success if said[0] else st.error)(said[1])


def _send(episode_id: UUID) -> None:
    """A button's callback: the box is emptied when the message is kept, and only then."""
    try:
        write_to_patient(viewer_who_can(Permission.HANDLE_ALERT), episode_id, st.session_state.get(WORDS) or "", now())
    except CareError as refused:
        st.session_state[SAID] = (False, str(refused))
        return
    st.session_state[WORDS] = ""
    st.session_state[SAID] = (True, "Sent. The patient reads it in the portal.")


def _is_automatic(message: Message, author: str | None) -> bool:
    return message.direction is Direction.TO_PATIENT and author is None


def _message(message: Message, author: str | None, view: RecordView, at: str) -> None:
    is_read = "" if message.read_at is None else ", read"
    if _is_automatic(message, author):
        note(f"{literal(at)}, sent by the pathway{is_read}: {literal(message.body)}")
        return
    from_patient = message.direction is Direction.FROM_PATIENT
    name = view.record.patient.given_name or "Patient" if from_patient else author
    with st.chat_message("patient" if from_patient else "staff", avatar=_avatar(from_patient)):
        st.markdown(f"**{literal(name)}** :small[:gray[{literal(at)}{is_read}]]")
        st.markdown(literal(message.body))


def _avatar(from_patient: bool) -> str:
    return ":material/person:" if from_patient else ":material/stethoscope:"
