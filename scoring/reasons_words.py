"""Numbers, dates and trends in the words of the screens."""

from datetime import date


def number(value: float, decimals: int) -> str:
    """A score as the instrument counts it, with a true minus sign."""
    return f"{value:.{int(decimals)}f}".replace("-", "−")


def in_range(row) -> str:
    """48–70: the middle 80 % of similar patients."""
    return f"{number(row.p10, row.decimals)}–{number(row.p90, row.decimals)}"


def share_in_words(share: float) -> str:
    """96 of 100; never all or none of them, since nobody was seen beyond the outermost patient."""
    return f"{min(max(round(share * 100), 1), 99)} of 100"


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def short_date(day: date, today: date) -> str:
    """12 Mar, and 12 Mar 2025 when that is not this year."""
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def time_after_index(day: float, preposition: str = "") -> str:
    """on day 9; at week 6 from two weeks on."""
    if day < 14:
        return f"{preposition or 'on'} day {day:.0f}"
    return f"{preposition or 'at'} week {day / 7:.0f}"


def trend(row) -> str:
    """falling for two surveys, in the direction that is worse for this scale; empty without one."""
    sign = 1.0 if row.higher_is_better else -1.0
    steps = [sign * (row.score - row.previous), sign * (row.previous - row.before_previous)]
    if not steps[0] < 0:
        return ""
    verb = "falling" if row.higher_is_better else "rising"
    if steps[1] < 0:
        return f"{verb} for two surveys"
    down = "down" if row.higher_is_better else "up"
    return f"{down} {number(abs(row.score - row.previous), row.decimals)} since the survey before"
