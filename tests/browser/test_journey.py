"""What a provider does on an ordinary morning, in a real browser, on the whole installation."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from staff_browser import sign_in

pytestmark = pytest.mark.browser

BLANKED_WITHIN = 35_000  # ms; the design's 30 s and a little for the machine
# Streamlit asks once for its own address under the page's; harmless, and nothing else may fail to load.
HARMLESS = re.compile(r"/_stcore/(health|host-config)|status of 404")


class Watch:
    """What a page asked of whom, and what it complained about."""

    def __init__(self, page: Page, home: str):
        self.home = home
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._asked)
        page.on("console", self._said)

    def _asked(self, request) -> None:
        if request.url.startswith(("http", "ws")) and self.home.split("//")[1] not in request.url:
            self.elsewhere.append(request.url)

    def _said(self, message) -> None:
        if message.type == "error" and not HARMLESS.search(message.text):
            self.complaints.append(message.text)


def open_panel(page: Page, app) -> None:
    sign_in(page, app)
    expect(page.get_by_role("table", name="Patients, worst first")).to_be_visible(timeout=20_000)


def nothing_serious(page: Page) -> None:
    """axe finds nothing serious or critical on the page as it stands."""
    page.wait_for_timeout(500)  # animations of a drawer or skeleton would be measured half-way
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], each["nodes"][0]["html"][:120]) for each in found if each["impact"] in ("serious", "critical")
    ]
    assert not serious


def test_a_provider_resolves_an_alert_and_signs_out(running_app, context: BrowserContext, page: Page):
    watch = Watch(page, running_app.url)
    open_panel(page, running_app)
    table = page.get_by_role("table", name="Patients, worst first")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"patients? needs? you today"))
    expect(page.get_by_text("synthetic clinics")).to_be_visible()
    nothing_serious(page)

    # a flagged patient: record, chart, answers
    name = table.get_by_role("rowheader").filter(has=page.get_by_role("link")).first.get_by_role("link")
    patient = name.inner_text()
    name.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(patient)
    expect(page.get_by_text("The same numbers as a table")).to_be_visible()
    page.wait_for_selector(".js-plotly-plot .main-svg")
    nothing_serious(page)
    old_tab = context.new_page()
    old_tab.goto(page.url)
    expect(old_tab.get_by_role("heading", level=1)).to_have_text(patient, timeout=20_000)

    # resolve with outcome and note; the record shows it in the same rerun
    page.get_by_role("button", name=re.compile("^(Call|Resolve)$")).first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_be_visible()
    drawer.get_by_text("Called", exact=True).click()
    drawer.get_by_label("Note for the care team").fill("Calf soft, will come in on Monday.")
    nothing_serious(page)
    drawer.get_by_role("button", name="Save and resolve").click()
    expect(page.get_by_text("leaves the list.")).to_be_visible()
    expect(page.get_by_text("resolved, called: Calf soft, will come in on Monday.").first).to_be_visible()

    # back on the panel the patient waits no more
    page.get_by_role("link", name="Panel", exact=True).click()
    expect(table).to_be_visible()
    expect(table.get_by_role("link", name=patient)).to_have_count(0)

    # signed out here, blank there
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed out")
    expect(old_tab.get_by_role("heading", level=1)).to_have_text("Signed out", timeout=BLANKED_WITHIN)
    assert patient not in old_tab.content()
    page.goto(f"{running_app.url}/panel")
    expect(page).to_have_url(re.compile("/sign-in$"))
    assert watch.elsewhere == []
    assert watch.complaints == []


def test_the_keyboard_reaches_every_patient_and_a_closed_drawer_gives_the_focus_back(running_app, page: Page):
    open_panel(page, running_app)
    table = page.get_by_role("table", name="Patients, worst first")
    table.get_by_role("link").first.focus()
    page.keyboard.press("Tab")
    button = table.get_by_role("button").first
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_panel_without_sideways_scrolling(running_app, browser, scheme):
    phone = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    try:
        page = phone.new_page()
        open_panel(page, running_app)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for button in page.get_by_role("table").get_by_role("button").all():
            assert button.bounding_box()["height"] >= 44
        nothing_serious(page)
    finally:
        phone.close()
