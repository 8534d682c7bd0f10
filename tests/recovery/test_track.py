"""The one order of flags, each rule as a small story."""

from datetime import UTC, date, datetime, timedelta
from time import process_time

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import settings
from scoring.errors import ScoringError
from scoring.reasons import as_read
from scoring.track import STATUS_OF_RULE, TrackStatus, judge
from scoring.track_rules import parse_track_rules

AS_OF = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
RULES = parse_track_rules((settings.ROOT / "data" / "recovery" / "rules.toml").read_text())

# KOOS JR 56 at week 6, where similar patients are at 48–70: nothing is wrong.
CALM = {
    "higher_is_better": True,
    "instrument_title": "KOOS JR",
    "is_open": True,
    "enrollment_id": "e1",
    "baseline": 41.0,
    "score": 56.0,
    "day": 42.0,
    "score_date": date(2026, 11, 2),
    "response_id": "r2",
    "previous": 50.0,
    "before_previous": 41.0,
    **{"p10": 48.0, "p25": 53.0, "p50": 59.0, "p75": 65.0, "p90": 70.0, "below": 0.4, "n_similar": 214.0},
    "last_answer_date": date(2026, 11, 2),
    "last_response_id": "r2",
}
LOW = {"score": 41.0, "previous": 46.0, "before_previous": 50.0, "below": 0.04}
BASELINE_ONLY = dict.fromkeys(("score", "day", "p10", "p25", "p50", "p75", "p90", "below", "previous"), np.nan)


def judged(**different) -> pd.Series:
    return judge(pd.DataFrame([CALM | different]), RULES, AS_OF).iloc[0]


def read(judgement: pd.Series) -> str:
    return as_read(judgement["reason"], AS_OF.date())


def test_a_score_in_the_band_is_on_track_and_raises_nothing():
    course = judged()
    assert (course["status"], course["rank"], course["reasons"]) == ("on_track", 6, ["on_track"])
    assert read(course) == "56, in the expected range 48–70."
    assert course["rule"] is None and course["trigger"] is None


def test_a_score_below_the_band_is_off_track_with_its_reason():
    course = judged(**LOW)
    assert course["status"] == "off_track"
    assert read(course) == "KOOS JR falling for two surveys; lower than 96 of 100 similar patients."
    assert course["explanation"] == (
        "KOOS JR 41 at week 6. 80\u202f% of 214 similar patients are at 48–70; lower than 96 of 100."
        " Falling for two surveys."
    )
    assert (course["rule"], course["trigger"]) == ("off_expected", "response:r2")
    assert course["since"] == date(2026, 11, 2)


def test_on_a_scale_where_lower_is_better_a_high_score_is_off_track():
    pain = {"higher_is_better": False, "instrument_title": "NPRS", "p10": 0.0, "p50": 2.0, "p90": 5.0}
    course = judged(**pain, score=7.0, previous=6.0, before_previous=4.0, below=0.97)
    assert course["status"] == "off_track"
    assert read(course) == "NPRS rising for two surveys; worse than 97 of 100 similar patients."
    assert judged(**pain | {"p10": 1.0}, score=0.0, below=0.02)["status"] == "ahead"


def test_a_difference_inside_the_measurement_error_is_not_off_track():
    assert judged(score=47.0, mdc=12.0)["status"] == "off_track"  # 12 below the median of 59
    within = judged(score=47.0, mdc=12.1)
    assert within["status"] == "on_track"
    assert read(within) == "47, expected 48–70; the distance from the middle is within measurement error."


CURVE = {"off_share": 0.03, "below_next": 0.5, "expected_next": 58.0}


def test_an_answer_is_off_only_when_it_is_rarer_than_the_calibrated_share():
    assert judged(**LOW | CURVE)["status"] == "on_track"  # 4 of 100 are below it: that happens in courses that go well
    slow = judged(**LOW | CURVE | {"below": 0.02})
    assert (slow["status"], slow["off_tests"]) == ("off_track", "slow")
    assert read(slow) == "Slow decline: KOOS JR falling for two surveys; lower than 98 of 100 similar patients."


def test_a_sudden_fall_is_off_though_the_score_is_inside_the_band():
    course = judged(**CURVE | {"score": 52.0, "expected_next": 66.0, "below_next": 0.01, "previous": 66.0})
    assert (course["status"], course["off_tests"]) == ("off_track", "sudden")
    said = "Sudden fall: KOOS JR 52, 66 expected after the earlier answers; lower than 99 of 100 with the same answers."
    assert read(course) == said
    assert course["explanation"].endswith(f"Down 14 since the survey before. {said}")


def test_a_sudden_fall_inside_the_measurement_error_is_not_off():
    course = judged(**CURVE | {"score": 52.0, "expected_next": 58.0, "below_next": 0.01, "mdc": 6.5})
    assert (course["status"], course["off_tests"]) == ("on_track", None)


def test_the_shape_is_said_of_a_course_that_never_rose():
    slow = {"score": 41.0, "previous": 40.0, "before_previous": 41.0, "below": 0.01, "shape": "slow start"}
    assert (
        read(judged(**CURVE | slow)) == "Slow start: KOOS JR 41, expected 48–70; lower than 99 of 100 similar patients."
    )


