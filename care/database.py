"""
Connections to the operational store, by role.

``po_owner`` owns the tables and is used by migrations and by creating a tenant, never by a running process.
``po_app`` is everything else: row-level security shows it one tenant, set per transaction.
"""

import hashlib
import hmac
import select
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from uuid import UUID

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.orm import Session

import settings
from care import embedded
from care.errors import CareError

OLDEST_SERVER = 160000  # server_version_num: 16, the first with scoped CREATEROLE
OWNER, APP = "po_owner", "po_app"
DATABASE = "physio"


def role_password(role: str) -> str:
    """The role's password on this installation; nothing to store, nothing to lose."""
    return hmac.new(settings.secret(), role.encode(), hashlib.sha256).hexdigest()


@cache
def given_url() -> URL:
    """The login that may create roles: ``DATABASE_URL``, else the embedded server's own user."""
    if settings.DATABASE_URL:
        return _parsed(settings.DATABASE_URL).set(drivername="postgresql+psycopg")
    url = make_url(embedded.ensure(settings.VAR / "pg")).set(drivername="postgresql+psycopg")
    return url.set(database=DATABASE)


def _parsed(address: str) -> URL:
    try:
        return make_url(address)
    except ArgumentError:
        raise CareError(
            "DATABASE_URL is not an address: write it as postgresql://user:password@host:5432/database, "
            "or unset it to use the embedded server."
        ) from None


def role_url(role: str) -> URL:
    """The same server and database, as another role."""
    if settings.DATABASE_URL and given_url().username == role:
        return given_url()  # an owner made by hand keeps its own password
    return given_url().set(username=role, password=role_password(role))


def conninfo(role: str, **options: str) -> str:
    """A libpq connection string for a role; ``options`` are server settings (``search_path``, ``app.tenant_id``)."""
    url = role_url(role)
    parts = {
        "host": url.host or url.query.get("host"),
        "port": url.port or url.query.get("port"),
        "dbname": url.database,
        "user": url.username,
        "password": url.password,
        **{key: value for key, value in url.query.items() if key not in ("host", "port")},
        "options": " ".join(f"-c{key}={value}" for key, value in options.items()) or None,
    }
    return " ".join(f"{key}={_quoted(str(value))}" for key, value in parts.items() if value is not None)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def app_conninfo(tenant_id: UUID) -> str:
    """For DuckDB's ATTACH: every scan and ``postgres_query`` through it sees this tenant only."""
    return conninfo(APP, **{"app.tenant_id": str(tenant_id)})


@cache
def app_engine() -> Engine:
    """The pool every running process uses."""
    engine = create_engine(
        role_url(APP),
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,  # an error must not carry a patient's text into a log
    )
    event.listen(engine, "checkout", _check_alive)
    return engine


def _check_alive(dbapi_connection, _record, _proxy) -> None:
    """
    A server that went away has closed its end, which a look at the socket shows; the pool then opens another.

    A "SELECT 1" before every transaction would say the same for a round trip more (pool_pre_ping).
    """
    if not dbapi_connection.closed:
        heard = select.poll()
        heard.register(dbapi_connection.fileno(), select.POLLIN)
        if not heard.poll(0):  # a server says nothing by itself but its farewell
            return
    raise DisconnectionError("The server has closed this connection.")


def owner_engine() -> Engine:
    """For migrations and for creating tenants; dispose of it after use."""
    return create_engine(role_url(OWNER), hide_parameters=True)


class TenantSession(Session):
    """A session that begins every transaction by naming its tenant (and, for a patient's own session, the person)."""

    def __init__(self, tenant_id: UUID | None, patient_id: UUID | None = None):
        super().__init__(app_engine(), expire_on_commit=False)
        self.name(tenant_id, patient_id)

    def name(self, tenant_id: UUID | None, patient_id: UUID | None) -> None:
        """Whose transactions begin from here on; one that has begun is told by SQL (care/links.py)."""
        self.info["app.tenant_id"] = str(tenant_id or "")
        self.info["app.patient_id"] = str(patient_id or "")


@event.listens_for(TenantSession, "after_begin")
def _name_the_tenant(session: Session, _transaction, connection) -> None:
    if not session.info["app.tenant_id"]:
        return  # a transaction of no tenant: unset means no rows
    connection.execute(
        text("SELECT set_config('app.tenant_id', :tenant, true), set_config('app.patient_id', :patient, true)"),
        {"tenant": session.info["app.tenant_id"], "patient": session.info["app.patient_id"]},
    )


@contextmanager
def app_session(tenant_id: UUID | None, patient_id: UUID | None = None) -> Iterator[Session]:
    """One unit of work inside one tenant: committed at the end, rolled back on an error."""
    with TenantSession(tenant_id, patient_id) as session, session.begin():
        yield session


def check_server() -> None:
    """Refuse, in one sentence, a server that does not answer or is too old."""
    engine = create_engine(given_url().set(database=_maintenance_database()), connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num")))
    except Exception as error:
        raise CareError(
            f"The database at {_shown_url()} does not answer: "
            f"{_one_line(error)} Check DATABASE_URL, or unset it to use the embedded server."
        ) from None
    finally:
        engine.dispose()
    if version < OLDEST_SERVER:
        raise CareError(
            f"The database at {_shown_url()} is PostgreSQL {version // 10000}; "
            f"{OLDEST_SERVER // 10000} or later is needed. Point DATABASE_URL at a newer server."
        )


def _shown_url() -> str:
    """The address as it was given, without its password."""
    return given_url().set(drivername="postgresql").render_as_string()


def _one_line(error: Exception) -> str:
    return " ".join(str(error.__cause__ or error).split())


def _maintenance_database() -> str | None:
    """The embedded server's database is made by the first migration; ask through the one that always exists."""
    return given_url().database if settings.DATABASE_URL else "postgres"
