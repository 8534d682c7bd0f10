"""Has an expectation drifted since it was fitted, why was it fitted, and what happens next; in a manager's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from care.access import Viewer
from dashboard.definitions import instrument, scale_name
from dashboard.labels import stratum_label
from dashboard.words import count, percent, plural, short_date
from scoring.monitoring_drift import Drift, Watch, drift
from warehouse.suppression import is_small
from warehouse.watch_rules import monitoring_rules

CURVE = ["condition", "stratum", "index_kind", "instrument", "scale"]
REASONS = {
    "first": "it was the first",
    "learned": "closed episodes had come or changed",
    "drift": "it had drifted",
    "asked": "a manager asked for it",
}
SHORT_REASONS = {"first": "the first", "learned": "new courses", "drift": "drifted", "asked": "asked for"}


@dataclass(frozen=True)
class WatchedCurve:
    """
    One expected course and what the answers since its fit say of it.

    ``higher``: whether a higher score is better; ``patients`` behind it; ``drift`` None under ten patients with a
    counted answer.
    """

    name: str
    higher: bool
    patients: int
    fitted_at: datetime
    counted_from: datetime | None
    why: str
    corrected: bool
    drift: Drift | None

    @property
    def nearness(self) -> float:
        return self.drift.nearest.nearness if self.drift else 0.0


def watched_curves(viewer: Viewer, answers: pd.DataFrame, fits: pd.DataFrame) -> list[WatchedCurve]:
    """Every curve of the lake, the nearest to its limit first; ``answers`` (of ``oriented``) of the whole tenant."""
    counted = answers[answers["counts"].astype(bool)] if len(answers) else answers
    by_curve = {key: rows for key, rows in counted.groupby(CURVE, sort=True)} if len(counted) else {}
    curves = [_curve(viewer, fit, by_curve.get(tuple(fit[name] for name in CURVE))) for _, fit in fits.iterrows()]
    return sorted(curves, key=lambda curve: (-curve.nearness, curve.name))


def _curve(viewer: Viewer, fit: pd.Series, answers: pd.DataFrame | None) -> WatchedCurve:
    definition = instrument(viewer, fit["instrument"])
    scale = definition.scale(fit["scale"])
    enough = answers is not None and not is_small(answers["episode_id"].nunique())
    return WatchedCurve(
        name=f"{stratum_label(fit['condition'], fit['stratum'])}: {scale_name(definition, scale)}",
        higher=scale.direction == "higher",
        patients=int(fit["n"]),
        fitted_at=fit["fitted_at"].to_pydatetime(),
        counted_from=None if pd.isna(fit["counted_from"]) else fit["counted_from"].to_pydatetime(),
        why=fit["why"],
        corrected=bool(fit["shift"]) or fit["spread"] != 1,
        drift=drift(answers["worse"].to_numpy(float), answers["episode_id"].to_numpy(), monitoring_rules())
        if enough
        else None,
    )


def drift_finding(curves: Sequence[WatchedCurve]) -> str:
    off = [curve for curve in curves if curve.drift and curve.drift.alarm]
    if off:
        return f"{off[0].name} has drifted: {_what(off[0].drift)}"
    if not any(curve.drift for curve in curves):
        return "Too few answers since the last fit to see a drift"
    return "The expectation is steady"


def _what(found: Drift) -> str:
    """As ``worse`` counts from the worst, up is better whatever the scale's direction."""
    by_level = found.level.alarm and (not found.coverage.alarm or found.level.nearness >= found.coverage.nearness)
    if by_level:
        return f"patients do {'better' if found.level.alarm == 'up' else 'worse'} than expected"
    return f"the range has become too {'wide' if found.coverage.alarm == 'up' else 'narrow'}"


def what_happens(curves: Sequence[WatchedCurve]) -> str:
    days = monitoring_rules().days_between
    if any(curve.drift and curve.drift.alarm for curve in curves):
        return (
            "It is fitted again by itself in the coming night, at most once in "
            f"{plural(days, 'day')}: its middle and width are moved to the answers since. Until then read a flag with "
            "more caution."
        )
    return "When it drifts, it is fitted again by itself in the night that follows."


def path_words(watch: Watch, found: Drift) -> tuple[str, str]:
    """What the upward and the downward sum stand for."""
    if watch is found.level:
        return "better than expected", "worse than expected"
    return "range too wide", "range too narrow"


def curve_rows(viewer: Viewer, curves: Sequence[WatchedCurve], as_of: datetime) -> list[dict[str, str]]:
    return [
        {
            "Expected course": curve.name,
            "Patients": count(curve.patients) if curve.patients else "published",
            "Last fitted": f"{_date(viewer, curve.fitted_at, as_of)}: {SHORT_REASONS[curve.why]}",
            "Answers since": _counted(curve),
            "Verdict": _curve_verdict(curve),
        }
        for curve in curves
    ]


def _counted(curve: WatchedCurve) -> str:
    return count(curve.drift.n) if curve.drift else "few"


def _curve_verdict(curve: WatchedCurve) -> str:
    if curve.drift is None:
        return "too few to tell"
    held = "drifted" if curve.drift.alarm else f"steady: {percent(min(curve.nearness, 0.99))}"
    return f"{held}, corrected" if curve.corrected else held


def refit_lines(viewer: Viewer, refits: pd.DataFrame, as_of: datetime, most: int = 3) -> list[str]:
    """Fitted again 24 Nov because a manager asked for it: 5 courses, 1 corrected."""
    lines = []
    for row in refits.head(most).itertuples(index=False):
        corrected = f", {count(int(row.corrected))} corrected" if row.corrected else ""
        when = _date(viewer, row.fitted_at.to_pydatetime(), as_of)
        reason = REASONS[row.why].replace("it had", "they had" if row.curves > 1 else "it had")
        lines.append(f"Fitted again {when} because {reason}: {plural(int(row.curves), 'course')}{corrected}.")
    return lines


def _date(viewer: Viewer, at: datetime, as_of: datetime) -> str:
    zone = ZoneInfo(viewer.zone)
    return short_date(at.astimezone(zone).date(), as_of.astimezone(zone).date())
