"""What an instrument is: items, scales, thresholds, licence. Made by ``scoring.instruments`` only."""

from dataclasses import dataclass
from functools import cached_property

from scoring.errors import ScoringError
from scoring.formula import Formula, Model, Table


@dataclass(frozen=True, slots=True)
class Safety:
    """An answer that a person must see today: at or above ``at_least``, or at or below ``at_most``."""

    says: str
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, answer: float) -> bool:
        """Whether this answer is such an answer."""
        high = self.at_least is not None and answer >= self.at_least
        low = self.at_most is not None and answer <= self.at_most
        return high or low


@dataclass(frozen=True, slots=True)
class Item:
    """
    One question.

    ``label``, ``question`` and ``answers`` are our own words ("demonstration wording"), never the questionnaire's. An
    answer is a number from ``low`` to ``high``: one of ``values`` if given, whole unless ``whole`` is false. ``best``
    is the end that means health ("low", "high", or "neither"). ``reverse``: formulas see low + high - answer.
    ``not_applicable``: the number a form uses for it. ``printed_from``: what the form prints for
    ``low``, where it prints other numbers than are stored (-7 to +7 for 0 to 14).
    """

    id: str
    label: str
    low: float
    high: float
    best: str
    question: str = ""
    answers: tuple[tuple[float, str], ...] = ()
    values: tuple[float, ...] | None = None
    whole: bool = True
    reverse: bool = False
    not_applicable: float | None = None
    printed_from: float | None = None
    scored: bool = True
    safety: Safety | None = None
    line: int = 0  # of the definition, for messages

    @property
    def shift(self) -> float:
        """What is added to a stored answer to give the printed one."""
        return 0.0 if self.printed_from is None else self.printed_from - self.low

    def allows(self, answer: float) -> bool:
        """Whether ``answer`` is one of the item's."""
        if not self.low <= answer <= self.high:
            return False
        if self.values is not None:
            return answer in self.values
        return not self.whole or answer == int(answer)


@dataclass(frozen=True, slots=True)
class Scale:
    """
    One score.

    ``direction``: whether "higher" or "lower" is better. ``range``: smallest and largest score there can be, points.
    ``display_range``: the one vertical axis of all its sparklines. ``bands``: (lower end, words), ascending.
    ``items``: ids it depends on, also through other scales. ``se``: standard error of the score, points.
    ``not_monotone``: why a better answer may lower the score. ``tracked`` false: a count without a course, such as of
    warning signs; nothing is expected of it and no track is judged on it.
    """

    name: str
    label: str
    formula: Formula
    direction: str
    range: tuple[float, float]
    display_range: tuple[float, float]
    items: tuple[str, ...]
    se: Formula | None = None
    decimals: int = 0
    bands: tuple[tuple[float, str], ...] = ()
    loinc: str | None = None
    not_monotone: str | None = None
    tracked: bool = True
    line: int = 0  # of the definition, for messages


@dataclass(frozen=True, slots=True)
class Threshold:
    """
    One cited value; there are several per instrument, never one constant.

    ``kind``: MCID, MIC, MDC, SCB (changes) or PASS (a state). ``value`` to ``upper`` in ``unit``: points, or percent
    of baseline. ``status``: seen (read in the source) or background (unverified). ``conditions``: keys of the
    conditions the population stands for; "any" among them, or none at all = also those without a row of their own.
    """

    scale: str
    population: str
    kind: str
    value: float
    unit: str
    source: str
    status: str
    year: int | None = None
    upper: float | None = None
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Licence:
    """
    Who owns the instrument and what we may ship: ``scoring``, ``wording``.

    ``status``: free, permission (free on request or for care), licensed (a contract is needed).
    """

    status: str
    holder: str
    scoring: bool
    wording: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Vector:
    """
    Answers with the scores they must give (``None`` = not scorable), and the line of the definition they stand in.
    """

    answers: tuple[float | str, ...]  # in item order; a text is a reason of absence
    scores: tuple[tuple[str, float | None], ...]
    line: int


@dataclass(frozen=True, slots=True)
class TableCheck:
    """What a table must satisfy: ``order`` (rising, falling, none) and the first 16 hex digits of its SHA-256."""

    name: str
    order: str
    sha256: str
    source: str
    line: int


@dataclass(frozen=True, eq=False)
class Instrument:
    """
    One immutable version of a questionnaire.

    ``items`` stand in the instrument's official order; answer lists and columns follow it. ``about``: side or person.
    ``status``: official or draft. ``two_marks``: what two marks in one item mean (highest, lowest, or ``None`` =
    unreadable).
    """

    key: str
    version: int
    title: str
    about: str
    status: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    thresholds: tuple[Threshold, ...]
    licence: Licence
    citation: str
    verified: str
    source: str
    loinc: tuple[tuple[str, str], ...] = ()
    vectors: tuple[Vector, ...] = ()
    tables: tuple[Table, ...] = ()
    table_checks: tuple[TableCheck, ...] = ()
    models: tuple[Model, ...] = ()
    two_marks: str | None = None

    @property
    def reference(self) -> str:
        """``key@version``, as responses and scores carry it."""
        return f"{self.key}@{self.version}"

    @cached_property
    def positions(self) -> dict[str, int]:
        """Item id -> its place in answer lists and columns, from 0."""
        return {item.id: place for place, item in enumerate(self.items)}

    def item(self, item_id: str) -> Item:
        """The item with this id."""
        if item_id not in self.positions:
            raise ScoringError(f"{self.reference} has no item “{item_id}”. Items: {', '.join(self.positions)}.")
        return self.items[self.positions[item_id]]

    def scale(self, name: str) -> Scale:
        """The scale with this name."""
        for scale in self.scales:
            if scale.name == name:
                return scale
        raise ScoringError(f"{self.reference} has no scale “{name}”. Scales: {', '.join(s.name for s in self.scales)}.")
