"""The filters of the outcomes page; they survive navigation and can be mailed as a link."""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from dashboard.views.outcome_choices import OutcomeChoices, Score, Topic
from warehouse.questions.outcomes import Selection

ALL_CLINICS = "All clinics"
MATCHED, PREDICTED = "Everyone compared", "Those the registry predicts"


@dataclass(frozen=True)
class OutcomeChoice:
    """What the manager wants to see: the selection, and the words of its parts."""

    selection: Selection
    topic: Topic
    topic_words: str
    score: Score
    score_words: str
    follow_up: str
    period: str
    days: tuple[int, ...]


def outcome_filters(choices: OutcomeChoices) -> OutcomeChoice:
    """Draw the filters where the caller stands; each offers what the choices before it leave."""
    topics = choices.topics()
    topic_words = _select("Condition", topics, "topic", width=220)
    topic = topics[topic_words]
    scores = choices.scores(topic)
    score_words = _select("Score", scores, "score")
    score = scores[score_words]
    follow_ups = choices.follow_ups(topic, score)
    follow_up = _select("Follow-up", follow_ups, "follow_up", choices.usual_follow_up(topic, score), 130)
    periods = choices.periods(topic)
    period = _select("Index dates", periods, "period", width=130)
    first, last = periods[period]
    only_predicted = choices.has_predictions(score) and _counted() == PREDICTED
    selection = Selection(
        topic.condition, topic.stratum, topic.index_kind, score.instrument, score.scale, score.higher_is_better,
        follow_ups[follow_up], first, last, only_predicted,
    )  # fmt: skip
    days = choices.days(topic, score)
    return OutcomeChoice(selection, topic, topic_words, score, score_words, follow_up, period, days)


def clinic_filter(names: Iterable[str]) -> str | None:
    """One clinic, or None for all of them; drawn where the caller stands."""
    chosen = _select("Clinic", [ALL_CLINICS, *names], "clinic")
    return None if chosen == ALL_CLINICS else chosen


def _counted() -> str:
    return _select("Patients counted", [PREDICTED, MATCHED], "counted", width=250)


def _select(label: str, options: Iterable[str], key: str, default: str | None = None, width: int = 190) -> str:
    words = list(options)
    return st.selectbox(
        label, words, index=words.index(default) if default else 0, key=f"outcome_{key}", bind="query-params",
        width=width,
    )  # fmt: skip
