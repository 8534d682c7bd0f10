"""
How fast answers become scores, beside pandas and DuckDB on the same columns in the same run.

A KOOS-like questionnaire: 42 items, 5 scales, half rule, 12 % of the answers missing; and 8 items of a
graded-response model. The bars are those of the project: 3 × pandas, 2 × DuckDB, 4 s from a lake's responses to its
scores, 0.4 M traits/s, 50 ms to the first score of a new definition, 1 ms for one response.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

import settings
from bench.scoring_lake import seconds_to_score_a_lake
from scoring.bulk import score_columns
from scoring.instrument import Instrument
from scoring.instruments import parse_instrument
from scoring.score import score_response

KOOS = settings.CONTENT / "instruments" / "koos.toml"
FEWEST = {"pain": 5, "symptoms": 4, "adl": 9, "sport": 3, "qol": 2}
TRIALS = 200


@dataclass(frozen=True)
class Line:
    """One measured figure and the bar it must meet (``at_least`` or at most)."""

    what: str
    figure: float
    unit: str
    bar: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the bar is met."""
        return self.figure >= self.bar if self.at_least else self.figure <= self.bar

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return (
            f"{self.what:<58}{self.figure:>10.3f} {self.unit:<14}{sign} {self.bar:<8g}{'met' if self.met else 'MISSED'}"
        )


def main(argv: list[str]) -> int:
    """Run all; 1 if a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench scoring")
    parser.add_argument("--responses", type=int, default=1_000_000)
    responses = parser.parse_args(argv).responses
    lines = [*_columns(responses), _lake(responses), _traits(responses), _first_score(), _single_response()]
    for line in lines:
        print(line)
    return 0 if all(line.met for line in lines) else 1


def _columns(responses: int) -> list[Line]:
    koos = parse_instrument(KOOS.read_text(encoding="utf-8"), "koos.toml")
    answers = _answers(responses, len(koos.items), categories=5)
    floats = np.where(answers < 0, np.nan, answers)
    frame = pd.DataFrame(floats, columns=list(koos.positions))
    with duckdb.connect() as connection:
        query = _loaded(connection, koos, frame)
        engines = {
            "ours": lambda: score_columns(koos, answers),
            "pandas": lambda: _pandas(koos, frame),
            "duckdb": lambda: connection.execute(query).fetchnumpy(),
        }
        seconds, results = _side_by_side(engines)
    _equal(koos, results)
    print(f"{responses:,} responses × {len(koos.items)} items × {len(koos.scales)} scales, equal results:")
    print("  " + ", ".join(f"{name} {time:.3f} s" for name, time in seconds.items()))
    return [
        Line("columns to scores, pandas' time ÷ ours", seconds["pandas"] / seconds["ours"], "times", 3, at_least=True),
        Line("columns to scores, DuckDB's time ÷ ours", seconds["duckdb"] / seconds["ours"], "times", 2, at_least=True),
    ]


def _lake(responses: int) -> Line:
    seconds = seconds_to_score_a_lake(_answers(responses, 42, categories=5))
    return Line("stored responses to scores in the lake", seconds, "s", 4, at_least=False)


def _equal(koos: Instrument, results: dict[str, dict]) -> None:
    for scale in koos.scales:
        ours = results["ours"][scale.name].value
        np.testing.assert_allclose(results["pandas"][scale.name], ours, rtol=1e-12, atol=1e-12)
        duckdb_scores = np.ma.filled(results["duckdb"][scale.name].astype(np.float64), np.nan)
        np.testing.assert_allclose(duckdb_scores, ours, rtol=1e-12, atol=1e-12)


def _answers(responses: int, items: int, categories: int) -> np.ndarray:
    """int8, responses × items, in columns; 12 % skipped."""
    draw = np.random.default_rng(20260801)
    answers = draw.integers(0, categories, (items, responses), dtype=np.int8)
    answers[draw.random((items, responses), dtype=np.float32) < 0.12] = -1
    return answers.T


def _pandas(koos: Instrument, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    scores = {}
    for scale in koos.scales:
        items = frame[list(scale.items)]
        enough = items.count(axis=1) >= FEWEST[scale.name]
        scores[scale.name] = (100 - 25 * items.mean(axis=1)).where(enough).to_numpy()
    return scores


def _loaded(connection: duckdb.DuckDBPyConnection, koos: Instrument, frame: pd.DataFrame) -> str:
    """Load the answers into a table; the query that scores it."""
    connection.register("frame", frame)
    columns = ", ".join(f"CASE WHEN NOT isnan({item}) THEN {item}::TINYINT END AS {item}" for item in koos.positions)
    connection.execute(f"CREATE TABLE response AS SELECT {columns} FROM frame")
    return "SELECT " + ", ".join(map(_sql, koos.scales)) + " FROM response"


def _sql(scale) -> str:
    answered = " + ".join(f"({item} IS NOT NULL)::INTEGER" for item in scale.items)
    total = " + ".join(f"coalesce({item}, 0)::INTEGER" for item in scale.items)
    enough = f"{answered} >= {FEWEST[scale.name]}"
    return f"CASE WHEN {enough} THEN 100 - 25 * (({total})::DOUBLE / ({answered})) END AS {scale.name}"


def _traits(responses: int) -> Line:
    instrument = parse_instrument(_graded_definition(), "eight items")
    answers = _answers(responses, 8, categories=5)
    seconds, _ = _side_by_side({"eap": lambda: score_columns(instrument, answers)})
    return Line("expected traits of 8 items", responses / seconds["eap"] / 1e6, "M/s", 0.4, at_least=True)


def _graded_definition() -> str:
    draw = np.random.default_rng(8)
    items = "\n".join(f'  {{ id = "q{n}", label = "{n}" }},' for n in range(1, 9))
    parameters = "\n".join(
        f"q{n} = {[round(float(x), 3) for x in (draw.uniform(1, 4), *np.sort(draw.normal(0, 1.2, 4)))]}"
        for n in range(1, 9)
    )
    return f"""key = "eight"
