"""The portal on a 390 px phone: axe in both languages, keyboard alone, the small script, a lost connection."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from care.access import Role
from care.database import app_session
from care.links import make_link
from care.models import ResponseDraft, SurveyAssignment, SurveyResponse
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from care.tenants import add_account
from factories import make_episode, make_patient
from installation import free_port
from portal.app import app

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def site(store):
    """The portal's address, served by a thread of this test."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True


@pytest.fixture(scope="module")
def north(two_tenants):
    load_library()
    add_account("north@example.org", two_tenants[0].name, Role.PROVIDER, PASSWORD, "Nora North", ["N"])
    return viewer_behind(start_session(authenticate("north@example.org", PASSWORD, NOW)[0], NOW), NOW)


@pytest.fixture
def link(site, north, two_tenants):
    """(address, episode) of a patient with a knee survey to answer."""
    alpha = two_tenants[0]
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north, birth_date=date(1956, 4, 30)))
        for place, instrument in enumerate(("nprs@1", "koos_jr@1")):
            session.add(
                SurveyAssignment(
                    tenant_id=alpha.id,
                    patient_id=episode.patient_id,
                    episode_id=episode.id,
                    step="day_7",
                    instrument=instrument,
                    due_date=NOW.date(),
                    due_at=NOW - timedelta(hours=2 - place),
                    overdue_at=NOW + timedelta(days=2),
                    expires_at=NOW + timedelta(days=6),
                )
            )
    return f"{site}/l/{make_link(north, episode.id, NOW)[0]}", episode


@pytest.fixture
def phone(context):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def come_in(phone, address):
    phone.goto(address)
    for name, value in (("day", "30"), ("month", "4"), ("year", "1956")):
        phone.fill(f"[name={name}]", value)
    phone.click("button.wide")


def drafts(episode) -> dict:
    with app_session(episode.tenant_id) as session:
        rows = session.scalars(select(ResponseDraft).where(ResponseDraft.patient_id == episode.patient_id)).all()
        return {item: answer for row in rows for item, answer in row.answers.items()}


def eventually(check):
    deadline = time.monotonic() + 15
    while not check():
        assert time.monotonic() < deadline, "it did not come to pass within 15 s"
        time.sleep(0.1)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_has_a_serious_finding_or_runs_over_the_edge(phone, link, site, language):
    address, _ = link
    phone.goto(address)
    if language == "es":
        phone.click("button[value=es]")
    pages = []

    def look(name):
        found = [v for v in Axe().run(phone).response["violations"] if v["impact"] in ("serious", "critical")]
        wide = phone.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        pages.append((name, [v["id"] for v in found], wide))

    look("date")
    come_in(phone, address)
    look("home")
    for path in ("/q/1", "/q/2", "/ready", "/thanks", "/exercises", "/thread", "/history"):
        phone.goto(site + path)
        look(path)
    assert [each for each in pages if each[1] or each[2]] == []


def test_a_survey_is_answered_by_keyboard_alone(phone, link):
    address, episode = link
    come_in(phone, address)
    phone.get_by_role("link", name="Start").press("Enter")
    for _ in range(8):
        phone.locator("input[type=radio]").first.focus()
        phone.keyboard.press("Space")
        phone.keyboard.press("Enter")
        phone.wait_for_load_state()
    phone.get_by_role("button", name="Send to my care team").press("Enter")
    phone.wait_for_url("**/thanks")
    with app_session(episode.tenant_id) as session:
        assert len(session.scalars(select(SurveyResponse).where(SurveyResponse.episode_id == episode.id)).all()) == 2


def test_an_answer_is_saved_as_it_is_chosen_and_survives_a_lost_connection(phone, context, link):
    address, episode = link
    come_in(phone, address)
    phone.get_by_role("link", name="Start").click()
    phone.locator("input[type=radio]").nth(4).check()
    eventually(lambda: drafts(episode) == {"intensity": 4})
    context.set_offline(True)
    phone.locator("input[type=radio]").nth(7).check()
    phone.get_by_text("No connection").wait_for()
    context.set_offline(False)
    eventually(lambda: drafts(episode) == {"intensity": 7})
