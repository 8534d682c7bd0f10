"""What has come in since a list was drawn: counted in the scope, lost by no race, and only while it waits untouched."""

from datetime import UTC, datetime, timedelta

import pytest

from care.access import Role, Scope
from care.database import app_session
from care.errors import CareError
from care.queries.news import count_opened_since, mark_of_now
from care.raising import raise_alert
from care.sign_in import authenticate, start_session, viewer_behind
from care.tenants import add_account
from care.verbs import alerts
from factories import make_care_team_member, make_episode, make_patient

NOW = datetime.now(UTC)


def mark(tenant) -> str:
    with app_session(tenant.id) as session:
        return mark_of_now(session)


def raised(session, clinic_id, patient=None, at=NOW):
    episode = make_episode(session, patient or make_patient(session, clinic_id))
    return raise_alert(session, episode, "off_track", f"since:{episode.id}", "off_track", "Falling.", at)


@pytest.fixture(scope="module")
def news(two_tenants):
    """One alert raised after the mark in each clinic of Alpha and in Beta; North's patient is Nora's own."""
    alpha, beta = two_tenants
    nora = add_account("nora@example.org", alpha.name, Role.PROVIDER, "correct horse battery", "Nora", ["N"])
    before = mark(alpha)
    with app_session(alpha.id) as session:
        own = make_patient(session, alpha.north)
        make_care_team_member(session, own, nora)
        ids = [raised(session, alpha.north, own), raised(session, alpha.south)]
    with app_session(beta.id) as session:
        raised(session, beta.north)
    return before, nora, ids


def count(scope, since):
    with app_session(scope.tenant_id) as session:
        return count_opened_since(session, scope, since)


def test_new_alerts_are_counted_in_the_scope_only(news, two_tenants):
    alpha, beta = two_tenants
    before, nora, _ = news
    assert count(Scope(alpha.id, None), before) == 2
    assert count(Scope(alpha.id, frozenset({alpha.north})), before) == 1
    assert count(Scope(alpha.id, frozenset({alpha.south}), own_patients_of=nora), before) == 0
    assert count(Scope(beta.id, None), before) == 1


def test_what_was_there_when_the_list_was_drawn_is_not_news(news, two_tenants):
    assert count(Scope(two_tenants[0].id, None), mark(two_tenants[0])) == 0


def test_what_was_raised_before_the_list_was_drawn_and_committed_after_it_is_news(news, two_tenants):
    alpha = two_tenants[0]
    with app_session(alpha.id) as slow:
        raised(slow, alpha.north, at=NOW - timedelta(minutes=5))
        drawn = mark(alpha)
    assert count(Scope(alpha.id, None), drawn) == 1


def test_what_somebody_has_taken_is_not_announced_until_it_comes_back(news, two_tenants):
    now, scope = datetime.now(UTC), Scope(two_tenants[0].id, frozenset({two_tenants[0].north}))
    login = authenticate("nora@example.org", "correct horse battery", now)[0]
    viewer = viewer_behind(start_session(login, now), now)
    drawn = mark(two_tenants[0])
    alerts.acknowledge(viewer, news[2][0])
    assert count(scope, drawn) == 0
    alerts.undo(viewer, news[2][0])
    assert count(scope, drawn) == 1


def test_a_scope_is_not_answered_in_another_tenants_session(news, two_tenants):
    with app_session(two_tenants[1].id) as session, pytest.raises(CareError, match="different tenants"):
        count_opened_since(session, Scope(two_tenants[0].id, None), news[0])
