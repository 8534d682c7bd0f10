"""What a pathway is, once its text has been read and checked."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class StepKind(StrEnum):
    SURVEY = "survey"  # asks instruments; has a window and may remind
    MESSAGE = "message"  # says something
    EXERCISE = "exercise"  # opens a set of exercises and says so
    VIDEO = "video"  # shows a film and says so


@dataclass(frozen=True)
class Window:
    """Days after the step's day, at the step's time: from ``due`` on it can be answered, until ``expires``."""

    due: int
    overdue: int
    expires: int


@dataclass(frozen=True)
class Repeat:
    """The step again every ``every`` days, ``times`` times in all."""

    every: int
    times: int


@dataclass(frozen=True)
class Reminders:
    """Further messages while a survey is unanswered: ``after`` are days after it fell due, one message each."""

    after: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Step:
    """
    One planned contact.

    ``day`` counts from the index date (day 0; before it negative), ``time`` is wall-clock time in the
    patient's own zone. ``surveys`` are ``key@version``, in the order in which they are asked.
    """

    key: str
    kind: StepKind
    day: int
    time: time
    text: str
    surveys: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    video: str | None = None
    window: Window | None = None
    repeat: Repeat = Repeat(every=1, times=1)
    reminders: Reminders | None = None

    @property
    def occurrence_days(self) -> tuple[int, ...]:
        """The day of each occurrence; occurrence 1 is the first."""
        return tuple(self.day + self.repeat.every * turn for turn in range(self.repeat.times))


@dataclass(frozen=True)
class Plan:
    """From day to day, both included, on these weekdays (0 = Monday … 6 = Sunday)."""

    from_day: int
    to_day: int
    weekdays: frozenset[int]

    @property
    def weekday_bits(self) -> int:
        """As the prescription stores them: bit 0 = Monday … bit 6 = Sunday."""
        return sum(1 << weekday for weekday in self.weekdays)


@dataclass(frozen=True)
class Exercise:
    """One exercise, its dose in words, and when it is asked."""

    key: str
    label: dict[str, str]  # language → words
    dose: dict[str, str]
    plans: tuple[Plan, ...]


@dataclass(frozen=True)
class Video:
    key: str
    label: dict[str, str]
    minutes: int


@dataclass(frozen=True)
class Sending:
    """When the clinic may write at all, in the patient's own time."""

    quiet_from: time  # nothing is sent from here …
    quiet_until: time  # … to here, the next morning
    stale_after_days: int  # a message later than this is dropped, not sent
    most_per_day: int


@dataclass(frozen=True)
class Source:
    """A publication and what it stands for in this pathway."""

    cites: str
    supports: str


@dataclass(frozen=True)
class Pathway:
    """
    A standard treatment protocol, one immutable version.

    ``baseline_days`` are the first and last day on which a response may become the baseline;
    no step starts after ``length_days``, though its window may run on.
    """

    key: str
    version: int
    status: str  # draft: not yet reviewed by a clinician; reviewed
    title: dict[str, str]
    condition: str
    index_kind: str
    length_days: int
    baseline_days: tuple[int, int]
    sending: Sending
    steps: tuple[Step, ...]
    exercises: tuple[Exercise, ...]
    videos: tuple[Video, ...]
    not_today_reasons: dict[str, dict[str, str]]  # code → language → words
    texts: dict[str, dict[str, str]]  # language → text key → words
    sources: tuple[Source, ...]

    @property
    def reference(self) -> str:
        """``key@version``, as enrollments and lake rows carry it."""
        return f"{self.key}@{self.version}"

    @property
    def instruments(self) -> tuple[str, ...]:
        """Every instrument asked, in the order of first asking; the first is the pathway's headline."""
        return tuple(dict.fromkeys(survey for step in self.steps for survey in step.surveys))

    def survey_days(self, instrument: str) -> tuple[int, ...]:
        """The days on which an instrument (``key@version``) is asked, ascending, the baseline's included."""
        return tuple(sorted(day for step in self.steps if instrument in step.surveys for day in step.occurrence_days))
