"""The cells of one line by column, each read by its own rule; what is wrong with them is collected."""

import re
from datetime import date

from etl.imports.layout import Covariate, Layout

YEAR = re.compile(r"(20\d\d)/(\d\d)")
NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,15})?|-?\.\d{1,15}")


class Cells:
    """The cells of one line by column; collects what is wrong with them."""

    def __init__(self, fields: list[str], place: dict[str, int], layout: Layout):
        self._fields, self._place, self._layout = fields, place, layout
        self.faults: list[tuple[str, str, str]] = []

    def fault(self, rule: str, column: str, value: str) -> None:
        self.faults.append((rule, column, value))

    def of(self, name: str) -> str:
        return self._fields[self._place[self._layout.columns[name]]].strip()

    def matching(self, name: str, pattern: re.Pattern, may_miss: bool = False) -> str | None:
        value = self.of(name)
        if may_miss and value in self._layout.missing:
            return None
        if not pattern.fullmatch(value):
            self.fault("unreadable", self._layout.columns[name], value)
        return value

    def coded(self, name: str, codes: dict[str, str], missing: str | None = None) -> str:
        value = self.of(name)
        if missing is not None and (value in self._layout.missing or value == "9"):
            return missing
        return self.looked_up(self._layout.columns[name], codes)

    def looked_up(self, column: str, codes: dict) -> object:
        value = self._fields[self._place[column]].strip()
        if value not in codes:
            self.fault("out_of_range", column, value)
        return codes.get(value)

    def number(self, column: str, allowed: tuple[float, float], missing: frozenset[str]) -> float | None:
        value = self._fields[self._place[column]].strip()
        if value in missing:
            return None
        if NUMBER.fullmatch(value) and allowed[0] <= float(value) <= allowed[1]:
            return float(value)
        self.fault("out_of_range", column, value)
        return None

    def index_date(self) -> date:
        """1 October of the financial year: its middle."""
        found = YEAR.fullmatch(self.of("year"))
        if not found or (int(found[1]) + 1) % 100 != int(found[2]):
            self.fault("unreadable", self._layout.columns["year"], self.of("year"))
            return date.min
        return date(int(found[1]), 10, 1)

    def covariates(self, wanted: list[Covariate]) -> dict[str, float | str]:
        found = {each.name: self._covariate(each) for each in wanted}
        return {name: value for name, value in found.items() if value is not None}

    def _covariate(self, wanted: Covariate) -> float | str | None:
        if not wanted.codes:
            return self.number(wanted.column, wanted.range, wanted.missing)
        value = self._fields[self._place[wanted.column]].strip()
        return None if value in wanted.missing else self.looked_up(wanted.column, wanted.codes)


def shown(value: str) -> str:
    """A refused value as it may be kept: a number as it is, of text only the length."""
    return value if NUMBER.fullmatch(value) else f"{len(value)} characters"
