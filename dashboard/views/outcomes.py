"""The manager's outcomes: the answer, its four blocks, and the numbers behind them."""

from dataclasses import dataclass

import pandas as pd

from care.access import Viewer
from care.lakes import Freshness
from dashboard.charts.funnel import FunnelPoint, beyond
from dashboard.charts.small_multiples import MeanCourse
from dashboard.charts.staircase import Stair
from dashboard.definitions import instrument
from dashboard.outcome_filters import OutcomeChoice
from dashboard.resources import ask, data_as_of
from dashboard.views.outcome_courses import mean_courses
from dashboard.views.outcome_stairs import stairs
from dashboard.views.outcome_tables import threshold_rows
from dashboard.views.outcome_words import page_title
from scoring.instrument import Scale, Threshold
from warehouse.questions.outcomes import Cut
from warehouse.questions.outcomes_shown import Group, ShownOutcomes, get_shown_outcomes

# In the order in which a reader asks: is it important, is it much, is it good enough, is it more than chance.
KINDS = ("MCID", "MIC", "SCB", "PASS", "MDC")


@dataclass(frozen=True)
class OutcomesView:
    """Everything the page draws. ``group``: the clinic chosen, or all; ``points``: the clinics that may be shown."""

    title: str
    freshness: Freshness
    scale: Scale
    outcomes: ShownOutcomes
    group: Group
    stairs: list[Stair]
    courses: list[MeanCourse]
    points: list[FunnelPoint]
    outside: list[FunnelPoint]
    is_adjusted: bool
    thresholds: pd.DataFrame


def read_groups(viewer: Viewer, choice: OutcomeChoice) -> ShownOutcomes:
    """All clinics of the viewer and each of them, small cells hidden."""
    return ask(get_shown_outcomes, viewer.scope, choice.selection, _cuts(_thresholds(viewer, choice)))


def read_outcomes(viewer: Viewer, choice: OutcomeChoice, outcomes: ShownOutcomes, clinic: str | None) -> OutcomesView:
    """The whole page for one clinic (by name) or for all of them; ``outcomes`` as ``read_groups`` gives them."""
    group = next((each for each in outcomes.clinics if each.name == clinic), outcomes.whole)
    points = _points(outcomes)
    outside = beyond(points, _centre(outcomes), outcomes.spread) if points and outcomes.spread else []
    return OutcomesView(
        title=page_title(choice, group, outside, len(points)),
        freshness=data_as_of(viewer),
        scale=instrument(viewer, choice.score.instrument).scale(choice.score.scale),
        outcomes=outcomes,
        group=group,
        stairs=stairs(group, choice),
        courses=mean_courses(viewer, choice, outcomes, group),
        points=points,
        outside=outside,
        is_adjusted=outcomes.whole.result is not None and outcomes.whole.result.adjusted is not None,
        thresholds=threshold_rows(_thresholds(viewer, choice), group.result, choice.score.higher_is_better),
    )


def _thresholds(viewer: Viewer, choice: OutcomeChoice) -> list[Threshold]:
    """The cited thresholds of the scale, by kind and size."""
    cited = instrument(viewer, choice.score.instrument).thresholds
    ours = [each for each in cited if each.scale == choice.score.scale and each.kind in KINDS]
    return sorted(ours, key=lambda each: (KINDS.index(each.kind), each.unit, each.value, each.source))


def _cuts(thresholds: list[Threshold]) -> tuple[Cut, ...]:
    return tuple(Cut(each.kind, each.value, each.unit) for each in thresholds)


def _points(outcomes: ShownOutcomes) -> list[FunnelPoint]:
    """One point per clinic that may be shown: the adjusted gain where there is one."""
    return [
        FunnelPoint(group.name, group.result.n, _gain(group))
        for group in outcomes.clinics
        if group.result is not None and _gain(group) is not None
    ]


def _gain(group: Group) -> float | None:
    return group.result.gain if group.result.adjusted is None else group.result.adjusted


def _centre(outcomes: ShownOutcomes) -> float:
    return outcomes.whole.result.gain if outcomes.whole.result else 0.0
