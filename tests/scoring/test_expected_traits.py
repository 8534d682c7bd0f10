"""EAP scores under a graded-response model agree with three published implementations; no parameters are shipped."""

import csv

import numpy as np
import pytest

import settings
from scoring.bulk import score_columns
from scoring.errors import ScoringError
from scoring.formula import Grid
from scoring.instruments import parse_instrument
from scoring.parameters import with_parameters
from scoring.publish import problems
from scoring.score import METHODS, score_response

HEALTH_MEASURES = Grid(-4.0, 4.0, 0.1)
GERSHON_LAB = Grid(-4.0, 4.0, 0.01)
MIRT = Grid(-6.0, 6.0, 0.1)
ITEMS = ("EDANX01", "EDANX40", "EDANX41", "EDANX53")
# Rows in which nothing is answered: two of the published scripts give the prior mean (T 50, SE 10), mirt gives nothing.
# Missing is not zero, nor is it average: we give no score (test_no_answer_has_no_expected_trait).
NOTHING_ANSWERED = "0"


@pytest.fixture(scope="module")
def anxiety_text():
    return (settings.CONTENT / "instruments" / "promis_anxiety_4a_v1_0.toml").read_text(encoding="utf-8")


def number(text):
    return float(text) if text else np.nan


@pytest.mark.parametrize(
    ("grid", "trait", "error"),
    [(HEALTH_MEASURES, "hm_theta", "hm_se"), (GERSHON_LAB, "mtb_theta", "mtb_se")],
)
def test_t_scores_are_those_of_the_published_scripts(shared_folder, anxiety_text, grid, trait, error):
    parameters = (shared_folder / "vectors" / "promis_anxiety_4a__params.csv").read_text()
    own = parse_instrument(with_parameters(anxiety_text, "own:anxiety", parameters, grid), "own")
    with (shared_folder / "vectors" / "promis_anxiety_4a__eap.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["n_answered"] != NOTHING_ANSWERED]
    answers = np.array([[number(row[item]) for item in ITEMS] for row in rows])
    columns = score_columns(own, answers)["t_eap"]
    np.testing.assert_allclose(columns.value, [50 + 10 * float(row[trait]) for row in rows], rtol=0, atol=1e-9)
    np.testing.assert_allclose(columns.se, [10 * float(row[error]) for row in rows], rtol=0, atol=1e-7)
    assert {METHODS[code] for code in columns.method} == {"eap"}
    for place, row in enumerate(rows[:40]):
        given = {item.casefold(): float(row[item]) for item in ITEMS if row[item]}
        single = {score.scale: score for score in score_response(own, given)}["t_eap"]
        assert single.value == pytest.approx(columns.value[place], abs=1e-9)
        assert single.se == pytest.approx(columns.se[place], abs=1e-7)


def test_the_end_of_the_grid_moves_the_score(shared_folder, anxiety_text):
    parameters = (shared_folder / "vectors" / "promis_anxiety_4a__params.csv").read_text()
    worst = {item.casefold(): 5 for item in ITEMS}
    scores = []
    for grid in (HEALTH_MEASURES, MIRT):
        own = parse_instrument(with_parameters(anxiety_text, "own:anxiety", parameters, grid), "own")
        scores.append(score_response(own, worst)[-1].value)
    assert scores == pytest.approx([81.447287, 81.682941], abs=1e-3)


def test_no_answer_has_no_expected_trait(shared_folder, anxiety_text):
    parameters = (shared_folder / "vectors" / "promis_anxiety_4a__params.csv").read_text()
    own = parse_instrument(with_parameters(anxiety_text, "own:anxiety", parameters, HEALTH_MEASURES), "own")
    assert score_response(own, {})[-1].value is None
    assert np.isnan(score_columns(own, np.full((1, 4), -1))["t_eap"].value[0])
    assert [problem for problem in problems(own) if "no vector" not in problem] == []


def test_parameters_that_lack_an_item_are_refused(anxiety_text):
    with pytest.raises(ScoringError, match="The item parameters lack edanx40, edanx41, edanx53"):
        with_parameters(anxiety_text, "own:anxiety", "item_id,a,cb1,cb2,cb3,cb4\nEDANX01,3,0,1,2,3\n", HEALTH_MEASURES)
