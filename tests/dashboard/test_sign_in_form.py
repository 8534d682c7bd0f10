"""Our own routes beside Streamlit: the sign-in form, the choice of role, health."""

import re
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from care.access import Role
from care.sign_in import viewer_behind
from care.tenants import add_account
from dashboard.server import app
from dashboard.session import COOKIE

PASSWORD = "correct horse battery"


@pytest.fixture
def browser(members):
    """A browser that has opened the sign-in form; redirects are looked at, not followed."""
    client = TestClient(app, base_url="http://localhost", follow_redirects=False)
    client.form_token = re.search(r'name="token" value="([^"]+)"', client.get("/sign-in").text)[1]
    return client


def sign_in(browser, email="north@example.org", password=PASSWORD, **overrides):
    headers = overrides.pop("headers", {})
    fields = {"email": email, "password": password, "token": browser.form_token} | overrides
    return browser.post("/sign-in", data=fields, headers=headers)


def test_the_right_password_sets_a_cookie_that_no_script_reads(browser):
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "SameSite=lax" in cookie


def test_a_wrong_password_shows_the_form_again_with_the_reason_and_the_address(browser):
    answer = sign_in(browser, password="wrong")
    assert answer.status_code == 401
    assert "do not match" in answer.text and 'value="north@example.org"' in answer.text
    assert COOKIE not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize(
    "forgery",
    [{"token": "guessed"}, {"token": ""}, {"headers": {"sec-fetch-site": "cross-site"}}],
)
def test_a_form_of_another_site_is_not_taken(browser, forgery):
    answer = sign_in(browser, **forgery)
    assert answer.status_code == 403
    assert COOKIE not in answer.headers.get("set-cookie", "")


def test_what_was_typed_is_shown_as_text_never_as_markup(browser):
    assert "<script>" not in sign_in(browser, email='"><script>alert(1)</script>').text


def test_a_form_of_half_a_megabyte_is_refused(browser):
    assert sign_in(browser, password="x" * 500_000).status_code == 413


@pytest.mark.parametrize("path", ["/", "/panel", "/record", "/outcomes?clinic=1"])
def test_a_page_address_without_a_session_leads_to_the_form(browser, path):
    answer = browser.get(path, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_no_answer_may_be_framed_or_sniffed(browser):
    for path in ("/sign-in", "/healthz", "/panel"):
        headers = browser.get(path, headers={"accept": "text/html"}).headers
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


def test_changing_role_is_a_new_session_and_ends_the_old_one(browser, two_tenants):
    add_account("north@example.org", two_tenants[1].name, Role.MANAGER, PASSWORD)
    old = sign_in(browser).cookies[COOKIE]
    choices = re.findall(r'name="membership" value="([^"]+)"', browser.get("/roles").text)
    answer = browser.post("/roles", data={"token": browser.form_token, "membership": choices[0]})
    assert answer.headers["location"] == "/" and answer.cookies[COOKIE] != old
    browser.cookies.clear()
    browser.cookies.set(COOKIE, old)
    assert browser.get("/panel", headers={"accept": "text/html"}).headers["location"] == "/sign-in"


def test_somebody_elses_membership_cannot_be_chosen(browser, members):
    sign_in(browser)
    answer = browser.post(
        "/roles", data={"token": browser.form_token, "membership": "00000000-0000-0000-0000-000000000000"}
    )
    assert answer.headers["location"] == "/roles"


def test_health_is_not_ready_before_the_first_update_of_a_lake(browser):
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "The first update of the warehouse has not finished.")


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_doors_of_streamlit_that_nobody_needs_are_closed(browser, path):
    assert browser.put(path, content=b"x").status_code == 404
    assert browser.get(path).status_code == 404


def test_a_null_sign_is_an_address_that_does_not_match(browser):
    assert sign_in(browser, email="a@b.c\0").status_code == 401


def test_a_change_of_role_does_not_lengthen_the_day(browser, two_tenants):
    add_account("south@example.org", two_tenants[1].name, Role.MANAGER, PASSWORD)
    first = viewer_behind(sign_in(browser, email="south@example.org").cookies[COOKIE], datetime.now(UTC))
    choice = re.findall(r'name="membership" value="([^"]+)"', browser.get("/roles").text)[0]
    answer = browser.post("/roles", data={"token": browser.form_token, "membership": choice})
    assert viewer_behind(answer.cookies[COOKIE], datetime.now(UTC)).expires_at == first.expires_at
