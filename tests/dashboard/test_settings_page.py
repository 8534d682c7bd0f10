"""The settings page: who has it, what it says of a replay, and the two clicks before anything changes."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from care.choices import choose, rule_choices, standing_rules
from care.database import app_session
from care.models import Account, Membership, Replay
from care.replays import ask_replay, newest_replay
from care.status import ReplayState
from dashboard.charts.two_lines import _ends
from dashboard.views import replay as words
from dashboard.views.rule_choices import WORDS, change_words, standing_rows
from factories import make_care_team_member, make_episode, make_patient

RATE, ROW = "off_expected.episodes_flagged", "silent.expired_in_row"
NOW = datetime.now(UTC)


def flag(episode: str, rule: str, standing: str | None, changed: str | None, outcome: str | None = None) -> dict:
    return {"episode": episode, "rule": rule, "standing": standing, "changed": changed, "outcome": outcome}


A, B, C = (f"00000000-0000-7000-8000-00000000000{number}" for number in range(3))
RESULT = {
    "from": "2026-01-05", "to": "2026-01-19", "episodes": 9, "finished": 2,
    "flags": [
        flag(A, "off_expected", "2026-01-06", "2026-01-06", "called"),
        flag(A, "silent", "2026-01-13", "2026-01-15"),
        flag(B, "silent", "2026-01-14", None, "wrong_flag"),
        flag(B, "silent", "2026-01-16", None, "no_action_needed"),
        flag(C, "unlikely_goal", None, "2026-01-17"),
    ],
}  # fmt: skip


@pytest.fixture
def view():
    return words.replay_view(SimpleNamespace(result=RESULT), leads=2)


def test_a_replay_says_how_many_alerts_and_who_under_both_settings(view):
    assert words.finding(view) == "Alerts would fall from 4 to 3 in 14 days"
    assert words.patient_words(view) == (
        "Of 9 patients 2 were flagged at least once with the settings of now, 2 with these: 1 in addition, 1 no longer."
    )
    assert words.rate_words(view).startswith("Per provider and week: 1.0 alerts now, 0.8 with these (2 providers")
    assert [tuple(row.values()) for row in words.rule_rows(view)] == [
        ("Off expected", "1", "1", "0", "0", "0"),
        ("Goal unlikely", "0", "1", "+1", "1", "0"),
        ("Silent", "3", "1", "−2", "0", "2"),
        ("All", "4", "3", "−1", "1", "2"),
    ]


def test_an_alert_counts_in_the_week_in_which_each_setting_raises_it(view):
    assert list(words.week_rows(view)[0]) == ["Week from", "Off expected", "Goal unlikely", "Silent", "All"]
    assert [list(row.values()) for row in words.week_rows(view)] == [
        ["5 Jan", "1 → 1", "0 → 0", "0 → 0", "1 → 1"],
        ["12 Jan", "0 → 0", "0 → 1", "3 → 1", "3 → 2"],
    ]


def test_only_the_first_week_may_be_short():
    ninety = words.replay_view(SimpleNamespace(result=RESULT | {"from": "2025-10-21", "flags": []}), leads=0)
    first_days = words.weeks(ninety)
    assert (len(first_days), str(first_days[0]), str(first_days[1])) == (13, "2025-10-21", "2025-10-27")


def test_what_falls_away_is_told_by_what_had_come_of_it(view):
    now, with_these, gone = words.action_rows(view)
    assert now["Really raised and closed"] == "75\u202f% of 4" and now["Led to action"] == "33\u202f% of 3"
    assert with_these["Led to action"] == "100\u202f% of 1"
    assert (gone["Wrong flag"], gone["No action needed"], gone["Led to action"]) == (
        "50\u202f% of 2", "50\u202f% of 2", "0\u202f% of 2",
    )  # fmt: skip


def test_a_replay_says_whose_curve_judged(view):
    assert "today's, not the one of each day" in words.honesty(view) and "2 courses that ended" in words.honesty(view)


def test_a_replay_without_a_flag_has_words_too():
    empty = words.replay_view(SimpleNamespace(result=RESULT | {"flags": []}), leads=0)
    assert words.finding(empty) == "The same 0 alerts would have been raised in 14 days"
    assert len(words.rule_rows(empty)) == 1 and words.rate_words(empty).startswith("No flagged patient")


def test_every_choice_that_is_offered_has_words():
    assert WORDS.keys() == rule_choices().keys()
    published = {name: each.published for name, each in rule_choices().items()}
    assert len(standing_rows(published)) == len(WORDS)
    assert change_words(published, published | {ROW: 3}) == [
        "Silent: surveys in a row without an answer: 2 surveys → 3 surveys"
    ]


def test_the_names_at_the_ends_of_two_lines_never_touch():
    high, low = _ends(("now", [3, 5]), ("with these", [3, 5]), 10)
    assert high - low >= 0.9


@pytest.mark.parametrize("who", ["north", "researcher"])
def test_only_a_manager_has_the_page(open_as, who):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as(who, "settings.py")


def test_nothing_changes_before_the_second_click(open_as, two_tenants):
    alpha = two_tenants[0]
    app = open_as("manager", "settings.py")
    assert not app.exception and app.title[0].value == "Every setting is as published"
    assert app.button(key="replay").disabled and app.button(key="use").disabled
    app.selectbox(key=f"try {ROW}").set_value(3).run()
    assert app.button(key="use").label == "Use without a replay"
    app.button(key="use").click().run()
    assert "use without a replay" in app.button(key="use_now").label
    with app_session(alpha.id) as session:
        assert standing_rules(session)[ROW] == 2
    app.button(key="not_now").click().run()
    app.button(key="use").click().run()
    app.button(key="use_now").click().run()
    assert (
        not app.exception
        and app.success[0].value == "1 setting is in use from now on\\. Open patients are being judged anew\\."
    )
    with app_session(alpha.id) as session:
        assert standing_rules(session)[ROW] == 3
    assert app.title[0].value == "1 setting is your own"


def test_a_replay_is_asked_for_followed_and_then_used(open_as, two_tenants):
    alpha = two_tenants[0]
    app = open_as("manager", "settings.py")
    app.selectbox(key=f"try {RATE}").set_value(20).run()
    app.button(key="replay").click().run()
    assert "Replaying the last 90 days" in [each.value for each in app.header]
    with app_session(alpha.id) as session:
        row = newest_replay(session)
        assert row.state is ReplayState.WAITING and row.changed[RATE] == 20
        session.scalar(select(Replay).where(Replay.id == row.id)).state = ReplayState.DONE
        row.result, row.as_of, row.finished_at = RESULT, NOW, NOW
    app = open_as("manager", "settings.py")
    app.selectbox(key=f"try {RATE}").set_value(20).run()
    assert not app.exception and "Alerts would fall from 4 to 3 in 14 days" in [each.value for each in app.header]
    app.button(key="use").click().run()
    app.button(key="use_now").click().run()
    with app_session(alpha.id) as session:
        assert standing_rules(session)[RATE] == 20


def test_sharing_is_shown_and_chosen_here_too(open_as, two_tenants):
    app = open_as("manager", "settings.py")
    assert app.button(key="sharing").label == "Stop sharing"
    app.button(key="sharing").click().run()
    assert "Sums for the network are not shared" in [each.value for each in app.header]
    with app_session(two_tenants[0].id) as session:
        choose(session, None, "shares_statistics", True)


def test_a_provider_sees_the_own_patients_of_a_replay_and_the_trail_knows(open_as, two_tenants, trail):
    alpha = two_tenants[0]
    with app_session(alpha.id) as session:
        mine = make_episode(session, make_patient(session, alpha.north))
        other = make_episode(session, make_patient(session, alpha.south))
        north = session.scalars(
            select(Membership.id).join(Account, Account.id == Membership.account_id).where(
                Account.email == "north@example.org"
            )
        ).one()  # fmt: skip
        make_care_team_member(session, SimpleNamespace(id=mine.patient_id), north)
        flags = [flag(str(each.id), "silent", None, "2026-01-07") for each in (mine, other)]
        row = ask_replay(session, None, {ROW: 1})
        session.info.pop("replay")
        row.state, row.result, row.as_of, row.finished_at = ReplayState.DONE, RESULT | {"flags": flags}, NOW, NOW
    app = open_as("north", "replayed.py")
    assert not app.exception and app.title[0].value == "1 patient of yours would be flagged differently"
    assert "Alerts that come: 1 patient" in [each.value for each in app.header]
    assert trail("replayed", alpha.id) == [[mine.patient_id]]
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as("manager", "replayed.py")
