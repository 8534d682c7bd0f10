"""A provider who makes links, and a phone without script that opens them."""

import re
from datetime import UTC, datetime
from itertools import count

import pytest
from starlette.testclient import TestClient

from care.access import Role
from care.links import make_link
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from care.tenants import add_account
from portal.app import app
from portal_patients import BIRTHDAY_FIELDS, asked_patient

_numbers = count(1)
PASSWORD = "correct horse battery"


class Phone:
    """One browser without script."""

    def __init__(self, link: str = ""):
        # An address of its own: the pace of entries is counted by address.
        self.client = TestClient(app, base_url="http://portal.test", client=(f"phone-{next(_numbers)}", 50_000))
        self.page = None
        self.link = link

    def get(self, path):
        self.page = self.client.get(path)
        return self.page

    def post(self, path, **fields):
        self.page = self.client.post(path, data={**self.hidden(), **fields})
        return self.page

    def come_in(self):
        self.get(self.link)
        self.post(self.link, **BIRTHDAY_FIELDS)
        return self

    def hidden(self) -> dict[str, str]:
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page.text)) if self.page else {}


@pytest.fixture(scope="module")
def north(two_tenants):
    load_library()
    add_account("north@example.org", two_tenants[0].name, Role.PROVIDER, PASSWORD, "Nora North", ["N"])
    now = datetime.now(UTC)
    return viewer_behind(start_session(authenticate("north@example.org", PASSWORD, now)[0], now), now)


@pytest.fixture
def episode(two_tenants):
    """A patient with an open survey of pain and warning signs."""
    return asked_patient(two_tenants[0].id, two_tenants[0].north, ("nprs@1", "red_flags@1"), "total_knee@1")


@pytest.fixture
def phone(north, episode) -> Phone:
    """A phone that shows the patient's link and has not come in."""
    phone = Phone(f"/l/{make_link(north, episode.id, datetime.now(UTC))[0]}")
    phone.get(phone.link)
    return phone


@pytest.fixture
def stranger(store) -> Phone:
    """A phone that has no link."""
    return Phone()
