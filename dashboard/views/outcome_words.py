"""The outcomes page in sentences: its title, the findings of its blocks, its denominators."""

from datetime import datetime

from care.access import Viewer
from care.lakes import Freshness
from dashboard.charts.funnel import FunnelPoint
from dashboard.charts.small_multiples import MeanCourse
from dashboard.labels import condition_label
from dashboard.outcome_filters import PREDICTED, OutcomeChoice
from dashboard.states import data_as_of
from dashboard.views.outcome_choices import ALL_DATES
from dashboard.words import count, number, percent, plural
from scoring.instrument import Scale
from warehouse.questions.outcomes_shown import Group

FEW = "fewer than 10 patients"


def page_title(choice: OutcomeChoice, group: Group, outside: list[FunnelPoint], clinics: int) -> str:
    """Hip replacement: 21.8 points better by week 26; 9 of 270 clinics stand out"""
    what = condition_label(choice.topic.condition)
    if group.clinic_id is not None:
        what = f"{group.name}, {what.lower()}"
    if group.result is None:
        return f"{what}: too few patients to compare by {choice.follow_up}"
    gain = f"{what}: {_change(group.result.gain, choice.score.higher_is_better)} by {choice.follow_up}"
    if group.clinic_id is not None or clinics < 2:
        return gain
    if not outside:
        return f"{gain}; no clinic stands out"
    if len(outside) == 1:
        return f"{gain}; {outside[0].name} stands out with {number(outside[0].gain, 1)}"
    return f"{gain}; {len(outside)} of {clinics} clinics stand out"


def _change(gain: float, higher_is_better: bool) -> str:
    if round(gain, 1) == 0:
        return "no change"
    return f"{number(abs(gain), 1)} points {'better' if (gain > 0) == higher_is_better else 'worse'}"


def page_line(
    viewer: Viewer, choice: OutcomeChoice, clinics: int, coarse: bool, freshness: Freshness, now: datetime
) -> str:
    """Oxford Hip, 0–48, better ↑. Index dates in 2016 (known to the year), 281 clinics. Data as of 07:05."""
    when = "All index dates" if choice.period == ALL_DATES else f"Index dates in {choice.period}"
    precision = " (some known to the year only)" if coarse else ""
    made_up = ", synthetic" if viewer.is_demo else ""
    where = plural(clinics, "clinic")
    return f"{choice.topic_words}. {when}{precision}, {where}. {data_as_of(freshness, now, viewer.zone)}{made_up}."


def axis_words(choice: OutcomeChoice, scale: Scale) -> str:
    """Oxford Hip, 0–48, better ↑"""
    low, high = scale.range
    return f"{choice.score_words}, {low:g}–{high:g}, better {'↑' if choice.score.higher_is_better else '↓'}"


def stairs_finding(group: Group) -> str:
    """98 % of eligible patients can be compared"""
    if group.matched is None:
        return f"Of {count(group.eligible)} eligible, {FEW} can be compared"
    share = percent(group.matched / group.eligible) if group.eligible else "None"
    return f"{share} of eligible patients can be compared"


def denominator(group: Group, choice: OutcomeChoice) -> str:
    """Who is in the denominators, and whom the means count."""
    told = (
        f"Eligible: {choice.topic_words.lower()} with an index date in the period. Due: asked for {choice.follow_up}, "
        "and the day has come. Answered: within two weeks of it. Compared: a score before and after."
    )
    if group.result is None or group.matched is None:
        return told
    if choice.selection.only_predicted:
        return (
            f"{told} Means, directions and thresholds count the {count(group.result.n)} of {count(group.matched)} "
            "compared for whom the registry also predicted the follow-up, as its own tables do."
        )
    return f"{told} Means, directions and thresholds count all {count(group.result.n)} compared."


def funnel_finding(outside: list[FunnelPoint], clinics: int) -> str:
    """One of 26 clinics lies outside the 99.8 % limits"""
    if not clinics:
        return "No clinic has ten patients to compare"
    if not outside:
        return f"All {count(clinics)} clinics lie inside the 99.8\u202f% limits"
    verb = "lies" if len(outside) == 1 else "lie"
    first = "One" if len(outside) == 1 else count(len(outside))
    return f"{first} of {plural(clinics, 'clinic')} {verb} outside the 99.8\u202f% limits"


def funnel_note(is_adjusted: bool, hidden: int) -> str:
    """What a point is, and how many are not drawn."""
    gain = (
        "Change adjusted for case mix: observed minus the registry's prediction, recentred on all clinics' change."
        if is_adjusted
        else "Mean change, not adjusted for case mix: the source brings no prediction."
    )
    left_out = f" {plural(hidden, 'clinic')} not drawn: {FEW}, or hidden so that another's few cannot be worked out."
    return f"Each point one clinic. {gain}{left_out if hidden else ''}"


def courses_finding(courses: list[MeanCourse], decimals: int) -> str:
    """How the clinic that ends farthest from all ends."""
    if len(courses) < 2:
        return "Mean course of all clinics"
    end = courses[0].mean[-1]
    apart = [each for each in courses[1:] if not each.lower[-1] <= end <= each.upper[-1]]
    if not apart:
        return "Course by clinic: all shown end where all clinics do"
    farthest = max(apart, key=lambda each: abs(each.mean[-1] - end))
    off = farthest.mean[-1] - end
    return f"Course by clinic: {farthest.name} ends {number(abs(off), 1)} points {'above' if off > 0 else 'below'} all"


def thresholds_finding(shares: list[float]) -> str:
    """Between 55 and 94 % reached a threshold, depending on which"""
    if not shares:
        return "How many improved depends on the threshold"
    low, high = percent(min(shares)), percent(max(shares))
    return f"{low} reached it" if low == high else f"{low} to {high} reach a threshold, depending on which"


def counted_words(choice: OutcomeChoice) -> str:
    return PREDICTED.lower() if choice.selection.only_predicted else "everyone compared"
