"""A patient's message: it asks for somebody once, and is read when staff of the patient's clinic has been shown it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from care.access import Role
from care.database import app_session
from care.errors import CareError, NotPermitted
from care.links import make_link, open_link, visitor_behind
from care.models import Alert, Message
from care.sign_in import authenticate, start_session, viewer_behind
from care.tenants import add_account
from care.verbs.reading import mark_read
from care.verbs.thread import write_to_patient, write_to_team
from factories import make_episode, make_patient

PASSWORD = "correct horse battery"
BORN = date(1956, 4, 30)
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def people(two_tenants):
    alpha, beta = two_tenants
    add_account("north@example.org", alpha.name, Role.PROVIDER, PASSWORD, "North", ["N"])
    add_account("south@example.org", alpha.name, Role.PROVIDER, PASSWORD, "South", ["S"])
    add_account("manager@example.org", alpha.name, Role.MANAGER, PASSWORD, "Manager")
    add_account("beta@example.org", beta.name, Role.PROVIDER, PASSWORD, "Beta")
    return {
        name: viewer_behind(start_session(authenticate(f"{name}@example.org", PASSWORD, NOW)[0], NOW), NOW)
        for name in ("north", "south", "manager", "beta")
    }


@pytest.fixture
def written(people, two_tenants):
    """An episode whose patient has written twice."""
    alpha = two_tenants[0]
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north, birth_date=BORN))
    token, _ = make_link(people["north"], episode.id, NOW)
    me = visitor_behind(open_link(token, None, BORN, NOW)[1], NOW)[1]
    with app_session(me.tenant_id, me.patient_id) as session:
        for words in ("My knee is warm.", "And red."):
            write_to_team(session, me, words, NOW)
    return episode


def read(viewer, episode, at):
    with app_session(viewer.tenant_id) as session:
        return mark_read(session, viewer, episode.id, at)


def read_at(episode):
    with app_session(episode.tenant_id) as session:
        return session.scalars(select(Message.read_at).where(Message.episode_id == episode.id)).all()


def test_two_messages_ask_for_somebody_once(written):
    with app_session(written.tenant_id) as session:
        raised = session.execute(select(Alert.rule, Alert.status).where(Alert.episode_id == written.id)).all()
    assert raised == [("patient_wrote", "watch")]


def test_the_first_look_counts(people, written):
    later = NOW + timedelta(minutes=5)
    assert (read(people["north"], written, later), read(people["north"], written, later + timedelta(1))) == (2, 0)
    assert read_at(written) == [later, later]


@pytest.mark.parametrize(("name", "refusal"), [("south", CareError), ("beta", CareError), ("manager", NotPermitted)])
def test_others_neither_read_nor_write(people, written, name, refusal):
    with pytest.raises(refusal):
        read(people[name], written, NOW)
    with pytest.raises(refusal):
        write_to_patient(people[name], written.id, "Hello", NOW)
    assert read_at(written) == [None, None]


@pytest.mark.parametrize("words", ["", " \n ", "x" * 4001])
def test_an_empty_or_endless_message_is_refused(people, written, words):
    with pytest.raises(CareError, match="1 to 4000"):
        write_to_patient(people["north"], written.id, words, NOW)
