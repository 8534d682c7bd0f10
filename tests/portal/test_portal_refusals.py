"""What the portal refuses, with a plain page that says what happened: nothing lost, nothing twice, nobody else's."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from starlette.requests import Request

from care.database import app_session
from care.links import WRONG_DATES
from care.models import (
    Alert,
    ExerciseSession,
    Message,
    Patient,
    ResponseDraft,
    SurveyAssignment,
    SurveyLink,
    SurveyResponse,
)
from care.status import AssignmentState
from care.verbs.draft import AnswerRefused, Refusal
from factories import make_response
from portal.app import app
from portal.entry import visited
from portal_patients import BIRTHDAY_FIELDS, asked_patient, prescribe, surveys_of

ODD = "ñ\u202e🦵\u0301\u0000\ufffe<script>alert(1)</script>&\r\n' OR 1=1 --"
FORMS = {
    "/language": {"language": "es"},
    "/leave": {},
    "/q/1": {"answer": "5"},
    "/save": {"answer": "5"},
    "/send": {},
    "/exercises": {"state": "done"},
    "/thread": {"body": "hello"},
    "/thread/password": {"password": "my own words"},
}


def rows(episode, model):
    with app_session(episode.tenant_id) as session:
        return session.scalars(select(model).where(model.patient_id == episode.patient_id)).all()


@pytest.fixture(params=[0, 1], ids=["same tenant", "other tenant"])
def other(request, two_tenants, north):
    """Somebody else's episode with the same survey, a prescription and a response."""
    tenant = two_tenants[request.param]
    episode = asked_patient(tenant.id, tenant.north, ("nprs@1",), "total_knee@1")
    with app_session(tenant.id) as session:
        response = make_response(session, episode, {"intensity": 9}, instrument="nprs@1")
    return episode, surveys_of(episode)["nprs@1"], prescribe(episode, "walk")[0], response.id


def test_somebody_elses_ids_are_not_found_in_any_form_address_or_query(phone, other):
    theirs, survey, prescription, response = other
    phone.come_in()
    phone.get("/q/1")
    assert phone.post("/q/1", survey=str(survey), answer="5").status_code == 409
    assert "was not found" in phone.page.text
    phone.get("/q/1")
    assert phone.post("/save", survey=str(survey), answer="5").status_code == 409
    phone.get("/exercises")
    assert phone.post("/exercises", prescription=str(prescription), state="done").status_code == 404
    assert phone.get(f"/history/{response}").status_code == 404
    for path in ("/", "/history", "/thanks", "/q/1"):
        page = phone.get(f"{path}?patient={theirs.patient_id}&episode={theirs.id}&survey={survey}").text
        assert str(survey) not in page and str(response) not in page
    assert rows(theirs, ResponseDraft) == rows(theirs, ExerciseSession) == []


def test_every_form_of_every_page_carries_the_token(phone, episode):
    prescribe(episode, "walk")
    pages = [phone.page.text]
    phone.come_in()
    pages += [phone.get(path).text for path in ("/", "/q/1", "/ready", "/exercises", "/thread", "/history")]
    forms = [form for page in pages for form in re.findall(r"<form.*?</form>", page, re.DOTALL)]
    assert len(forms) >= 12
    assert all('name="token"' in form for form in forms)


@pytest.mark.parametrize("path", FORMS)
def test_a_form_from_another_site_changes_nothing(phone, episode, path):
    prescription = prescribe(episode, "walk")[0]
    phone.come_in()
    phone.get("/q/1")
    kept = phone.hidden() | {"prescription": str(prescription)} | FORMS[path]
    for sent, headers in (
        (kept | {"token": "forged"}, {}),
        ({key: value for key, value in kept.items() if key != "token"}, {}),
        (kept, {"sec-fetch-site": "cross-site"}),
    ):
        phone.client.post(path, data=sent, headers=headers)
        assert "Hello Rosa" in phone.get("/").text
    for model in (ResponseDraft, SurveyResponse, ExerciseSession, Message):
        assert rows(episode, model) == []
    assert "Choose a password" in phone.get("/thread").text


ELSEWHERE = ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:1", "/\t/x")


