"""The numbers by which an expectation is called off, read from data/recovery/monitoring.toml."""

from dataclasses import dataclass
from functools import partial

from scoring import tables

WHAT = "Monitoring rules"


@dataclass(frozen=True)
class DriftLimit:
    """Of one CUSUM: what each answer is forgiven, and the sum above which it has drifted."""

    slack: float
    limit: float


@dataclass(frozen=True)
class MonitoringRules:
    """
    Parameters
    ----------
    points_off : difference from the promised coverage from which a group may be called off, a share
    wrong_share : of looks at all groups together that may call a sound one off
    coverage, level : limits of the two CUSUMs
    days_between : between two fits that a drift has caused
    answers : a correction is learnt from so many or more
    growth : share of new patients that makes the count of the drift begin anew
    nothing_worth : answers that "nothing to correct" counts as
    most_shift, most_spread : bounds of a correction, SDs and a factor
    """

    points_off: float
    wrong_share: float
    coverage: DriftLimit
    level: DriftLimit
    days_between: int
    answers: int
    growth: float
    nothing_worth: float
    most_shift: float
    most_spread: float


def parse_monitoring_rules(text: str) -> MonitoringRules:
    """Read the rules from TOML text; a ScoringError names the table, the number and what it may be."""
    rules = tables.read_tables(text, WHAT)
    off, drift, refit = (tables.sourced(rules, name, WHAT) for name in ("off", "drift", "refit"))
    return MonitoringRules(
        points_off=_number(off, "points", 0, 20) / 100,
        wrong_share=_number(off, "wrong_of_100", 0.1, 50) / 100,
        coverage=_limit(drift, "coverage"),
        level=_limit(drift, "level"),
        days_between=int(_number(refit, "days_between", 1, 365)),
        answers=int(_number(refit, "answers", 10, 10_000)),
        growth=_number(refit, "growth", 0.01, 10),
        nothing_worth=_number(refit, "nothing_worth", 1, 10_000),
        most_shift=_number(refit, "most_shift", 0, 3),
        most_spread=_number(refit, "most_spread", 1, 3),
    )


def _limit(drift: dict, name: str) -> DriftLimit:
    pair = drift.get(name, {})
    return DriftLimit(_number(pair, "slack", 0.001, 0.4), _number(pair, "limit", 0.5, 1000))


_number = partial(tables.number, what=WHAT)
