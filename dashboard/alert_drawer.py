"""The drawer in which an alert is handled: from the panel and from the record, seen in the same rerun."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import streamlit as st

from care.access import Permission
from care.errors import CareError
from care.status import AlertOutcome, AlertState
from care.verbs import alerts
from care.verbs.alerts import LONGEST_NOTE
from dashboard.clock import now
from dashboard.labels import ALERT_OUTCOMES
from dashboard.session import viewer_who_can
from dashboard.states import not_saved
from dashboard.words import literal

DONE = "alert handled"  # (alert id, sentence) of the last change, for the confirmation and its Undo

SNOOZES: dict[str, timedelta | None] = {
    "Until next answer": None,
    "Until tomorrow": timedelta(days=1),
    "For 3 days": timedelta(days=3),
    "For a week": timedelta(days=7),
}


@dataclass(frozen=True)
class AlertCase:
    """What the drawer shows of an alert. ``who``: name, day and phone in one line; ``name``: as in a sentence."""

    alert_id: UUID
    who: str
    name: str
    reason: str
    state: AlertState


def open_drawer(case: AlertCase, title: str, on_dismiss: Callable[[], None] | str = "rerun") -> None:
    """Show the drawer beside the list, which stays in place behind it."""
    st.dialog(title, position="right", on_dismiss=on_dismiss)(_drawer)(case)


def _drawer(case: AlertCase) -> None:
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    st.write(f"**{literal(case.who.partition(' · ')[0])}** · {literal(case.who.partition(' · ')[2])}")
    st.write(literal(case.reason))
    outcome = st.pills("What came of it", list(ALERT_OUTCOMES), format_func=ALERT_OUTCOMES.get, key="alert outcome")
    note = st.text_area("Note for the care team", key="alert note")
    with st.container(horizontal=True):
        if st.button("Save and resolve", type="primary", disabled=outcome is None, key="resolve"):
            _do(case, f"Resolved. {case.name} leaves the list.",
                lambda: alerts.resolve(viewer, case.alert_id, AlertOutcome(outcome), note))  # fmt: skip
        if case.state is AlertState.OPEN and st.button("Acknowledge", key="acknowledge"):
            _do(case, f"Acknowledged. {case.name} stays on the list as yours.",
                lambda: alerts.acknowledge(viewer, case.alert_id))  # fmt: skip
        put_off = st.menu_button("Snooze", list(SNOOZES), key="snooze")
    if put_off in SNOOZES:
        _do(case, f"Snoozed {put_off[0].lower()}{put_off[1:]}. {case.name} leaves the list until then.",
            lambda: alerts.snooze(viewer, case.alert_id, _until(put_off, now())))  # fmt: skip
    st.markdown(f":small[:gray[Choose what came of it to resolve. A note may have {LONGEST_NOTE:,} characters.]]")


def _until(choice: str, as_of: datetime) -> datetime | None:
    return None if SNOOZES[choice] is None else as_of + SNOOZES[choice]


def _do(case: AlertCase, sentence: str, change: Callable[[], None]) -> None:
    """Change the store, then draw the page behind anew; an error stays beside the button, with the text typed."""
    try:
        change()
    except CareError as error:
        not_saved("Your change", error)
        return
    st.session_state[DONE] = (case.alert_id, sentence)
    st.rerun()


def take(case: AlertCase) -> None:
    """Acknowledge without the drawer; a button's callback, so that the same rerun shows it."""
    try:
        alerts.acknowledge(viewer_who_can(Permission.HANDLE_ALERT), case.alert_id)
    except CareError as error:
        not_saved("Your change", error)
        return
    st.session_state[DONE] = (case.alert_id, f"Acknowledged. {case.name} is yours.")


def confirmation() -> None:
    """One line above the list about the last change, with Undo, until the next one."""
    alert_id, sentence = st.session_state.get(DONE, (None, ""))
    if alert_id is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="confirmation"):
        st.markdown(f":green[✓] {literal(sentence)}", width="content")
        st.button("Undo", key="undo", type="tertiary", on_click=_undo, args=(alert_id,))
        st.button("Hide", key="hide", type="tertiary", on_click=_forget)


def _undo(alert_id: UUID) -> None:
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    try:
        alerts.reopen(viewer, alert_id)
    except CareError as error:
        not_saved("The undo", error, "Reload the page.")
    _forget()


def _forget() -> None:
    st.session_state.pop(DONE, None)
