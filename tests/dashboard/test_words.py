"""Numbers, dates and names as the screens write them."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from dashboard import words

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.count(1204), "1,204"),
        (words.signed(26.14), "+26.1"),
        (words.signed(-3), "−3.0"),
        (words.signed(0.04), "0.0"),
        (words.interval(48.2, 69.6), "48–70"),
        (words.interval(-3.2, 5.1, 1), "−3.2 to 5.1"),
        (words.percent(0.64), "64\u202f%"),
        (words.percent(0.002), "under 1\u202f%"),
        (words.percent(0.998), "over 99\u202f%"),
        (words.percent(0), "0\u202f%"),
        (words.share_of(640, 948), "68\u202f% of 948"),
        (words.share_of(0, 0), "– of 0"),
        (words.short_date(date(2026, 3, 12), TODAY), "12 Mar"),
        (words.short_date(date(2025, 3, 12), TODAY), "12 Mar 2025"),
        (words.ago(TODAY, TODAY), "today"),
        (words.ago(date(2026, 11, 19), TODAY), "6 d ago"),
        (words.ago(date(2017, 4, 1), TODAY), "Apr 2017"),
        (words.ago(None, TODAY), "–"),
        (words.day_of(43), "day 43"),
        (words.day_of(-9), "9 days before surgery"),
        (words.day_of(-1, "first visit"), "1 day before first visit"),
        (words.time_on_course(9), "day 9"),
        (words.time_on_course(42), "week 6"),
        (words.age(date(1946, 11, 26), None, TODAY), "79"),
        (words.age(date(1946, 11, 25), None, TODAY), "80"),
        (words.age(None, "70-79", TODAY), "70–79"),
        (words.age(None, None, TODAY), ""),
        (words.person("Whitfield", "James", None), "Whitfield, James"),
        (words.person(None, None, UUID("3f2a1c99-0000-4000-8000-000000000000")), "Patient 3F2A1C"),
        (words.joined("80, male", "", None, "day 3"), "80, male · day 3"),
    ],
)
def test_words(written, expected):
    assert written == expected


def test_a_moment_of_today_is_a_clock_time_in_the_readers_zone():
    now = datetime(2026, 11, 25, 18, tzinfo=UTC)
    assert words.moment(datetime(2026, 11, 25, 12, 5, tzinfo=UTC), now, "America/New_York") == "07:05"
    assert words.moment(datetime(2026, 11, 24, 12, 5, tzinfo=UTC), now, "America/New_York") == "24 Nov, 07:05"


@pytest.mark.parametrize("hostile", ["**bold** [x](http://e.example) :red[x] $x$", "<img src=x>", "# Title", "`code`"])
def test_a_persons_text_is_shown_as_it_was_written(hostile):
    escaped = words.literal(hostile)
    assert "\\" in escaped
    for sign in "*[]<>#`$":
        assert escaped.count(sign) == escaped.count("\\" + sign)


def test_an_address_in_a_message_does_not_become_a_link():
    assert "https:" not in words.literal("see https://e.example").replace("\\", "")[:7]
    for address in ("https://e.example", "www.e.example", "a@e.example"):
        assert "\u2060" in words.literal(address)
