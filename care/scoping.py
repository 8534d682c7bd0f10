"""A viewer's scope as conditions of a query; every question about patients goes through here."""

from sqlalchemy import ColumnElement, and_, exists, true
from sqlalchemy.orm import Session

from care.access import Scope
from care.database import TenantSession
from care.errors import CareError
from care.models import CareTeamMember, Episode


def episodes_within(scope: Scope) -> ColumnElement[bool]:
    """Episodes in the scope's clinics and, where it says so, of the membership's own patients."""
    clinics = true() if scope.clinics is None else Episode.clinic_id.in_(sorted(scope.clinics))
    return and_(Episode.tenant_id == scope.tenant_id, clinics, _own_patients(scope))


def _own_patients(scope: Scope) -> ColumnElement[bool]:
    if scope.own_patients_of is None:
        return true()
    return exists().where(
        CareTeamMember.tenant_id == Episode.tenant_id,
        CareTeamMember.patient_id == Episode.patient_id,
        CareTeamMember.membership_id == scope.own_patients_of,
        CareTeamMember.ended_at.is_(None),
    )


def check_session(session: Session, scope: Scope) -> None:
    """A scope asked in another tenant's session is a mistake of ours; the wall would answer "no rows"."""
    if not isinstance(session, TenantSession) or session.info["app.tenant_id"] != str(scope.tenant_id):
        raise CareError("The scope and the session name different tenants. Open the session for the scope's tenant.")
