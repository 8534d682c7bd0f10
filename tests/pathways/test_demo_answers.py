"""Synthetic answers score what they were meant to score, by the instrument's own rule."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.demo.answers import AnswerSheet
from pathways.demo.chance import Chance
from pathways.demo.content import demo_content
from scoring.instruments import load_library
from scoring.score import score_response
from settings import CONTENT

INSTRUMENTS = load_library(CONTENT / "instruments")
SHEETS = {scale.instrument: AnswerSheet(INSTRUMENTS[scale.instrument], scale.scale) for scale in demo_content().scales}
# Half the widest gap between two neighbouring scores: KOOS JR jumps by 8.3 points at its worst end.
WITHIN = {"koos_jr@1": 4.2, "odi@1": 1.0, "nprs@1": 0.5}


def scored(sheet, answers):
    scores = score_response(sheet.instrument, answers)
    return next(score.value for score in scores if score.scale == sheet.scale)


@pytest.mark.parametrize("instrument", sorted(SHEETS))
@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1), seed=st.integers(0, 10_000))
def test_the_score_is_as_near_to_the_wish_as_the_instrument_allows(instrument, share, seed):
    sheet = SHEETS[instrument]
    low, high = sheet.instrument.scale(sheet.scale).range
    wished = low + share * (high - low)
    answers = sheet.fill_in(wished, Chance(seed, "somebody"))
    assert abs(scored(sheet, answers) - wished) <= WITHIN[instrument] + 1e-9


@pytest.mark.parametrize("instrument", sorted(SHEETS))
def test_a_wish_beyond_the_scale_gives_its_end(instrument):
    sheet = SHEETS[instrument]
    low, high = sheet.instrument.scale(sheet.scale).range
    assert scored(sheet, sheet.fill_in(-1000, Chance(1, "floor"))) == low
    assert scored(sheet, sheet.fill_in(1000, Chance(1, "ceiling"))) == high


def test_two_patients_with_one_score_need_not_answer_alike():
    sheet = SHEETS["odi@1"]
    answers = [sheet.fill_in(40, Chance(seed, "somebody")) for seed in range(20)]
    assert {scored(sheet, each) for each in answers} == {40.0}
    assert len({tuple(each.values()) for each in answers}) > 10


def test_better_follows_the_instruments_own_direction():
    assert {key: sheet.better for key, sheet in SHEETS.items()} == {"koos_jr@1": 1, "odi@1": -1, "nprs@1": -1}


def test_luck_is_repeatable_and_stays_within_reach():
    first, second = (Chance(7, "patient 1") for _ in range(2))
    drawn = [first.normal() for _ in range(2000)]
    assert drawn == [second.normal() for _ in range(2000)]
    assert max(map(abs, drawn)) <= 2.5
    assert math.isclose(sum(drawn) / len(drawn), 0, abs_tol=0.06)
