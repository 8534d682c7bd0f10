"""Which cited thresholds speak of this patient: those of the same condition before those of anybody."""

from scoring.instrument import Instrument, Threshold

ANY = "any"


def thresholds_for(instrument: Instrument, scale: str, kind: str, condition: str | None) -> tuple[Threshold, ...]:
    """
    The cited rows of one kind, in points, that fit a condition, in the definition's order.

    Rows whose population is the condition's; where there is none, rows for any population. A row of another condition
    is never taken: the 4.0 points of neck pain say nothing of a knee.

    Parameters
    ----------
    condition : key of the episode's condition; ``None`` = not known, rows for any population only
    """
    cited = [row for row in instrument.thresholds if (row.scale, row.kind, row.unit) == (scale, kind, "points")]
    own = tuple(row for row in cited if condition in row.conditions)
    return own or tuple(row for row in cited if not row.conditions or ANY in row.conditions)
