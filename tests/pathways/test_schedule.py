"""What is due, by example, by property, and against a second, boring implementation that walks hour by hour."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pathways.pathway import Pathway, Repeat, Sending, Step, StepKind, Window
from pathways.schedule import (
    History,
    Index,
    Pause,
    Standing,
    due_surveys,
    is_over,
    next_change,
    timeline,
)

SENDING = Sending(time(20), time(8), 2, 2)
SURGERY = date(2026, 3, 2)
NEW_YORK = "America/New_York"


def survey(key: str, day: int, window=(0, 2, 6), clock=time(9), every=1, times=1) -> Step:
    return Step(key, StepKind.SURVEY, day, clock, "t", ("nprs@1",), window=Window(*window), repeat=Repeat(every, times))


def pathway(*steps: Step) -> Pathway:
    return Pathway("p", 1, "draft", {}, "knee_replacement", "surgery", 30, (-90, 0), SENDING, steps, (), (), {}, {}, ())


def at(text: str) -> datetime:
    """An instant written in New York's wall-clock time: "03-09 09:00" of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


ENROLLED = History(at("02-10 10:00"))
ACTUAL = Index(SURGERY, True)
WEEK_1 = pathway(survey("day_7", 7))


def standing(plan: Pathway, moment: str, index: Index = ACTUAL, history: History = ENROLLED) -> Standing:
    return timeline(plan, index, history, NEW_YORK, at(moment))[0].standing


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("03-09 08:59", Standing.AHEAD),
        ("03-09 09:00", Standing.DUE),
        ("03-15 08:59", Standing.DUE),
        ("03-15 09:00", Standing.DROPPED),
    ],
)
def test_a_survey_is_due_from_its_day_until_its_window_closes(moment, expected):
    assert standing(WEEK_1, moment) is expected


def test_what_was_asked_is_not_asked_again_though_the_surgery_moves():
    asked = History(ENROLLED.enrolled_at, happened=frozenset({("day_7", 1)}))
    for index in (ACTUAL, Index(date(2026, 4, 20), True, at("03-10 12:00"))):
        assert standing(WEEK_1, "04-27 09:00", index, asked) is Standing.HAPPENED


def test_a_survey_not_asked_yet_moves_with_the_surgery():
    moved = Index(date(2026, 3, 23), True, at("03-01 12:00"))
    assert standing(WEEK_1, "03-09 09:00", moved) is Standing.AHEAD
    assert standing(WEEK_1, "03-30 09:00", moved) is Standing.DUE


def test_a_surgery_moved_to_the_past_asks_from_the_moment_it_is_known():
    moved = Index(date(2026, 2, 20), True, at("03-01 12:00"))
    (only,) = timeline(WEEK_1, moved, ENROLLED, NEW_YORK, at("03-01 13:00"))
    assert (only.standing, only.due_at) == (Standing.DUE, at("03-01 12:00"))


def test_who_is_enrolled_after_a_survey_fell_due_is_asked_at_the_enrollment():
    late = History(at("03-11 14:00"))
    (only,) = timeline(WEEK_1, ACTUAL, late, NEW_YORK, at("03-11 14:00"))
    assert (only.standing, only.due_at, only.due_date) == (Standing.DUE, at("03-11 14:00"), date(2026, 3, 11))
    assert (only.overdue_at, only.expires_at) == (at("03-13 14:00"), at("03-15 09:00"))


def test_an_unconfirmed_surgery_holds_what_counts_from_it_and_nothing_before_it():
    plan = pathway(survey("before", -5), survey("day_7", 7))
    planned = Index(SURGERY, False)
    assert [each.standing for each in timeline(plan, planned, ENROLLED, NEW_YORK, at("02-26 12:00"))] == [
        Standing.DUE,
        Standing.AHEAD,
    ]
    assert timeline(plan, planned, ENROLLED, NEW_YORK, at("03-10 12:00"))[1].standing is Standing.HELD
    confirmed = Index(SURGERY, True, at("03-11 12:00"))
    assert timeline(plan, confirmed, ENROLLED, NEW_YORK, at("03-11 12:00"))[1].standing is Standing.DUE


