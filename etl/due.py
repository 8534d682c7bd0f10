"""Which tenants have something to do; light to import, so that "nothing is due" is said at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from care.database import APP, check_server, conninfo
from etl.errors import EtlError


@dataclass(frozen=True)
class Due:
    """A tenant whose lake has something to do, and why."""

    tenant_id: UUID
    why: str


def tenants_due(as_of: datetime) -> list[Due]:
    """
    Every tenant with news, an undelivered run, or a judgement that time has changed; the others cost nothing.

    Raises CareError or EtlError, with the cure, when the database does not answer or is not set up.
    """
    try:
        with psycopg.connect(conninfo(APP)) as connection:
            return [Due(*row) for row in connection.execute("SELECT tenant_id, why FROM tenants_due(%s)", [as_of])]
    except psycopg.Error:
        check_server()  # its sentence, when the server is what is missing
        raise EtlError("The database is not set up for this program. Run: python -m care migrate") from None
