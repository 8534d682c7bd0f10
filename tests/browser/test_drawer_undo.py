"""The drawer: open it, act, take it back; the list says each time who has the case."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from staff_browser import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def row(running_app, page: Page) -> Locator:
    """The first row that is called about and that nobody has taken, on the provider's panel."""
    sign_in(page, running_app)
    table = page.get_by_role("table", name="Patients, worst first")
    expect(table).to_be_visible(timeout=20_000)
    fresh = table.get_by_role("row").filter(has=page.get_by_role("button", name="Call")).filter(has_text=FRESH)
    patient = fresh.first.get_by_role("rowheader").get_by_role("link").inner_text()
    return table.get_by_role("row").filter(has=page.get_by_role("link", name=patient))


FRESH, YOURS = re.compile("new(?: |$)"), re.compile("yours(?: |$)")


def act(page: Page, row: Locator, choice: str | re.Pattern) -> None:
    """From the row's button through the drawer's menu."""
    row.get_by_role("button", name="Call").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name=choice).or_(page.get_by_role("option", name=choice)).first.click()
    expect(drawer).to_have_count(0)


def test_an_acknowledgement_is_taken_back(page, row):
    act(page, row, "Acknowledge")
    expect(page.get_by_text("stays on the list as yours.")).to_be_visible()
    expect(row).to_contain_text(YOURS)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text(FRESH)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_an_assignment_is_taken_back(page, row):
    before = owner(page, row)
    act(page, row, re.compile("^Assign to "))
    expect(page.get_by_text("stays on the clinic's list.")).to_be_visible()
    given = owner(page, row)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert given != before and owner(page, row) == before


def owner(page: Page, row: Locator) -> str:
    """Who has the case, as the drawer says it."""
    row.get_by_role("button", name="Call").click()
    drawer = page.get_by_role("dialog")
    said = drawer.get_by_text(re.compile("owner: ")).first.inner_text()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    return re.search("owner: (.+)", said)[1]


def test_a_snooze_is_taken_back(page, row):
    act(page, row, "Snooze until tomorrow")
    expect(page.get_by_text("leaves the list until then.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text(FRESH)