def test_nothing_falls_due_in_a_pause_and_what_is_still_open_falls_due_at_its_end():
    paused = History(ENROLLED.enrolled_at, (Pause(at("03-05 08:00"), None),))
    assert standing(WEEK_1, "03-10 12:00", history=paused) is Standing.HELD
    for resumed, expected in (("03-12 08:00", Standing.DUE), ("03-16 08:00", Standing.DROPPED)):
        history = History(ENROLLED.enrolled_at, (Pause(at("03-05 08:00"), at(resumed)),))
        assert standing(WEEK_1, resumed, history=history) is expected


def test_nothing_falls_due_after_the_end():
    ended = History(ENROLLED.enrolled_at, ended_at=at("03-08 12:00"))
    assert standing(WEEK_1, "03-10 12:00", history=ended) is Standing.DROPPED


def test_nine_o_clock_is_nine_o_clock_across_the_clock_change():
    """New York springs forward on 8 March 2026: the wall clock stays, the instant moves by an hour."""
    daily = pathway(survey("daily", 5, window=(0, 1, 1), every=1, times=3))
    instants = [each.due_at for each in timeline(daily, ACTUAL, ENROLLED, NEW_YORK, at("03-01 12:00"))]
    assert [f"{each:%d %H:%M}" for each in instants] == ["07 14:00", "08 13:00", "09 13:00"]


def test_a_pathway_is_over_when_its_last_window_has_closed():
    plan = pathway(survey("late", 29, window=(0, 2, 10)))
    asked = History(ENROLLED.enrolled_at, happened=frozenset({("late", 1)}))
    for moment, over in (("04-05 12:00", False), ("04-10 09:00", True)):
        occurrences = timeline(plan, ACTUAL, asked, NEW_YORK, at(moment))
        assert is_over(plan, ACTUAL, occurrences, NEW_YORK, at(moment)) is over


# ---------------------------------------------------------------- worlds drawn by Hypothesis, in whole hours

START = datetime(2026, 2, 20, tzinfo=UTC)
HOURS = 24 * 40
hours = st.integers(0, HOURS)


@st.composite
def worlds(draw):
    steps = [
        survey(
            f"s{place}",
            draw(st.integers(-8, 12)),
            window=(due := draw(st.integers(0, 2)), due + draw(st.integers(1, 3)), due + 3 + draw(st.integers(0, 4))),
            clock=time(draw(st.integers(8, 19))),
            every=draw(st.integers(1, 6)),
            times=draw(st.integers(1, 3)),
        )
        for place in range(draw(st.integers(1, 3)))
    ]
    marks = sorted(draw(st.lists(hours, min_size=0, max_size=4, unique=True)))
    edges = [START + timedelta(hours=mark) for mark in marks]
    pauses = tuple(Pause(*pair) for pair in zip(edges[::2], [*edges[1::2], None], strict=False))
    history = History(
        enrolled_at=START + timedelta(hours=draw(st.integers(0, 300))),
        pauses=pauses,
        ended_at=draw(st.none() | hours.map(lambda hour: START + timedelta(hours=hour))),
    )
    index = Index(
        SURGERY + timedelta(days=draw(st.integers(-3, 8))),
        draw(st.booleans()),
        draw(st.none() | hours.map(lambda hour: START + timedelta(hours=hour))),
    )
    zone = draw(st.sampled_from([NEW_YORK, "Europe/Madrid", "UTC", "Australia/Sydney"]))
    return pathway(*steps), index, history, zone, START + timedelta(hours=draw(hours))


