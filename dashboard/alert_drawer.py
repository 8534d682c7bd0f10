"""The drawer in which a case is handled: from the panel and from the record, seen in the same rerun."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from care.access import Permission, Viewer
from care.errors import CareError
from care.queries.cases import Case, Seen, find_case, member_names
from care.queries.colleagues import Colleague, find_colleagues
from care.status import AlertOutcome, AlertState
from care.verbs import alerts
from care.verbs.alerts import LONGEST_NOTE
from dashboard.case_words import case_lines
from dashboard.clock import now
from dashboard.elements import note
from dashboard.labels import ALERT_OUTCOMES
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.states import not_saved
from dashboard.words import literal, short_date

DONE = "alert handled"  # (what was changed, sentence) of the last change, for the confirmation and its Undo
ANOTHER_DAY = "Snooze until a date"
SNOOZES: dict[str, timedelta | None] = {
    "Snooze until next answer": None,
    "Snooze until tomorrow": timedelta(days=1),
    "Snooze for a week": timedelta(days=7),
}


@dataclass(frozen=True)
class AlertCase:
    """What the drawer shows of a case. ``who``: name, day and phone in one line; ``name``: as in a sentence."""

    alert_id: UUID
    who: str
    name: str
    reason: str
    state: AlertState


@dataclass(frozen=True)
class Opened:
    """The case as it stood when the drawer was opened, and who else could have it."""

    case: AlertCase
    lines: list[str]
    seen: tuple[Seen, ...]
    is_new: bool
    colleagues: list[Colleague]


def open_drawer(case: AlertCase, title: str, on_dismiss: Callable[[], None] | str = "rerun") -> None:
    """Show the drawer beside the list, which stays in place behind it."""
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    st.dialog(title, position="right", on_dismiss=on_dismiss)(_drawer)(_opened(viewer, case))


def _opened(viewer: Viewer, case: AlertCase) -> Opened | str:
    """What is handled is what was read here; a sentence where there is nothing left to handle."""
    with live(viewer) as session:
        try:
            found = find_case(session, viewer.scope.widened(), case.alert_id)
        except CareError as error:
            return str(error)
        if not found.alerts:
            return "A colleague has handled this meanwhile. Close this to see the list as it is now."
        names = member_names(session, (alert.owner_id for alert in found.alerts))
        return Opened(
            case=case,
            lines=case_lines(viewer, found.alerts, names, now()),
            seen=found.seen,
            is_new=any(alert.state is not AlertState.ACKNOWLEDGED for alert in found.alerts),
            colleagues=_others(session, found),
        )


def _others(session, found: Case) -> list[Colleague]:
    """Whom the case can be given to: everybody of the clinic but who has all of it."""
    owners = {alert.owner_id for alert in found.alerts}
    return [each for each in find_colleagues(session, found.clinic_id) if owners != {each.membership_id}]


def _drawer(opened: Opened | str) -> None:
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    if isinstance(opened, str):
        st.write(opened)
        return
    name, _, rest = opened.case.who.partition(" · ")
    st.write(f"**{literal(name)}** · {literal(rest)}")
    for line in opened.lines:
        st.markdown(line)
    outcome = st.pills("What came of it", list(ALERT_OUTCOMES), format_func=ALERT_OUTCOMES.get, key="alert outcome")
    words = st.text_area("Note for the care team", key="alert note", max_chars=LONGEST_NOTE)
    with st.container(horizontal=True):
        if st.button("Save and resolve", type="primary", disabled=outcome is None, key="resolve"):
            _do(opened, f"Resolved. {opened.case.name} leaves the list.",
                lambda: alerts.resolve(viewer, opened.seen, AlertOutcome(outcome), words))  # fmt: skip
        chosen = st.menu_button("More", _choices(viewer, opened), key="more")
    if chosen == ANOTHER_DAY or st.session_state.get("choosing a day"):
        _until_a_date(viewer, opened)
    elif chosen:
        _more(viewer, opened, chosen)
    note("Choose what came of it to resolve." if outcome is None else "All of the above is closed with this.")


def _choices(viewer: Viewer, opened: Opened) -> list[str]:
    take = ["Acknowledge"] if opened.is_new else []
    return [*take, *SNOOZES, ANOTHER_DAY, *(_assign_words(viewer, each) for each in opened.colleagues)]


def _assign_words(viewer: Viewer, colleague: Colleague) -> str:
    return "Assign to me" if colleague.membership_id == viewer.membership_id else f"Assign to {colleague.name}"


def _more(viewer: Viewer, opened: Opened, chosen: str) -> None:
    name = opened.case.name
    if chosen == "Acknowledge":
        _do(
            opened, f"Acknowledged. {name} stays on the list as yours.", lambda: alerts.acknowledge(viewer, opened.seen)
        )
    elif chosen in SNOOZES:
        wait = SNOOZES[chosen]
        until = None if wait is None else now() + wait
        _do(opened, f"Snoozed {chosen.removeprefix('Snooze ')}. {name} leaves the list until then.",
            lambda: alerts.snooze(viewer, opened.seen, until))  # fmt: skip
    else:
        to = next(each for each in opened.colleagues if _assign_words(viewer, each) == chosen)
        _do(opened, f"Assigned to {to.name}. {name} stays on the clinic's list.",
            lambda: alerts.assign(viewer, opened.seen, to.membership_id))  # fmt: skip


def _until_a_date(viewer: Viewer, opened: Opened) -> None:
    """Put off until the morning of a day that is chosen."""
    st.session_state["choosing a day"] = True
    today = now().astimezone(ZoneInfo(viewer.zone)).date()
    day = st.date_input("Until the morning of", today + timedelta(days=2), min_value=today + timedelta(days=1))
    if st.button("Snooze", key="snooze"):
        until = datetime.combine(day, time(7), ZoneInfo(viewer.zone))
        _do(opened, f"Snoozed until {short_date(day, today)}. {opened.case.name} leaves the list until then.",
            lambda: alerts.snooze(viewer, opened.seen, until))  # fmt: skip


def _do(opened: Opened, sentence: str, change: Callable[[], tuple[Seen, ...]]) -> None:
    """Change the store, then draw the page behind anew; an error stays beside the button, with the text typed."""
    try:
        changed = change()
    except CareError as error:
        not_saved("Your change", error, "Copy your note first.")
        return
    st.session_state.pop("choosing a day", None)
    st.session_state[DONE] = (changed, sentence + _arrived_meanwhile(opened))
    st.rerun()


def _arrived_meanwhile(opened: Opened) -> str:
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    with live(viewer) as session:
        waiting = find_case(session, viewer.scope.widened(), opened.case.alert_id).seen
    newer = {each.alert_id for each in waiting} - {each.alert_id for each in opened.seen}
    return " Something new came in meanwhile and stays on the list." if newer else ""


def take(case: AlertCase, seen: tuple[Seen, ...]) -> None:
    """Acknowledge without the drawer; a button's callback, so that the same rerun shows it."""
    try:
        changed = alerts.acknowledge(viewer_who_can(Permission.HANDLE_ALERT), seen)
    except CareError as error:
        not_saved("Your change", error)
        return
    st.session_state[DONE] = (changed, f"Acknowledged. {case.name} is yours.")


def confirmation() -> None:
    """One line above the list about the last change, with Undo, until the next one."""
    changed, sentence = st.session_state.get(DONE, ((), ""))
    if not sentence:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="confirmation"):
        st.markdown(f":green[✓] {literal(sentence)}", width="content")
        if changed:
            st.button("Undo", key="undo", type="tertiary", on_click=_undo, args=(changed,))
        st.button("Hide", key="hide", type="tertiary", on_click=_forget)


def _undo(changed: tuple[Seen, ...]) -> None:
    viewer = viewer_who_can(Permission.HANDLE_ALERT)
    try:
        alerts.undo(viewer, changed)
    except CareError as error:
        not_saved("The undo", error, "Reload the page.")
    _forget()


def _forget() -> None:
    st.session_state.pop(DONE, None)
