"""Calibration is watched: where answers fall, and how often the ranges hold them, by group."""

import numpy as np
import pytest
from scipy.stats import binom, chisquare, norm

import settings
from scoring.errors import ScoringError
from scoring.monitoring import coverage_by, design_effect, inside, randomised_pit, tenths_of, wilson
from scoring.monitoring_rules import parse_monitoring_rules

TEXT = (settings.CONTENT / "recovery" / "monitoring.toml").read_text()
RULES = parse_monitoring_rules(TEXT)
EVEN = norm.ppf((np.arange(400) + 0.5) / 400)  # SDs of 400 answers that fall evenly


def each_a_patient(pit: np.ndarray) -> np.ndarray:
    return np.arange(len(pit))


def test_whole_numbers_fall_evenly_by_the_randomised_pit_and_unevenly_by_the_middle():
    rng = np.random.default_rng(3)
    score = rng.binomial(10, 0.4, 4000)  # eleven possible scores; the forecast is the truth
    below, equal = binom.cdf(score, 10, 0.4) - binom.pmf(score, 10, 0.4) / 2, binom.pmf(score, 10, 0.4)
    pit = randomised_pit(below, equal, rng.random(4000))
    assert not tenths_of(pit, each_a_patient(pit)).uneven
    assert tenths_of(below, each_a_patient(pit)).uneven
    assert randomised_pit(np.array([0.3]), np.array([np.nan]), np.array([0.9])).tolist() == [0.3]


def test_sound_forecasts_are_called_uneven_in_one_look_of_twenty_alike_or_not():
    rng = np.random.default_rng(4)
    looks = 400
    patient = np.repeat(np.arange(150), 3)
    # three answers of a patient with correlation .6: uniform each, and alike
    own, noise = rng.standard_normal((looks, 150, 1)), rng.standard_normal((looks, 150, 3))
    alike = norm.cdf(np.sqrt(0.6) * own + np.sqrt(0.4) * noise).reshape(looks, -1)
    uneven = np.mean([tenths_of(pit, patient).uneven for pit in alike])
    naive = np.mean([chisquare(np.histogram(pit, 10, (0, 1))[0]).pvalue < 0.05 for pit in alike])
    assert uneven < 0.09 < naive  # 20 of 400 by chance, 32 at 2.5 SD; without the design effect far more


def test_the_band_of_chance_holds_95_of_100_bars():
    rng = np.random.default_rng(5)
    held = []
    for _ in range(200):
        pit = rng.random(300)
        seen = tenths_of(pit, each_a_patient(pit))
        held.extend((seen.low <= seen.shares) & (seen.shares <= seen.high))
    assert 0.93 <= np.mean(held) <= 0.97


@pytest.mark.parametrize(
    ("pit", "level", "spread"),
    [
        (norm.cdf(EVEN * 0.55), 0, -1),  # bunched in the middle: the range is too wide
        (norm.cdf(EVEN * 1.8), 0, 1),
        (norm.cdf(EVEN + 0.6), 1, 0),
    ],
)
def test_what_is_uneven_is_told_by_level_and_spread(pit, level, spread):
    seen = tenths_of(pit, each_a_patient(pit))
    assert seen.uneven
    assert np.sign(np.where(abs(seen.level) > 2, seen.level, 0)) == level
    if spread:
        assert np.sign(seen.spread) == spread and abs(seen.spread) > 3


def test_answers_of_one_patient_that_say_the_same_count_once():
    value = np.tile([0.0, 1.0, 1.0, 0.0], 50)
    assert design_effect(np.repeat(value, 4), np.repeat(np.arange(200), 4)) == pytest.approx(4 * 200 / 199)
    assert design_effect(value, np.arange(200)) == pytest.approx(200 / 199)
    assert design_effect(np.ones(5), np.arange(5)) == 1.0  # no spread, nothing to compare


def test_a_group_is_off_by_two_points_beyond_chance_only():
    many, few = np.repeat([0.5, 0.01], [700, 300]), np.repeat([0.5, 0.01], [35, 15])  # 70 % inside
    slightly = np.repeat([0.5, 0.01], [8100, 1900])  # 81 %: beyond chance, less than two points
    pit = np.concatenate([many, few, slightly, [np.nan]])
    group = np.repeat(["men", "women", "others", "men"], [1000, 50, 10000, 1])
    table = coverage_by(pit, group, each_a_patient(pit), RULES)
    assert table.loc["men", ["n", "patients", "inside_80", "lowest_tenth", "off"]].tolist() == [1000, 1000, 0.7, 0.3, 1]
    assert table["off"].to_dict() == {"men": True, "others": False, "women": False}
    assert table.loc["men", "beyond"] < -0.04 and table.loc["women", "beyond"] == 0


def test_of_thirty_sound_groups_one_is_called_off_in_one_look_of_twenty_at_most():
    rng = np.random.default_rng(6)
    called = [
        coverage_by(rng.random(3000), np.repeat(np.arange(30), 100), np.arange(3000), RULES)["off"].any()
        for _ in range(150)
    ]
    assert np.mean(called) <= 0.10


def test_nobody_is_in_no_group():
    assert coverage_by(np.array([np.nan]), np.array(["men"]), np.array([1]), RULES).empty
    assert tenths_of(np.array([np.nan]), np.array([1])) is None


def test_ranges_are_nested():
    pit = np.array([0.04, 0.06, 0.11, 0.3, 0.75, 0.91, 0.97])
    assert inside(pit, 0.5).tolist() == [False, False, False, True, True, False, False]
    assert inside(pit, 0.8).tolist() == [False, False, True, True, True, False, False]
    assert inside(pit, 0.9).tolist() == [False, True, True, True, True, True, False]


def test_wilson_by_hand():
    low, high = wilson(np.array([0.8]), np.array([100]))
    assert (low[0], high[0]) == pytest.approx((0.7112, 0.8666), abs=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points = 2", "points = 40", "'points' is 40; it must be a number from 0 to 20"),
        ("limit = 16", "limit = true", "'limit' is True"),
        ("days_between = 7", "", "'days_between' is None"),
        ('source = "Page', 'sources = "Page', "[drift] or its 'source' is missing"),
        ("version = 1", "version =", "not readable TOML"),
    ],
)
def test_a_wrong_number_is_refused_by_name(old, new, says):
    with pytest.raises(ScoringError, match=says.replace("[", r"\[").replace("]", r"\]")):
        parse_monitoring_rules(TEXT.replace(old, new, 1))
