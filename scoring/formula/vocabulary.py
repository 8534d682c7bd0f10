"""What the formulas of one definition may speak of: its items, scales, tables and graded-response models."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ItemRange:
    """The answers of one item: ``low`` to ``high``; ``reverse``: it enters every formula as low + high - answer."""

    low: float
    high: float
    whole: bool = True
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers looked up by number. For ``band`` the keys are lower bounds, each band reaching to the next key."""

    name: str
    keys: tuple[float, ...]  # ascending
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The trait values an expectation is summed over; T-scores move by up to 1.15 with its end, so it is pinned."""

    low: float = -4.0
    high: float = 4.0
    step: float = 0.1

    def points(self) -> tuple[float, ...]:
        """The grid, ends included, rounded to 9 decimals so that every engine sees the same numbers."""
        count = round((self.high - self.low) / self.step) + 1
        return tuple(round(self.low + index * self.step, 9) for index in range(count))


@dataclass(frozen=True, slots=True)
class Model:
    """
    A graded-response model: P(answer at or above category k) = 1 / (1 + exp(-a (theta - b_k))), prior N(0, 1).

    ``discrimination[item]`` is a, ``difficulty[item]`` the ascending b_1 … b_(categories - 1).
    """

    name: str
    grid: Grid
    items: tuple[str, ...]
    discrimination: tuple[float, ...]
    difficulty: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a formula may name. ``later`` are scales that exist but stand below the formula."""

    items: Mapping[str, ItemRange]  # in the instrument's official order
    scales: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
