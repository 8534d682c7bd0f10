"""Who is in the demonstration: one line per patient, before any row is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle

from pathways.demo.chance import Chance
from pathways.demo.content import ClinicContent, DemoContent, Shape, StaffContent


@dataclass(frozen=True)
class Planned:
    """One patient to be: the pathway's key, the shape of the recovery, where and with whom, and day 0."""

    number: int
    pathway: str
    shape: Shape
    is_open: bool
    clinic: ClinicContent
    provider: StaffContent
    index_date: date


def cohort(content: DemoContent, as_of: date, seed: int) -> list[Planned]:
    """
    Every patient of the demonstration, in a fixed order.

    The providers take turns along the shapes, so that each of them has some of every kind.
    """
    clinics = {clinic.code: clinic for clinic in content.clinics}
    providers = cycle([member for member in content.staff if member.role == "provider"])
    planned = []
    for number, (shape, pathway, is_open) in enumerate(_places(content.shapes), start=1):
        provider = next(providers)
        index_date = as_of - timedelta(days=Chance(seed, f"day {number}").whole(*shape.days))
        clinic = clinics[provider.clinics[0]]
        planned.append(Planned(number, pathway, shape, is_open, clinic, provider, index_date))
    return planned


def _places(shapes: tuple[Shape, ...]) -> Iterator[tuple[Shape, str, bool]]:
    for shape in shapes:
        for is_open, counts in ((True, shape.open), (False, shape.closed)):
            for pathway, count in counts.items():
                for _ in range(count):
                    yield shape, pathway, is_open
