"""The managers' words for what raises an alert."""

from care.links import WANTED
from care.verbs.thread import WROTE
from dashboard.views.workload import RULES, rule_words
from scoring.track import RANK, STATUS_OF_RULE, TrackStatus


def test_every_rule_that_raises_an_alert_has_words_of_its_own():
    judged = {rule for rule, status in STATUS_OF_RULE.items() if RANK[status] < RANK[TrackStatus.FEW_DATA]}
    assert set(RULES) == judged | {WROTE, WANTED, "link_killed"}
    assert not any("_" in rule_words(rule) for rule in RULES)
