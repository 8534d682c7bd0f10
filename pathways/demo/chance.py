"""One seeded source of luck per patient: what one patient draws never changes another's rows."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


class Chance:
    """Repeatable draws; the same seed and subject give the same sequence on every machine."""

    def __init__(self, seed: int, subject: str):
        self._random = random.Random(f"{seed}:{subject}")

    def yes(self, share: float) -> bool:
        return self._random.random() < share

    def pick(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        return self._random.sample(choices, count)

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        return self._random.sample(choices, len(choices))

    def between(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return self._random.randint(low, high)

    def normal(self) -> float:
        """Mean 0, SD 1, never further out than 2.5: a demonstration needs no one-in-a-hundred patients by accident."""
        while abs(z := self._random.gauss(0.0, 1.0)) > 2.5:
            pass
        return z

    def after(self, moment: datetime, low_hours: float, high_hours: float) -> datetime:
        """A moment so many hours later, to the second."""
        return moment + timedelta(seconds=round(self.between(low_hours, high_hours) * 3600))

    def id_at(self, moment: datetime) -> UUID:
        """A UUIDv7 as ``care.ids`` makes them, with this moment's milliseconds and drawn random bits."""
        value = (int(moment.timestamp() * 1000) << 80) | self._random.getrandbits(80)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))

    def key(self) -> UUID:
        """A random UUID that says nothing about when it was made."""
        return UUID(int=self._random.getrandbits(128), version=4)
