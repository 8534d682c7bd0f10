"""Enrolling: the calendar first, then patient, episode, enrollment and link in one press; and steering what runs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from care.access import Role
from care.database import app_session
from care.models import Enrollment, EnrollmentEvent, Episode, Patient, SurveyLink
from care.models.patient import IndexStatus
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from dashboard.navigation import screens_for
from factories import make_episode, make_patient
from pathways.enrolling import enroll

BORN = date(1960, 5, 1)
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def library(members):
    load_library()


@pytest.fixture
def running(library, members, two_tenants):
    """A patient of Alpha's clinic North, two weeks after a knee replacement, on its pathway."""
    alpha = two_tenants[0]
    now = datetime.now(UTC)
    viewer = viewer_behind(start_session(authenticate(members["north"], "correct horse battery", now)[0], now), now)
    with app_session(alpha.id) as session:
        patient = make_patient(session, alpha.north, birth_date=BORN, mrn="N-77")
        episode = make_episode(session, patient, index_date=NOW.date() - timedelta(days=14), side="left")
        return enroll(session, viewer, episode, "total_knee@1", NOW)


def typed(page, given, family, born=BORN):
    page.text_input(key="given").input(given)
    page.text_input(key="family").input(family)
    if born:
        page.date_input(key="born").set_value(born)
    return page.button(key="enroll").click().run()


def named(tenant, given) -> int:
    with app_session(tenant.id) as session:
        return session.scalar(select(func.count()).select_from(Patient).where(Patient.given_name == given))


def state_of(enrollment):
    with app_session(enrollment.tenant_id) as session:
        return session.get_one(Enrollment, enrollment.id).state


def steer(open_as, enrollment, who="north"):
    return open_as(who, "enroll.py", episode=str(enrollment.episode_id))


def test_a_patient_is_enrolled_and_gets_a_link(library, open_as, two_tenants):
    page = open_as("north", "enroll.py")
    assert page.table[0].value["What"].tolist()[0].startswith("Questions")
    typed(page, "Ines", "Example")
    assert not page.exception
    assert page.success[0].value == r"Ines Example is enrolled\."
    assert "/l/" in page.code[0].value
    with app_session(two_tenants[0].id) as session:
        patient = session.scalars(select(Patient).where(Patient.given_name == "Ines")).one()
        assert session.scalars(select(Enrollment.state).where(Enrollment.patient_id == patient.id)).one() == "active"
        assert session.scalars(select(SurveyLink.patient_id)).one() == patient.id
    page.button(key="another").click().run()
    assert page.text_input(key="given").value == "" and not page.code


def test_without_a_date_of_birth_nothing_is_saved(library, open_as, two_tenants):
    page = typed(open_as("south", "enroll.py"), "Nobody", "Example", born=None)
    assert "the date of birth is missing" in page.error[0].value
    assert named(two_tenants[0], "Nobody") == 0


def test_without_a_name_the_refusal_says_what_is_missing(library, open_as):
    page = typed(open_as("south", "enroll.py"), "  ", "Example")
    assert "both names are needed" in page.error[0].value


def test_the_same_name_and_birthday_is_asked_about_and_doubled_only_on_a_word(library, open_as, two_tenants):
    typed(open_as("north", "enroll.py"), "Twin", "Example")
    page = typed(open_as("north", "enroll.py"), " twin", "EXAMPLE ")
    assert page.warning[0].value.startswith("Is this the same person?")
    assert named(two_tenants[0], "Twin") == 1
    page.button(key="somebody_else").click().run()
    assert not page.exception and page.success
    with app_session(two_tenants[0].id) as session:
        assert session.scalar(select(func.count()).where(func.lower(Patient.given_name) == "twin")) == 2


