"""The staff site, opened through its entry script as somebody who is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

import settings
from care.access import Role
from care.database import owner_engine
from care.models import AuditEvent
from care.sign_in import authenticate, start_session
from care.tenants import add_account
from dashboard import session

PASSWORD = "correct horse battery"
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def forget_caches():
    """Streamlit's caches outlive a test; an open lake of the last module must not answer for this one."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def members(two_tenants) -> dict[str, str]:
    """Name → address: a provider of each clinic, a manager and a researcher of Alpha; a provider of Beta."""
    alpha, beta = two_tenants
    add_account("north@example.org", alpha.name, Role.PROVIDER, PASSWORD, "Nora North", ["N"])
    add_account("south@example.org", alpha.name, Role.PROVIDER, PASSWORD, "Sam South", ["S"])
    add_account("manager@example.org", alpha.name, Role.MANAGER, PASSWORD, "Mia Manager")
    add_account("researcher@example.org", alpha.name, Role.RESEARCHER, PASSWORD, "Rui Researcher")
    add_account("beta@example.org", beta.name, Role.PROVIDER, PASSWORD, "Bo Beta")
    return {name: f"{name}@example.org" for name in ("north", "south", "manager", "researcher", "beta")}


def sign_in_token(email: str) -> str:
    """A fresh session of the account's first membership, as its cookie would carry it."""
    now = datetime.now(UTC)
    return start_session(authenticate(email, PASSWORD, now)[0], now)


@pytest.fixture
def open_as(members, monkeypatch) -> Open:
    """``open_as("north", "panel.py")``: the app after a run of that page; None = nobody is signed in."""

    def open_page(name: str | None, page: str | None = None, **query: str) -> AppTest:
        token = sign_in_token(members[name]) if name else None
        monkeypatch.setattr(session, "token", lambda: token)
        app = AppTest.from_file(settings.ROOT / "dashboard" / "app.py", default_timeout=30)
        app.run()
        if page:
            app.switch_page(f"../pages/{page}")
        for key, value in query.items():  # after the switch, which leaves the first page's address behind
            app.query_params[key] = value
        return app.run() if page else app

    return open_page


@pytest.fixture
def trail() -> Callable[[str, UUID], list[list[UUID]]]:
    """``trail("panel", tenant_id)``: the sets of patients shown, oldest first; nobody but the owner may read it."""

    def read(screen: str, tenant_id: UUID) -> list[list[UUID]]:
        shown = select(AuditEvent.patient_ids).where(AuditEvent.screen == screen, AuditEvent.tenant_id == tenant_id)
        engine = owner_engine()
        try:
            with engine.connect() as connection:
                return list(connection.scalars(shown.order_by(AuditEvent.at)))
        finally:
            engine.dispose()

    return read