@pytest.mark.parametrize("back", ELSEWHERE)
def test_a_change_of_language_never_leads_to_another_site(phone, back):
    reply = phone.client.post(
        "/language", data=phone.hidden() | {"language": "es", "back": back}, follow_redirects=False
    )
    assert reply.headers["location"] == "/"


def test_a_question_that_was_not_asked_is_refused_plainly(phone, episode):
    phone.come_in()
    phone.get("/q/1")
    assert phone.post("/q/1", item="stairs", answer="1").status_code == 409
    assert "not part of your check-in" in phone.page.text
    assert rows(episode, ResponseDraft) == []


@pytest.mark.parametrize("field", ["survey", "item", "key", "answer", "go", "unheard_of"])
def test_ten_kilobytes_of_odd_text_in_any_field_break_nothing(phone, episode, field):
    phone.come_in()
    phone.get("/q/1")
    assert phone.post("/q/1", **{"answer": "5", field: ODD * 200}).status_code in (200, 409)
    assert "Something failed" not in phone.page.text
    assert "5 questions" in phone.get("/").text or "4 questions" in phone.page.text


def test_a_message_of_odd_text_is_kept_as_it_came_and_one_too_long_is_given_back(phone, episode):
    phone.come_in()
    phone.get("/thread")
    phone.post("/thread/password", password="my own words")
    phone.post("/thread", body=ODD)
    assert "<script>alert" not in phone.page.text and "&lt;script&gt;" in phone.page.text
    assert phone.post("/thread", body="ñ🦵" * 5_000).status_code == 422
    assert "Your text is still here" in phone.page.text and "ñ🦵" * 100 in phone.page.text
    assert len(rows(episode, Message)) == 1


def test_a_form_larger_than_any_of_ours_is_not_read(phone):
    phone.come_in()
    assert phone.post("/thread", body="x" * 200_000).status_code == 413


def test_a_survey_that_closed_meanwhile_keeps_what_was_saved(phone, episode):
    phone.come_in()
    phone.get("/q/1")
    phone.post("/q/1", answer="5")
    with app_session(episode.tenant_id) as session:
        for row in session.scalars(select(SurveyAssignment).where(SurveyAssignment.episode_id == episode.id)):
            row.state = AssignmentState.EXPIRED
    assert phone.post("/q/2", answer="0").status_code == 409
    assert "This check-in is closed. Nothing you sent before is lost." in phone.page.text
    assert [draft.answers for draft in rows(episode, ResponseDraft)] == [{"intensity": 5}]


def test_nothing_is_called_sent_before_anything_was_answered(phone, episode):
    phone.come_in()
    phone.get("/ready")
    assert phone.post("/send").url.path == "/ready"
    assert rows(episode, SurveyResponse) == []


def test_two_devices_answer_different_questions_of_one_draft(phone, episode, north):
    phone.come_in()
    phone.get("/q/1")
    first = phone.hidden()
    phone.get("/q/2")
    second = phone.hidden()
    phone.client.post("/q/2", data=second | {"answer": "0"})
    phone.client.post("/q/1", data=first | {"answer": "3"})
    phone.client.post("/q/1", data=first | {"answer": "3"})
    answers = {}
    for draft in rows(episode, ResponseDraft):
        answers |= draft.answers
    assert answers == {"intensity": 3, "fever": 0}


def test_an_answer_changed_back_is_the_answer(phone, episode):
    phone.come_in()
    for answer in ("7", "3", "7"):
        phone.get("/q/1")
        phone.post("/q/1", answer=answer)
    assert [draft.answers for draft in rows(episode, ResponseDraft)] == [{"intensity": 7}]


