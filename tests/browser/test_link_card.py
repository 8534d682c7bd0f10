"""The card that is printed for a patient: one page, readable at arm's length, and not a word about health."""

import re

import pytest
from playwright.sync_api import Page

import settings

pytestmark = pytest.mark.browser

SCRIPT = settings.ROOT / "dashboard" / "components" / "link_card.js"
CARD = {
    "address": "https://portal.example.org/l/" + "Zm9yLXRoZS1wYXRpZW50cy1jYXJkLW9ubHk",
    "copy_label": "Copy link for Maria",
    "heading": "A few questions for Maria",
    "how": "Type this address into your phone's browser. Your date of birth opens it.",
    "until": "Good until 8 December 2026.",
    "language": "en",
}
HEALTH = re.compile(r"knee|back|pain|surgery|patient|clinic|physio|health|survey", re.IGNORECASE)


def printed(page: Page) -> str:
    """Press Print on the real script; the document that went to the printer."""
    page.set_content('<div id="shadow"><div class="link-card"></div></div>')
    script = SCRIPT.read_text().replace("export default", "window.draw =")
    page.add_script_tag(content=script)
    page.evaluate("card => draw({data: card, parentElement: document.getElementById('shadow')})", CARD)
    # a headless browser prints nothing: what would have been printed is kept in the frame
    page.get_by_role("button", name="Print").click()
    return page.evaluate("document.querySelector('iframe').contentDocument.documentElement.outerHTML")


def test_the_card_is_one_page_and_says_nothing_about_health(page: Page):
    document = printed(page)
    page.set_content(document)
    said = page.locator("body").inner_text()
    for text in ("heading", "how", "address", "until"):
        assert CARD[text] in said
    assert not HEALTH.search(said.replace(CARD["address"], "")) and not HEALTH.search(page.title())
    assert page.evaluate("document.documentElement.lang") == "en"
    pages = page.pdf(format="Letter").count(b"/Type /Page\n")
    assert pages == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.address')).fontSize") == "20px"
