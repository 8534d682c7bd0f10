"""A course in words: the finding, the expected range, the thresholds drawn."""

from datetime import date, timedelta

import pytest

import settings
from care.models import Episode, Track
from dashboard.views.course import Course, ScoredAnswer, finding
from dashboard.views.course_why import made_of, sources, standing
from dashboard.views.thresholds import drawn_thresholds
from scoring.instruments import parse_instrument

BAND = [(0, 40, 44, 48, 52, 56), (42, 48, 52, 60, 66, 70), (84, 60, 65, 70, 75, 80)]


def instrument(key):
    return parse_instrument((settings.CONTENT / "instruments" / f"{key}.toml").read_text(), key)


def course(*answers, key="koos_jr", band=BAND):
    definition = instrument(key)
    scale = definition.scales[0]
    scored = [ScoredAnswer(day, date(2026, 1, 12) + timedelta(days=day), value) for day, value in answers]
    return Course(Track(), definition, scale, scale.label, scored, band, "surgery")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([], "No KOOS JR answer yet"),
        ([(-5, 44)], "KOOS JR 44 at the start; no follow-up yet"),
        ([(-5, 44), (42, 60)], "KOOS JR 60 at week 6, in the expected range"),
        ([(-5, 44), (42, 41)], "KOOS JR 41 at week 6, below the expected 48–70"),
        ([(-5, 44), (42, 90)], "KOOS JR 90 at week 6, better than expected"),
        ([(-5, 44), (14, 49), (28, 46), (42, 41)], "Falling since week 2, now outside the expected range"),
        ([(-5, 44), (28, 43), (42, 41)], "Falling since the start, now outside the expected range"),
        ([(-5, 44), (120, 60)], "KOOS JR 60 at week 17; no curve yet for patients like this one"),
    ],
)
def test_the_finding_says_where_the_course_stands(answers, words):
    assert finding(course(*answers)) == words


def test_where_lower_is_better_worse_is_above():
    band = [(0, 1, 2, 3, 4, 5), (42, 1, 2, 3, 4, 5)]
    pain = course((-2, 6), (42, 8), key="nprs", band=band)
    assert finding(pain) == "Pain 8 at week 6, above the expected 1–5"
    assert pain.reading(pain.answers[-1]) == "worse than expected"


def test_between_two_days_of_the_curve_the_range_is_straight_and_outside_them_unknown():
    assert course().expected(21) == (44, 63)
    assert course().expected(85) is None
    assert course().expected(-1) is None


def test_an_important_gain_is_drawn_from_the_patients_own_baseline_in_the_better_direction():
    hip, pain = instrument("oxford_hip"), instrument("nprs")
    gain = next(each for each in drawn_thresholds(hip, hip.scales[0], 20, "hip_replacement") if "gain" in each.label)
    assert gain.value > 20 and gain.label == f"important gain {gain.value:.0f}"
    assert (
        next(
            each for each in drawn_thresholds(pain, pain.scales[0], 6, "knee_replacement") if "gain" in each.label
        ).value
        < 6
    )


def test_a_threshold_names_its_source_and_stays_inside_the_scale():
    hip = instrument("oxford_hip")
    assert all("(" in each.note for each in drawn_thresholds(hip, hip.scales[0], 20, "hip_replacement"))
    assert not [each for each in drawn_thresholds(hip, hip.scales[0], 47, "hip_replacement") if "gain" in each.label]
    assert not [each for each in drawn_thresholds(hip, hip.scales[0], None, "hip_replacement") if "gain" in each.label]


WHY = {
    **{"p10": 48.0, "p50": 58.0, "p90": 66.0, "n": 214, "below": 0.04, "own": 0.6, "network": 0.3, "literature": 0.1},
    "parts": [["similar patients on average", 54.2], ["own baseline", 5.6], ["age", -1.8]],
}


def flagged(**more):
    found = course((-5, 44), (42, 41))
    found.track.expected = WHY | more
    found.track.instrument, found.track.scale, found.track.score, found.track.day = "koos_jr@1", "interval", 41.0, 42
    return found


def test_the_note_says_where_the_patient_stands_and_why_so_much_was_expected():
    episode = Episode(condition="knee_replacement", index_kind="surgery")
    assert standing(flagged()) == (
        "KOOS JR 41 at week 6. 80\u202f% of 214 similar patients are at 48–66; lower than 96 of 100."
    )
    assert made_of(flagged()) == "Expected 58.0 = 54.2 similar patients on average, +5.6 own start score, −1.8 age."
    assert sum(points for _, points in WHY["parts"]) == pytest.approx(WHY["p50"])
    assert sources(flagged(), episode) == (
        "The expectation rests on 60\u202f% your clinic, 30\u202f% other clinics, 10\u202f% published studies"
        " (unverified)."
    )
    assert standing(course()) == made_of(course()) == sources(course(), episode) == ""


def test_a_sudden_fall_is_the_finding():
    found = flagged(off_tests="sudden", expected_next=57.0)
    assert finding(found) == "Sudden fall to 41 at week 6; 57 expected after the earlier answers"
