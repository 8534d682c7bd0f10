"""A patient's record: live scores, people's words as they wrote them, alerts handled in the same rerun."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from care.database import app_session
from care.ids import new_id
from care.models import Alert, Message, Patient, Track
from care.models.event import Channel, Direction, MessageKind
from care.models.patient import IndexStatus
from care.registry import load_library
from care.status import AlertState
from factories import NOON, make_alert, make_episode, make_patient, make_response

NOW = datetime.now(UTC)
KNEE = ("stiffness", "twisting", "straightening", "stairs", "standing", "rising", "bending")


def answers(each: int) -> dict:
    return dict.fromkeys(KNEE, each)


@pytest.fixture(scope="module")
def patient(members, two_tenants):
    """North's patient: baseline raw 14 = 52, week 6 raw 21 = 34, outside 48–70; and an open alert."""
    load_library()
    alpha = two_tenants[0]
    with app_session(alpha.id) as session:
        person = make_patient(session, alpha.north, phone="555 0142", birth_date=date(1946, 5, 1), mrn="50418")
        person.given_name, person.family_name = "James", "Whit*field*"
        episode = make_episode(session, person, index_date=date(2026, 1, 19))
        make_response(
            session, episode, answers(2), local_date=date(2026, 1, 10), completed_at=NOON - timedelta(days=51)
        )
        last = make_response(session, episode, answers(3))
        session.add(
            Track(
                id=new_id(), tenant_id=alpha.id, patient_id=person.id, episode_id=episode.id, instrument="koos_jr@1",
                scale="interval", headline=True, status="off_track", rank=1, reasons=["off_expected"],
                reason="34, expected 48–70.", since=NOON.date(), response_id=last.id, score=34.174, day=42,
                expected={"p10": 48.2, "p25": 52, "p50": 60, "p75": 66, "p90": 69.7, "n": 214, "below": 0.04},
                band=[[0, 40, 44, 48, 52, 56], [42, 48.2, 52, 60, 66, 69.7], [84, 60, 65, 70, 75, 80]],
                judged_as_of=NOW,
            )
        )  # fmt: skip
        session.add(
            Message(
                id=new_id(), tenant_id=alpha.id, patient_id=person.id, episode_id=episode.id,
                direction=Direction.FROM_PATIENT, kind=MessageKind.TEXT, channel=Channel.PORTAL,
                body="see https://e.example <img src=x> **now**", sent_at=NOON,
            )
        )  # fmt: skip
        alert = make_alert(session, episode, reason="Lower than 96 of 100 similar patients.", raised_at=NOW)
        session.flush()
        return {"episode": episode.id, "alert": alert.id, "patient": person.id}


@pytest.fixture
def record(patient, open_as):
    def open_record(name="north", episode=None):
        return open_as(name, "record.py", episode=str(episode or patient["episode"]))

    return open_record


def everything(app) -> str:
    tables = " ".join(str(table.value.to_dict("list")) for table in app.table)
    return " ".join(str(each.value) for each in (*app.title, *app.header, *app.markdown)) + tables


def test_the_header_says_who_and_where_in_the_course(record):
    app = record()
    assert app.title[0].value == r"Whit\*field\*, James"
    assert "right" not in app.markdown[0].value
    assert "knee replacement" in app.markdown[0].value and "MRN 50418" in app.markdown[0].value


def test_the_chart_is_titled_by_its_finding(record):
    assert "KOOS JR 34 at week 6, below the expected 48–70" in everything(record())


def test_the_same_numbers_stand_beneath_as_a_table(record):
    numbers = record().table[0].value
    assert numbers["KOOS JR"].tolist() == ["34", "52"]
    assert numbers["Expected"].tolist() == ["48–70", "–"]
    assert numbers["Reading"].tolist() == ["worse than expected", "baseline"]


def test_answers_are_shown_item_by_item_in_our_own_words(record):
    table = next(each.value for each in record().table if "Answer" in each.value)
    assert table["Question, in short"].tolist()[0] == "Morning stiffness"
    assert table["Answer"].tolist()[0] == r"A lot \(3\)"


def test_a_patients_words_stay_words(record):
    said = next(each.value for each in record().markdown if "img src" in each.value)
    assert r"\<img src\=x\>" in said and r"\*\*now\*\*" in said and "https\\:\u2060" in said


@pytest.mark.parametrize("name", ["south", "beta"])
def test_another_clinics_or_tenants_record_is_no_record(record, name):
    app = record(name)
    assert app.title[0].value == "No such record"
    assert "Whit" not in everything(app)


def test_a_record_that_does_not_exist_reads_the_same(record):
    assert everything(record(episode=new_id())) == everything(record("south"))


@pytest.mark.parametrize("address", ["", "1 OR 1=1", "../panel"])
def test_an_address_without_an_episode_leads_back_to_the_panel(open_as, patient, address):
    app = open_as("north", "record.py", episode=address)
    assert app.title[0].value == "No patient chosen"


def test_acknowledging_is_seen_in_the_same_rerun_and_can_be_undone(record, patient, two_tenants):
    app = record()
    app.button(key=f"take_{patient['alert']}").click().run()
    assert r"owner\: you" in everything(app) and "James Whit" in everything(app)
    with pytest.raises(KeyError):
        app.button(key=f"take_{patient['alert']}")
    app.button(key="undo").click().run()
    with app_session(two_tenants[0].id) as session:
        assert session.get_one(Alert, patient["alert"]).state is AlertState.OPEN


def test_opening_a_record_is_in_the_trail(record, patient, two_tenants, trail):
    record()
    assert [patient["patient"]] in trail("record", two_tenants[0].id)


def messages(tenant, patient, direction):
    with app_session(tenant.id) as session:
        asked = select(Message).where(Message.patient_id == patient["patient"], Message.direction == direction)
        return session.scalars(asked.order_by(Message.sent_at)).all()


def test_what_a_staff_member_has_seen_is_read(record, patient, two_tenants):
    record()
    assert all(each.read_at for each in messages(two_tenants[0], patient, Direction.FROM_PATIENT))


def test_a_message_is_sent_once_and_the_box_is_empty_again(record, patient, two_tenants):
    app = record()
    app.text_area(key="words to the patient").input("Please rest **today**.")
    app.button(key="send").click().run()
    assert [each.body for each in messages(two_tenants[0], patient, Direction.TO_PATIENT)] == ["Please rest **today**."]
    assert app.text_area(key="words to the patient").value == ""
    assert any(each.value.startswith("Sent") for each in app.success)


def test_an_empty_message_is_refused_and_nothing_is_sent(record, patient, two_tenants):
    before = len(messages(two_tenants[0], patient, Direction.TO_PATIENT))
    app = record()
    app.text_area(key="words to the patient").input("   ")
    app.button(key="send").click().run()
    assert "1 to 4000 characters" in app.error[0].value
    assert len(messages(two_tenants[0], patient, Direction.TO_PATIENT)) == before


def test_a_new_link_is_shown_once_and_its_state_stays(record):
    app = record()
    assert "No link has been made yet." in everything(app)
    app.button(key="new_link").click().run()
    assert "/l/" in app.code[0].value
    assert "not opened yet" in everything(app)
    assert not record().code


def test_a_planned_day_that_has_passed_is_asked_about(record, patient, two_tenants):
    with app_session(two_tenants[0].id) as session:
        person = session.get_one(Patient, patient["patient"])
        planned = make_episode(session, person, index_date=date(2026, 1, 19), index_status=IndexStatus.PLANNED).id
    assert "Did the surgery take place?" in everything(record(episode=planned))
    assert "Did the surgery take place?" not in everything(record())
