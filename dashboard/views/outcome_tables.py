"""The tables of the outcomes page."""

import pandas as pd

from dashboard.charts.small_multiples import MeanCourse
from dashboard.words import DASH, count, interval, number, percent, signed
from scoring.instrument import Threshold
from warehouse.questions.outcomes_shown import Group, Result, Share

PLAIN = {
    "MCID": "important change (MCID)",
    "MIC": "important change (MIC)",
    "SCB": "substantial benefit (SCB)",
    "PASS": "acceptable state (PASS)",
    "MDC": "beyond measurement error (MDC)",
}


def threshold_rows(thresholds: list[Threshold], result: Result | None, higher_is_better: bool) -> pd.DataFrame:
    """One row per cited threshold: what it asks, how many reached it, who says so."""
    reached = f"Reached it, of {count(result.n)}" if result else "Reached it"
    return pd.DataFrame(
        {
            "Threshold": _asks(threshold, higher_is_better),
            reached: _share(result.reached[place] if result else None),
            "Source": _source(threshold),
        }
        for place, threshold in enumerate(thresholds)
    )


def _asks(threshold: Threshold, higher_is_better: bool) -> str:
    value = f"{threshold.value:g}" + ("\u202f% of the start" if threshold.unit == "percent" else "")
    if threshold.kind == "PASS":
        return f"{value} or {'more' if higher_is_better else 'less'}, {PLAIN['PASS']}"
    return f"{'+' if higher_is_better else '−'}{value}, {PLAIN[threshold.kind]}"


def _share(share: Share | None) -> str:
    if share is None:
        return f"{DASH} fewer than 10"
    return f"{percent(share.part / share.whole)} ({interval(100 * share.low, 100 * share.high)})"


def _source(threshold: Threshold) -> str:
    year = "" if threshold.year is None or str(threshold.year) in threshold.source else f" ({threshold.year})"
    unverified = ", unverified" if threshold.status == "background" else ""
    return f"{threshold.source}{year}: {threshold.population}{unverified}"


def course_rows(courses: list[MeanCourse], decimals: int) -> pd.DataFrame:
    """One row per clinic, one column per day: mean and its 95 % interval."""
    days = courses[0].days if courses else []
    return pd.DataFrame(
        {"Clinic": f"{course.name}, n = {count(course.n)}"} | {_day(day): _mean(course, day, decimals) for day in days}
        for course in courses
    )


def _day(day: int) -> str:
    return "Before" if day == 0 else f"Day {day}"


def _mean(course: MeanCourse, day: int, decimals: int) -> str:
    if day not in course.days:
        return DASH
    place = list(course.days).index(day)
    low, high = course.lower[place], course.upper[place]
    return f"{number(course.mean[place], decimals + 1)} ({interval(low, high, decimals + 1)})"


def clinic_rows(groups: list[Group]) -> pd.DataFrame:
    """One row of text per group; – where it is hidden or nothing is known."""
    return pd.DataFrame([_clinic_row(group) for group in groups])


def _clinic_row(group: Group) -> dict[str, str]:
    row = {"Clinic": group.name, "Eligible": count(group.eligible), "Answered": count(group.answered)}
    result = group.result
    if result is None:
        hidden = "fewer than 10" if group.is_small else DASH
        return (
            row
            | {"Counted": hidden}
            | dict.fromkeys(
                ("Before", "After", "Change (95\u202f%)", "Adjusted change", "Better", "Same", "Worse"), DASH
            )
        )
    return row | {
        "Counted": count(result.n),
        "Before": number(result.before, 1),
        "After": number(result.after, 1),
        "Change (95\u202f%)": f"{signed(result.gain)} ({interval(result.gain_low, result.gain_high, 1)})",
        "Adjusted change": DASH if result.adjusted is None else signed(result.adjusted),
        "Better": _better(result),
        "Same": _count(result.same),
        "Worse": _count(result.worse),
    }


def _better(result: Result) -> str:
    """39,623; where only a few were not better "88 or more"; – where it is hidden for another reason."""
    if result.improved_at_least is not None:
        return f"{count(result.improved_at_least)} or more"
    return _count(result.improved)


def _count(patients: int | None) -> str:
    return DASH if patients is None else count(patients)
