"""On the settings page: how far the newest replay is, and what it found."""

from uuid import UUID

import streamlit as st

from care.access import Permission, Viewer
from care.models import Replay
from care.queries.replayed import count_leads
from care.replays import UNDER_WAY, hand_over_again, newest_replay
from care.status import ReplayState
from dashboard.charts.frame import CONFIG
from dashboard.charts.two_lines import two_lines_figure
from dashboard.clock import now
from dashboard.elements import note, section, table
from dashboard.palette import palette
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.views import replay as words
from dashboard.views.replay import ReplayView, replay_view
from dashboard.views.rule_choices import change_words
from dashboard.words import literal, moment, short_date

LOOK_EVERY = 2  # seconds


def is_under_way(replay: Replay | None) -> bool:
    return replay is not None and replay.state in UNDER_WAY


def draw_replay(viewer: Viewer, replay: Replay) -> None:
    """The newest replay, whatever became of it."""
    if is_under_way(replay):
        section("Replaying the last 90 days")
        _progress()
    elif replay.state is ReplayState.FAILED:
        section("The replay did not finish")
        st.error(literal(f"{replay.error} No setting was changed."), icon=":material/error:")
    else:
        _result(viewer, replay)


@st.fragment(run_every=LOOK_EVERY)
def _progress() -> None:
    """Day by day; the whole page is drawn again at the end. Looking is no activity of the viewer."""
    viewer = viewer_who_can(Permission.CHOOSE_SETTINGS)
    with live(viewer) as session:
        replay = newest_replay(session)
    if not is_under_way(replay):
        st.rerun(scope="app")
    hand_over_again(replay, now())
    if replay.state is ReplayState.WAITING or not replay.steps:
        st.progress(0.0, "Waiting for its turn. You may leave this page.")
    else:
        text = f"Day {replay.step} of {replay.steps}. You may leave this page."
        st.progress(min(replay.step / replay.steps, 1.0), text)


def _result(viewer: Viewer, replay: Replay) -> None:
    flagged = {UUID(flag["episode"]) for flag in replay.result["flags"]}
    with live(viewer) as session:
        view = replay_view(replay, count_leads(session, viewer.scope, flagged))
    section(words.finding(view))
    note(literal(f"Replayed {moment(replay.finished_at, now(), viewer.zone)}, data as of "
                 f"{moment(replay.as_of, now(), viewer.zone)}."))  # fmt: skip
    st.markdown("  \n".join(literal(each) for each in change_words(replay.standing, replay.changed)))
    st.write(words.patient_words(view))
    st.write(words.rate_words(view))
    left, right = st.columns(2, gap="large")
    with left:
        table(words.rule_rows(view), hide_index=True)
    with right:
        _draw_weeks(view)
    with st.expander("By rule and week: now → with these"):
        table(words.week_rows(view), hide_index=True)
    table(words.action_rows(view), hide_index=True)
    note(words.honesty(view))
    note(
        "Names are for those who treat them: a provider finds the own patients of this replay at the address /replayed."
    )


def _draw_weeks(view: ReplayView) -> None:
    names = [short_date(first, view.ends) for first in words.weeks(view)]
    lines = ("now", words.weekly(view, "standing")), ("with these", words.weekly(view, "changed"))
    drawn = two_lines_figure(names, *lines, ("week from", "alerts"), palette())
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=words.finding(view), key="replayed_weeks")
