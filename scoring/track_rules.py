"""The numbers behind the flags, read from data/recovery/rules.toml and refused by name when wrong."""

from dataclasses import dataclass
from functools import partial

from scoring import tables
from scoring.errors import ScoringError

RATES = (5, 10, 20)
WHAT = "Recovery rules"
DRAWN_PERCENTILES = {"off_expected": (10, 25), "ahead": (75, 90)}


@dataclass(frozen=True)
class TrackRules:
    """
    Thresholds of every rule; see data/recovery/rules.toml for their sources.

    Parameters
    ----------
    off_rate : share of courses going well that may ever be flagged off expected
    off_percentile, ahead_percentile : percent of similar patients, at the worse and better end
    beyond_mdc : off also needs a distance of one MDC from the median, where one is cited
    silent_after : surveys in a row that expired unanswered
    rhythm_from, rhythm_gaps : answers that make a rhythm, and the number of usual gaps after which it is broken
    pain_instruments : keys of the instruments with a pain alarm
    pain_level : points of 0–10
    pain_rises : ((baseline from, rise in points), …), rising
    adherence_days_before : days of the earlier week with exercise, at least
    adherence_share_left : share of them left in the last week, at most
    goal_chance : chance of reaching the goal, at most
    goal_days : (kind of index, day by which the goal should be reached), …
    shape_step : share of a scale's range that gives a course its shape where no MDC is cited
    """

    off_rate: float
    off_percentile: int
    ahead_percentile: int
    beyond_mdc: bool
    silent_after: int
    rhythm_from: int
    rhythm_gaps: float
    pain_instruments: tuple[str, ...]
    pain_level: float
    pain_rises: tuple[tuple[float, float], ...]
    adherence_days_before: int
    adherence_share_left: float
    goal_chance: float
    goal_days: tuple[tuple[str, int], ...]
    shape_step: float

    def goal_day(self, index_kind: str) -> int | None:
        """The day by which an episode of that kind should have reached its goal."""
        return dict(self.goal_days).get(index_kind)


def parse_track_rules(text: str) -> TrackRules:
    """Read the rules from TOML text; a ScoringError names the rule, the number and what it may be."""
    return checked_rules(read_rules(text))


def read_rules(text: str) -> dict:
    """The tables of the TOML text, by rule."""
    return tables.read_tables(text, WHAT)


def checked_rules(rules: dict) -> TrackRules:
    """The rules of the tables, each number in its range."""
    rises = [(number(rise, "baseline_from", 0, 10), number(rise, "rise", 0, 10)) for rise in listed(rules)]
    if not rises or rises != sorted(rises) or rises[0][0] != 0:
        raise ScoringError("Rule pain_alarm: 'rises' must start at baseline_from = 0 and go up.")
    return TrackRules(
        off_rate=episodes_flagged(rules),
        off_percentile=percentile(rules, "off_expected"),
        ahead_percentile=percentile(rules, "ahead"),
        beyond_mdc=bool(section(rules, "off_expected").get("beyond_mdc", True)),
        silent_after=int(number(section(rules, "silent"), "expired_in_row", 1, 20)),
        rhythm_from=int(number(section(rules, "silent"), "own_rhythm_from_answers", 3, 100)),
        rhythm_gaps=number(section(rules, "silent"), "own_rhythm_gaps", 1, 20),
        pain_instruments=tuple(section(rules, "pain_alarm").get("instruments", ())),
        pain_level=number(section(rules, "pain_alarm"), "level", 0, 10),
        pain_rises=tuple(rises),
        adherence_days_before=int(number(section(rules, "adherence_falling"), "days_before_at_least", 1, 7)),
        adherence_share_left=number(section(rules, "adherence_falling"), "share_left_at_most", 0, 1),
        goal_chance=number(section(rules, "unlikely_goal"), "chance_at_most", 0, 1),
        goal_days=tuple(sorted(section(rules, "unlikely_goal").get("by_day", {}).items())),
        shape_step=number(section(rules, "shape"), "usual_step", 0.01, 0.5),
    )


def section(rules: dict, name: str) -> dict:
    """One rule's table; every rule must be there and say where its numbers come from."""
    if not set(rules.get(name, ())) - {"choices"}:
        raise ScoringError(f"Rule {name} is missing from the recovery rules; add a table [{name}].")
    if not rules[name].get("source"):
        raise ScoringError(f"Rule {name} has no 'source'; say where its numbers come from.")
    return rules[name]


def listed(rules: dict) -> list[dict]:
    return section(rules, "pain_alarm").get("rises", [])


number = partial(tables.number, what=WHAT)


def episodes_flagged(rules: dict) -> float:
    value = section(rules, "off_expected").get("episodes_flagged")
    if value not in RATES:
        raise ScoringError(f"Rule off_expected: episodes_flagged is {value!r}; it must be 5, 10 or 20 of 100 courses.")
    return value / 100


def percentile(rules: dict, name: str) -> int:
    value = section(rules, name).get("percentile")
    if value not in DRAWN_PERCENTILES[name]:
        allowed = " or ".join(map(str, DRAWN_PERCENTILES[name]))
        raise ScoringError(
            f"Rule {name}: percentile is {value!r}; it must be {allowed}, an edge of a band that is drawn."
        )
    return value
