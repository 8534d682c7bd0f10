"""What a manager can ask for: from what the lake holds, in words."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from care.access import Viewer
from dashboard.definitions import instrument, scale_name
from dashboard.labels import INDEX_EVENTS, condition_label
from dashboard.resources import ask
from warehouse.questions.outcomes import get_choices, has_predictions

ALL_DATES = "All dates"
# A follow-up is offered first when it was asked of at least this share of those asked for the most usual one: the
# latest week of a young pathway is of few patients.
USUAL = 0.5


@dataclass(frozen=True)
class Topic:
    """Patients whose outcomes are never pooled with others'."""

    condition: str
    stratum: str
    index_kind: str


@dataclass(frozen=True)
class Score:
    """One scale of one instrument."""

    instrument: str
    scale: str
    higher_is_better: bool


class OutcomeChoices:
    """The choices in their order, by the words that stand for them; each depends on those before it."""

    def __init__(self, viewer: Viewer):
        self._viewer = viewer
        self._asked: pd.DataFrame = ask(get_choices, viewer.scope)

    def __bool__(self) -> bool:
        return not self._asked.empty

    def topics(self) -> dict[str, Topic]:
        """Condition, stratum and (where a condition has several) kind of index; the most usual first."""
        keys = ["condition", "stratum", "index_kind"]
        kinds = self._asked.groupby("condition")["index_kind"].nunique()
        ranked = self._asked.groupby(keys)["asked"].sum().sort_values(ascending=False, kind="stable")
        topics = [Topic(*key) for key in ranked.index]
        return {_topic_words(topic, kinds[topic.condition] > 1): topic for topic in topics}

    def scores(self, topic: Topic) -> dict[str, Score]:
        """Every scale of every instrument asked; the most usual instrument first, its scales as it defines them."""
        asked = self._of(topic).groupby("instrument")["asked"].sum().sort_values(ascending=False, kind="stable")
        found = [instrument(self._viewer, reference) for reference in asked.index]
        return {
            scale_name(each, scale): Score(each.reference, scale.name, scale.direction == "higher")
            for each in found
            for scale in each.scales
            if scale.tracked
        }

    def follow_ups(self, topic: Topic, score: Score) -> dict[str, int]:
        """Scheduled days in words, ascending."""
        return {follow_up_words(day): day for day in self.days(topic, score)}

    def days(self, topic: Topic, score: Score) -> tuple[int, ...]:
        """Scheduled days, ascending."""
        return tuple(int(day) for day in sorted(self._of(topic, score)["day"].unique()))

    def usual_follow_up(self, topic: Topic, score: Score) -> str:
        """The latest follow-up that is usual."""
        asked = self._of(topic, score).groupby("day")["asked"].sum()
        return follow_up_words(int(asked[asked >= USUAL * asked.max()].index.max()))

    def periods(self, topic: Topic) -> dict[str, tuple[date | None, date | None]]:
        """All index dates, or those of one calendar year, the latest first."""
        years = sorted((int(year) for year in self._of(topic)["year"].unique()), reverse=True)
        return {ALL_DATES: (None, None)} | {str(year): (date(year, 1, 1), date(year, 12, 31)) for year in years}

    def known_to_the_year(self, topic: Topic, period: str) -> bool:
        """Whether the source tells no more than the year of an index date of the period."""
        rows = self._of(topic)
        chosen = rows if period == ALL_DATES else rows[rows["year"] == int(period)]
        return bool((chosen["coarseness"] == 3).any())

    def has_predictions(self, score: Score) -> bool:
        return ask(has_predictions, self._viewer.scope, score.instrument, score.scale)

    def _of(self, topic: Topic, score: Score | None = None) -> pd.DataFrame:
        asked = self._asked
        chosen = asked[
            (asked["condition"] == topic.condition)
            & (asked["stratum"] == topic.stratum)
            & (asked["index_kind"] == topic.index_kind)
        ]
        return chosen if score is None else chosen[chosen["instrument"] == score.instrument]


def _topic_words(topic: Topic, has_kinds: bool) -> str:
    kind = f"from {INDEX_EVENTS[topic.index_kind]}" if has_kinds else ""
    return ", ".join(filter(None, [condition_label(topic.condition), topic.stratum, kind]))


def follow_up_words(day: int) -> str:
    """week 26; day 10 where it is no whole week"""
    return f"week {day // 7}" if day % 7 == 0 else f"day {day}"
