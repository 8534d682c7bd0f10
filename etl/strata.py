"""Which patients share a curve."""

from typing import NamedTuple

from scoring.recovery_stratum import StratumCurve

# The curve of all courses of a stratum together, on whatever pathway or none.
EVERY_PATHWAY = ""


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


def curve_for(curves: dict[tuple[Stratum, str], StratumCurve], stratum: Stratum, pathway: str) -> StratumCurve | None:
    """The pathway's own curve, else the stratum's, else None."""
    return curves.get((stratum, pathway)) or curves.get((stratum, EVERY_PATHWAY))
