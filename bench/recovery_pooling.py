"""Few patients: pooled against local only and network only, cold start from the literature, a prior that is off."""

from dataclasses import replace

import numpy as np

import settings
from bench.cohorts import simulate
from bench.recovery_alarms import SCALE, courses_of
from bench.recovery_files import Registry, registry_year
from bench.recovery_scores import LEVELS, Result, crps, inside
from scoring.recovery import RecoveryCurve
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_fit import curve_from_sums, curve_sums, fit_curve
from scoring.recovery_moments import moments_of
from scoring.recovery_pool import borrowed_prior, tenant_level
from scoring.recovery_priors import literature_prior, parse_priors
from scoring.recovery_sums import CurveSums
from scoring.recovery_trust import parse_trust

SIZES, SEEDS, TENANTS, BETWEEN_SD = (5, 20, 100), range(20), 20, 3.0
TRUST = parse_trust((settings.ROOT / "data" / "recovery" / "trust.toml").read_text())
PUBLISHED = {joint: (f"{joint}_replacement", "surgery", f"oxford_{joint}@1", "total") for joint in ("hip", "knee")}


def results(registry: Registry) -> list[Result]:
    return [*pooling_lines(), *cold_start_lines(registry)]


def pooling_lines() -> list[Result]:
    scores = np.array([one_network(seed) for seed in SEEDS]).mean(axis=0)
    lines = []
    for size, (pooled, local, network) in zip(SIZES, scores, strict=True):
        beside = f"pooled {pooled:.2f}, local only {local:.2f}, network only {network:.2f}"
        what = f"Pooling, {size} patients of an own tenant: CRPS ÷ better of local, network"
        lines.append(Result(what, pooled / min(local, network), (None, 1.005), beside))
    return lines


def one_network(seed: int) -> list[list[float]]:
    """CRPS (pooled, local only, network only) by size: 20 other tenants of 100 patients, levels 3 points apart."""
    shift = np.random.default_rng(seed).normal(0, BETWEEN_SD, TENANTS + 1)
    others = [courses_of(simulate(100, 4, 1000 * seed + t, shift=shift[t])) for t in range(TENANTS)]
    parts = [curve_sums(courses, SCALE) for courses in others]
    network = sum(parts[1:], parts[0])
    curve = curve_from_sums(network, SCALE, 1.0)
    levels = [tenant_level(curve.mean.residuals(courses)) for courses in others]
    seen = sum(levels[1:], levels[0]).between_sd() / (SCALE.highest - SCALE.lowest)
    prior = borrowed_prior(network, SCALE, replace(TRUST.tenants, level=seen), TRUST.most_borrowed)
    test = courses_of(simulate(1000, 4, 1000 * seed + 777, shift=shift[-1]))
    own = courses_of(simulate(max(SIZES), 4, 1000 * seed + 888, shift=shift[-1]))
    scores = []
    for size in SIZES:
        mine = own[:size]
        local = curve_from_sums(curve_sums(mine, SCALE), SCALE, 1.0)
        scores.append([score_of(any_curve, test) for any_curve in (fit_curve(mine, SCALE, prior=prior), local, curve)])
    return scores


def score_of(curve: RecoveryCurve, courses: Courses) -> float:
    patient, visit = np.nonzero(courses.answered)
    one = courses[patient]
    band = curve.expected(courses.day[patient, visit], one.baseline, one.x, LEVELS)
    return crps(band, courses.score[patient, visit])


def cold_start_lines(registry: Registry) -> list[Result]:
    year = registry_year(registry.folder, registry.joint, registry.predicted)
    everybody = Courses(year.baseline, np.zeros((len(year), 0)), np.full((len(year), 1), 182.0), year.outcome[:, None])
    course = parse_priors((settings.ROOT / "data" / "recovery" / "priors.toml").read_text())[PUBLISHED[registry.joint]]
    scale = Scale(0, 48, True, course.means[0], course.sds[0])
    prior = literature_prior(course, scale, TRUST)
    none = moments_of(everybody[:1], scale)
    cold = curve_from_sums(CurveSums(none - none, prior.residuals * 0.0), scale, 1.0, prior)
    pit = cold.share_below(everybody, np.random.default_rng(1))[:, 0]
    lines = [
        Result(
            f"Cold start on NHS {registry.joint}s from the published course, 80 % band covers",
            inside(pit, 0.8),
            (0.78, 0.9),
            "no own patient",
        )
    ]
    return lines + [off_prior_line(everybody, scale, course, points) for points in (-3.0, 3.0)]


def off_prior_line(everybody: Courses, scale: Scale, course, points: float) -> Result:
    """How much of an error in the published follow-up mean is left after 50 own patients, mean of 40 draws."""
    day = np.array([182.0])
    left = []
    for seed in range(40):
        mine = everybody[np.random.default_rng(seed).permutation(len(everybody))[:50]]
        curves = [
            fit_curve(
                mine, scale, prior=literature_prior(replace(course, means=course.means + [0.0, off]), scale, TRUST)
            )
            for off in (points, 0.0)
        ]
        right, wrong = (c.mean.at(day, np.array([18.0]), np.zeros((1, 0)))[0] for c in reversed(curves))
        left.append(wrong - right)
    share = float(np.mean(left)) / points
    return Result(
        f"A published mean off by {points:+.0f} points: share left after 50 patients", share, (None, 0.2), "", 2
    )
