"""What a question needs to know of who asks."""

from typing import Protocol
from uuid import UUID


class ClinicScope(Protocol):
    """
    The clinics a viewer covers; None = every clinic of the lake's tenant, empty = none.

    ``care.access.Scope`` is one. The tenant needs no condition: a lake holds one tenant.
    """

    @property
    def clinics(self) -> frozenset[UUID] | None: ...


# As a condition of a question: AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
def clinic_list(scope: ClinicScope) -> list[UUID] | None:
    """The bound parameter ``$clinics``."""
    return None if scope.clinics is None else sorted(scope.clinics)
