"""A curve per pathway: own courses on top of the clinic's others, against own only and against one curve for all."""

from pathlib import Path

import numpy as np

from bench.cohorts import simulate
from bench.recovery_alarms import SCALE, courses_of
from bench.recovery_pooling import TRUST, score_of
from bench.recovery_scores import Result
from scoring.recovery_courses import Courses
from scoring.recovery_fit import curve_from_sums, curve_sums, fit_curve
from scoring.recovery_sources import Evidence, layers_of

OWN, OTHERS, VISITS, SEEDS = (20, 60, 200), 200, 4, range(20)
APART = (0.0, 3.0, 6.0)  # points of 100 between the two pathways


def results(folder: Path) -> list[Result]:
    """Never worse than 1.005 × the better of the two, by how far the pathways lie apart and by own courses."""
    lines = []
    for apart in APART:
        scores = np.array([one_clinic(seed, apart) for seed in SEEDS]).mean(axis=0)
        for own, (pooled, alone, common) in zip(OWN, scores, strict=True):
            beside = f"pooled {pooled:.2f}, own only {alone:.2f}, one curve for all {common:.2f}"
            what = f"Two pathways {apart:.0f} points apart, {own} own courses: CRPS ÷ better of own only, one for all"
            lines.append(Result(what, pooled / min(alone, common), (None, 1.005), beside))
    return lines


def one_clinic(seed: int, apart: float) -> list[list[float]]:
    """CRPS (pooled, own only, one curve for all) by number of own courses, beside 200 of the other pathway."""
    others = courses_of(simulate(OTHERS, VISITS, 1000 * seed + 1))
    own = courses_of(simulate(max(OWN), VISITS, 1000 * seed + 2, shift=apart))
    test = courses_of(simulate(1000, VISITS, 1000 * seed + 3, shift=apart))
    _, prior = layers_of(Evidence(TRUST, siblings=others), SCALE, 1, seed)
    scores = []
    for size in OWN:
        mine = own[:size]
        pooled = fit_curve(mine, SCALE, prior=prior)
        alone = curve_from_sums(curve_sums(mine, SCALE), SCALE, 1.0)
        scores.append([score_of(curve, test) for curve in (pooled, alone, fit_curve(together(mine, others), SCALE))])
    return scores


def together(mine: Courses, others: Courses) -> Courses:
    parts = zip((mine.baseline, mine.x, mine.day, mine.score), (others.baseline, others.x, others.day, others.score),
                strict=True)  # fmt: skip
    return Courses(*(np.concatenate(pair) for pair in parts))
