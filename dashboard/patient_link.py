"""A patient's link for staff: where it stands, making a new one, copying and printing it, the thread's password."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

import settings
from care.access import Permission, Viewer
from care.errors import CareError
from care.links import make_link
from care.queries.links import LinkStanding, LinkState
from care.verbs.thread import reset_password
from dashboard.clock import now
from dashboard.components.link_card import LinkCard, link_card
from dashboard.elements import note
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.words import literal, moment

MADE = "patient link just made"  # kept on this tab only: the store has its hash

# heading, how to use it, how long; the printed card is the patient's, so it speaks their language
CARD = {
    "en": ("A few questions for {name}", "Type this address into your phone's browser. Your date of birth opens it.",
           "Good until {until}."),
    "es": ("Unas preguntas para {name}", "Escriba esta dirección en el navegador de su teléfono. Se abre con su fecha "
           "de nacimiento.", "Sirve hasta el {until}."),
}  # fmt: skip


def new_link(viewer: Viewer, episode_id: UUID, given_name: str, language: str) -> None:
    """Make a link and keep it for the card. Raises CareError with the reason when there can be none."""
    token, until = make_link(viewer, episode_id, now())
    st.session_state[MADE] = {
        "episode": episode_id,
        "name": given_name or "the patient",
        "language": language if language in CARD else "en",
        "address": f"{settings.PORTAL_URL}/l/{token}",
        "until": until.astimezone(ZoneInfo(viewer.zone)).date(),
    }


def made_link(episode_id: UUID | None = None) -> dict | None:
    """The link that was made on this tab for an episode, or (None) for anyone."""
    made = st.session_state.get(MADE)
    return made if made and episode_id in (None, made["episode"]) else None


def show_link(made: dict) -> None:
    """The link as text, to copy and to print; it cannot be shown again later."""
    day = made["until"]
    until = f"{day.day}/{day.month}/{day.year}" if made["language"] == "es" else f"{day.day} {day:%B %Y}"
    heading, how, ends = CARD[made["language"]]
    st.code(made["address"], language=None, wrap_lines=True)
    card = LinkCard(
        address=made["address"],
        copy_label=f"Copy link for {made['name']}",
        heading=heading.format(name=made["name"]),
        how=how,
        until=ends.format(until=until),
        language=made["language"],
    )
    link_card(card, key="link_card")
    note(f"Good until {day.day} {day:%b %Y}. The date of birth opens it. It is shown now and never again.")


def link_part(viewer: Viewer, episode_id: UUID, patient, state: LinkState, as_of: datetime) -> None:
    """On the record: where the newest link stands, and what can be done about it."""
    zone = patient.zone or viewer.zone
    st.markdown(standing_words(state, as_of, zone))
    if state.wanted:
        st.markdown(":orange[◆] **Asks for a new link**")
    made = made_link(episode_id)
    if made:
        show_link(made)
    with st.container(horizontal=True):
        st.button("New link", key="new_link", on_click=_new, args=(episode_id, patient.given_name, patient.language))
        if state.has_password:
            st.button("Reset message password", key="reset_password", on_click=_reset, args=(episode_id,))
    if said := st.session_state.pop("link said", None):
        (st.success if said[0] else st.error)(literal(said[1]))


def standing_words(state: LinkState, as_of: datetime, zone: str) -> str:
    """One sentence on the newest link."""
    at = literal(moment(state.at, as_of, zone)) if state.at else ""
    until = literal(moment(state.until, as_of, zone)) if state.until else ""
    return {
        LinkStanding.NONE: "No link has been made yet.",
        LinkStanding.NOT_OPENED: f"Made {at}, not opened yet. Good until {until}.",
        LinkStanding.TRIED: f"Made {at}, tried with a wrong date of birth. Good until {until}.",
        LinkStanding.USED: f"Opened {at} by the patient. Good on that browser until {until}.",
        LinkStanding.KILLED: f"**Stopped** {at}: five wrong dates of birth. Check who has it, then make a new one.",
        LinkStanding.EXPIRED: f"Ended {at}. Make a new one when a survey is due.",
    }[state.standing]


def _new(episode_id: UUID, given_name: str | None, language: str) -> None:
    try:
        new_link(viewer_who_can(Permission.ENROLL), episode_id, given_name or "", language)
    except CareError as refused:
        st.session_state["link said"] = (False, str(refused))


def _reset(episode_id: UUID) -> None:
    viewer = viewer_who_can(Permission.ENROLL)
    try:
        with live(viewer) as session:
            reset_password(session, viewer, episode_id)
        st.session_state["link said"] = (True, "The password is reset: the patient sets a new one at the next visit.")
    except CareError as refused:
        st.session_state["link said"] = (False, str(refused))
