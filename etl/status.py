"""One line per tenant: how fresh its lake is, whether it has something to do, and what it holds."""

from datetime import UTC, datetime

from care.database import app_session
from care.lakes import freshness, lake_address
from care.models import Tenant
from care.tenants import all_tenants
from etl.due import tenants_due
from warehouse.connection import Lake, reader
from warehouse.errors import WarehouseError
from warehouse.questions.runs import contents


def status_lines() -> list[str]:
    """Sorted by tenant name."""
    why = {due.tenant_id: due.why for due in tenants_due(datetime.now(UTC))}
    return [_line(tenant, why.get(tenant.id)) for tenant in all_tenants()]


def _line(tenant: Tenant, why: str | None) -> str:
    with app_session(tenant.id) as session:
        fresh = freshness(session)
    as_of = f"data as of {fresh.as_of:%Y-%m-%d %H:%M} UTC" if fresh.as_of else "no data yet"
    parts = [as_of, f"due: {why}" if why else "nothing due", _rows(tenant)]
    if fresh.last_error:
        parts.append(f"last error: {fresh.last_error}")
    return f"{tenant.name}: {'; '.join(part for part in parts if part)}"


def _rows(tenant: Tenant) -> str:
    try:
        with reader(Lake(**lake_address(tenant.id))) as lake:
            found = contents(lake)
    except WarehouseError:
        return ""
    counts = {
        "episodes": found.episodes,
        "responses": found.responses,
        "scores": found.scores,
        "rejected": found.rejected,
    }
    return ", ".join(f"{count:,} {what}" for what, count in counts.items())
