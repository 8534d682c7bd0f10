"""One table of a pathway text, read field by field; every refusal knows its line."""

import re
from collections.abc import Callable
from datetime import time
from typing import Any, NoReturn

from pathways.errors import PathwayFileError
from pathways.toml_lines import Path, line_of

KEY = re.compile(r"[a-z][a-z0-9_]*")
INSTRUMENT = re.compile(r"(own:)?[a-z][a-z0-9_]*@[1-9][0-9]*")
LANGUAGES = ("en", "es")
_REQUIRED = object()


class Table:
    """A table with its place; fields are taken one by one, and ``finish`` refuses what nobody took."""

    def __init__(self, values: dict[str, Any], name: str, lines: dict[Path, int], path: Path = (), called: str = ""):
        self.values, self.name, self.lines, self.path, self.called = values, name, lines, path, called
        self.taken: set[str] = set()

    def refuse(self, field: str | None, sentence: str) -> NoReturn:
        """Stop, with the place of the field (None: of the table itself)."""
        path = self.path if field is None else (*self.path, field)
        thing = f"{self.called}: " if self.called else ""
        raise PathwayFileError(self.name, line_of(self.lines, path), thing + sentence)

    def take(self, field: str, kind: type | tuple[type, ...], in_words: str, default: Any = _REQUIRED) -> Any:
        """The field's value, of one kind; without a default it must be there."""
        self.taken.add(field)
        if field not in self.values:
            if default is _REQUIRED:
                self.refuse(field, f'"{field}" is missing; it is {in_words}.')
            return default
        value = self.values[field]
        if not isinstance(value, kind) or isinstance(value, bool):
            self.refuse(field, f'"{field}" must be {in_words}, not {value!r}.')
        return value

    def words(self, field: str, default: Any = _REQUIRED) -> str:
        value = self.take(field, str, "words in quotation marks", default)
        if value is not default and not value.strip():
            self.refuse(field, f'"{field}" is empty; write something or leave the line out.')
        return value

    def key(self, field: str = "key", default: Any = _REQUIRED) -> str:
        value = self.take(field, str, "a short name", default)
        if value is not default and not KEY.fullmatch(value):
            self.refuse(field, f'"{value}" is no key; use small letters, digits and _, a letter first.')
        return value

    def whole(self, field: str, low: int, high: int, default: Any = _REQUIRED) -> int:
        value = self.take(field, int, f"a whole number from {low} to {high}", default)
        if value is not default and not low <= value <= high:
            self.refuse(field, f'"{field}" is {value}; it must lie between {low} and {high}.')
        return value

    def one_of(self, field: str, choices: tuple[str, ...]) -> str:
        value = self.take(field, str, "one of " + ", ".join(choices))
        if value not in choices:
            self.refuse(field, f'"{value}" is no {field}. Choose one of: {", ".join(choices)}.')
        return value

    def clock(self, field: str) -> time:
        value = self.take(field, str, 'a time such as "09:00"')
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            self.refuse(field, f'"{value}" is no time of day; write hours and minutes, for instance "09:00".')
        return time.fromisoformat(value)

    def in_languages(self, field: str) -> dict[str, str]:
        """One label in every language of the portal."""
        labels = self.take(field, dict, "a label in each language, { en = …, es = … }")
        for language in LANGUAGES:
            if not isinstance(labels.get(language), str) or not labels[language].strip():
                self.refuse(field, f'"{field}" has no words in "{language}"; add {language} = "…".')
        if extra := sorted(set(labels) - set(LANGUAGES)):
            self.refuse(field, f'"{field}" has the language "{extra[0]}"; the portal speaks {" and ".join(LANGUAGES)}.')
        return labels

    def several(self, field: str, check: Callable[[Any], bool], in_words: str) -> tuple:
        """A list without doubles; each entry must pass the check."""
        values = self.take(field, list, f"a list of {in_words}", [])
        for position, value in enumerate(values):
            if not check(value):
                self.refuse(field, f'"{field}" holds {value!r}; it is a list of {in_words}.')
            if value in values[:position]:
                self.refuse(field, f'"{field}" holds {value!r} twice; name it once.')
        return tuple(values)

    def table(self, field: str) -> "Table | None":
        """The table of that name, or None."""
        values = self.take(field, dict, "a table", None)
        if values is None:
            return None
        return Table(values, self.name, self.lines, (*self.path, field), self.called or field)

    def tables(self, field: str) -> list["Table"]:
        """The tables of an array, each called by its key."""
        rows = self.take(field, list, f"tables, each under [[{field}]]", [])
        for row in rows:
            if not isinstance(row, dict):
                self.refuse(field, f'"{field}" must be tables, each under [[{field}]].')
        return [
            Table(row, self.name, self.lines, (*self.path, field, position), self._called(field, row, position))
            for position, row in enumerate(rows)
        ]

    def _called(self, field: str, row: dict, position: int) -> str:
        own = f'{field} "{row["key"]}"' if "key" in row else f"{field} {position + 1}"
        return f"{self.called}, {own}" if self.called else own

    def finish(self) -> None:
        """Refuse a field that nobody asked for: most often a slip of the pen."""
        for field in self.values:
            if field not in self.taken:
                self.refuse(field, f'"{field}" is not known here. Known: {", ".join(sorted(self.taken))}.')
