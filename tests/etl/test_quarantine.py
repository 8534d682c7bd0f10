"""A row that breaks a rule is kept apart with its reason; it stops nobody, and no text of it enters the lake."""

from datetime import UTC, date, datetime, timedelta

import pytest

from care.database import app_session
from care.ids import new_id
from care.models import ExercisePrescription
from etl.run import run
from factories import make_episode, make_patient, make_response
from lake_rows import lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "instrument, document, expected",
    [
        ("nprs@1", {"intensity": 11}, ("out_of_range", "intensity", "11")),
        ("nprs@1", {"intensity": -1}, ("no_answer_and_no_reason", "intensity", "-1")),
        ("nprs@1", {"intensity": 3.5}, ("out_of_range", "intensity", "3.5")),
        ("nprs@1", {"intensity": "quite bad"}, ("no_answer_and_no_reason", "intensity", "11 characters")),
        ("nprs@1", {"intensity": 3, "Dr Smith": 1}, ("unknown_item", "", "1 items")),
        ("nprs@1", [3], ("answers_are_no_object", "answers", "array")),
        ("mrs_jones_scale@1", {"intensity": 3}, ("unknown_instrument", "instrument", "17 characters")),
    ],
)
def test_a_broken_response_is_quarantined_with_its_reason(tenants, instrument, document, expected):
    alpha, beta = tenants
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north))
        broken = make_response(session, episode, document, instrument=instrument)
        sound = make_response(session, episode, {"intensity": 4}, instrument="nprs@1")
    outcome = run(alpha.id, NOW)
    assert outcome.rejected == 1
    reason = "SELECT rule, field, value FROM lake.rejected WHERE source_key = ?"
    assert lake_rows(alpha.id, reason, str(broken.id)) == [expected]
    kept = "SELECT response_id FROM lake.response WHERE episode_id = ?"
    assert lake_rows(alpha.id, kept, episode.id) == [(sound.id,)]
    run(beta.id, NOW)
    assert lake_rows(beta.id, "SELECT count(*) FROM lake.rejected") == [(0,)]


def test_a_covariate_that_is_no_number_and_no_short_code_is_quarantined(tenants):
    alpha, _ = tenants
    story = "lives with her daughter at 12 Elm Street, fell in March and again in May"
    with app_session(alpha.id) as session:
        patient = make_patient(session, alpha.north)
        episode = make_episode(session, patient, covariates={"bmi": 30, "story": story, "smoker": [1]})
    run(alpha.id, NOW)
    assert lake_rows(
        alpha.id, "SELECT field, value FROM lake.rejected WHERE source_key = ? ORDER BY field", str(episode.id)
    ) == [("smoker", "array"), ("story", f"{len(story)} characters")]
    assert lake_rows(alpha.id, "SELECT name FROM lake.covariate WHERE episode_id = ?", episode.id) == [("bmi",)]


def test_a_prescription_without_end_does_not_fill_the_lake(tenants):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north))
        endless = ExercisePrescription(
            id=new_id(), tenant_id=alpha.id, patient_id=episode.patient_id, episode_id=episode.id, exercise="walk",
            weekdays=127, start_date=date(2026, 1, 1), end_date=date(2026, 1, 1) + timedelta(days=4000),
        )  # fmt: skip
        session.add(endless)
    run(alpha.id, NOW)
    reason = "SELECT rule, value FROM lake.rejected WHERE source_key = ?"
    assert lake_rows(alpha.id, reason, str(endless.id)) == [("period_backward_or_over_three_years", "4000")]
    assert lake_rows(alpha.id, "SELECT count(*) FROM lake.exercise_day WHERE episode_id = ?", episode.id) == [(0,)]
