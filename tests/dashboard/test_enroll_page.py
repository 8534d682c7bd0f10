"""Enrolling: the calendar first, then patient, episode, enrollment and link in one press."""

from datetime import date

from sqlalchemy import select

from care.access import Role
from care.database import app_session
from care.models import Enrollment, Patient, SurveyLink
from care.registry import load_library
from dashboard.navigation import screens_for


def test_a_patient_is_enrolled_and_gets_a_link(open_as, two_tenants):
    load_library()
    page = open_as("north", "enroll.py")
    assert not page.exception
    assert page.dataframe[0].value["What"].tolist()[:1] == ["Questions"]
    page.text_input(key="given").input("Ines")
    page.text_input(key="family").input("Example")
    page.date_input(key="born").set_value(date(1960, 5, 1))
    next(button for button in page.button if button.label == "Enroll").click().run()
    assert not page.exception
    assert page.success[0].value == "Ines Example is enrolled."
    assert "/l/" in page.code[0].value
    with app_session(two_tenants[0].id) as session:
        patient = session.scalars(select(Patient).where(Patient.given_name == "Ines")).one()
        assert session.scalars(select(Enrollment.state).where(Enrollment.patient_id == patient.id)).one() == "active"
        assert session.scalars(select(SurveyLink.patient_id)).one() == patient.id


def test_without_a_date_of_birth_nothing_is_saved(open_as, two_tenants):
    load_library()
    page = open_as("south", "enroll.py")
    page.text_input(key="given").input("Nobody")
    page.text_input(key="family").input("Example")
    next(button for button in page.button if button.label == "Enroll").click().run()
    assert "the date of birth is missing" in page.error[0].value
    with app_session(two_tenants[0].id) as session:
        assert session.scalars(select(Patient).where(Patient.given_name == "Nobody")).all() == []


def test_only_providers_enroll():
    assert [role for role in Role if "enroll.py" in {page.file for page in screens_for(role)}] == [Role.PROVIDER]
