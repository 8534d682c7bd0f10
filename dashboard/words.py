"""Numbers, dates and durations as the screens write them."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scoring.reasons_words import number, plural, short_date

__all__ = ["number", "plural", "short_date"]  # the same words as in the stored sentences

NARROW_SPACE = "\u202f"
MINUS = "−"
DASH = "–"
ADDRESS = re.compile(r"(?i)https?:|www|@")  # a word joiner after it keeps the browser from making a link
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$^=\"'/&@])")


def count(whole: int) -> str:
    """1,204"""
    return f"{whole:,}".replace("-", MINUS)


def signed(value: float, decimals: int = 1) -> str:
    """+26.1, −3.0, 0.0: a change always shows its direction."""
    return f"{value:+.{decimals}f}".replace("-", MINUS) if round(value, decimals) else f"{0:.{decimals}f}"


def interval(low: float, high: float, decimals: int = 0) -> str:
    """48–70; with a negative end "−3 to 5", since "−3–5" is hard to read."""
    joint = DASH if min(low, high) >= 0 else " to "
    return f"{number(low, decimals)}{joint}{number(high, decimals)}"


def percent(share: float) -> str:
    """64 % of a share from 0 to 1; a few are "under 1 %", never 0 %."""
    if 0 < share < 0.01:
        return f"under 1{NARROW_SPACE}%"
    if 0.99 < share < 1:
        return f"over 99{NARROW_SPACE}%"
    return f"{share * 100:.0f}{NARROW_SPACE}%"


def share_of(part: int, whole: int) -> str:
    """64 % of 948; of nobody there is no share."""
    return f"{percent(part / whole)} of {count(whole)}" if whole else f"{DASH} of 0"


def clock(instant: datetime, zone: str) -> str:
    """07:05 in the zone"""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}"


def moment(instant: datetime, now: datetime, zone: str) -> str:
    """07:05 when it was today, else 12 Mar, 07:05"""
    local, today = instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    at = f"{local:%H:%M}"
    return at if local.date() == today else f"{short_date(local.date(), today)}, {at}"


def ago(day: date | None, today: date) -> str:
    """today; 6 d ago: for columns; after a hundred days the month. – without a day."""
    if day is None:
        return DASH
    days = (today - day).days
    if days > 99:
        return f"{day:%b %Y}"
    return "today" if days <= 0 else f"{days} d ago"


def day_of(day: int, event: str = "surgery") -> str:
    """day 43; before day 0 "9 days before surgery"."""
    return f"day {day}" if day >= 0 else f"{plural(-day, 'day')} before {event}"


def time_on_course(day: int, event: str = "surgery") -> str:
    """For text: "day 9", "week 6" from two weeks on, "9 days before surgery"."""
    return day_of(day, event) if day < 14 else f"week {day / 7:.0f}"


def age(birth_date: date | None, age_band: str | None, today: date) -> str:
    """80; the band where the source gives no birth date; empty if neither is known."""
    if birth_date is None:
        return (age_band or "").replace("-", DASH)
    return str(today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day)))


def person(family_name: str | None, given_name: str | None, lake_key: object) -> str:
    """Whitfield, James; a patient of a registry has no name and is told by the start of the random key."""
    named = ", ".join(filter(None, [family_name, given_name]))
    return named or f"Patient {str(lake_key).replace('-', '')[:6].upper()}"


def joined(*parts: str | None) -> str:
    """Parts of a muted line, the empty ones left out: "80, male · right knee"."""
    return " · ".join(filter(None, parts))


def literal(text: str) -> str:
    """Text of a person or a registry for a markdown element: every sign stands for itself, no address is a link."""
    unlinked = ADDRESS.sub("\\g<0>\u2060", text)
    return MARKDOWN.sub(r"\\\1", unlinked).replace("\n", "  \n")