def known_at(index: Index, history: History, as_of: datetime) -> History:
    """What of the history is known at an instant: an end that lies ahead is not."""
    pauses = tuple(
        Pause(each.begins, each.ends if each.ends and each.ends <= as_of else None)
        for each in history.pauses
        if each.begins <= as_of
    )
    ended = history.ended_at if history.ended_at and history.ended_at <= as_of else None
    return History(history.enrolled_at, pauses, ended, history.happened)


def walked(plan: Pathway, index: Index, history: History, zone: str, as_of: datetime) -> set:
    """(step, occurrence, hour) of what a clerk would ask who looks at every hour's wall clock, once each."""
    asked, moment = {}, min(START, history.enrolled_at)
    while moment <= as_of:
        wall = moment.astimezone(ZoneInfo(zone))
        running = moment >= history.enrolled_at and not (history.ended_at and moment >= history.ended_at)
        paused = any(each.begins <= moment and not (each.ends and each.ends <= moment) for each in history.pauses)
        known = index.set_at is None or moment >= index.set_at
        for step in plan.steps:
            for number in range(1, step.repeat.times + 1):
                day = step.day + step.repeat.every * (number - 1)
                opens = datetime.combine(index.day_zero + timedelta(days=day + step.window.due), step.time)
                closes = datetime.combine(index.day_zero + timedelta(days=day + step.window.expires), step.time)
                is_open = opens <= wall.replace(tzinfo=None) < closes
                held = day >= 0 and not index.is_actual
                if is_open and running and not paused and known and not held:
                    asked.setdefault((step.key, number), moment)
        moment += timedelta(hours=1)
    return {(*key, moment) for key, moment in asked.items()}


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_a_clerk_who_looks_every_hour_asks_the_same_at_the_same_hour(world):
    plan, index, history, zone, as_of = world
    known = known_at(index, history, as_of)
    occurrences = timeline(plan, index, known, zone, as_of)
    expected = walked(plan, index, history, zone, as_of)
    closed = {
        (each.step.key, each.number) for each in occurrences if min(each.expires_at, known.ended_at or as_of) < as_of
    }
    due = {(each.step.key, each.number, each.due_at) for each in due_surveys(occurrences)}
    # of what has closed since, the pure function says "dropped": it asks nothing any more
    assert due == {row for row in expected if row[:2] not in closed and _still_asks(occurrences, row, known, as_of)}


def _still_asks(occurrences, row, known, as_of) -> bool:
    (each,) = [each for each in occurrences if (each.step.key, each.number) == row[:2]]
    return as_of < each.expires_at and known.ended_at is None


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_nothing_changes_by_itself_before_the_next_change(world):
    plan, index, history, zone, as_of = world
    known = known_at(index, history, as_of)
    now = timeline(plan, index, known, zone, as_of)
    change = next_change(now, as_of)
    later = (change or as_of + timedelta(days=60)) - timedelta(seconds=1)
    assume(later > as_of)
    assert timeline(plan, index, known, zone, later) == now


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_each_occurrence_stands_in_the_timeline_once_and_in_the_order_of_time(world):
    plan, index, history, zone, as_of = world
    occurrences = timeline(plan, index, known_at(index, history, as_of), zone, as_of)
    keys = [(each.step.key, each.number) for each in occurrences]
    assert sorted(keys) == sorted((step.key, n + 1) for step in plan.steps for n in range(step.repeat.times))
    assert [each.due_at for each in occurrences] == sorted(each.due_at for each in occurrences)
    assert all(each.due_at < each.overdue_at <= each.expires_at for each in due_surveys(occurrences))


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_once_asked_it_is_never_due_again(world):
    plan, index, history, zone, as_of = world
    known = known_at(index, history, as_of)
    asked = {(each.step.key, each.number) for each in due_surveys(timeline(plan, index, known, zone, as_of))}
    after = History(known.enrolled_at, known.pauses, known.ended_at, frozenset(asked))
    assert due_surveys(timeline(plan, index, after, zone, as_of)) == []
