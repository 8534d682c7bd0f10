"""A TOML table read strictly: wrong type, missing or unknown key is refused with the file and the line."""

import re
import tomllib
from collections.abc import Callable
from typing import Any

from scoring.errors import ScoringError
from scoring.formula.limits import MAX_NUMBER

MAX_TEXT = 500_000  # characters; the longest of the library has 20,000


def read_toml(text: str, source: str) -> "Section":
    """The whole document as a section; a syntax error keeps TOML's own line number."""
    if len(text) > MAX_TEXT:
        raise ScoringError(f"{source}: the definition is longer than {MAX_TEXT:,} characters.")
    try:
        return Section(tomllib.loads(text), Lines(text, source))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ScoringError(f"{source}: not valid TOML: {error}") from None


class Lines:
    """Finds the line of a key, for messages: tomllib keeps no places."""

    def __init__(self, text: str, source: str):
        self.source, self.lines = source, text.splitlines()

    def find(self, pattern: str, after: int = 0) -> int:
        """Number of the first line after line ``after`` that matches; ``after`` itself when none does."""
        matches = re.compile(pattern).search
        return next((number for number, line in enumerate(self.lines[after:], after + 1) if matches(line)), after)

    def find_all(self, pattern: str) -> list[int]:
        """Numbers of all lines that match."""
        matches = re.compile(pattern).search
        return [number for number, line in enumerate(self.lines, 1) if matches(line)]


class Section:
    """One table of the document. Every key must be taken; ``finish`` refuses the rest."""

    def __init__(self, values: dict[str, Any], lines: Lines, name: str = "", line: int = 0):
        self._left, self._lines, self._name, self.line = dict(values), lines, name, line

    def error(self, key: str, what: str) -> ScoringError:
        """The error that names file, line and key."""
        line = self._lines.find(rf"(^|[\s{{,]){re.escape(key)}\s*=", max(self.line - 1, 0)) or self.line
        inside = f" of {self._name}" if self._name else ""
        return ScoringError(f"{self._lines.source}, line {max(line, 1)}: {key}{inside} {what}")

    def has(self, key: str) -> bool:
        """Whether the key stands in this table."""
        return key in self._left

    def fill(self, usual: dict[str, Any]) -> None:
        """Take ``usual`` for what does not stand in this table."""
        self._left = {**usual, **self._left}

    def keys(self) -> tuple[str, ...]:
        """The keys not taken yet."""
        return tuple(self._left)

    def peek(self, key: str) -> Any:
        """The value, which stays to be taken again."""
        return self._left[key]

    def take(self, key: str, default: Any = ...) -> Any:
        """The value as TOML gives it; without a default it must be there."""
        if key in self._left:
            return self._left.pop(key)
        if default is ...:
            raise self.error(key, "is missing.")
        return default

    def text(self, key: str, default: Any = ...) -> str:
        """A text."""
        return self._typed(key, default, str, "must be a text in quotes.")

    def number(self, key: str, default: Any = ...) -> float:
        """A number, as float."""
        value = self.take(key, default)
        if value is default:
            return value
        if not is_number(value):
            raise self.error(key, "must be a number.")
        return float(value)

    def whole(self, key: str, default: Any = ...) -> int:
        """A whole number."""
        return self._typed(key, default, int, "must be a whole number.", not_bool=True)

    def yes_or_no(self, key: str, default: Any = ...) -> bool:
        """true or false."""
        return self._typed(key, default, bool, "must be true or false.")

    def one_of(self, key: str, allowed: tuple[str, ...], default: Any = ...) -> str:
        """One of the allowed words."""
        value = self.text(key, default)
        if value is not None and value not in allowed:
            raise self.error(key, f"is “{value}”; allowed: {', '.join(allowed)}.")
        return value

    def pair(self, key: str, default: Any = ...) -> tuple[float, float]:
        """[lowest, highest]."""
        value = self.take(key, default)
        if value is default:
            return value
        if not (isinstance(value, list) and len(value) == 2 and all(map(is_number, value)) and value[0] < value[1]):
            raise self.error(key, "must be [lowest, highest].")
        return float(value[0]), float(value[1])

    def numbers(self, key: str, default: Any = ...) -> tuple[float, ...]:
        """A list of numbers."""
        value = self.take(key, default)
        if value is default:
            return value
        if not (isinstance(value, list) and all(map(is_number, value))):
            raise self.error(key, "must be a list of numbers.")
        return tuple(map(float, value))

    def inside(self, key: str, values: dict[str, Any]) -> "Section":
        """An inline table, taken already."""
        return Section(values, self._lines, f"{key} of {self._name}", self.line)

    def section(self, key: str) -> "Section":
        """The table ``[key]``."""
        value = self.take(key, {})
        if not isinstance(value, dict):
            raise self.error(key, "must be a table.")
        return Section(value, self._lines, key, self._lines.find(rf"^\s*\[{re.escape(key)}\]"))

    def sections(self, key: str, mark: Callable[[dict], str]) -> list["Section"]:
        """
        The list of tables ``key``, written ``[[key]]`` or inline, one per line.

        ``mark(values)`` is the word that names one of them (its id) in messages and finds its line.
        """
        values = self.take(key, [])
        if not (isinstance(values, list) and all(isinstance(value, dict) for value in values)):
            raise self.error(key, "must be a list of tables.")
        headers = self._lines.find_all(rf"^\s*\[\[{re.escape(key)}\]\]")
        inline = self._lines.find(rf"^\s*{re.escape(key)}\s*=\s*\[")
        found = []
        for place, value in enumerate(values):
            name = mark(value)
            line = headers[place] if place < len(headers) else self._lines.find(rf"\"{re.escape(name)}\"", inline)
            found.append(Section(value, self._lines, f"{key} “{name}”", line))
        return found

    def named_sections(self, key: str) -> dict[str, "Section"]:
        """The tables ``[key.name]``, by name."""
        found, tables = {}, self.take(key, {})
        if not isinstance(tables, dict):
            raise self.error(key, "must hold named tables.")
        for name, value in tables.items():
            line = self._lines.find(rf"^\s*\[{re.escape(key)}\.{re.escape(name)}\]")
            if not isinstance(value, dict):
                raise self.error(key, f"“{name}” must be a table.")
            found[name] = Section(value, self._lines, f"{key} “{name}”", line)
        return found

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        for key in self._left:
            raise self.error(key, "is not known here; check the spelling.")

    def _typed(self, key: str, default: Any, kind: type | tuple, what: str, not_bool: bool = False) -> Any:
        value = self.take(key, default)
        if value is default:
            return value
        if not isinstance(value, kind) or (not_bool and isinstance(value, bool)):
            raise self.error(key, what)
        return value


def is_number(value: Any) -> bool:
    """Whether TOML gave a finite number that is exact as float."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER
