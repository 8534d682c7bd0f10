"""How alerts are handled, in a manager's words."""

from datetime import datetime, timedelta

from care.access import Viewer
from care.queries.overdue import Overdue
from dashboard.charts.dots import Dot
from dashboard.words import DASH, count, moment, number, percent, plural, share_of, short_date
from warehouse.questions.alert_handling_shown import Handling, Hours, ShownHandling
from warehouse.questions.outcomes_shown import Share

FEW = "too few to show"
PERIODS = {"4 weeks": timedelta(weeks=4), "90 days": timedelta(days=90), "A year": timedelta(days=365)}
RULES = {
    "safety_item": "Safety question",
    "pain_alarm": "Pain alarm",
    "off_expected": "Off expected",
    "unlikely_goal": "Goal unlikely",
    "adherence_falling": "Exercise falling",
    "silent": "Silent",
    "patient_wrote": "Message from the patient",
    "link_wanted": "New link asked for",
    "link_killed": "Link stopped, wrong dates",
}


def rule_words(rule: str) -> str:
    return RULES.get(rule, rule.replace("_", " ").capitalize())


def page_title(shown: ShownHandling) -> str:
    """61 % of closed alerts led to action, and half were looked at within 5 h"""
    if shown.whole is None:
        return "Too few alerts to say how they are handled"
    looked_at = (
        "most have not been looked at yet"
        if shown.whole.median.value == float("inf")
        else f"half were looked at within {hours_words(shown.whole.median.value)}"
    )
    if shown.whole.acted is None:
        closed = "fewer than ten closed" if shown.whole.closed else "none closed"
        return f"{count(shown.whole.alerts)} alerts, {closed} yet; {looked_at}"
    return f"{percent(_part(shown.whole.acted))} of closed alerts led to action; {looked_at}"


def hours_words(hours: float) -> str:
    """25 min, 5 h, 3 days; not yet"""
    if hours == float("inf"):
        return "not yet"
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else plural(round(hours / 24), "day")


def spread_words(hours: Hours) -> str:
    """5 h (3 h to 9 h)"""
    if hours.value == float("inf"):
        return "not yet"
    return f"{hours_words(hours.value)} ({hours_words(hours.low)} to {hours_words(hours.high)})"


def share_words(share: Share | None) -> str:
    """61 % of 84 (50–71)"""
    if share is None:
        return "under 10 closed"
    return f"{share_of(share.part, share.whole)} ({share.low * 100:.0f}{DASH}{share.high * 100:.0f})"


def handling_rows(groups: dict[str, Handling | None], of: str) -> list[dict[str, str]]:
    """One row per clinic or rule; a hidden one says why."""
    return [{of: name, **_cells(group)} for name, group in groups.items()]


def _cells(group: Handling | None) -> dict[str, str]:
    if group is None:
        hidden = dict.fromkeys(
            ("Closed", "Led to action", "Wrong flag", "Half within", "9 in 10 within", "Past due"), DASH
        )
        return {"Alerts": FEW, **hidden}
    return {
        "Alerts": f"{count(group.alerts)} ({plural(group.patients, 'patient')})",
        "Closed": share_of(group.closed, group.alerts),
        "Led to action": share_words(group.acted),
        "Wrong flag": share_words(group.wrong),
        "Half within": spread_words(group.median),
        "9 in 10 within": spread_words(group.ninety),
        "Past due": count(group.past_due),
    }


def share_dots(groups: dict[str, Handling | None], which: str) -> list[Dot]:
    """One dot per group that may be shown and has closed alerts; ``which``: acted or wrong."""
    shares = {name: getattr(group, which) for name, group in groups.items() if group is not None}
    return [
        Dot(name, _part(share), share.low, share.high, share_words(share)) for name, share in shares.items() if share
    ]


def action_finding(shown: ShownHandling) -> str:
    dots = share_dots(shown.clinics, "acted")
    if not dots:
        return "No clinic has closed enough alerts to compare"
    if len(dots) == 1:
        return f"{dots[0].name}: {dots[0].words} closed alerts led to action"
    whole = shown.whole.acted if shown.whole else None
    apart = [dot.name for dot in dots if whole and (dot.low > _part(whole) or dot.high < _part(whole))]
    if not apart:
        return f"The clinics act alike: {share_words(whole)} of what they closed led to action"
    return f"{', '.join(apart)} {'acts' if len(apart) == 1 else 'act'} on another share of alerts than the others"


def wrong_finding(shown: ShownHandling) -> str:
    dots = share_dots(shown.rules, "wrong")
    if not dots:
        return "No rule has enough closed alerts to say how often it is wrong"
    worst = max(dots, key=lambda dot: (dot.value, dot.name))
    if not worst.value:
        return "No closed alert was called a wrong flag"
    if len(dots) == 1:
        return f"{rule_words(worst.name)}: {worst.words} closed alerts were called wrong"
    return f"{rule_words(worst.name)} is called wrong most often: {worst.words}"


def weeks_finding(shown: ShownHandling) -> str:
    rate = shown.per_provider_week
    if rate is None:
        return "Nobody has handled an alert in this time"
    return (
        f"{number(rate.value, 1)} alerts per provider and week ({number(rate.low, 1)}{DASH}{number(rate.high, 1)}), "
        f"{plural(shown.providers, 'provider')} who handled any"
    )


def overdue_finding(rows: list[Overdue]) -> str:
    alerts = sum(row.alerts for row in rows)
    return (
        f"{plural(alerts, 'alert')} {'is' if alerts == 1 else 'are'} past due now" if alerts else "Nothing is past due"
    )


def overdue_rows(viewer: Viewer, rows: list[Overdue], as_of: datetime) -> list[dict[str, str]]:
    return [
        {
            "Clinic": row.clinic,
            "With": row.owner or "the care team",
            "Past due": count(row.alerts),
            "Oldest was due": moment(row.oldest_due_at, as_of, viewer.zone),
        }
        for row in rows
    ]


def week_names(shown: ShownHandling, as_of: datetime) -> list[str]:
    return [short_date(week, as_of.date()) for week in shown.weeks]


def week_rows(shown: ShownHandling, as_of: datetime) -> list[dict[str, str]]:
    return [
        {"Week from": short_date(week, as_of.date()), "Alerts": FEW if alerts is None else count(alerts)}
        for week, alerts in shown.weeks.items()
    ]


def _part(share: Share) -> float:
    return share.part / share.whole