version = 1
title = "Eight items"
about = "person"
status = "draft"
citation = "none"
verified = "none"
items = [
{items}
]
[item_defaults]
low = 0
high = 4
best = "low"
[[scales]]
name = "t"
label = "T"
formula = "50 + 10 * eap(q1..q8, model=trait)"
direction = "lower"
range = [10, 90]
[models.trait]
low = -4
high = 4
step = 0.1
[models.trait.items]
{parameters}
[licence]
status = "free"
holder = "none"
scoring = true
wording = true
"""


def _first_score() -> Line:
    """Text to first scores; every trial has formulas never seen before, so that nothing is cached."""
    text, one = KOOS.read_text(encoding="utf-8"), _answers(1, 42, categories=5)

    def trial(number: int) -> None:
        score_columns(parse_instrument(text.replace("100 - 25 *", f"100 - 25.{number:04} *"), "new.toml"), one)

    return Line("first score of a new definition, p95", _p95(trial) * 1e3, "ms", 50, at_least=False)


def _single_response() -> Line:
    koos = parse_instrument(KOOS.read_text(encoding="utf-8"), "koos.toml")
    rows = [
        dict(zip(koos.positions, map(abs, row), strict=True)) for row in _answers(TRIALS, 42, categories=5).tolist()
    ]
    return Line(
        "one response, all five scales, p95", _p95(lambda n: score_response(koos, rows[n])) * 1e3, "ms", 1, False
    )


def _p95(trial: Callable[[int], object]) -> float:
    seconds = []
    for number in range(TRIALS):
        start = time.perf_counter()
        trial(number)
        seconds.append(time.perf_counter() - start)
    return statistics.quantiles(seconds, n=20)[-1]


def _side_by_side(engines: dict[str, Callable[[], dict]]) -> tuple[dict[str, float], dict[str, dict]]:
    """The median of five per engine, seconds, taken in turns: a busy machine is busy for all. And the results."""
    seconds, results = {name: [] for name in engines}, {}
    for _ in range(5):
        for name, run in engines.items():
            start = time.perf_counter()
            results[name] = run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in seconds.items()}, results
