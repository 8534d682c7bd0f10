"""Bring the operational store to the newest shape: the owner role, the database, the migrations."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

import settings
from care.database import APP, DATABASE, OWNER, app_engine, check_server, given_url, owner_engine, role_password
from care.errors import CareError

# An ALTER waits behind any open transaction that has read the table, and everybody then waits behind the ALTER.
LOCK_TIMEOUT = "5s"


def migrate() -> None:
    """Make what is missing; running it again changes nothing."""
    check_server()
    _prepare()
    engine = owner_engine()
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.commit()
            command.upgrade(_alembic(connection), "head")
            connection.commit()
    finally:
        engine.dispose()


def is_current() -> bool:
    """Whether the database stands at this program's newest migration."""
    with app_engine().connect() as connection:
        at = MigrationContext.configure(connection).get_current_heads()
    return set(at) == set(ScriptDirectory.from_config(_alembic(None)).get_heads())


def _alembic(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(settings.ROOT / "care" / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _prepare() -> None:
    """The owner role and a database that it owns; nothing to do where the given login is the owner already."""
    if settings.DATABASE_URL and given_url().username == OWNER:
        return
    url = given_url() if settings.DATABASE_URL else given_url().set(database="postgres")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            make_role(connection, OWNER, "CREATEROLE")
            _make_database(connection)
    except CareError:
        raise
    except Exception as error:
        raise CareError(
            f"The login of DATABASE_URL cannot prepare the database: {str(error.__cause__ or error).strip()} "
            f"Give it CREATEROLE, CREATEDB and the database (docs/operations.md, “A PostgreSQL of your own”)."
        ) from None
    finally:
        engine.dispose()


def _make_database(connection: Connection) -> None:
    name = given_url().database if settings.DATABASE_URL else DATABASE
    owner = connection.scalar(
        text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :name"), {"name": name}
    )
    if owner is None:
        connection.execute(text(f'CREATE DATABASE "{name}" OWNER {OWNER}'))
    elif owner != OWNER:
        connection.execute(text(f"GRANT {OWNER} TO CURRENT_USER"))
        connection.execute(text(f'ALTER DATABASE "{name}" OWNER TO {OWNER}'))


def make_role(connection: Connection, role: str, attributes: str = "") -> None:
    """A login that is no superuser, with this installation's password; an existing one gets the password anew."""
    known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    verb = "ALTER" if known else "CREATE"
    # Names come from this program and the password is hexadecimal: neither can carry SQL.
    connection.execute(text(f"{verb} ROLE {role} LOGIN {attributes} PASSWORD '{role_password(role)}'"))


def make_app_role(connection: Connection) -> None:
    """The role of every running process; called by the first migration."""
    make_role(connection, APP)
