"""Several alerts of one episode are one case: handled together, given away, escalated; two people at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from care.access import Role
from care.database import app_session, owner_engine
from care.errors import CareError, NotFound, NotPermitted, Stale
from care.models import Alert, AlertEvent
from care.queries.cases import find_case
from care.raising import raise_alert
from care.sign_in import authenticate, start_session, viewer_behind
from care.status import AlertOutcome, AlertState, EpisodeState
from care.tenants import add_account
from care.verbs.alerts import acknowledge, assign, resolve, snooze, undo
from care.verbs.escalation import escalate, tenants_to_escalate
from care.verbs.handling import Handling
from factories import make_alert, make_episode, make_patient

PASSWORD = "correct horse battery"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def people(two_tenants):
    alpha, beta = two_tenants
    add_account("nora@example.org", alpha.name, Role.PROVIDER, PASSWORD, "Nora North", ["N"])
    add_account("ned@example.org", alpha.name, Role.PROVIDER, PASSWORD, "Ned North", ["N"])
    add_account("sam@example.org", alpha.name, Role.PROVIDER, PASSWORD, "Sam South", ["S"])
    add_account("mia@example.org", alpha.name, Role.MANAGER, PASSWORD, "Mia Manager", ["N"])
    add_account("bo@example.org", beta.name, Role.PROVIDER, PASSWORD, "Bo Beta")
    names = ("nora", "ned", "sam", "mia", "bo")
    return {
        name: viewer_behind(start_session(authenticate(f"{name}@example.org", PASSWORD, NOW)[0], NOW), NOW)
        for name in names
    }


@pytest.fixture
def episode(two_tenants, people):
    with app_session(two_tenants[0].id) as session:
        return make_episode(session, make_patient(session, two_tenants[0].north))


def add_alert(episode, **columns):
    with app_session(episode.tenant_id) as session:
        return make_alert(session, episode, **columns).id


def seen_by(viewer, alert_id):
    with app_session(viewer.tenant_id) as session:
        return find_case(session, viewer.scope.widened(), alert_id).seen


def stored(episode, alert_id):
    with app_session(episode.tenant_id) as session:
        return session.get_one(Alert, alert_id)


def test_resolving_closes_what_was_seen_and_not_what_came_later(episode, people):
    fell, silent = add_alert(episode), add_alert(episode, status="silent", rule="silent")
    seen = seen_by(people["nora"], fell)
    later = add_alert(episode)
    resolve(people["nora"], seen, AlertOutcome.CALLED)
    assert [stored(episode, each).state.value for each in (fell, silent, later)] == ["resolved", "resolved", "open"]


def test_the_most_urgent_alert_leads_the_case(episode, people):
    silent, call = add_alert(episode, status="silent"), add_alert(episode, status="call_today")
    assert [each.alert_id for each in seen_by(people["nora"], silent)] == [call, silent]


def test_the_second_of_two_people_is_told_who_did_what(episode, people):
    alert = add_alert(episode)
    seen = seen_by(people["ned"], alert)
    resolve(people["nora"], seen_by(people["nora"], alert), AlertOutcome.PLAN_CHANGED)
    with pytest.raises(Stale, match=r"Nora North resolved this at \d\d:\d\d \(plan changed\)\. Reload the page\."):
        resolve(people["ned"], seen, AlertOutcome.WRONG_FLAG)
    assert stored(episode, alert).outcome is AlertOutcome.PLAN_CHANGED


def test_one_stale_alert_keeps_the_whole_case_as_it_was(episode, people):
    one, other = add_alert(episode), add_alert(episode)
    seen = seen_by(people["ned"], one)
    acknowledge(people["nora"], other)
    with pytest.raises(Stale, match="Nora North acknowledged this"):
        resolve(people["ned"], seen, AlertOutcome.CALLED)
    assert stored(episode, one).state is AlertState.OPEN


def test_a_case_is_given_to_a_colleague_and_the_trace_says_to_whom(episode, people):
    alert = add_alert(episode)
    assign(people["nora"], seen_by(people["nora"], alert), people["ned"].membership_id)
    assert (stored(episode, alert).owner_id, stored(episode, alert).state) == (
        people["ned"].membership_id,
        AlertState.OPEN,
    )
    with owner_engine().connect() as connection:
        trace = text(
            "SELECT detail ->> 'assigned_to' FROM audit_event WHERE action = 'assign' AND detail ->> 'alert' = :a"
        )
        assert connection.execute(trace, {"a": str(alert)}).scalar_one() == str(people["ned"].membership_id)


@pytest.mark.parametrize("to", ["sam", "mia", "bo"])
def test_another_clinic_another_role_and_another_tenant_are_given_nothing(episode, people, to):
    alert = add_alert(episode)
    with pytest.raises(NotFound, match="not a provider of the patient's clinic"):
        assign(people["nora"], alert, people[to].membership_id)
    assert stored(episode, alert).owner_id is None


@pytest.mark.parametrize(("who", "refusal"), [("sam", NotFound), ("bo", NotFound), ("mia", NotPermitted)])
def test_a_case_of_another_clinic_or_tenant_cannot_be_assigned(episode, people, who, refusal):
    alert = add_alert(episode)
    with pytest.raises(refusal):
        assign(people[who], alert, people["nora"].membership_id)


@pytest.mark.parametrize("who", ["sam", "bo"])
def test_a_case_of_another_clinic_or_tenant_is_not_found(episode, people, who):
    alert = add_alert(episode)
    with pytest.raises(NotFound):
        seen_by(people[who], alert)


def test_a_foreign_alert_among_ones_own_refuses_all(episode, people, two_tenants):
    mine = add_alert(episode)
    with app_session(two_tenants[1].id) as session:
        foreign = make_alert(session, make_episode(session, make_patient(session, two_tenants[1].north)))
    seen = (*seen_by(people["nora"], mine), *seen_by(people["bo"], foreign.id))
    with pytest.raises(NotFound):
        resolve(people["nora"], seen, AlertOutcome.CALLED)
    assert stored(episode, mine).state is AlertState.OPEN


def test_a_resolved_case_cannot_be_assigned(episode, people):
    alert = add_alert(episode)
    resolve(people["nora"], alert, AlertOutcome.CALLED)
    with pytest.raises(CareError, match="resolved cannot be assigned"):
        assign(people["nora"], alert, people["ned"].membership_id)


def test_what_is_past_due_goes_to_the_clinics_manager_once(episode, people):
    alert = add_alert(episode, due_at=NOW - timedelta(hours=1))
    assert episode.tenant_id in tenants_to_escalate(NOW)
    assert escalate(episode.tenant_id, NOW) >= 1
    assert escalate(episode.tenant_id, NOW) == 0
    assert episode.tenant_id not in tenants_to_escalate(NOW)
    assert (stored(episode, alert).escalated_to, stored(episode, alert).escalated_at) == (
        people["mia"].membership_id,
        NOW,
    )
    with app_session(episode.tenant_id) as session:
        assert session.scalar(select(func.count(AlertEvent.id)).where(AlertEvent.alert_id == alert)) == 1


def test_what_is_not_due_put_off_or_finished_is_not_escalated(episode, people):
    past = NOW - timedelta(hours=1)
    waiting, put_off, done = (
        add_alert(episode, due_at=NOW + timedelta(hours=1)),
        *(add_alert(episode, due_at=past) for _ in range(2)),
    )
    snooze(people["nora"], put_off, None)
    resolve(people["nora"], done, AlertOutcome.CALLED)
    escalate(episode.tenant_id, NOW)
    assert [stored(episode, each).escalated_at for each in (waiting, put_off, done)] == [None, None, None]


def test_an_ended_episode_is_looked_at_once_and_nobody_is_told(two_tenants, people):
    with app_session(two_tenants[0].id) as session:
        closed = make_episode(session, make_patient(session, two_tenants[0].north), state=EpisodeState.CLOSED)
        alert = make_alert(session, closed, due_at=NOW - timedelta(days=1)).id
    escalate(closed.tenant_id, NOW)
    assert stored(closed, alert).escalated_to is None


def test_a_snoozed_case_can_be_put_off_again(episode, people):
    alert = add_alert(episode)
    seen = snooze(people["nora"], seen_by(people["nora"], alert), None)
    snooze(people["nora"], seen, NOW + timedelta(days=3))
    assert stored(episode, alert).snoozed_until == NOW + timedelta(days=3)


def test_undo_of_an_acknowledgement_gives_the_case_back_to_who_had_it(episode, people):
    alert = add_alert(episode, owner_id=people["ned"].membership_id)
    undo(people["nora"], acknowledge(people["nora"], alert))
    assert (stored(episode, alert).state, stored(episode, alert).owner_id) == (
        AlertState.OPEN,
        people["ned"].membership_id,
    )


@pytest.mark.parametrize("first", ["nobody", "ned"])
def test_undo_of_an_assignment_gives_it_back_and_leaves_the_state(episode, people, first):
    had = people["ned"].membership_id if first == "ned" else None
    alert = add_alert(episode, owner_id=had)
    given = assign(people["nora"], snooze(people["nora"], alert, NOW + timedelta(days=2)), people["nora"].membership_id)
    undo(people["nora"], given)
    assert (stored(episode, alert).state, stored(episode, alert).owner_id) == (AlertState.SNOOZED, had)


def test_undo_takes_back_the_last_step_only(episode, people):
    alert = add_alert(episode)
    undo(people["nora"], resolve(people["nora"], acknowledge(people["nora"], alert), AlertOutcome.CALLED))
    assert (stored(episode, alert).state, stored(episode, alert).outcome) == (AlertState.OPEN, None)
    assert stored(episode, alert).owner_id == people["nora"].membership_id


def test_an_undo_comes_too_late_once_a_colleague_has_gone_on(episode, people):
    alert = add_alert(episode)
    done = acknowledge(people["nora"], alert)
    resolve(people["ned"], alert, AlertOutcome.CALLED)
    with pytest.raises(Stale, match="Ned North resolved this"):
        undo(people["nora"], done)


def test_what_was_done_then_is_written_as_of_then(episode, people):
    then = NOW - timedelta(days=20)
    alert = add_alert(episode, raised_at=then - timedelta(hours=3))
    with app_session(episode.tenant_id) as session:
        Handling(session, people["nora"], then).resolve(alert, AlertOutcome.MESSAGED)
    with app_session(episode.tenant_id) as session:
        events = session.scalars(select(AlertEvent.at).where(AlertEvent.alert_id == alert)).all()
    assert then in events and stored(episode, alert).state_changed_at == then


def test_of_an_episode_that_has_ended_since_an_alert_may_still_be_raised_as_of_then(episode, people):
    with app_session(episode.tenant_id) as session:
        ended = session.merge(episode)
        ended.state, ended.closed_at = EpisodeState.CLOSED, NOW
        before = raise_alert(session, ended, "silent", "since:then", "silent", "No answer.", NOW - timedelta(days=3))
        after = raise_alert(session, ended, "silent", "since:now", "silent", "No answer.", NOW)
    assert before is not None and after is None
