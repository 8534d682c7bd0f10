"""The managers' page about alerts in a browser: nothing scrolls sideways, and axe finds nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from staff_browser import sign_in

pytestmark = pytest.mark.browser

SCROLLS_SIDEWAYS = """() => [...document.querySelectorAll('*')].filter(
    each => each.scrollWidth > each.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(each).overflowX)
).length"""

# of a row: how many cells, at how many heights
TOPS = """row => {
    const tops = [...row.querySelectorAll('td')].map(cell => Math.round(cell.getBoundingClientRect().top))
    return [tops.length, new Set(tops).size]
}"""


def open_alerts(running_app, page: Page) -> None:
    sign_in(page, running_app, "manager")
    page.goto(f"{running_app.url}/workload")
    expect(page.get_by_role("table", name="Handling by rule")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_each_clinic_is_a_block_and_nothing_scrolls_sideways(running_app, browser, scheme):
    phone = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme, locale="en-US")
    try:
        page = phone.new_page()
        open_alerts(running_app, page)
        clinics = page.get_by_role("table", name="Handling by clinic")
        expect(clinics.get_by_role("rowheader")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate(SCROLLS_SIDEWAYS) == 0
        assert clinics.get_by_role("row").nth(1).evaluate(TOPS) == [7, 7], "one value below the other"
        page.wait_for_timeout(500)
        found = Axe().run(page).response["violations"]
        assert not [each["id"] for each in found if each["impact"] in ("serious", "critical")]
    finally:
        phone.close()


def test_on_a_desk_the_clinics_are_rows_of_one_table(running_app, page):
    open_alerts(running_app, page)
    rows = page.get_by_role("table", name="Handling by clinic").get_by_role("row")
    assert rows.nth(1).evaluate(TOPS) == [7, 1]
