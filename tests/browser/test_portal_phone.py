"""The portal on a 390 px phone: axe in both languages, keyboard alone, the small script, a lost connection."""

import threading
import time
from datetime import UTC, datetime

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from care.access import Role
from care.database import app_session
from care.links import make_link
from care.models import ResponseDraft, SurveyResponse
from care.models.event import EntryMode
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from care.tenants import add_account
from care.verbs.thread import write_to_patient
from installation import free_port
from portal.app import app
from portal_patients import BIRTHDAY_FIELDS, asked_patient, give_course, prescribe

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
    """(address, episode) of a patient with a course, exercises and a knee survey to answer."""
    alpha = two_tenants[0]
    episode = asked_patient(alpha.id, alpha.north, ("nprs@1", "koos_jr@1", "red_flags@1"), "total_knee@1")
    give_course(episode)
    prescribe(episode, "step_up", "balance", "walk")
    write_to_patient(north, episode.id, "Rest from the step-ups for three days.", NOW)
    return f"{site}/l/{make_link(north, episode.id, NOW)[0]}", episode


@pytest.fixture
def phone(context):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def come_in(phone, address):
    phone.goto(address)
    for name, value in BIRTHDAY_FIELDS.items():
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


def responses(episode) -> list[SurveyResponse]:
    """Sent today, through the portal."""
    with app_session(episode.tenant_id) as session:
        rows = session.scalars(select(SurveyResponse).where(SurveyResponse.episode_id == episode.id)).all()
        return [row for row in rows if row.entry_mode is EntryMode.WEB and row.completed_at > NOW]


def every_page(phone, address, site, language):
    """Go to each page as a patient would, and yield its name."""
    phone.goto(address)
    if language == "es":
        phone.click("button[value=es]")
    yield "date"
    come_in(phone, address)
    yield "home"
    phone.click("summary")
    yield "home with the table"
    for path in ("/q/1", "/q/2", "/q/9", "/ready"):
        phone.goto(site + path)
        yield path
    phone.goto(site + "/q/1")
    phone.locator("input[type=radio]").first.check()
    phone.click("[name=go][value=next]")
    phone.goto(site + "/ready")
    phone.click("form[action='/send'] button")
    yield "/thanks"
    phone.goto(site + "/exercises")
    yield "/exercises"
    phone.locator("input[value=done]").first.check()
    phone.locator("section button").first.click()
    yield "/exercises, one kept"
    phone.goto(site + "/thread")
    yield "/thread, shut"
    phone.fill("[name=password]", "my own words")
    phone.click("main button.wide")
    phone.fill("textarea", "Thank you")
    phone.click("main button.wide")
    yield "/thread"
    phone.goto(site + "/history")
    yield "/history"
    phone.click(".links a")
    yield "/history/…"
    phone.goto(site + "/nowhere")
    yield "not found"


LOOKS = {
    "en": ("en", "light", (390, 844)),
    "es, dark": ("es", "dark", (390, 844)),
    # a browser's zoom of 200 %: half as many points for everything; Spanish words are the longer ones
    "es at 200 %": ("es", "light", (195, 422)),
}


@pytest.mark.parametrize(("language", "colours", "size"), LOOKS.values(), ids=LOOKS)
def test_no_page_has_a_serious_finding_or_runs_over_the_edge(phone, link, site, language, colours, size):
    phone.emulate_media(color_scheme=colours)
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    faults = []
    for name in every_page(phone, link[0], site, language):
        assert phone.locator("html").get_attribute("lang") == language, name
        found = [v for v in Axe().run(phone).response["violations"] if v["impact"] in ("serious", "critical")]
        wide = phone.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        faults += [(name, each["id"], each["nodes"][0]["html"][:90]) for each in found] + [(name, "wide")] * wide
    assert faults == []