def test_one_survey_that_breaks_the_own_rhythm_is_silence():
    quiet = {"expired_in_row": 1, "typical_gap": 7.0}
    later, before = AS_OF + timedelta(days=1), AS_OF - timedelta(hours=1)
    assert judged(**quiet, silent_from=later)["status"] == "on_track"
    assert judged(**quiet, silent_from=later)["valid_until"] == later
    course = judged(**quiet, silent_from=before)
    assert (course["status"], course["trigger"]) == ("silent", "since:r2")
    assert read(course).startswith("No answer for 23 days, 1 survey unanswered, usually one every 7 days.")


def test_two_expired_surveys_are_silence_and_one_is_not():
    assert judged(expired_in_row=1)["status"] == "on_track"
    course = judged(expired_in_row=2)
    assert course["status"] == "silent"
    assert read(course) == "No answer for 23 days, 2 surveys unanswered. Last score 56 was in range."
    assert (course["rule"], course["trigger"]) == ("silent", "since:r2")


def test_silence_before_the_first_answer_hangs_on_the_enrollment():
    never = BASELINE_ONLY | {"baseline": np.nan, "last_answer_date": pd.NaT, "last_response_id": None}
    course = judged(**never, expired_in_row=2)
    assert read(course) == "No answer yet, 2 surveys unanswered."
    assert course["trigger"] == "since:e1"


def test_missing_is_never_off_track():
    course = judged(**BASELINE_ONLY, next_due_date=date(2026, 11, 28))
    assert course["status"] == "few_data"
    assert read(course) == "Baseline only. First survey due in 3 days."
    assert course["trigger"] is None
    without_curve = judged(**LOW | dict.fromkeys(("p10", "p25", "p50", "p75", "p90"), np.nan))
    assert without_curve["status"] == "few_data"
    assert read(without_curve) == "KOOS JR 41, 41 at baseline. No curve yet for similar patients on this day."
    without_baseline = judged(**BASELINE_ONLY | {"baseline": np.nan, "score": 41.0})
    assert read(without_baseline) == "KOOS JR 41, without a baseline to compare with."


def test_a_safety_answer_comes_before_everything():
    course = judged(**LOW, safety_item="calf swelling", safety_response_id="r9", expired_in_row=3)
    assert (course["status"], course["rank"]) == ("call_today", 0)
    assert course["reasons"] == ["safety_item", "off_expected", "silent"]
    assert read(course) == "Safety question answered yes on 2 Nov: calf swelling."
    assert course["trigger"] == "response:r9"


@pytest.mark.parametrize(
    ("pain", "before", "baseline", "alarm"),
    [
        (8, 6, 6, True),
        (7, 4, 6, False),  # not severe
        (8, 7, 6, False),  # a rise of one is inside the measurement error
        (9, 7, 9, False),  # of a baseline of 8 or more only a rise of three is important
        (9, 6, 9, True),
        (8, np.nan, 5, True),  # no answer between: since baseline
        (8, np.nan, np.nan, False),
        (np.nan, 4, 5, False),
    ],
)
def test_pain_alarm_needs_severe_pain_and_an_important_rise(pain, before, baseline, alarm):
    course = judged(pain=pain, pain_before=before, pain_baseline=baseline, pain_response_id="r3")
    assert (course["status"] == "call_today") == alarm
    if alarm:
        assert course["trigger"] == "response:r3"


def test_pain_alarm_says_level_and_rise():
    course = judged(pain=8.0, pain_before=5.0, pain_baseline=6.0, pain_response_id="r3")
    assert read(course) == "Pain 8 of 10 on 2 Nov, up 3 since the survey before."


def test_the_week_ends_on_the_patients_own_day():
    """In the evening of 24 November in the west it is the 25th in UTC."""
    course = judged(exercise_days=1, exercise_days_before=5, today=date(2026, 11, 24))
    assert read(course) == "Exercised on 1 day in the week to 24 Nov, on 5 in the week before."
    assert course["since"] == date(2026, 11, 24)


def test_adherence_falling_is_a_watch_and_a_week_without_report_is_not_zero():
    course = judged(exercise_days=1, exercise_days_before=5)
    assert (course["status"], course["trigger"]) == ("watch", "since:r2")
    assert read(course) == "Exercised on 1 day in the week to 25 Nov, on 5 in the week before."
    assert judged(exercise_days=np.nan, exercise_days_before=5)["status"] == "on_track"
    assert judged(exercise_days=3, exercise_days_before=5)["status"] == "on_track"


def test_unlikely_to_reach_the_goal_is_a_watch():
    course = judged(goal_chance=0.12, goal_day=90, goal_title="an important gain")
    assert course["status"] == "watch"
    assert read(course) == "Unlikely to reach an important gain by week 13: 12 of 100 similar patients do."
    seen = judged(goal_chance=0.12, goal_day=90, goal_title="an important gain", goal_flagged=30, goal_missed=0.9)
    assert read(seen).endswith("Of 30 like this before, 27 missed it.")


