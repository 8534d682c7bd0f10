"""Good news in rows: who is ahead of the expected course, by how much and since when."""

from datetime import datetime

from care.access import Viewer
from care.queries.ahead import Ahead
from dashboard.definitions import instrument, scale_name
from dashboard.views.people import in_a_list, local_today, name_of
from dashboard.words import interval, number, plural, share_of, short_date
from warehouse.questions.monitoring import AheadCount


def ahead_finding(ahead: AheadCount, named: int | None = None) -> str:
    """``named``: of a list with names, how many are on it; else only what may be counted."""
    if named is not None:
        return f"Good news: {plural(named, 'patient')} {'is' if named == 1 else 'are'} ahead of the expected course"
    if ahead.ahead is None:
        return "Too few patients are ahead of the expected course to be counted"
    return f"Good news: {share_of(ahead.ahead, ahead.judged)} patients are ahead of the expected course"


def ahead_rows(viewer: Viewer, found: list[Ahead], as_of: datetime) -> list[dict[str, str]]:
    return [_row(viewer, each, as_of) for each in found]


def _row(viewer: Viewer, each: Ahead, as_of: datetime) -> dict[str, str]:
    today = local_today(viewer, each.patient, as_of)
    return {
        "Patient": name_of(each.patient),
        "Who": in_a_list(each.patient, each.episode, today),
        "Score": f"{_score(viewer, each)}, since {short_date(each.track.since, today)}",
        "With": each.lead or f"the care team, {each.clinic}",
    }


def _score(viewer: Viewer, each: Ahead) -> str:
    """KOOS JR 84, expected 54–79"""
    definition = instrument(viewer, each.track.instrument)
    scale = definition.scale(each.track.scale)
    score, expected = each.track.score, each.track.expected
    if score is None or not expected:
        return scale_name(definition, scale)
    bounds = interval(expected["p10"], expected["p90"], scale.decimals)
    return f"{scale_name(definition, scale)} {number(score, scale.decimals)}, expected {bounds}"