# Bytes of the page and of all it loads, unpacked; what lies in the browser's cache counts too.
WEIGHT = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, each) => sum + each.decodedBodySize, 0)"""


def test_a_page_with_all_it_loads_is_under_60_kilobytes(phone, link, site):
    for name in every_page(phone, link[0], site, "es"):
        phone.wait_for_load_state()
        assert 5_000 < phone.evaluate(WEIGHT) < 60_000, name


def test_next_stands_at_one_place_under_the_thumb(phone, link, site):
    come_in(phone, link[0])
    places = []
    for number in (1, 2, 9):
        phone.goto(f"{site}/q/{number}")
        box = phone.get_by_role("button", name="Next").bounding_box()
        places.append(box["y"])
        assert box["height"] >= 48 and box["y"] > 844 / 2
    assert max(places) - min(places) < 1


def test_a_survey_is_answered_by_keyboard_alone(phone, link):
    address, episode = link
    come_in(phone, address)

    def tab_to(selector):
        for _ in range(40):
            if phone.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            phone.keyboard.press("Tab")
        raise AssertionError(f"40 times Tab do not lead to {selector}")

    def press_enter():
        with phone.expect_navigation():
            phone.keyboard.press("Enter")

    tab_to("a[href='/q']")
    press_enter()
    for _ in range(12):
        tab_to("input[type=radio]")
        phone.keyboard.press("Space")
        press_enter()  # Enter in an answer is Next, not Skip
    tab_to("form[action='/send'] button")
    press_enter()
    assert phone.url.endswith("/thanks")
    assert len(responses(episode)) == 3
    assert "skipped" not in [answer for row in responses(episode) for answer in row.answers.values()]


def test_a_survey_is_answered_without_script(browser, link):
    address, episode = link
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    phone = context.new_page()
    come_in(phone, address)
    phone.get_by_role("link", name="Start").click()
    for _ in range(12):
        phone.locator("input[type=radio]").nth(0).check()
        phone.get_by_role("button", name="Next").click()
    phone.go_back()
    phone.locator("input[type=radio]").nth(1).check()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_role("button", name="Send to my care team").dblclick()
    phone.get_by_text("Thank you, Rosa").wait_for()
    sent = {row.instrument: row.answers for row in responses(episode)}
    assert sent["nprs@1"] == {"intensity": 0} and sent["red_flags@1"]["fall"] == 1 and len(sent) == 3
    context.close()


def test_an_answer_is_saved_as_it_is_chosen_also_when_it_is_changed_back(phone, link):
    address, episode = link
    come_in(phone, address)
    phone.get_by_role("link", name="Start").click()
    for answer in (7, 3, 7):
        phone.locator("input[type=radio]").nth(answer).check()
        eventually(lambda answer=answer: drafts(episode) == {"intensity": answer})
    phone.get_by_text("Saved.", exact=True).wait_for()


def test_a_cut_line_loses_no_answer_and_doubles_none(phone, context, link):
    address, episode = link
    come_in(phone, address)
    phone.get_by_role("link", name="Start").click()
    phone.locator("input[type=radio]").nth(4).check()
    eventually(lambda: drafts(episode) == {"intensity": 4})
    context.set_offline(True)
    phone.locator("input[type=radio]").nth(2).check()
    phone.locator("input[type=radio]").nth(7).check()
    phone.get_by_text("No connection").wait_for()
    phone.get_by_role("button", name="Next").click()
    assert phone.url.endswith("/q/1") and phone.locator("input[type=radio]").nth(7).is_checked()
    assert drafts(episode) == {"intensity": 4}
    context.set_offline(False)
    eventually(lambda: drafts(episode) == {"intensity": 7})
    phone.get_by_role("button", name="Next").click()
    phone.wait_for_url("**/q/2")
    with app_session(episode.tenant_id) as session:
        keys = session.scalars(select(ResponseDraft.saved_keys).where(ResponseDraft.patient_id == episode.patient_id))
        assert sorted(key.split(":")[1] for kept in keys for key in kept) == ["4.0", "7.0"]