def test_closed_and_historical_episodes_are_judged_by_their_scores_and_raise_nothing():
    noise = {"expired_in_row": 5, "safety_item": "calf swelling", "pain": 9.0, "pain_before": 2.0, "exercise_days": 0}
    calm = judged(is_open=False, **noise, next_expiry_at=AS_OF + timedelta(days=1))
    assert (calm["status"], calm["reasons"]) == ("on_track", ["on_track"])
    low = judged(is_open=False, **noise | LOW)
    assert (low["status"], low["trigger"], low["rule"]) == ("off_track", None, None)
    assert pd.isna(calm["valid_until"])


def test_a_judgement_holds_until_the_next_survey_runs_out_or_the_exercise_week_moves():
    expiry, midnight = AS_OF + timedelta(days=2), AS_OF + timedelta(hours=12)
    exercise = {"exercise_days": 3, "exercise_days_before": 5, "exercise_changes_at": midnight}
    assert judged(next_expiry_at=expiry)["valid_until"] == expiry
    assert judged(next_expiry_at=expiry, **exercise)["valid_until"] == midnight
    assert judged(next_expiry_at=midnight, **exercise | {"exercise_changes_at": expiry})["valid_until"] == midnight
    assert pd.isna(judged(next_expiry_at=expiry, expired_in_row=2)["valid_until"])  # silent already
    assert pd.isna(judged()["valid_until"])


def test_every_rule_leads_to_a_status_and_every_status_can_be_reached():
    assert list(dict.fromkeys(STATUS_OF_RULE.values())) == list(TrackStatus)


def test_an_unusable_frame_is_refused_with_the_cure():
    with pytest.raises(ScoringError, match="without the column 'p10'"):
        judge(pd.DataFrame([CALM]).drop(columns="p10"), RULES, AS_OF)
    with pytest.raises(ScoringError, match="no time zone"):
        judge(pd.DataFrame([CALM]), RULES, AS_OF.replace(tzinfo=None))


def test_no_course_at_all_gives_an_empty_judgement():
    assert len(judge(pd.DataFrame([CALM]).iloc[:0], RULES, AS_OF)) == 0


courses = st.fixed_dictionaries(
    {
        "score": st.none() | st.integers(0, 100),
        "previous": st.none() | st.integers(0, 100),
        "mdc": st.none() | st.integers(1, 20),
        "edges": st.none() | st.lists(st.integers(0, 100), min_size=5, max_size=5).map(sorted),
        "is_open": st.booleans(),
        "expired_in_row": st.integers(0, 3),
        "pain": st.none() | st.integers(0, 10),
        "pain_before": st.none() | st.integers(0, 10),
    }
)


def as_row(course: dict, mirrored: bool = False) -> dict:
    """A course as a row; mirrored: the same course on a scale turned upside down."""
    turn = (lambda value: None if value is None else 100.0 - value) if mirrored else lambda value: value
    edges = course["edges"] or [None] * 5
    band = dict(zip(("p10", "p25", "p50", "p75", "p90"), map(turn, edges[::-1] if mirrored else edges), strict=True))
    others = {name: course[name] for name in ("mdc", "is_open", "expired_in_row", "pain", "pain_before")}
    scores = {"score": turn(course["score"]), "previous": turn(course["previous"])}
    return CALM | band | others | scores | {"higher_is_better": not mirrored, "below": np.nan}


def status_the_boring_way(course: dict) -> str:
    """The design's order, one patient at a time."""
    if course["is_open"] and course["pain"] is not None and course["pain_before"] is not None:
        if course["pain"] >= 8 and course["pain"] - course["pain_before"] >= (3 if course["pain_before"] >= 8 else 2):
            return "call_today"
    known = course["score"] is not None and course["edges"] is not None
    if known and course["score"] < course["edges"][0]:
        if course["mdc"] is None or course["edges"][2] - course["score"] >= course["mdc"]:
            return "off_track"
    if course["is_open"] and course["expired_in_row"] >= 2:
        return "silent"
    if not known:
        return "few_data"
    return "ahead" if course["score"] > course["edges"][4] else "on_track"


@hypothesis.settings(deadline=None, max_examples=60)  # a call takes 20 ms, for one row or for a thousand
@given(st.lists(courses, min_size=1, max_size=30))
def test_whole_columns_agree_with_one_patient_at_a_time_in_both_directions(many):
    expected = [status_the_boring_way(course) for course in many]
    for mirrored in (False, True):
        frame = pd.DataFrame([as_row(course, mirrored) for course in many])
        assert judge(frame, RULES, AS_OF)["status"].tolist() == expected


def test_forty_thousand_courses_are_judged_in_two_seconds():
    frame = pd.DataFrame([CALM | LOW, CALM, CALM | BASELINE_ONLY, CALM | {"expired_in_row": 2}] * 10_000)
    start = process_time()
    counts = judge(frame, RULES, AS_OF)["status"].value_counts()
    seconds = process_time() - start
    print(f"40,000 courses judged in {seconds:.2f} s")
    assert counts.tolist() == [10_000] * 4
    assert seconds < 4  # 1.2 s on an idle reference machine
