"""Wall-clock time of a patient's zone as an instant, and back; the pathways' only place for zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, clock: time, zone: str) -> datetime:
    """
    The UTC instant at which the zone's clocks show this.

    An hour that a clock change skips means the instant just as long after the change (02:30 becomes 03:30); of an
    hour that comes twice, the first.

    >>> instant(date(2026, 7, 1), time(9), "America/New_York").isoformat()
    '2026-07-01T13:00:00+00:00'
    """
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def local_date(moment: datetime, zone: str) -> date:
    """The date the zone's calendars show at this instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_instant(index_date: date, day: int, clock: time, zone: str) -> datetime:
    """The instant of a pathway day (0 = the index date) at a wall-clock time."""
    return instant(index_date + timedelta(days=day), clock, zone)
