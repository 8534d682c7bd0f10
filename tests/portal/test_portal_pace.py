"""How fast one visitor may post, and the port the portal listens on."""

import socket

import pytest
from starlette.testclient import TestClient

import settings
from portal.app import app
from portal.guard import ENTRY_POSTS_A_MINUTE
from portal.pace import FORGET_ABOVE, Pace
from portal.ports import check_free, portal_port


def test_the_fourth_post_of_a_minute_waits_until_the_first_is_a_minute_old():
    pace = Pace()
    assert [pace.is_too_fast("one", 3, second) for second in (0, 1, 2, 3)] == [False, False, False, True]
    assert not pace.is_too_fast("another", 3, 3)
    assert not pace.is_too_fast("one", 3, 64)


def test_who_posts_is_not_forgotten_because_many_others_post():
    pace = Pace()
    assert not pace.is_too_fast("one", 1, 0)
    for number in range(FORGET_ABOVE + 10):
        pace.is_too_fast(f"other {number}", 1, 1)
    assert pace.is_too_fast("one", 1, 2)


def test_what_was_said_more_than_a_minute_ago_takes_no_room():
    pace = Pace()
    for number in range(FORGET_ABOVE + 1):
        pace.is_too_fast(f"old {number}", 1, 0)
    pace.is_too_fast("new", 1, 120)
    assert len(pace.posts) == 1


def test_a_new_made_up_cookie_with_every_try_buys_no_further_try(store):
    client = TestClient(app, base_url="http://portal.test", client=("one address", 50_000))
    replies = [
        client.post("/again", data={"day": "1"}, headers={"cookie": f"po_portal=made-up-{number}"}).status_code
        for number in range(ENTRY_POSTS_A_MINUTE + 1)
    ]
    assert 429 not in replies[:-1] and replies[-1] == 429


def test_a_port_in_use_is_refused_with_the_cure():
    with socket.socket() as taken:
        taken.bind((settings.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=rf"Port {port} .* cannot be used for a test .*choose another: PORT=1"):
            check_free(port, " for a test", "PORT=1")
    check_free(port, " for a test", "PORT=1")


@pytest.mark.parametrize(
    ("url", "port"), [("http://localhost:9000", 9000), ("https://patients.example.org", settings.PORT + 1)]
)
def test_the_port_is_the_addresses_or_behind_a_proxy_the_one_after_the_staff_sites(monkeypatch, url, port):
    monkeypatch.setattr(settings, "PORTAL_URL", url)
    assert portal_port() == port


@pytest.mark.parametrize("url", ["http://localhost:99999", "http://localhost:many"])
def test_a_port_that_is_none_is_named(monkeypatch, url):
    monkeypatch.setattr(settings, "PORTAL_URL", url)
    with pytest.raises(ValueError, match="PORTAL_URL is .* a whole number from 1 to 65535"):
        portal_port()
