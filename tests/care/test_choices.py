"""What a tenant chooses for itself: offered values only, by a manager of all clinics, and its own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from care.access import Role, Viewer
from care.choices import SHARES_STATISTICS, choose, chosen, history, rule_choices, standing_rules
from care.database import app_session, owner_engine
from care.errors import CareError, NotPermitted
from care.ids import new_id
from care.models import AuditEvent, Replay, TenantSetting
from care.replays import ask_replay, has_been_replayed, newest_replay, use_from_now_on
from care.status import ReplayState
from care.tenants import add_account

RATE, ROW = "off_expected.episodes_flagged", "silent.expired_in_row"


@pytest.fixture(scope="module")
def manager_id(two_tenants) -> UUID:
    return add_account("mia@alpha.example", two_tenants[0].name, Role.MANAGER, "a long enough word", "Mia Manager")


@pytest.fixture
def viewer(two_tenants, manager_id):
    def make(role=Role.MANAGER, clinics=None) -> Viewer:
        alpha = two_tenants[0]
        return Viewer(
            None, alpha.id, alpha.name, False, "UTC", new_id(), manager_id, "Mia", role, clinics,
            datetime.now(UTC) + timedelta(hours=1),
        )  # fmt: skip

    return make


def test_what_is_offered_is_what_the_rules_file_says():
    assert {name: each.allowed for name, each in rule_choices().items()} == {
        "off_expected.episodes_flagged": (5, 10, 20),
        "silent.expired_in_row": (1, 2, 3, 4),
        "silent.own_rhythm_gaps": (2, 3, 4, 5),
        "adherence_falling.days_before_at_least": (2, 3, 4, 5),
        "adherence_falling.share_left_at_most": (0.25, 0.5, 0.75),
        "unlikely_goal.chance_at_most": (0.1, 0.2, 0.3),
    }


def test_a_choice_holds_for_the_tenant_that_made_it(two_tenants, viewer):
    alpha, beta = two_tenants
    with app_session(alpha.id) as session:
        choose(session, viewer(), RATE, 20)
    with app_session(alpha.id) as session:
        choose(session, viewer(), RATE, 5)
    with app_session(alpha.id) as session:
        assert standing_rules(session)[RATE] == 5
        assert [(each.name, each.value, each.who) for each in history(session)] == [
            (RATE, 5, "Mia Manager"), (RATE, 20, "Mia Manager"),
        ]  # fmt: skip
    with app_session(beta.id) as session:
        assert standing_rules(session)[RATE] == 10
        assert history(session) == [] and session.scalars(select(TenantSetting)).all() == []


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.RESEARCHER])
def test_only_a_manager_chooses(two_tenants, viewer, role):
    for attempt in (lambda s: choose(s, viewer(role), RATE, 5), lambda s: ask_replay(s, viewer(role), {RATE: 5})):
        with pytest.raises(NotPermitted), app_session(two_tenants[0].id) as session:
            attempt(session)


def test_a_manager_of_some_clinics_does_not_choose_for_all(two_tenants, viewer):
    alpha = two_tenants[0]
    with pytest.raises(NotPermitted, match="every clinic"), app_session(alpha.id) as session:
        choose(session, viewer(clinics=frozenset({alpha.north})), RATE, 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (RATE, 12), (RATE, "5"), (RATE, None), (ROW, True), (ROW, 5), ("pain_alarm.level", 9), ("safety_item.off", 1),
        (SHARES_STATISTICS, 1), (SHARES_STATISTICS, "no"),
    ],
)  # fmt: skip
def test_a_forged_value_is_refused(two_tenants, viewer, name, value):
    with pytest.raises(CareError), app_session(two_tenants[0].id) as session:
        choose(session, viewer(), name, value)
    with pytest.raises(CareError), app_session(two_tenants[0].id) as session:
        ask_replay(session, viewer(), {name: value})


def test_a_row_that_is_not_offered_any_more_does_not_count(two_tenants):
    with app_session(two_tenants[1].id) as session:
        session.add(TenantSetting(tenant_id=two_tenants[1].id, name=RATE, value=15))
        session.flush()
        assert chosen(session, RATE, 10) == 15 and standing_rules(session)[RATE] == 10
        session.rollback()


def test_settings_are_used_after_a_replay_of_exactly_these(two_tenants, viewer):
    alpha = two_tenants[0]
    with app_session(alpha.id) as session, pytest.raises(CareError, match="have not been replayed"):
        use_from_now_on(session, viewer(), {ROW: 3})
    with app_session(alpha.id) as session:
        row = ask_replay(session, viewer(), {ROW: 3})
        assert row.standing[ROW] == 2 and row.changed[ROW] == 3 and row.standing.keys() == rule_choices().keys()
        row.state = ReplayState.DONE
    with app_session(alpha.id) as session:
        assert has_been_replayed(session, {ROW: 3})
        assert not has_been_replayed(session, {ROW: 4}) and not has_been_replayed(session, {ROW: 3, RATE: 20})
        assert use_from_now_on(session, viewer(), {ROW: 3}) == [ROW]
    with app_session(alpha.id) as session:
        assert standing_rules(session)[ROW] == 3
        # what stands is another setting now: the old replay says nothing of going from here
        assert not has_been_replayed(session, {ROW: 2})
        with pytest.raises(CareError, match="in use already"):
            use_from_now_on(session, viewer(), {ROW: 3})
        assert use_from_now_on(session, viewer(), {ROW: 2}, without_replay=True) == [ROW]


def test_every_choice_and_replay_is_in_the_trail(two_tenants):
    engine = owner_engine()
    with engine.connect() as connection:
        trail = connection.execute(
            select(AuditEvent.action, AuditEvent.detail)
            .where(AuditEvent.tenant_id == two_tenants[0].id, AuditEvent.action.in_(["choose", "replay"]))
            .order_by(AuditEvent.at, AuditEvent.id)
        ).all()
    engine.dispose()
    said = [(action, detail.get("value", detail.get("changed")), detail.get("replayed")) for action, detail in trail]
    assert said == [
        ("choose", 20, None),
        ("choose", 5, None),
        ("replay", {ROW: 3}, None),
        ("choose", 3, True),
        ("choose", 2, False),
    ]


def test_a_replay_is_behind_the_wall(two_tenants):
    alpha, beta = two_tenants
    with app_session(beta.id) as session:
        assert newest_replay(session) is None and session.scalars(select(Replay)).all() == []
    with app_session(alpha.id) as session:
        assert newest_replay(session) is not None
    with pytest.raises(DBAPIError, match="permission denied"), app_session(alpha.id) as session:
        session.execute(text("DELETE FROM replay"))
