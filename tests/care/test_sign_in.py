"""Who gets in, for how long, and what ends a session. Times are arguments: nothing here waits."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from care.access import Role
from care.database import owner_engine
from care.errors import CareError
from care.sign_in import (
    SessionEnded,
    SignInRefused,
    authenticate,
    other_logins,
    seen,
    sign_out,
    start_session,
    viewer_behind,
)
from care.tenants import add_account

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def accounts(two_tenants):
    """Ana is a provider of Alpha's North clinic and manages Beta; Bo is a provider of Beta."""
    alpha, beta = two_tenants
    add_account("ana@example.org", alpha.name, Role.PROVIDER, PASSWORD, "Ana", ["N"])
    add_account("ana@example.org", beta.name, Role.MANAGER, PASSWORD)
    add_account("bo@example.org", beta.name, Role.PROVIDER, PASSWORD, "Bo")
    return alpha, beta


@pytest.fixture
def ana(accounts):
    return start_session(authenticate("ana@example.org", PASSWORD, NOW)[0], NOW)


def test_the_right_password_opens_every_membership_of_its_account(accounts):
    logins = authenticate(" Ana@Example.org ", PASSWORD, NOW)
    assert [(login.tenant_name, login.role) for login in logins] == [
        ("Alpha Orthopedics", "provider"),
        ("Beta Physio", "manager"),
    ]


@pytest.mark.parametrize("email", ["bo@example.org", "nobody@example.org", "' OR 1=1 --", ""])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(accounts, email):
    with pytest.raises(SignInRefused, match="do not match. Check both"):
        authenticate(email, "wrong", NOW)


def test_five_failures_slow_an_address_down_twice_as_long_each_time(accounts):
    for second in range(5):
        with pytest.raises(SignInRefused, match="do not match"):
            authenticate("cy@example.org", "wrong", NOW + timedelta(seconds=second))
    after = NOW + timedelta(seconds=4)
    with pytest.raises(SignInRefused, match="again in 29 seconds|again in 30 seconds"):
        authenticate("cy@example.org", "wrong", after + timedelta(seconds=1))
    with pytest.raises(SignInRefused, match="do not match"):
        authenticate("cy@example.org", "wrong", after + timedelta(seconds=31))
    with pytest.raises(SignInRefused, match="Too many"):
        authenticate("cy@example.org", "wrong", after + timedelta(seconds=31 + 59))


def test_many_tries_at_once_are_counted_one_by_one(accounts):
    def guess(_):
        with pytest.raises(SignInRefused) as refused:
            authenticate("di@example.org", "wrong", NOW)
        return str(refused.value)

    with ThreadPoolExecutor(20) as threads:
        answers = Counter(answer[:8] for answer in threads.map(guess, range(20)))
    assert answers == {"The e-ma": 5, "Too many": 15}


def test_a_session_says_who_is_looking(accounts, ana):
    viewer = viewer_behind(ana, NOW)
    assert (viewer.name, viewer.role, viewer.tenant_name) == ("Ana", Role.PROVIDER, "Alpha Orthopedics")
    assert viewer.clinics == {accounts[0].north}
    assert viewer.scope.own_patients_of == viewer.membership_id
    assert viewer.scope.widened().own_patients_of is None


@pytest.mark.parametrize("token", [None, "", "guessed"])
def test_nobody_is_behind_a_token_that_we_did_not_give(store, token):
    with pytest.raises(SessionEnded, match="Please sign in"):
        viewer_behind(token, NOW)


def test_fifteen_idle_minutes_end_a_session_and_activity_keeps_it(ana):
    viewer = viewer_behind(ana, NOW + timedelta(minutes=14, seconds=59))
    seen(viewer, NOW + timedelta(minutes=14))
    viewer_behind(ana, NOW + timedelta(minutes=28))
    with pytest.raises(SessionEnded, match="15 minutes"):
        viewer_behind(ana, NOW + timedelta(minutes=29))


def test_twelve_hours_end_a_session_however_busy(ana):
    viewer = viewer_behind(ana, NOW)
    seen(viewer, NOW + timedelta(hours=11, minutes=59))
    with pytest.raises(SessionEnded, match="12 hours"):
        viewer_behind(ana, NOW + timedelta(hours=12))


def test_signing_out_ends_the_session_behind_every_tab(ana):
    sign_out(viewer_behind(ana, NOW), NOW)
    with pytest.raises(SessionEnded, match="You signed out"):
        viewer_behind(ana, NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE membership SET all_clinics = all_clinics WHERE role = 'provider'",
        "UPDATE membership_clinic SET ended_at = NULL",
        "INSERT INTO membership_clinic (id, tenant_id, membership_id, clinic_id) "
        "SELECT gen_random_uuid(), m.tenant_id, m.membership_id, c.id FROM membership_clinic m "
        "JOIN clinic c ON c.tenant_id = m.tenant_id AND c.code = 'S' LIMIT 1",
    ],
)
def test_a_change_of_rights_ends_the_session(ana, change):
    with owner_engine().begin() as connection:
        connection.execute(text(change))
    with pytest.raises(SessionEnded, match="rights were changed"):
        viewer_behind(ana, NOW)


def test_a_disabled_account_is_out_at_once(ana):
    with owner_engine().begin() as connection:
        connection.execute(text("UPDATE account SET disabled_at = now() WHERE email = 'ana@example.org'"))
    try:
        with pytest.raises(SessionEnded, match="has been ended"):
            viewer_behind(ana, NOW)
        with pytest.raises(SignInRefused):
            authenticate("ana@example.org", PASSWORD, NOW)
    finally:
        with owner_engine().begin() as connection:
            connection.execute(text("UPDATE account SET disabled_at = NULL"))


def test_changing_role_offers_the_same_persons_other_memberships_only(accounts, ana):
    others = other_logins(viewer_behind(ana, NOW))
    assert [(login.tenant_name, login.role) for login in others] == [("Beta Physio", "manager")]


def test_the_token_itself_is_never_stored(ana):
    with owner_engine().connect() as connection:
        stored = connection.execute(text("SELECT row_to_json(s)::text FROM sign_in_session s")).scalars().all()
    assert stored and not any(ana in row for row in stored)


@pytest.mark.parametrize(
    ("email", "password", "clinics", "complaint"),
    [
        ("nobody", PASSWORD, None, "is not an e-mail address"),
        ("dee@example.org", "short", None, "has 5 characters; 12 or more"),
        ("dee@example.org", PASSWORD, ["N", "West"], "has no clinic West. Clinics: N, S"),
        ("bo@example.org", PASSWORD, None, "is a provider of “Beta Physio” already"),
    ],
)
def test_an_account_that_cannot_be_made_is_refused_in_a_sentence(accounts, email, password, clinics, complaint):
    with pytest.raises(CareError, match=complaint):
        add_account(email, "Beta Physio", Role.PROVIDER, password, clinic_codes=clinics)
