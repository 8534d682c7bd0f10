"""Change since baseline, and the thresholds it reaches."""

import numpy as np
import pandas as pd
import pytest

from scoring.change import change_from_baseline, direction_of_change, threshold_reached
from scoring.errors import ScoringError


def test_the_baseline_is_the_score_nearest_to_day_0_inside_the_window():
    scores = pd.DataFrame(
        {
            "episode_id": [1, 1, 1, 1, 2, 2, 3],
            "instrument": "koos_jr@1",
            "day": [-100, -40, -5, 42, -91, 42, 42],
            "score": [30.0, 40.0, 45.0, 60.0, 50.0, 55.0, 70.0],
        }
    )
    changed = change_from_baseline(scores)
    assert changed["baseline"].tolist()[:4] == [45.0] * 4
    assert changed["change"].tolist()[:4] == [-15.0, -5.0, 0.0, 15.0]
    assert changed["change"][4:].isna().all()  # 91 days before surgery is too early; episode 3 has none


def test_conservative_care_may_start_up_to_a_week_after_the_first_visit():
    scores = pd.DataFrame({"episode_id": 1, "instrument": "odi@1", "day": [3, 42], "score": [40.0, 30.0]})
    assert change_from_baseline(scores, window=(-14, 7))["change"].tolist() == [0.0, -10.0]


def test_two_scores_on_one_day_are_refused():
    scores = pd.DataFrame({"episode_id": [1, 1], "instrument": "odi@1", "day": [42, 42], "score": [30.0, 31.0]})
    with pytest.raises(ScoringError, match="Episode 1 has two scores of odi@1 on day 42"):
        change_from_baseline(scores)


@pytest.mark.parametrize(
    ("change", "higher_is_better", "at_least", "expected"),
    [
        (5, True, 0, "improved"),
        (5, False, 0, "worse"),
        (0, True, 0, "same"),
        (np.nan, True, 0, None),
        (5, True, 8, "same"),
    ],
)
def test_direction_of_change(change, higher_is_better, at_least, expected):
    assert direction_of_change(np.array([change]), higher_is_better, at_least)[0] == expected


def test_a_threshold_is_reached_in_the_direction_of_the_scale():
    kind = np.array(["MCID", "MCID", "PASS", "PASS", "PASS"])
    value = np.array([10, 10, 22, 22, 22])
    change = np.array([-10.0, 12.0, 0.0, 0.0, 0.0])
    score = np.array([30.0, 52.0, 22.0, 23.0, np.nan])
    reached = threshold_reached(kind, value, change, score, higher_is_better=False)
    np.testing.assert_array_equal(reached, [1.0, 0.0, 1.0, 0.0, np.nan])
