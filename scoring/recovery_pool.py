"""A curve for few patients: their own sums on top of what the network or the literature lets expect."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery_basis import Scale, hats
from scoring.recovery_fit import Prior
from scoring.recovery_mean import fit_coefficients, normal_equations, wide_precision
from scoring.recovery_moments import Moments
from scoring.recovery_sums import CurveSums
from scoring.recovery_width import fit_width

# The network's residuals count as at most so many of the tenant's own patients: its spread is trusted sooner than its
# level, but a tenant with a few hundred patients is drawn by its own.
MOST_BORROWED = 100
# Shares of the scale's width: what differs between tenants besides the level, which is estimated.
BETWEEN_BENDS = 0.01
BETWEEN_SLOPES = 0.01
BETWEEN_EFFECTS = 0.02


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


def network_prior(network: CurveSums, scale: Scale, between_sd: float, own: Prior | None = None) -> Prior:
    """
    What other tenants' sums let expect of a tenant's own patients.

    Parameters
    ----------
    network : sum over the other tenants
    between_sd : SD of tenants' levels, points (``TenantLevels``, or a cautious guess)
    own : prior of the network itself (the literature), if any
    """
    own_prior = None if own is None else (own.coefficients, own.precision)
    coefficients = fit_coefficients(network.moments, scale, prior=own_prior)
    residual_sd = visit_sd(network, scale)
    spread = between_tenants(scale, network.moments.covariates, between_sd)
    spread += np.linalg.inv(data_precision(network.moments, scale, residual_sd) + precision_of(own, scale, network))
    residuals = network.residuals * min(1.0, MOST_BORROWED / max(network.patients, 1.0))
    return Prior(coefficients, np.linalg.inv(spread), residuals, residual_sd)


def precision_of(prior: Prior | None, scale: Scale, network: CurveSums) -> np.ndarray:
    return wide_precision(scale, network.moments.covariates) if prior is None else prior.precision


def between_tenants(scale: Scale, covariates: int, level_sd: float) -> np.ndarray:
    """P × P covariance of tenants' coefficients: the level moves as one, bends, slopes and effects a little each."""
    k, width = len(scale.knots), scale.highest - scale.lowest
    sds = np.repeat([BETWEEN_BENDS, BETWEEN_SLOPES, BETWEEN_EFFECTS], [k, k, 2 * covariates]) * width
    covariance = np.diag(sds**2)
    covariance[:k, :k] += level_sd**2
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
