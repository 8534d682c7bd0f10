"""Who comes to the demonstration after it was made: a few patients per clinic and week, each known by a number."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from pathways.demo.chance import Chance
from pathways.demo.cohort import Planned
from pathways.demo.content import DemoContent, Shape
from pathways.local_time import instant, local_date

FIRST = 100_000  # numbers from here on are newcomers'; the cast of the beginning has hundreds
MONDAY = date(2024, 1, 1)
LOOKED_BACK = timedelta(hours=24)  # the demonstration is looked at twice a day at least
KNEE_SHARE = 0.5


def newcomers(content: DemoContent, as_of: datetime, seed: int) -> list[tuple[Planned, datetime]]:
    """Those whose first visit lies in the last day up to an instant, with that visit."""
    week = (local_date(as_of, content.zone) - MONDAY).days // 7
    a_week = content.newcomers.a_week * len(content.clinics)
    numbers = range(FIRST + (week - 1) * a_week, FIRST + (week + 1) * a_week)
    visits = ((number, visit_of(content, number, seed)) for number in numbers)
    return [(newcomer(content, number, seed), at) for number, at in visits if as_of - LOOKED_BACK < at <= as_of]


def visit_of(content: DemoContent, number: int, seed: int) -> datetime:
    """When the clinic enrolls this newcomer: a working hour of the newcomer's week."""
    chance = Chance(seed, f"visit of {number}")
    week = (number - FIRST) // (content.newcomers.a_week * len(content.clinics))
    day = MONDAY + timedelta(days=7 * week + chance.whole(0, 4))
    return instant(day, time(chance.whole(9, 16), chance.whole(0, 59)), content.zone)


def newcomer(content: DemoContent, number: int, seed: int) -> Planned:
    """The same person for the same number, whenever asked; day 0 lies some days after the visit."""
    chance = Chance(seed, f"newcomer {number}")
    clinic = content.clinics[(number - FIRST) % len(content.clinics)]
    provider = chance.pick(
        [each for each in content.staff if each.role == "provider" and clinic.code in (each.clinics or [])]
    )
    pathway = "total_knee" if chance.yes(KNEE_SHARE) else "low_back_pain"
    ahead = chance.whole(9, 20) if pathway == "total_knee" else chance.whole(1, 8)
    day_zero = local_date(visit_of(content, number, seed), content.zone) + timedelta(days=ahead)
    return Planned(number, pathway, _shape(content, pathway, chance), True, clinic, provider, day_zero)


def _shape(content: DemoContent, pathway: str, chance: Chance) -> Shape:
    """As often as among the patients under care; without a story that needs a past or somebody's hand."""
    cast = [
        shape
        for shape in content.shapes
        if shape.ends == "running" and shape.event in ("", "pain_alarm")
        for _ in range(shape.open.get(pathway, 0))
    ]
    return replace(chance.pick(cast), event="")
