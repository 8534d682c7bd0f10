"""Everything a stratum's curve is made of, as sums over patients: what may be added, pooled and published."""

from dataclasses import dataclass, fields

import numpy as np

from scoring.recovery_covariance import LagSums
from scoring.recovery_histogram import ResidualCounts
from scoring.recovery_moments import Moments
from scoring.recovery_width import WidthSums


@dataclass(frozen=True)
class ResidualSums:
    """
    Sums over out-of-fold residuals; no row of anybody.

    Parameters
    ----------
    width : see ``recovery_width.width_sums``
    lags : see ``recovery_covariance.lag_sums``
    knots : see ``recovery_covariance.knot_sums``
    by_knot : residuals from baseline near each knot
    after : residuals of later answers given some earlier ones
    following : residuals of answers given all earlier ones
    """

    width: WidthSums
    lags: LagSums
    knots: np.ndarray
    by_knot: tuple[ResidualCounts, ...]
    after: ResidualCounts
    following: ResidualCounts

    def __add__(self, other: "ResidualSums") -> "ResidualSums":
        near = tuple(mine + theirs for mine, theirs in zip(self.by_knot, other.by_knot, strict=True))
        rest = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self) if f.name != "by_knot"}
        return ResidualSums(by_knot=near, **rest)

    def __mul__(self, weight: float) -> "ResidualSums":
        """The same residuals worth `weight` times as many patients."""
        near = tuple(counts * weight for counts in self.by_knot)
        rest = {f.name: getattr(self, f.name) * weight for f in fields(self) if f.name != "by_knot"}
        return ResidualSums(by_knot=near, **rest)


@dataclass(frozen=True)
class CurveSums:
    """
    The sums of one stratum of one tenant, or of many together.

    Parameters
    ----------
    moments : of the mean course
    residuals : of what is around it
    """

    moments: Moments
    residuals: ResidualSums

    def __add__(self, other: "CurveSums") -> "CurveSums":
        return CurveSums(self.moments + other.moments, self.residuals + other.residuals)

    @property
    def patients(self) -> float:
        return float(self.moments.patients)
