"""How long: fit a thousand strata from sums, refresh a million expectations, take in one answer."""

from pathlib import Path
from time import perf_counter

import duckdb
import numpy as np

from bench.cohorts import simulate
from bench.recovery_alarms import SCALE, courses_of
from bench.recovery_scores import Result
from scoring.recovery import RecoveryCurve
from scoring.recovery_basis import Scale, hats, lateness
from scoring.recovery_courses import Courses
from scoring.recovery_fit import curve_from_sums, curve_sums, fit_curve
from scoring.recovery_mean import fit_coefficients, normal_equations
from scoring.recovery_moments import Moments

VISITS, STRATA, VISITS_EACH = 5_000_000, 1_000, 5
BAND = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
TRIALS = 500


def results(folder: Path) -> list[Result]:
    curve = fit_curve(courses_of(simulate(2000, 8, seed=1)), SCALE)
    return [*fit_lines(), refresh_line(curve), answer_line(curve)]


def fit_lines() -> list[Result]:
    """The GROUP BY and the fit from its sums, apart; their normal equations are compared with those from the rows."""
    lake = duckdb.connect(config={"threads": 2})
    make_visits(lake)
    start = perf_counter()
    lake.execute(f"CREATE TABLE moment AS {moments_query(SCALE)}")
    grouped = perf_counter() - start
    moments = moments_from(lake)
    checked = largest_difference(lake, moments)
    one = curve_sums(courses_of(simulate(VISITS // STRATA // VISITS_EACH, VISITS_EACH, seed=1, missing=0.0)), SCALE)
    start = perf_counter()
    fit_coefficients(moments, SCALE)
    for _ in range(STRATA):
        curve_from_sums(one, SCALE, 1.0)
    seconds = perf_counter() - start
    beside = f"GROUP BY of the mean's moments {grouped:.1f} s; they differ from the rows' by {checked:.0e} at most"
    return [Result("Fit 5 M visits in 1,000 strata from their sums, s", seconds, (None, 3.0), beside, 1)]


def make_visits(lake: duckdb.DuckDBPyConnection) -> None:
    """One row per visit: stratum, day, standardised baseline, age in decades from 65, score."""
    lake.execute("SELECT setseed(0.42)")
    lake.execute(
        f"""
        CREATE TABLE visit AS
        SELECT i % {STRATA} AS stratum, 1 + floor(random() * 399) AS day, random() * 4 - 2 AS z,
               random() * 3 - 1.5 AS x, floor(random() * 101) AS score
        FROM range({VISITS}) AS t(i)
        """
    )


def moments_query(scale: Scale) -> str:
    """One row per stratum and stretch between two knots: the 3 × 10 moments of (1, z, x, score) and the powers of a."""
    knots = scale.knots
    stretch = " + ".join(f"(day >= {knot})::INT" for knot in knots[1:-1])
    starts, widths = list(knots[:-1]), [end - start for start, end in zip(knots, knots[1:], strict=False)]
    entries = ["1", "z", "x", "score"]
    pairs = [f"{a} * {b}" for i, a in enumerate(entries) for b in entries[i:]]
    sums = ", ".join(f"sum({power} * {pair})" for power in ("1", "a", "a * a") for pair in pairs)
    return f"""
        SELECT stratum, stretch, count(*) AS visits, [{sums}] AS moments
        FROM (
            SELECT *, least((day - {starts}[stretch + 1]) / {widths}[stretch + 1], 1.0) AS a
            FROM (SELECT *, {stretch} AS stretch FROM visit)
        )
        GROUP BY ALL
        ORDER BY stratum, stretch
    """


def moments_from(lake: duckdb.DuckDBPyConnection) -> Moments:
    columns = lake.execute("SELECT moments FROM moment ORDER BY stratum, stretch").fetchnumpy()
    upper = np.stack(columns["moments"]).reshape(STRATA, len(SCALE.knots) - 1, 3, 10)
    square = np.empty((*upper.shape[:3], 4, 4))
    rows, cols = np.triu_indices(4)
    square[..., rows, cols] = square[..., cols, rows] = upper
    return Moments(square, np.full(STRATA, VISITS // STRATA // VISITS_EACH))


def largest_difference(lake: duckdb.DuckDBPyConnection, moments: Moments) -> float:
    """Of X'X of the first stratum by SQL and by the whole model matrix, relative."""
    day, z, x = lake.execute("SELECT day, z, x FROM visit WHERE stratum = 0").fetchnumpy().values()
    weights = hats(day, SCALE.knots)
    late = weights @ lateness(SCALE.knots)
    matrix = np.column_stack([weights, weights * z[:, None], x, x * late])
    by_rows = matrix.T @ matrix
    by_sums = normal_equations(Moments(moments.sums[0], moments.patients[0]), SCALE)[0]
    return float(np.abs(by_sums - by_rows).max() / np.abs(by_rows).max())


def refresh_line(curve: RecoveryCurve) -> Result:
    rng, n = np.random.default_rng(0), 1_000_000
    day, baseline, x = rng.uniform(1, 365, n), rng.uniform(0, 100, n), rng.normal(size=(n, 1))
    seconds = []
    for _ in range(3):
        start = perf_counter()
        curve.expected(day, baseline, x, BAND)
        seconds.append(perf_counter() - start)
    return Result(
        "Refresh 1 M patients' expectations (five quantiles), s", float(np.median(seconds)), (None, 2.0), "", 1
    )


def answer_line(curve: RecoveryCurve) -> Result:
    """One new answer: its share from baseline and given the earlier ones, and the band of the rest of the course."""
    courses = courses_of(simulate(TRIALS, 8, seed=3))
    seconds = []
    for row in range(TRIALS):
        start = perf_counter()
        take_in(curve, courses[row : row + 1])
        seconds.append(perf_counter() - start)
    beside = f"median {1000 * np.median(seconds):.1f} ms, {TRIALS} answers"
    return Result("One new answer, p99, ms", 1000 * float(np.quantile(seconds, 0.99)), (None, 5.0), beside, 1)


def take_in(curve: RecoveryCurve, course: Courses) -> None:
    curve.share_below(course)
    curve.share_below_next(course)
    curve.expected_after(course, np.array([400.0]), BAND)
