"""Which patients share a curve."""

from typing import NamedTuple


class Stratum(NamedTuple):
    """Patients whose courses are never pooled with another's, and one scale."""

    condition: str
    stratum: str
    index_kind: str
    instrument: str
    scale: str

    @property
    def published(self) -> tuple[str, str, str, str]:
        """The key of a published course: the literature does not tell first operations from revisions."""
        return self.condition, self.index_kind, self.instrument, self.scale
