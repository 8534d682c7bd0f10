"""What the demonstration consists of, read from ``data/demo`` and refused by name where it is wrong."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import settings
from pathways.errors import PathwayError

ENDS = ("running", "paused", "withdrawn", "planned", "unconfirmed")
EVENTS = ("", "pain_alarm", "floor", "ceiling", "second_knee", "index_moved")
EXERCISES = ("steady", "low", "falling", "none")


@dataclass(frozen=True)
class ClinicContent:
    code: str
    name: str
    phone: str
    zone: str | None = None  # of its patients; None = the tenant's


@dataclass(frozen=True)
class StaffContent:
    email: str
    name: str
    role: str
    clinics: list[str] | None = None  # None = every clinic


@dataclass(frozen=True)
class ScaleContent:
    """Expected course of one score; see ``data/demo/courses.toml``."""

    pathway: str
    instrument: str
    scale: str
    before: list[float]  # mean, sd
    points: list[list[float]]  # day, mean, sd, correlation with before


@dataclass(frozen=True)
class Shape:
    """One kind of recovery; see ``data/demo/shapes.toml``."""

    key: str
    says: str
    deviation: list[list[float]]
    spread: float
    days: list[int]
    open: dict[str, int] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    exercise: str = "steady"
    answers: str = "all"
    misses: float = 0.0
    ends: str = "running"
    event: str = ""
    warning: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for value, allowed in ((self.exercise, EXERCISES), (self.ends, ENDS), (self.event, EVENTS)):
            if value not in allowed:
                raise ValueError(f'shape "{self.key}" has {value!r}; known are {", ".join(filter(None, allowed))}')
        if self.answers.partition(" ")[0] not in ("all", "none", "until"):
            raise ValueError(f'shape "{self.key}" answers {self.answers!r}; write all, none or until 14')

    @property
    def last_answered_day(self) -> int | None:
        """The last survey day that is answered; None = no such limit, a day before every step = never."""
        word, _, day = self.answers.partition(" ")
        return {"all": None, "none": -1000}.get(word, int(day or 0))


@dataclass(frozen=True)
class Thread:
    shapes: list[str]
    language: str
    lines: list[list]  # who, hours after the line before, what
    pathways: list[str] = field(default_factory=lambda: ["total_knee", "low_back_pain"])


@dataclass(frozen=True)
class Habit:
    """How soon a clinic looks at an alert; see ``data/demo/handling.toml``."""

    clinic: str
    hours: list[float]  # from, to
    late: float


@dataclass(frozen=True)
class Outcomes:
    """What comes of the alerts of one rule, by outcome: weights, and notes to choose from."""

    rule: str
    outcomes: dict[str, int]
    notes: dict[str, list[str]]


@dataclass(frozen=True)
class Newcomers:
    """How many are enrolled per clinic and week, and the open episodes at which nobody more is."""

    a_week: int
    most: int


@dataclass(frozen=True)
class Names:
    female: list[str]
    male: list[str]
    family: list[str]
    spanish: list[str]


@dataclass(frozen=True)
class DemoContent:
    tenant: str
    zone: str
    password: str
    clinics: tuple[ClinicContent, ...]
    staff: tuple[StaffContent, ...]
    names: Names
    scales: tuple[ScaleContent, ...]
    shapes: tuple[Shape, ...]
    threads: tuple[Thread, ...]
    habits: dict[str, Habit]  # by clinic
    outcomes: dict[str, Outcomes]  # by rule
    newcomers: Newcomers


@cache
def demo_content(folder: Path = settings.CONTENT / "demo") -> DemoContent:
    """Everything under ``data/demo``; a PathwayError names the file and what is wrong in it."""
    clinics = _read(folder / "clinics.toml")
    return DemoContent(
        tenant=clinics["tenant"],
        zone=clinics["zone"],
        password=clinics["password"],
        clinics=_rows(folder / "clinics.toml", "clinic", ClinicContent),
        staff=_rows(folder / "clinics.toml", "staff", StaffContent),
        names=_made(folder / "names.toml", Names, _read(folder / "names.toml")),
        scales=_rows(folder / "courses.toml", "scale", ScaleContent),
        shapes=_rows(folder / "shapes.toml", "shape", Shape),
        threads=_rows(folder / "threads.toml", "thread", Thread),
        habits={each.clinic: each for each in _rows(folder / "handling.toml", "habit", Habit)},
        newcomers=_made(folder / "handling.toml", Newcomers, _read(folder / "handling.toml")["newcomers"]),
        outcomes={each.rule: each for each in _rows(folder / "handling.toml", "answer", Outcomes)},
    )


def _read(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PathwayError(f"data/demo/{path.name}: this is not TOML: {error}.") from None


def _rows(path: Path, name: str, kind: type) -> tuple:
    return tuple(_made(path, kind, row) for row in _read(path).get(name, []))


def _made(path: Path, kind: type, row: dict) -> object:
    try:
        return kind(**row)
    except (TypeError, ValueError) as error:
        raise PathwayError(f"data/demo/{path.name}: {error}.") from None