@pytest.mark.parametrize("year", ["1970", "2099"])
def test_a_phones_clock_is_never_asked(phone, episode, year):
    phone.client.headers["date"] = f"Thu, 01 Jan {year} 00:00:00 GMT"
    phone.come_in()
    phone.get("/q/1")
    phone.post("/q/1", answer="5")
    draft = rows(episode, ResponseDraft)[0]
    assert abs(draft.saved_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_fifth_wrong_date_ends_the_link_also_for_who_comes_with_a_new_process(phone, episode, stranger):
    for number in range(WRONG_DATES):
        browser = phone if number % 2 else stranger
        browser.get(phone.link)
        app.middleware_stack = None  # as after a restart: what one process remembered is gone
        browser.post(phone.link, **(BIRTHDAY_FIELDS | {"year": "1955"}))
    assert stranger.page.status_code == 410 and "did not match five times" in stranger.page.text
    phone.get(phone.link)
    assert "did not match five times" in phone.page.text
    assert [each.rule for each in rows(episode, Alert)] == ["link_killed"]


def test_another_browser_asks_for_a_new_link_and_staff_see_it(phone, episode, stranger):
    phone.come_in()
    assert stranger.get(phone.link).status_code == 410
    assert "opened on another phone" in stranger.page.text
    stranger.post(f"{phone.link}/ask")
    assert "Your clinic sees that you would like a new link" in stranger.page.text
    assert [each.rule for each in rows(episode, Alert)] == ["link_wanted"]


def test_after_half_an_hour_the_date_is_asked_again_and_the_answers_are_there(phone, episode):
    phone.come_in()
    phone.get("/q/1")
    phone.post("/q/1", answer="5")
    with app_session(episode.tenant_id) as session:
        link = session.scalars(select(SurveyLink).where(SurveyLink.patient_id == episode.patient_id)).one()
        link.seen_at = datetime.now(UTC) - timedelta(minutes=31)
    assert "When were you born?" in phone.get("/q/2").text
    phone.post("/again", **BIRTHDAY_FIELDS)
    assert "4 questions are waiting" in phone.page.text


def test_an_ended_link_says_so_and_offers_a_new_one(phone, episode):
    with app_session(episode.tenant_id) as session:
        link = session.scalars(select(SurveyLink).where(SurveyLink.patient_id == episode.patient_id)).one()
        link.expires_at = datetime.now(UTC) - timedelta(minutes=1)
    assert phone.get(phone.link).status_code == 410
    assert "This link has ended." in phone.page.text and "Ask for a new link" in phone.page.text


@pytest.mark.parametrize(
    "path",
    ["/q/0", "/q/99999999999999999999", "/q/-1", "/q/x", "/history/x", "/history/6f1c9a52-3f0e-4c1d-9d3b-2f7a5e8b0c41"],
)
def test_an_address_that_does_not_exist_is_a_plain_page(phone, path):
    phone.come_in()
    assert phone.get(path).status_code in (200, 404)
    assert "<h1>" in phone.page.text


def test_history_shows_the_answers_as_they_were_given(phone, episode):
    prescription = prescribe(episode, "walk")[0]
    phone.come_in()
    phone.get("/q")
    for number, answer in enumerate(("6", "0", "1"), 1):
        phone.post(f"/q/{number}", answer=answer)
    phone.post("/q/4", go="skip", item="bladder")
    phone.get("/ready")
    assert "You told us about a warning sign." in phone.page.text
    phone.post("/send")
    phone.get("/exercises")
    phone.post("/exercises", prescription=str(prescription), state="not_today", reason="pain", pain="0")
    page = phone.get("/history").text
    assert "Walk: Not today, Too much pain · pain 0 of 10" in page
    sent = next(each for each in rows(episode, SurveyResponse) if each.instrument == "red_flags@1")
    lines = re.findall(r"<dd>(.*?)</dd>", phone.get(f"/history/{sent.id}").text)
    assert lines == ["No", "Yes", "No answer", "No answer"]


def test_of_what_a_page_has_written_before_it_refused_nothing_is_kept(phone, episode):
    @visited
    def writes_and_refuses(request, session, visitor):
        session.execute(update(Patient).values(language="es"))
        raise AnswerRefused(Refusal.CLOSED)

    phone.come_in()
    cookie = "; ".join(f"{name}={value}" for name, value in phone.client.cookies.items())
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"",
                       "headers": [(b"cookie", cookie.encode())]})  # fmt: skip
    assert writes_and_refuses(request).status_code == 409
    with app_session(episode.tenant_id) as session:
        assert session.get_one(Patient, episode.patient_id).language == "en"
