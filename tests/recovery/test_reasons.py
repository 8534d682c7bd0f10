"""Sentences do not go stale: durations are filled when they are read."""

from datetime import date

import pytest

from scoring.reasons import as_read
from scoring.reasons_words import number, share_in_words, short_date, time_after_index

SILENT = "No answer for {days since 2026-11-02}, 2 surveys unanswered."


@pytest.mark.parametrize(
    ("today", "text"),
    [
        (date(2026, 11, 25), "No answer for 23 days, 2 surveys unanswered."),
        (date(2026, 11, 3), "No answer for 1 day, 2 surveys unanswered."),
        (date(2026, 11, 1), "No answer for 0 days, 2 surveys unanswered."),  # read east of where it was written
    ],
)
def test_days_since_are_counted_when_read(today, text):
    assert as_read(SILENT, today) == text


@pytest.mark.parametrize(
    ("today", "text"),
    [
        (25, "due in 3 days"),
        (27, "due tomorrow"),
        (28, "due today"),
        (29, "was due 1 day ago"),
        (30, "was due 2 days ago"),
    ],
)
def test_a_due_day_is_named_from_the_reader_s_day(today, text):
    assert as_read("First survey {due 2026-11-28}.", date(2026, 11, today)) == f"First survey {text}."


def test_a_sentence_without_durations_is_read_as_it_is():
    assert as_read("Falling for two surveys.", date(2026, 11, 25)) == "Falling for two surveys."


def test_numbers_and_days_in_words():
    assert (number(-3, 0), number(41.25, 1)) == ("−3", "41.2")
    assert [share_in_words(share) for share in (0.001, 0.964, 0.999)] == ["1 of 100", "96 of 100", "99 of 100"]
    assert [time_after_index(day) for day in (0, 13, 14, 42, 182)] == [
        "on day 0", "on day 13", "at week 2", "at week 6", "at week 26",
    ]  # fmt: skip
    assert short_date(date(2026, 3, 12), date(2026, 11, 25)) == "12 Mar"
    assert short_date(date(2025, 3, 12), date(2026, 11, 25)) == "12 Mar 2025"
