"""A patient's link: the date of birth opens it, on one browser, until the window closes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from care.access import Role
from care.database import app_session, owner_engine
from care.errors import CareError, NotPermitted
from care.links import Way, ask_for_new_link, make_link, open_link, visitor_behind, way_of_link
from care.models import Alert, Message
from care.sign_in import authenticate, start_session, viewer_behind
from care.status import AlertOutcome, AlertState
from care.tenants import add_account
from care.verbs.thread import check_password, has_password, reset_password, set_password, write_to_team
from factories import make_assignment, make_episode, make_patient

PASSWORD = "correct horse battery"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
BORN = date(1956, 4, 30)


@pytest.fixture(scope="module")
def people(two_tenants):
    alpha, beta = two_tenants
    add_account("north@example.org", alpha.name, Role.PROVIDER, PASSWORD, "North", ["N"])
    add_account("south@example.org", alpha.name, Role.PROVIDER, PASSWORD, "South", ["S"])
    add_account("manager@example.org", alpha.name, Role.MANAGER, PASSWORD, "Manager")
    add_account("beta@example.org", beta.name, Role.PROVIDER, PASSWORD, "Beta")
    now = datetime.now(UTC)
    return {
        name: viewer_behind(start_session(authenticate(f"{name}@example.org", PASSWORD, now)[0], now), now)
        for name in ("north", "south", "manager", "beta")
    }


@pytest.fixture
def episode(two_tenants):
    alpha, _ = two_tenants
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north, birth_date=BORN))
        make_assignment(session, episode, due_at=NOW, expires_at=NOW + timedelta(days=6))
        return episode


@pytest.fixture
def link(people, episode) -> str:
    return make_link(people["north"], episode.id, NOW)[0]


def alerts(episode) -> list[str]:
    with app_session(episode.tenant_id) as session:
        return session.scalars(select(Alert.rule).where(Alert.episode_id == episode.id)).all()


def test_looking_at_a_link_opens_nothing_and_the_right_date_opens_it(link, episode):
    assert way_of_link(link, None, NOW) is Way.ASK_DATE
    assert way_of_link(link, None, NOW) is Way.ASK_DATE
    way, cookie = open_link(link, None, BORN, NOW)
    found, visitor = visitor_behind(cookie, NOW)
    assert (way, found, visitor.patient_id) == (Way.OPEN, Way.OPEN, episode.patient_id)


def test_a_link_ends_when_the_window_of_the_survey_closes(people, episode, link):
    _, cookie = open_link(link, None, BORN, NOW)
    assert make_link(people["north"], episode.id, NOW)[1] == NOW + timedelta(days=6)
    later = NOW + timedelta(days=6)
    assert way_of_link(link, None, later) is Way.EXPIRED
    assert visitor_behind(cookie, later) == (Way.EXPIRED, None)


def test_the_fifth_wrong_date_kills_the_link_and_tells_staff(link, episode):
    ways = [open_link(link, None, wrong, NOW)[0] for wrong in (date(1956, 4, 29), None, *[date(1900, 1, 1)] * 3)]
    assert ways == [Way.ASK_DATE] * 4 + [Way.KILLED]
    assert open_link(link, None, BORN, NOW) == (Way.KILLED, None)
    assert alerts(episode) == ["link_killed"]


def test_another_browser_meets_a_used_link_and_can_only_ask_for_a_new_one(link, episode):
    open_link(link, None, BORN, NOW)
    assert way_of_link(link, "another cookie", NOW) is Way.USED
    assert open_link(link, None, BORN, NOW) == (Way.USED, None)
    ask_for_new_link(link, NOW)
    ask_for_new_link(link, NOW)
    assert alerts(episode) == ["link_wanted"]


def test_after_half_an_hour_idle_the_same_browser_is_asked_for_the_date_again(link):
    _, cookie = open_link(link, None, BORN, NOW)
    idle = NOW + timedelta(minutes=31)
    assert visitor_behind(cookie, idle) == (Way.ASK_DATE, None)
    way, fresh = open_link(cookie, None, BORN, idle)
    assert way is Way.OPEN
    assert visitor_behind(fresh, idle)[0] is Way.OPEN
    assert visitor_behind(cookie, idle) == (Way.UNKNOWN, None)


def test_a_new_link_ends_the_older_ones_that_nobody_has_opened(people, episode, link):
    newer, _ = make_link(people["north"], episode.id, NOW + timedelta(minutes=5))
    later = NOW + timedelta(minutes=6)
    assert (way_of_link(link, None, later), way_of_link(newer, None, later)) == (Way.EXPIRED, Way.ASK_DATE)
    assert open_link(link, None, BORN, later) == (Way.EXPIRED, None)


def test_a_new_link_leaves_the_browser_alone_that_is_signed_in(people, episode, link):
    _, cookie = open_link(link, None, BORN, NOW)
    make_link(people["north"], episode.id, NOW + timedelta(minutes=5))
    assert visitor_behind(cookie, NOW + timedelta(minutes=6))[0] is Way.OPEN


def test_a_new_link_answers_the_patient_who_asked_for_one(people, episode, link):
    open_link(link, None, BORN, NOW)
    ask_for_new_link(link, NOW)
    make_link(people["north"], episode.id, NOW + timedelta(hours=1))
    with app_session(episode.tenant_id) as session:
        asked = session.scalars(select(Alert).where(Alert.episode_id == episode.id)).one()
    assert (asked.rule, asked.state, asked.outcome) == ("link_wanted", AlertState.RESOLVED, AlertOutcome.MESSAGED)


def test_a_secret_that_nobody_gave_out_opens_nothing(store):
    assert way_of_link("guess", None, NOW) is Way.UNKNOWN
    assert open_link("guess", None, BORN, NOW) == (Way.UNKNOWN, None)
    assert visitor_behind("guess", NOW) == (Way.UNKNOWN, None)


def test_no_secret_is_stored(link):
    with owner_engine().connect() as connection:
        rows = connection.scalars(text("SELECT survey_link::text FROM survey_link")).all()
    assert rows and not any(link in row for row in rows)


@pytest.mark.parametrize(("name", "refusal"), [("south", CareError), ("beta", CareError), ("manager", NotPermitted)])
def test_the_other_clinic_the_other_tenant_and_the_wrong_role_make_no_link(people, episode, name, refusal):
    with pytest.raises(refusal):
        make_link(people[name], episode.id, NOW)


def test_the_password_for_the_thread_is_set_once_slows_guessing_and_can_be_reset(people, link, episode):
    _, cookie = open_link(link, None, BORN, NOW)
    _, me = visitor_behind(cookie, NOW)
    mine = lambda: app_session(me.tenant_id, me.patient_id)  # noqa: E731
    with mine() as session:
        assert not set_password(session, me, "short", NOW)
        assert set_password(session, me, "my own words", NOW)
        assert not set_password(session, me, "other words", NOW)
    for _ in range(5):
        with mine() as session:
            assert not check_password(session, me, "guess", NOW)
    with mine() as session:
        assert not check_password(session, me, "my own words", NOW)
        assert check_password(session, me, "my own words", NOW + timedelta(minutes=16))
    with app_session(me.tenant_id) as session:
        reset_password(session, people["north"], episode.id)
    with mine() as session:
        assert not has_password(session, me)


def test_ten_thousand_odd_characters_are_kept_or_refused_whole(link):
    _, cookie = open_link(link, None, BORN, NOW)
    _, me = visitor_behind(cookie, NOW)
    odd = "ñ\u202e🦵\u0301\ud800\0<b>&" * 300
    with app_session(me.tenant_id, me.patient_id) as session:
        write_to_team(session, me, odd, NOW)
        with pytest.raises(CareError, match="1 to 4000"):
            write_to_team(session, me, "x" * 10_000, NOW)
    with app_session(me.tenant_id) as session:
        kept = session.scalars(select(Message.body).where(Message.patient_id == me.patient_id)).one()
    assert kept == "ñ\u202e🦵\u0301?<b>&" * 300
