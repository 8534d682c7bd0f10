"""What a tenant may choose for itself: each choice is a row that stays, and an audit event."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.access import Permission, Viewer, check_may
from care.audit import record
from care.errors import CareError
from care.models import TenantSetting

# Whether sums of the clinic's recoveries are shared with the network, and the network's used here.
SHARES_STATISTICS = "shares_statistics"
ALLOWED = {SHARES_STATISTICS: (True, False)}


def chosen(session: Session, name: str, default: object) -> object:
    """What the session's tenant has chosen last, else ``default``."""
    newest = select(TenantSetting.value).where(TenantSetting.name == name).order_by(TenantSetting.chosen_at.desc())
    found = session.execute(newest.limit(1)).first()
    return default if found is None else found[0]


def choose(session: Session, viewer: Viewer | None, name: str, value: object) -> None:
    """
    Choose for the session's tenant, from now on; ``viewer`` None = the command line.

    Raises CareError for a value that is not offered, NotPermitted for anyone but a manager.
    """
    if viewer is not None:
        check_may(viewer.role, Permission.CHOOSE_SETTINGS)
    if name not in ALLOWED or value not in ALLOWED[name]:
        raise CareError(f"“{value}” cannot be chosen for {name}; choose one of {ALLOWED.get(name, ())}.")
    tenant_id = session.info["app.tenant_id"]
    session.add(
        TenantSetting(
            tenant_id=tenant_id, name=name, value=value, membership_id=viewer.membership_id if viewer else None
        )
    )
    record(session, "choose", viewer=viewer, name=name, value=value)
