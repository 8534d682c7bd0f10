"""The rules file is complete, sourced, and refused by name when it is not."""

import pytest

import settings
from scoring.errors import ScoringError
from scoring.track_rules import parse_track_rules

TEXT = (settings.ROOT / "data" / "recovery" / "rules.toml").read_text()


def test_our_rules_can_be_read():
    rules = parse_track_rules(TEXT)
    assert (rules.off_percentile, rules.ahead_percentile, rules.silent_after) == (10, 90, 2)
    assert (rules.off_rate, rules.goal_day("surgery"), rules.goal_day("fall")) == (0.10, 182, None)
    assert rules.pain_instruments == ("nprs",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("percentile = 10", "percentile = 12", "off_expected: percentile is 12; it must be 10 or 25"),
        ("episodes_flagged = 10", "episodes_flagged = 12", "episodes_flagged is 12; it must be 5, 10 or 20"),
        ("expired_in_row = 2", "expired_in_row = 0", "'expired_in_row' is 0; it must be a number from 1 to 20"),
        ("level = 8", 'level = "8"', "'level' is '8'"),
        ("baseline_from = 0", "baseline_from = 6", "rises"),
        ("[silent]", "[quiet]", "Rule silent is missing"),
        ('source = "the same band\'s other end"', "", "Rule ahead has no 'source'"),
        ("version = 1", "version = ", "not readable TOML"),
    ],
)
def test_a_wrong_rule_is_named(old, new, message):
    assert old in TEXT
    with pytest.raises(ScoringError, match=message):
        parse_track_rules(TEXT.replace(old, new, 1))
