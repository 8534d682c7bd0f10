"""Wall-clock times of a pathway are the patient's, across changes of the clocks."""

import doctest
from datetime import UTC, date, datetime, time

import pytest

import pathways.local_time
from pathways.local_time import day_instant, instant, local_date

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 3, 7), 14),  # winter time
        (date(2026, 3, 8), 13),  # clocks went forward in the night
        (date(2026, 10, 31), 13),
        (date(2026, 11, 1), 14),  # clocks went back in the night
    ],
)
def test_nine_in_the_morning_stays_nine_when_the_clocks_change(day, utc_hour):
    assert instant(day, time(9), NEW_YORK) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_as_long_after_the_change():
    skipped = instant(date(2026, 3, 8), time(2, 30), NEW_YORK)
    assert skipped == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)  # shown as 03:30


def test_of_a_time_that_comes_twice_the_first_is_meant():
    assert instant(date(2026, 11, 1), time(1, 30), NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_the_local_date_is_the_patients_not_the_servers():
    late = datetime(2026, 7, 2, 3, 0, tzinfo=UTC)
    assert local_date(late, NEW_YORK) == date(2026, 7, 1)
    assert local_date(late, "Europe/Madrid") == date(2026, 7, 2)


def test_a_pathway_day_counts_calendar_days_from_the_index_date():
    before = day_instant(date(2026, 3, 10), -14, time(9), NEW_YORK)
    after = day_instant(date(2026, 3, 10), 7, time(9), NEW_YORK)
    assert before == datetime(2026, 2, 24, 14, tzinfo=UTC)
    assert after == datetime(2026, 3, 17, 13, tzinfo=UTC)  # 21 days later by the calendar, an hour less by the clock


def test_the_docstring_example_holds():
    assert doctest.testmod(pathways.local_time, raise_on_error=True).attempted == 1
