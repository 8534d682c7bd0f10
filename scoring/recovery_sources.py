"""Whom an expectation rests on: own patients, the clinic's on other pathways, other tenants, the literature."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_drawn import WINDOW
from scoring.recovery_fit import Prior, curve_sums
from scoring.recovery_pool import borrowed_prior, source_mix
from scoring.recovery_priors import PublishedCourse, literature_prior
from scoring.recovery_sums import CurveSums
from scoring.recovery_trust import Trust

# A day with answers of fewer patients is none the band is drawn through.
FEWEST_ON_A_DAY = 20
# Days nearer than this to each other are one on a chart.
CLOSE = 7


@dataclass(frozen=True)
class Evidence:
    """
    What else is known of a stratum; None where there is none.

    Parameters
    ----------
    trust : how far each of the others is trusted
    network : sums of other tenants
    published : a published course
    siblings : the clinic's own courses on other pathways of the condition
    """

    trust: Trust
    network: CurveSums | None = None
    published: PublishedCourse | None = None
    siblings: Courses | None = None


@dataclass(frozen=True)
class Layer:
    """Somebody's sums, and what was believed before them; `whose`: 0 the clinic's, 1 the network's."""

    whose: int
    sums: CurveSums
    before: Prior | None


def layers_of(evidence: Evidence, scale: Scale, covariates: int, seed: int) -> tuple[list[Layer], Prior | None]:
    """The layers under the own patients, the deepest first, and the prior they make together."""
    trust, layers, prior = evidence.trust, [], None
    if evidence.published is not None:
        prior = literature_prior(evidence.published, scale, trust, covariates)
    if evidence.network is not None:
        layers.append(Layer(1, evidence.network, prior))
        prior = borrowed_prior(evidence.network, scale, trust.tenants, trust.most_borrowed, prior)
    if evidence.siblings is not None:
        sums = curve_sums(evidence.siblings, scale, seed, prior)
        layers.append(Layer(0, sums, prior))
        prior = borrowed_prior(sums, scale, trust.pathways, trust.most_borrowed, prior)
    return layers, prior


def mix_on(layers: list[Layer], scale: Scale, day: int) -> tuple[float, float, float]:
    """
    Shares of the average patient's expectation on a day: the clinic's, the network's, the literature's; sum 1.

    `layers` with the own patients last.
    """
    shares, rest = [0.0, 0.0], 1.0
    for layer in reversed(layers):
        of_rest, moments = 1.0, layer.sums.moments
        if layer.before is not None:
            of_rest = source_mix(moments, scale, layer.before, day, scale.centre, np.zeros(moments.covariates))
        shares[layer.whose] += rest * of_rest
        rest *= 1.0 - of_rest
    clinic, network = (round(share, 3) for share in shares)
    return clinic, network, round(max(1.0 - clinic - network, 0.0), 3)


def days_with_evidence(
    clinic: list[Courses], scale: Scale, scheduled: list[int], evidence: Evidence
) -> tuple[int, ...]:
    """Days the band is drawn through: scheduled ones with answers, knots between them, knots that others vouch for."""
    days = {day for day in scheduled if 0 < day and answered_near(clinic, day) >= FEWEST_ON_A_DAY}
    if evidence.network is not None:
        weight = evidence.network.residuals.width.by_knot[0]
        days |= _apart(days, [k for k, seen in zip(scale.knots, weight, strict=True) if seen >= FEWEST_ON_A_DAY])
    if evidence.published is not None:
        last = evidence.published.days[-1]
        days |= _apart(days, [knot for knot in scale.knots if knot <= max(last, scale.knots[1])])
    if not days:
        return ()
    return tuple(sorted(days | _apart(days, [knot for knot in scale.knots if min(days) < knot < max(days)])))


def patients_behind(clinic: list[Courses], evidence: Evidence, scale: Scale, day: int) -> int:
    """Real patients who answered near a day (or before and after it, where nobody was asked), the network's too."""
    own = answered_near(clinic, day) or sum(_around(courses, day) for courses in clinic)
    if evidence.network is None:
        return own
    weight = evidence.network.residuals.width.by_knot[0]
    return own + int(min(np.interp(day, scale.knots, weight), evidence.network.patients))


def answered_near(clinic: list[Courses], day: int) -> int:
    """Patients of the clinic who answered near a day."""
    near = [courses.answered & (np.abs(courses.day - day) <= WINDOW) for courses in clinic]
    return int(sum(each.any(axis=1).sum() for each in near))


def _around(courses: Courses, day: int) -> int:
    """Patients who answered both before and after a day on which nobody was asked."""
    before, after = (courses.answered & side for side in (courses.day < day, courses.day > day))
    return int((before.any(axis=1) & after.any(axis=1)).sum())


def _apart(days: set[int], knots: list[int]) -> set[int]:
    """The knots after day 0 that are not all but one of the days."""
    return {knot for knot in knots if knot > 0 and all(abs(knot - day) > CLOSE for day in days)}
