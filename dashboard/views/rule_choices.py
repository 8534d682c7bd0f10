"""The settings a clinic may choose, in words: what each number is about and what each value means."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from care.choices import SHARES_STATISTICS, Chosen, rule_choices
from dashboard.words import moment, percent, plural

SHARES = {0.25: "a quarter of it", 0.5: "half of it", 0.75: "three quarters of it"}


@dataclass(frozen=True)
class ChoiceWords:
    """
    Parameters
    ----------
    rule : as on the Alerts page
    question : the label of the field
    value : a value in words
    """

    rule: str
    question: str
    value: Callable[[float], str]


WORDS = {
    "off_expected.episodes_flagged": ChoiceWords(
        "Off expected",
        "Of 100 courses that go well, flagged by mistake at some time",
        lambda value: f"{value:g} of 100",
    ),
    "silent.expired_in_row": ChoiceWords(
        "Silent", "Surveys in a row without an answer", lambda value: plural(int(value), "survey")
    ),
    "silent.own_rhythm_gaps": ChoiceWords(
        "Silent",
        "Or one survey, and no answer for so many times the patient's usual gap",
        lambda value: f"{value:g} times",
    ),
    "adherence_falling.days_before_at_least": ChoiceWords(
        "Exercise falling", "Exercise days in the week before, at least", lambda value: plural(int(value), "day")
    ),
    "adherence_falling.share_left_at_most": ChoiceWords(
        "Exercise falling", "What is left in the last week, at most", lambda value: SHARES.get(value, percent(value))
    ),
    "unlikely_goal.chance_at_most": ChoiceWords(
        "Goal unlikely", "Chance of reaching the goal, at most", lambda value: percent(value)
    ),
}
FIXED = (
    "Safety questions and the pain alarm cannot be changed here: they protect the patient and are the same in every "
    "clinic. So are the limits of measurement and the shapes of a course."
)


def value_words(name: str, value: object) -> str:
    if name == SHARES_STATISTICS:
        return "shared" if value else "not shared"
    return WORDS[name].value(value) if name in WORDS else str(value)


def name_words(name: str) -> str:
    if name == SHARES_STATISTICS:
        return "Sums of recoveries for the network"
    return f"{WORDS[name].rule}: {WORDS[name].question[0].lower()}{WORDS[name].question[1:]}" if name in WORDS else name


def page_title(standing: dict[str, float]) -> str:
    own = sum(value != rule_choices()[name].published for name, value in standing.items())
    if not own:
        return "Every setting is as published"
    return f"{plural(own, 'setting')} {'is' if own == 1 else 'are'} your own"


def standing_rows(standing: dict[str, float]) -> list[dict[str, str]]:
    return [
        {
            "Rule": WORDS[name].rule,
            "Setting": WORDS[name].question,
            "Now": value_words(name, value),
            "Published": value_words(name, rule_choices()[name].published),
        }
        for name, value in standing.items()
    ]


def history_rows(choices: list[Chosen], as_of: datetime, zone: str) -> list[dict[str, str]]:
    return [
        {
            "When": moment(each.at, as_of, zone),
            "Who": each.who or "an operator",
            "Setting": name_words(each.name),
            "Chosen": value_words(each.name, each.value),
        }
        for each in choices
    ]


def change_words(standing: dict[str, float], changed: dict[str, float]) -> list[str]:
    """One line per setting that differs: "Silent, surveys in a row …: 2 surveys → 3 surveys"."""
    return [
        f"{name_words(name)}: {value_words(name, standing[name])} → {value_words(name, changed[name])}"
        for name in WORDS
        if name in standing and name in changed and changed[name] != standing[name]
    ]
