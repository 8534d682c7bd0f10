"""A member of the demonstration's staff in a real browser."""

import re

from playwright.sync_api import Page, expect

SIGN_IN = re.compile("/sign-in$")


def sign_in(page: Page, app, role: str = "provider") -> None:
    """From the address of the site to the role's first screen."""
    app.wait_until_ready(30)
    email, password = app.accounts[role]
    page.goto(app.url)
    expect(page).to_have_url(SIGN_IN)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(SIGN_IN, timeout=20_000)
