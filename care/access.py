"""Role → permission, and the part of a tenant a viewer may see."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from care.errors import NotPermitted


class Role(StrEnum):
    PROVIDER = "provider"
    MANAGER = "manager"
    RESEARCHER = "researcher"


class Permission(StrEnum):
    VIEW_PANEL = "view the panel"
    VIEW_RECORD = "view a patient record"
    HANDLE_ALERT = "handle an alert"
    ENROLL = "enroll patients"
    VIEW_OUTCOMES = "view outcomes"
    VIEW_ALERT_HANDLING = "view how alerts are handled"
    VIEW_MONITORING = "view how well the expectation holds"
    NAME_AHEAD = "see by name who is ahead of the curve"
    FIT_CURVES = "have the expected courses fitted again"
    EXPORT_RESEARCH = "export research data"
    CHOOSE_SETTINGS = "change the organization's settings"


# A manager sees numbers, not people: identifiers and outcomes are separate rights. The one list with names is of
# patients who do better than expected, so that somebody can tell them and their clinicians.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PROVIDER: frozenset(
        {Permission.VIEW_PANEL, Permission.VIEW_RECORD, Permission.HANDLE_ALERT, Permission.ENROLL}
    ),
    Role.MANAGER: frozenset(
        {
            Permission.VIEW_OUTCOMES,
            Permission.VIEW_ALERT_HANDLING,
            Permission.VIEW_MONITORING,
            Permission.NAME_AHEAD,
            Permission.FIT_CURVES,
            Permission.CHOOSE_SETTINGS,
        }
    ),
    Role.RESEARCHER: frozenset({Permission.EXPORT_RESEARCH, Permission.VIEW_MONITORING}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether the role has the permission."""
    return permission in PERMISSIONS[role]


def check_may(role: Role, permission: Permission) -> None:
    """Refuse, in a sentence, what the role may not do."""
    if not may(role, permission):
        raise NotPermitted(f"A {role} may not {permission}. Ask your clinic manager.")


@dataclass(frozen=True)
class Scope:
    """
    The part of one tenant that a question may reach; the first argument of every query.

    ``clinics`` = None means every clinic of the tenant, an empty set means none at all. ``own_patients_of``
    narrows to the patients whose care team this membership belongs to (a provider's default view).
    """

    tenant_id: UUID
    clinics: frozenset[UUID] | None
    own_patients_of: UUID | None = None

    def widened(self) -> "Scope":
        """The same clinics without the restriction to own patients (the panel's switch "Clinic")."""
        return replace(self, own_patients_of=None)


@dataclass(frozen=True)
class Viewer:
    """The signed-in membership: who is looking, as what, and how far they see."""

    session_id: UUID
    tenant_id: UUID
    tenant_name: str
    is_demo: bool
    zone: str
    account_id: UUID
    membership_id: UUID
    name: str
    role: Role
    clinics: frozenset[UUID] | None
    expires_at: datetime  # when the session ends at the latest

    @property
    def scope(self) -> Scope:
        """What this viewer sees before any switch: a provider's own patients, else their clinics."""
        own = self.membership_id if self.role is Role.PROVIDER else None
        return Scope(self.tenant_id, self.clinics, own)