def test_the_same_person_leads_to_the_known_patient_with_a_further_episode(library, open_as, two_tenants):
    typed(open_as("north", "enroll.py"), "Known", "Example")
    page = typed(open_as("north", "enroll.py"), "Known", "Example")
    page.button(key="same").click().run()
    page.selectbox(key="pathway").select("total_knee@1").run()
    page.button(key="enroll").click().run()
    assert "a joint needs its side" in page.error[0].value
    page.radio(key="side").set_value("left")
    page.button(key="enroll").click().run()
    assert not page.exception and page.success
    assert named(two_tenants[0], "Known") == 1
    with app_session(two_tenants[0].id) as session:
        patient = session.scalars(select(Patient.id).where(Patient.given_name == "Known")).one()
        conditions = session.scalars(select(Episode.condition).where(Episode.patient_id == patient)).all()
    assert sorted(conditions) == ["knee_replacement", "low_back_pain"]


@pytest.mark.parametrize("name", ["south", "beta"])
def test_another_clinics_or_tenants_patient_is_not_found(running, open_as, name):
    page = open_as(name, "enroll.py")
    page.segmented_control(key="who").set_value("Known patient").run()
    page.text_input(key="find_known").input("N-77").run()
    assert not [box for box in page.selectbox if box.key == "known"]
    assert page.button(key="enroll").disabled


@pytest.mark.parametrize("name", ["south", "beta"])
def test_an_address_with_somebody_elses_episode_steers_nothing(running, open_as, name):
    page = steer(open_as, running, name)
    assert any("No running pathway in your clinics" in each.value for each in page.markdown)
    assert not [button for button in page.button if button.key in ("pause", "discharge", "save_day")]


def test_an_address_that_is_no_id_finds_nobody(running, open_as):
    page = open_as("north", "enroll.py", episode="1 OR 1=1")
    assert any("No running pathway in your clinics" in each.value for each in page.markdown)


@pytest.mark.parametrize("name", ["manager", "researcher"])
def test_without_the_right_to_enroll_there_is_no_page(library, open_as, name):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as(name, "enroll.py")


def test_only_providers_enroll():
    assert [role for role in Role if "enroll.py" in {page.file for page in screens_for(role)}] == [Role.PROVIDER]


def test_a_pause_needs_a_reason_and_is_undone_by_resuming(running, open_as):
    page = steer(open_as, running)
    page.button(key="pause").click().run()
    assert "say why" in page.error[0].value and state_of(running) == "active"
    page.text_input(key="pause_reason").input("In hospital")
    page.button(key="pause").click().run()
    assert state_of(running) == "paused"
    page.button(key="resume").click().run()
    assert state_of(running) == "active"
    with app_session(running.tenant_id) as session:
        events = select(EnrollmentEvent).where(EnrollmentEvent.enrollment_id == running.id)
        trace = [(each.to_state, each.reason) for each in session.scalars(events.order_by(EnrollmentEvent.at))]
    assert trace == [("active", None), ("paused", "In hospital"), ("active", None)]


def test_a_moved_day_shows_its_calendar_first_and_is_saved_on_a_press(running, open_as):
    page = steer(open_as, running)
    tables = len(page.table)
    day = NOW.date() + timedelta(days=10)
    page.date_input(key=f"day_zero_{running.episode_id}").set_value(day).run()
    assert len(page.table) == tables + 1
    page.button(key="save_day").click().run()
    assert "cannot have taken place" in page.error[0].value
    page.checkbox(key=f"took_place_{running.episode_id}").uncheck().run()
    page.button(key="save_day").click().run()
    with app_session(running.tenant_id) as session:
        episode = session.get_one(Episode, running.episode_id)
        assert (episode.index_date, episode.index_status) == (day, IndexStatus.PLANNED)


def test_a_discharge_closes_the_episode_and_the_patient_can_be_enrolled_again(running, open_as):
    page = steer(open_as, running)
    page.text_input(key="discharge_reason").input("Moved away")
    page.button(key="discharge").click().run()
    assert state_of(running) == "withdrawn"
    page = open_as("north", "enroll.py")
    page.segmented_control(key="who").set_value("Known patient").run()
    page.text_input(key="find_known").input("N-77").run()
    assert page.selectbox(key="known").value is not None
    assert not page.button(key="enroll").disabled
