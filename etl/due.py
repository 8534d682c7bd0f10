"""Which tenants have something to do; light to import, so that "nothing is due" is said at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from care.database import APP, conninfo


@dataclass(frozen=True)
class Due:
    """A tenant whose lake has something to do, and why."""

    tenant_id: UUID
    why: str


def tenants_due(as_of: datetime) -> list[Due]:
    """Every tenant with news, an undelivered run, or a judgement that time has changed; the others cost nothing."""
    with psycopg.connect(conninfo(APP)) as connection:
        return [Due(*row) for row in connection.execute("SELECT tenant_id, why FROM tenants_due(%s)", [as_of])]
