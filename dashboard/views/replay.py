"""A finished replay in a manager's words: alerts by rule and week, patients, and what had come of the alerts."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from care.models import Replay
from care.status import AlertOutcome
from dashboard.views.workload import rule_words
from dashboard.words import DASH, count, number, plural, share_of, short_date, signed
from scoring.track import STATUS_OF_RULE
from warehouse.questions.alert_handling_shown import ACTIONS

BY = ("standing", "changed")


@dataclass(frozen=True)
class ReplayView:
    """
    Parameters
    ----------
    flags : of ``replay.result``: episode, rule, standing and changed (the day; None: not flagged), outcome
    begins, ends : first and last day replayed
    episodes, finished : how many were replayed, and how many courses ended in these days
    leads : providers who lead the care of a flagged patient
    """

    flags: list[dict]
    begins: date
    ends: date
    episodes: int
    finished: int
    leads: int

    @property
    def weeks(self) -> float:
        return ((self.ends - self.begins).days + 1) / 7


def replay_view(replay: Replay, leads: int) -> ReplayView:
    result = replay.result
    ends = date.fromisoformat(result["to"]) - timedelta(days=1)
    begins = date.fromisoformat(result["from"])
    return ReplayView(result["flags"], begins, ends, result["episodes"], result["finished"], leads)


def alerts(view: ReplayView, by: str) -> int:
    return sum(flag[by] is not None for flag in view.flags)


def patients(view: ReplayView, by: str) -> set[str]:
    """Episodes flagged at least once."""
    return {flag["episode"] for flag in view.flags if flag[by]}


def finding(view: ReplayView) -> str:
    """Alerts would fall from 243 to 231 in 90 days"""
    before, after = (alerts(view, by) for by in BY)
    days = plural((view.ends - view.begins).days + 1, "day")
    more, fewer = added(view), fallen(view)
    if not more and not fewer:
        return f"The same {plural(before, 'alert')} would have been raised in {days}"
    if before == after:
        return f"As many alerts as now, {count(after)} in {days}, but not the same ones"
    return f"Alerts would {'rise' if after > before else 'fall'} from {count(before)} to {count(after)} in {days}"


def added(view: ReplayView) -> list[dict]:
    return [flag for flag in view.flags if flag["changed"] and not flag["standing"]]


def fallen(view: ReplayView) -> list[dict]:
    return [flag for flag in view.flags if flag["standing"] and not flag["changed"]]


def patient_words(view: ReplayView) -> str:
    """Who would be flagged at least once, under each, and who only under one."""
    now, then = (patients(view, by) for by in BY)
    return (
        f"Of {plural(view.episodes, 'patient')} {count(len(now))} were flagged at least once with the settings of now, "
        f"{count(len(then))} with these: {count(len(then - now))} in addition, {count(len(now - then))} no longer."
    )


def rate_words(view: ReplayView) -> str:
    """Alerts per provider and week under each."""
    if not view.leads:
        return "No flagged patient has a leading provider, so alerts per provider cannot be told."
    now, then = (number(alerts(view, by) / view.leads / view.weeks, 1) for by in BY)
    who = plural(view.leads, "provider")
    return f"Per provider and week: {now} alerts now, {then} with these ({who} who lead the care of flagged patients)."


def rule_rows(view: ReplayView) -> list[dict[str, str]]:
    """One row per rule, in the order of urgency, and one of all."""
    rows = [_row(rule_words(rule), [flag for flag in view.flags if flag["rule"] == rule]) for rule in rules_of(view)]
    return [*rows, _row("All", view.flags)]


def _row(name: str, flags: list[dict]) -> dict[str, str]:
    now, then = (sum(flag[by] is not None for flag in flags) for by in BY)
    more = sum(bool(flag["changed"] and not flag["standing"]) for flag in flags)
    return {
        "Rule": name,
        "Now": count(now),
        "With these": count(then),
        "Change": signed(then - now, 0) if then != now else "0",
        "New": count(more),
        "Gone": count(more + now - then),
    }


def action_rows(view: ReplayView) -> list[dict[str, str]]:
    """What had come of the real alerts behind the flags, where they are closed."""
    groups = {
        "Now": [flag for flag in view.flags if flag["standing"]],
        "With these": [flag for flag in view.flags if flag["changed"]],
        "Gone with these": fallen(view),
    }
    return [_outcomes(name, [flag["outcome"] for flag in flags]) for name, flags in groups.items()]


def _outcomes(name: str, outcomes: list[str | None]) -> dict[str, str]:
    closed = Counter(outcome for outcome in outcomes if outcome)
    whole = closed.total()
    return {
        "Alerts": name,
        "Really raised and closed": share_of(whole, len(outcomes)),
        "Led to action": share_of(sum(closed[each] for each in ACTIONS), whole) if whole else DASH,
        "No action needed": share_of(closed[AlertOutcome.NO_ACTION_NEEDED], whole) if whole else DASH,
        "Wrong flag": share_of(closed[AlertOutcome.WRONG_FLAG], whole) if whole else DASH,
    }


def weeks(view: ReplayView) -> list[date]:
    """First days of the weeks of seven days that end with the last day; the first one may be shorter."""
    last = view.ends - timedelta(days=6)
    back = range((last - view.begins + timedelta(days=6)).days // 7, -1, -1)
    return [max(last - timedelta(weeks=week), view.begins) for week in back]


def weekly(view: ReplayView, by: str, rule: str | None = None) -> list[int]:
    """Alerts per week, of one rule or of all."""
    flagged = [flag[by] for flag in view.flags if flag[by] and rule in (None, flag["rule"])]
    found = Counter(bisect_right(weeks(view), date.fromisoformat(day)) - 1 for day in flagged)
    return [found[week] for week in range(len(weeks(view)))]


def week_rows(view: ReplayView) -> list[dict[str, str]]:
    """One row per week: of each rule, and of all, the alerts now and with these settings."""
    columns = {rule_words(rule): rule for rule in rules_of(view)} | {"All": None}
    counted = {name: [weekly(view, by, rule) for by in BY] for name, rule in columns.items()}
    return [
        {"Week from": short_date(first, view.ends)}
        | {name: f"{now[week]} → {then[week]}" for name, (now, then) in counted.items()}
        for week, first in enumerate(weeks(view))
    ]


def rules_of(view: ReplayView) -> list[str]:
    """The rules that flagged, in the order of urgency."""
    return [rule for rule in STATUS_OF_RULE if any(flag["rule"] == rule for flag in view.flags)]


def honesty(view: ReplayView) -> str:
    """What a replay knows, and what it does not."""
    learnt = (
        f" {plural(view.finished, 'course')} that ended in these days helped to make it; their flags may come out a "
        "little too few, under both settings alike."
        if view.finished
        else ""
    )
    return (
        f"From {short_date(view.begins, view.ends)} to {short_date(view.ends, view.ends)}, judged at the end of each "
        "day by what was known then: answers given, surveys run out, exercise reported. The expected course is "
        f"today's, not the one of each day.{learnt} Day 0, definitions and prescriptions are taken as they stand now."
    )
