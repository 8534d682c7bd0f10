"""On the settings page: other values to try, replay them, and use them from now on after a second click."""

import streamlit as st

from care.access import Permission, Viewer
from care.choices import rule_choices
from care.errors import CareError
from care.replays import ask_replay, has_been_replayed, use_from_now_on
from dashboard.elements import note, section
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.views.rule_choices import change_words, name_words, value_words
from dashboard.words import literal

CONFIRM, SAID = "settings to confirm", "settings said"


def draw_form(viewer: Viewer, standing: dict[str, float], busy: bool) -> None:
    section("Try other settings")
    tried = {name: _field(name, value) for name, value in standing.items()}
    changes = change_words(standing, tried)
    with live(viewer) as session:
        replayed = bool(changes) and has_been_replayed(session, tried)
    if CONFIRM in st.session_state and st.session_state[CONFIRM] == tried and changes:
        _confirmation(tried, changes, replayed)
    else:
        _buttons(tried, bool(changes), replayed, busy)
    if said := st.session_state.pop(SAID, None):
        (st.success if said[0] else st.error)(literal(said[1]))


def _field(name: str, standing: float) -> float:
    def words(value: float) -> str:
        return f"{value_words(name, value)} (now)" if value == standing else value_words(name, value)

    allowed = list(rule_choices()[name].allowed)
    return st.selectbox(name_words(name), allowed, index=allowed.index(standing), format_func=words, key=f"try {name}")


def _buttons(tried: dict[str, float], changed: bool, replayed: bool, busy: bool) -> None:
    with st.container(horizontal=True):
        st.button(
            "Replay the last 90 days", key="replay", type="secondary" if replayed else "primary",
            disabled=busy or not changed, on_click=_replay, args=(tried,),
        )  # fmt: skip
        st.button(
            "Use from now on" if replayed else "Use without a replay", key="use",
            type="primary" if replayed else "tertiary", disabled=not changed, on_click=_ask_to_confirm, args=(tried,),
        )  # fmt: skip
    if not changed:
        note("Change a value to replay it: nothing is used before you say so.")


def _confirmation(tried: dict[str, float], changes: list[str], replayed: bool) -> None:
    with st.container(border=True, key="confirm_settings"):
        st.markdown("  \n".join(literal(each) for each in changes))
        st.write(
            "From now on, in every clinic. Every open patient is judged anew within a minute: alerts may be raised at "
            "once, none that is open goes away."
        )
        if not replayed:
            st.markdown(":orange[◆] **Not replayed:** nobody knows how many alerts this makes.")
        with st.container(horizontal=True):
            words = "Yes, use from now on" if replayed else "Yes, use without a replay"
            st.button(words, key="use_now", type="primary", on_click=_use, args=(tried, not replayed))
            st.button("Not now", key="not_now", on_click=lambda: st.session_state.pop(CONFIRM, None))


def _ask_to_confirm(tried: dict[str, float]) -> None:
    st.session_state[CONFIRM] = tried


def _replay(tried: dict[str, float]) -> None:
    viewer = viewer_who_can(Permission.CHOOSE_SETTINGS)
    try:
        with live(viewer) as session:
            ask_replay(session, viewer, tried)
    except CareError as refused:
        st.session_state[SAID] = (False, f"Nothing was replayed: {refused}")


def _use(tried: dict[str, float], without_replay: bool) -> None:
    viewer = viewer_who_can(Permission.CHOOSE_SETTINGS)
    st.session_state.pop(CONFIRM, None)
    try:
        with live(viewer) as session:
            changed = use_from_now_on(session, viewer, tried, without_replay)
        how_many = "1 setting is" if len(changed) == 1 else f"{len(changed)} settings are"
        st.session_state[SAID] = (True, f"{how_many} in use from now on. Open patients are being judged anew.")
    except CareError as refused:
        st.session_state[SAID] = (False, f"Nothing was changed: {refused}")
