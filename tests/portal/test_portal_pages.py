"""The portal as a patient meets it, without script: link, date, questions, thanks; and what is refused."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from care.database import app_session
from care.models import Alert, Message, SurveyResponse
from care.verbs.reading import mark_read
from care.verbs.thread import write_to_patient


def answer_all(phone, answers=("7", "0", "0", "0", "0")):
    phone.get("/q")
    for number, answer in enumerate(answers, 1):
        phone.post(f"/q/{number}", answer=answer, go="next")


def responses(episode):
    with app_session(episode.tenant_id) as session:
        return session.scalars(select(SurveyResponse).where(SurveyResponse.episode_id == episode.id)).all()


def test_a_patient_answers_from_link_to_thanks_without_script(phone, episode):
    assert "When were you born?" in phone.page.text
    phone.come_in()
    assert "5 questions are waiting" in phone.page.text
    answer_all(phone)
    assert "That was the last question" in phone.page.text
    phone.post("/send")
    assert "Thank you, Rosa" in phone.page.text
    assert sorted(each.instrument for each in responses(episode)) == ["nprs@1", "red_flags@1"]
    assert {each.instrument: each.answers for each in responses(episode)}["nprs@1"] == {"intensity": 7}


def test_sending_twice_or_going_back_sends_nothing_twice(phone, episode):
    phone.come_in()
    answer_all(phone)
    kept = phone.hidden()
    phone.post("/send")
    phone.client.post("/send", data=kept)
    phone.client.post("/q/1", data={**kept, "answer": "3"})
    assert len(responses(episode)) == 2


def test_who_stops_goes_on_where_they_were(phone):
    phone.come_in()
    phone.get("/q")
    phone.post("/q/1", answer="4", go="stop")
    assert "4 questions are waiting" in phone.page.text
    assert phone.get("/q").url.path == "/q/2"


def test_next_without_an_answer_asks_for_one_or_a_skip(phone):
    phone.come_in()
    phone.get("/q")
    assert phone.post("/q/1", go="next").status_code == 422
    assert "Please choose an answer, or skip" in phone.page.text
    assert phone.post("/q/1", go="skip").url.path == "/q/2"


def test_a_warning_sign_calls_today_before_anything_is_sent(phone, episode):
    phone.come_in()
    phone.get("/q/2")
    phone.post("/q/2", answer="1", go="next")
    with app_session(episode.tenant_id) as session:
        assert session.scalars(select(Alert.status).where(Alert.episode_id == episode.id)).all() == ["call_today"]


@pytest.mark.parametrize("answer", ["11", "-1", "2.5", "nan", "inf", "lots", "1e400", "'; DROP TABLE x"])
def test_an_answer_that_was_not_offered_is_refused_plainly(phone, episode, answer):
    phone.come_in()
    phone.get("/q/1")
    assert phone.post("/q/1", answer=answer, go="next").status_code == 409
    assert "could not be kept" in phone.page.text


def test_a_form_without_its_token_changes_nothing(phone, episode):
    phone.come_in()
    phone.get("/q/1")
    phone.post("/q/1", token="forged", answer="5", go="next")
    phone.client.post("/q/1", data={**phone.hidden(), "answer": "5"}, headers={"sec-fetch-site": "cross-site"})
    assert phone.get("/").text.count("5 questions are waiting") == 1


@pytest.mark.parametrize("path", ["/", "/q", "/q/1", "/ready", "/thanks", "/exercises", "/thread", "/history"])
def test_without_a_session_there_is_no_page(stranger, path):
    assert stranger.get(path).status_code == 404
    assert "open the link from your clinic" in stranger.page.text


def test_every_page_is_small_has_a_strict_policy_and_no_inline_script(phone):
    phone.come_in()
    served = [len(phone.get(f"/static/portal.{kind}").content) for kind in ("css", "js")]
    for path in ("/", "/q/1", "/q/2", "/ready", "/thanks", "/exercises", "/thread", "/history"):
        reply = phone.get(path)
        assert len(reply.content) + sum(served) < 60_000, path
        assert set(re.findall(r'(?:src|href)="(/static/[^"?]+)\?v=\w+"', reply.text)) <= {
            "/static/portal.css",
            "/static/portal.js",
        }
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert "<script>" not in reply.text and " style=" not in reply.text and "onclick" not in reply.text


def test_the_provider_writes_and_the_patient_reads_it_behind_the_own_password(phone, north, episode):
    write_to_patient(north, episode.id, "Rest for three days.", datetime.now(UTC))
    phone.come_in()
    assert "Rest for three days" not in phone.get("/thread").text
    phone.post("/thread/password", password="my own words")
    assert "Rest for three days." in phone.page.text
    phone.post("/thread", body="Thank <b>you</b>")
    assert "Thank &lt;b&gt;you&lt;/b&gt;" in phone.page.text
    with app_session(episode.tenant_id) as session:
        read = dict(
            session.execute(select(Message.body, Message.read_at).where(Message.episode_id == episode.id)).all()
        )
    assert read["Rest for three days."] is not None


def test_spanish_is_chosen_with_one_press_and_stays(phone):
    phone.post("/language", language="es", back=phone.link)
    assert "¿Cuándo nació?" in phone.page.text
    phone.come_in()
    assert "Hola, Rosa" in phone.page.text


def test_the_patient_sees_that_the_care_team_has_read_the_message(phone, north, episode):
    phone.come_in()
    phone.get("/thread")
    phone.post("/thread/password", password="my own words")
    phone.post("/thread", body="Is that normal?")
    assert "sent, not read yet" in phone.page.text
    with app_session(north.tenant_id) as session:
        mark_read(session, north, episode.id, datetime.now(UTC))
    assert "· read<" in phone.get("/thread").text


def test_style_and_script_are_loaded_once_and_pages_are_kept_nowhere(phone):
    style = re.search(r'href="(/static/[^"]+)"', phone.page.text)[1]
    assert phone.client.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/", "/static/none.css"):
        assert phone.client.get(path).headers["cache-control"] == "no-store"
