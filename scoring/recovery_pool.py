"""A curve for few patients: their own sums on top of what the network or the literature lets expect."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery_basis import Scale, hats
from scoring.recovery_fit import Prior
from scoring.recovery_mean import fit_coefficients, normal_equations, wide_precision
from scoring.recovery_moments import Moments
from scoring.recovery_sums import CurveSums
from scoring.recovery_trust import Spread
from scoring.recovery_width import fit_width


@dataclass(frozen=True)
class TenantLevels:
    """
    How much tenants differ, by the method of moments from sums that add up over tenants.

    Parameters
    ----------
    sums : (tenants, n, n², S, S²/n, Q) of n patients per tenant, S and Q the sum and sum of squares of the patients'
        mean residuals from one common curve
    """

    sums: np.ndarray

    def __add__(self, other: "TenantLevels") -> "TenantLevels":
        return TenantLevels(self.sums + other.sums)

    def between_sd(self) -> float:
        """
        SD of the tenants' true levels, points; 0 where the differences are no larger than chance.

        References
        ----------
        DerSimonian, Laird (1986), Meta-analysis in clinical trials, doi 10.1016/0197-2456(86)90046-2
        """
        tenants, n, n_squared, total, between, squares = self.sums
        if tenants < 2 or n <= tenants:
            return 0.0
        within = (squares - between) / (n - tenants)
        excess = between - total**2 / n - (tenants - 1) * within
        return float(np.sqrt(max(excess / (n - n_squared / n), 0.0)))


def tenant_level(residual: np.ndarray) -> TenantLevels:
    """One tenant's contribution: n × v residuals in points from the common curve, NaN without an answer."""
    answered = ~np.isnan(residual)
    seen = answered.any(axis=1)
    level = np.nansum(residual[seen], axis=1) / answered[seen].sum(axis=1)
    n, total = len(level), level.sum()
    return TenantLevels(np.array([1.0, n, n**2, total, total**2 / max(n, 1), (level**2).sum()]))


def borrowed_prior(
    others: CurveSums, scale: Scale, spread: Spread, most_borrowed: float, own: Prior | None = None
) -> Prior:
    """
    What others' sums let expect of the own patients.

    Parameters
    ----------
    others : sums of the other tenants, or of the clinic's patients on other pathways
    spread : how far groups of patients lie from each other
    most_borrowed : the others' residuals count as so many own patients at most: their spread is trusted sooner than
        their level, but a tenant with a few hundred patients is drawn by its own
    own : prior of the others themselves (the literature; of other pathways the network), if any. Its residuals fill
        what the others' lack of that number.
    """
    own_prior = None if own is None else (own.coefficients, own.precision)
    coefficients = fit_coefficients(others.moments, scale, prior=own_prior)
    residual_sd = visit_sd(others, scale)
    covariance = between_groups(scale, others.moments.covariates, spread)
    covariance += np.linalg.inv(data_precision(others.moments, scale, residual_sd) + precision_of(own, scale, others))
    share = others.patients / most_borrowed
    residuals = others.residuals * min(1.0, 1.0 / max(share, 1e-9))
    if own is not None and share < 1.0:
        residuals = residuals + own.residuals * (1.0 - share)
    return Prior(coefficients, np.linalg.inv(covariance), residuals, residual_sd)


def precision_of(prior: Prior | None, scale: Scale, others: CurveSums) -> np.ndarray:
    return wide_precision(scale, others.moments.covariates) if prior is None else prior.precision


def between_groups(scale: Scale, covariates: int, spread: Spread) -> np.ndarray:
    """P × P covariance of groups' coefficients: the level moves as one, bends, slopes and effects a little each."""
    k, width = len(scale.knots), scale.highest - scale.lowest
    sds = np.repeat([spread.bend, spread.slope, spread.effect], [k, k, 2 * covariates]) * width
    covariance = np.diag(sds**2)
    covariance[:k, :k] += (spread.level * width) ** 2
    return covariance


def visit_sd(sums: CurveSums, scale: Scale) -> float:
    """SD by which one visit counts: a patient's answers repeat each other, so each tells less than an only one."""
    width = fit_width(sums.residuals.width, scale.knots)
    visits = sums.moments.sums[..., 0, 0, 0].sum() / max(sums.patients, 1.0)
    products, _, pairs = sums.residuals.lags.sums.sum(axis=1)
    alike = np.clip(products / pairs, 0.0, 0.95) if pairs > 0 else 0.0
    return float(width.sd.mean() * np.sqrt(1.0 + (visits - 1.0) * alike))


def data_precision(moments: Moments, scale: Scale, residual_sd: float) -> np.ndarray:
    return normal_equations(moments, scale)[0] / residual_sd**2


def source_mix(moments: Moments, scale: Scale, prior: Prior, day: float, baseline: float, x: np.ndarray) -> float:
    """
    Share (0–1) of a patient's expectation on a day that rests on the tenant's own patients; the rest is the prior's.

    It is the weight of the own data in the posterior mean, along the direction of this patient's expectation.
    """
    weights = hats(np.array([day]), scale.knots)[0]
    late = weights @ np.linspace(-1.0, 1.0, len(scale.knots))
    direction = np.concatenate([weights, weights * scale.standardised(baseline), x, x * late])
    own = data_precision(moments, scale, prior.residual_sd)
    pulled = np.linalg.solve(own + prior.precision, np.column_stack([own @ direction, direction]))
    return float(np.clip(direction @ pulled[:, 0] / (direction @ direction), 0.0, 1.0))
