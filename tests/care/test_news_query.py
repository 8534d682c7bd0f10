"""What has come in since the list was drawn: counted in the scope, and only while nobody has touched it."""

from datetime import UTC, datetime, timedelta

import pytest

from care.access import Role, Scope
from care.database import app_session
from care.errors import CareError
from care.queries.news import count_opened_since
from care.sign_in import authenticate, start_session, viewer_behind
from care.tenants import add_account
from care.verbs import alerts
from factories import make_alert, make_care_team_member, make_episode, make_patient

DRAWN = datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture(scope="module")
def alert_ids(two_tenants):
    """One alert raised just now in each clinic of Alpha and in Beta; North's patient is Nora's own."""
    alpha, beta = two_tenants
    nora = add_account("nora@example.org", alpha.name, Role.PROVIDER, "correct horse battery", "Nora", ["N"])
    with app_session(alpha.id) as session:
        own = make_patient(session, alpha.north)
        make_care_team_member(session, own, nora)
        ids = [
            make_alert(session, make_episode(session, own)).id,
            make_alert(session, make_episode(session, make_patient(session, alpha.south))).id,
        ]
    with app_session(beta.id) as session:
        make_alert(session, make_episode(session, make_patient(session, beta.north)))
    return nora, ids


def count(scope, since=DRAWN):
    with app_session(scope.tenant_id) as session:
        return count_opened_since(session, scope, since)


def test_new_alerts_are_counted_in_the_scope_only(alert_ids, two_tenants):
    alpha, beta = two_tenants
    assert count(Scope(alpha.id, None)) == 2
    assert count(Scope(alpha.id, frozenset({alpha.north}))) == 1
    assert count(Scope(alpha.id, frozenset({alpha.south}), own_patients_of=alert_ids[0])) == 0
    assert count(Scope(beta.id, None)) == 1


def test_what_was_there_when_the_list_was_drawn_is_not_news(alert_ids, two_tenants):
    assert count(Scope(two_tenants[0].id, None), since=datetime.now(UTC)) == 0


def test_what_somebody_has_taken_is_not_announced_any_more(alert_ids, two_tenants):
    now = datetime.now(UTC)
    login = authenticate("nora@example.org", "correct horse battery", now)[0]
    alerts.acknowledge(viewer_behind(start_session(login, now), now), alert_ids[1][0])
    assert count(Scope(two_tenants[0].id, None)) == 1


def test_a_scope_is_not_answered_in_another_tenants_session(alert_ids, two_tenants):
    with app_session(two_tenants[1].id) as session, pytest.raises(CareError, match="different tenants"):
        count_opened_since(session, Scope(two_tenants[0].id, None), DRAWN)
