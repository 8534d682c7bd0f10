"""What the check of the expectation says, in a manager's words."""

import numpy as np
import pandas as pd

from dashboard.charts.dots import Dot
from dashboard.views.monitoring import Monitoring
from dashboard.words import DASH, count, interval, percent, plural, signed
from scoring.monitoring import PROMISED, Tenths

MOST_DOTS = 12
CLEAR = 1.96  # SDs of chance
FEW = "fewer than 10 patients"


def page_title(seen: Monitoring) -> str:
    """The expected range held 79 % of 1,204 answers, as promised"""
    if seen.whole is None:
        return "Too few judged answers to check the expectation"
    return (
        f"The expected range held {percent(seen.whole['inside_80'])} of {count(seen.n)} answers, {_verdict(seen.whole)}"
    )


def _verdict(whole: pd.Series) -> str:
    if whole["low"] <= PROMISED <= whole["high"]:
        return f"as promised ({percent(PROMISED)})"
    return f"{'fewer' if whole['inside_80'] < PROMISED else 'more'} than the {percent(PROMISED)} promised"


def who_is_off(seen: Monitoring) -> str:
    """One sentence for the top of the page."""
    if seen.whole is None or seen.groups.empty:
        return ""
    off = seen.groups[seen.groups["off"]]
    if off.empty:
        return f"Nobody is off: {plural(len(seen.groups), 'group')} compared, each within chance."
    return f"Off: {'; '.join(_off(row) for row in off.itertuples(index=False))}."


def _off(row) -> str:
    return f"{row.name}, {percent(row.inside_80)} of {count(int(row.n))} answers inside"


def groups_finding(seen: Monitoring) -> str:
    off = list(seen.groups.loc[seen.groups["off"], "name"]) if len(seen.groups) else []
    if not len(seen.groups):
        return "There is only one group so far"
    if not off:
        return "The range holds for every group alike"
    return f"The range does not hold for {', '.join(off)}"


def group_dots(seen: Monitoring) -> list[Dot]:
    """Everybody, then the groups that are furthest off: share inside the 80 % range."""
    rows = [seen.whole, *(row for _, row in seen.groups.head(MOST_DOTS).iterrows())]
    return [Dot(row["name"], row["inside_80"], row["low"], row["high"], inside_words(row)) for row in rows]


def inside_words(row: pd.Series) -> str:
    return (
        f"{percent(row['inside_80'])} of {count(int(row['n']))} ({row['low'] * 100:.0f}{DASH}{row['high'] * 100:.0f})"
    )


def groups_note(seen: Monitoring) -> str:
    """What good looks like, how many are drawn, and who is held back."""
    more = len(seen.groups) - MOST_DOTS
    drawn = f" The {MOST_DOTS} furthest off are drawn, {more} more stand in the table." if more > 0 else ""
    held = f" Held back, {FEW}: {', '.join(seen.held_back)}." if seen.held_back else ""
    return (
        "Good: the lines reach the dashed one; by chance one in twenty does not. Off: by two points or more, and more "
        f"than chance does in so many groups.{drawn}{held}"
    )


def group_rows(seen: Monitoring) -> list[dict[str, str]]:
    return [_group_row(row) for row in [seen.whole, *(row for _, row in seen.groups.iterrows())]]


def _group_row(row: pd.Series) -> dict[str, str]:
    return {
        "Group": row["name"],
        "In the 80\u202f% range": inside_words(row),
        "In the 50\u202f%, 90\u202f%": f"{percent(row['inside_50'])}, {percent(row['inside_90'])}",
        "In the worst tenth": percent(row["lowest_tenth"]),
        "Patients flagged": _flagged(row),
        "Verdict": f"off by {signed((row['inside_80'] - PROMISED) * 100, 0)} points" if row["off"] else "holds",
    }


def _flagged(row: pd.Series) -> str:
    if not row["in_care"] or np.isnan(row["flagged"]):
        return DASH
    ends = interval(abs(row["flagged_low"]) * 100, row["flagged_high"] * 100)  # of 0 %, the lower end may be -1e-17
    return f"{percent(row['flagged'])} of {count(int(row['in_care']))} ({ends})"


def tenth_names() -> list[str]:
    return ["worst", *map(str, range(2, 10)), "best"]


def tenth_rows(tenths: Tenths) -> list[dict[str, str]]:
    by_chance = f"{tenths.low * 100:.0f}{DASH}{tenths.high * 100:.0f}\u202f%"
    return [
        {"Tenth of the expectation": name, "Share of answers": percent(share), "Expected, 95 of 100": by_chance}
        for name, share in zip(tenth_names(), tenths.shares, strict=True)
    ]


def tenths_finding(tenths: Tenths) -> str:
    """Even, or else what is wrong: the level or the width, whichever shows more clearly."""
    if not tenths.uneven:
        return "Answers fall evenly over what was expected"
    if max(abs(tenths.level), abs(tenths.spread)) < CLEAR:
        return "Answers do not fall evenly over what was expected"
    if abs(tenths.level) >= abs(tenths.spread):
        return f"Patients do {'better' if tenths.level > 0 else 'worse'} than was expected"
    if tenths.spread > 0:
        return "More answers than promised lie at both ends: the range is too narrow"
    return "More answers than promised lie in the middle: the range is too wide"


def tenths_note(tenths: Tenths) -> str:
    outside = int(((tenths.shares < tenths.low) | (tenths.shares > tenths.high)).sum())
    good = "Good: every bar ends inside the shaded band; by chance one in twenty does not."
    return f"{good} {plural(outside, 'bar')} {'ends' if outside == 1 else 'end'} outside it." if outside else good
