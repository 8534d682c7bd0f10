"""Fitting again, by itself, what has drifted: looked for in every tenant, at most once a week in each."""

import logging
from datetime import datetime
from uuid import UUID

from care.database import app_session
from care.lakes import freshness
from care.tenants import all_tenants
from etl.errors import EtlError
from etl.lakes import close_writer, open_writer, tenant_lock
from etl.run import OURS, run
from etl.watch import Why, drifted, may_refit_for_drift

log = logging.getLogger(__name__)


def refit_what_has_drifted(as_of: datetime) -> list[UUID]:
    """The tenants in which a curve had drifted and was fitted again; one that fails is logged and tried next time."""
    refitted = []
    for tenant in all_tenants():
        try:
            if has_drifted(tenant.id, as_of):
                run(tenant.id, as_of, Why.DRIFT)
                refitted.append(tenant.id)
        except OURS as error:
            log.warning("The curves of tenant %s could not be watched: %s", tenant.id, error)
    return refitted


def has_drifted(tenant_id: UUID, as_of: datetime) -> bool:
    """Whether a curve of the tenant has drifted and may be fitted again for it. EtlError where nobody can tell."""
    with app_session(tenant_id) as session:
        if freshness(session).as_of is None:
            return False
    with tenant_lock(tenant_id):
        try:
            connection = open_writer(tenant_id)
            return may_refit_for_drift(connection, as_of) and bool(drifted(connection))
        except Exception as error:
            close_writer(tenant_id)
            if isinstance(error, OURS):
                raise
            raise EtlError(
                f"The lake could not be read ({type(error).__name__}). It is looked at again next night."
            ) from None
