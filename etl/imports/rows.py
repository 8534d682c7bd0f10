"""One line of a registry's file becomes one checked row, or the reasons why it cannot."""

import csv
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from etl.imports.archive import Line
from etl.imports.cells import YEAR, Cells, shown
from etl.imports.layout import Layout, Procedure, Step, column_key

PROVIDER = re.compile(r"[A-Za-z0-9]{1,12}")
AGE_BAND = re.compile(r"\d{1,3} to \d{1,3}")


@dataclass(frozen=True)
class Questionnaire:
    """One filled-in questionnaire: item → answer or "skipped"; ``claimed`` is the total the registry published."""

    answers: dict[str, int | str]
    claimed: int | None


@dataclass(frozen=True)
class RegistryRow:
    """
    One operation of one patient.

    Parameters
    ----------
    key : programme, procedure, year and the SHA-256 of the row as published; ":2", ":3" … for its repetitions
    index_date : 1 October of the financial year
    before, after : None where not one item was answered
    """

    line: int
    key: str
    sha256: str
    provider: str
    stratum: str
    index_date: date
    age_band: str | None
    sex: str
    covariates: dict[str, float | str]
    before: Questionnaire | None
    after: Questionnaire | None


@dataclass(frozen=True)
class Rejection:
    """Why a line was not taken: one rule, the column it concerns ("" = the whole line) and what stood there."""

    line: int
    key: str
    rule: str
    field: str
    value: str


class RowReader:
    """
    Reads the lines of one file; remembers which it has seen, so that identical rows are kept apart.

    The k-th occurrence of a row gets the k-th key whatever the order of the lines.
    """

    def __init__(self, layout: Layout, procedure: Procedure, header: list[str], seen: Counter[str]):
        self._layout, self._procedure, self._seen = layout, procedure, seen
        self._width = len(header)
        places = {column_key(name): place for place, name in reversed(list(enumerate(header)))}
        self._place = {name: places[column_key(name)] for name in layout.columns_needed(procedure)}
        self._covariates = layout.covariates_of(procedure)
        self._answers = _whole_numbers(procedure.answer_range)
        self._answers |= dict.fromkeys([procedure.unanswered, *layout.missing], "skipped")
        self._claims = _whole_numbers(procedure.score_range) | dict.fromkeys(layout.missing)

    def read(self, line: Line) -> RegistryRow | list[Rejection]:
        """The row of a line, or every reason why it is none."""
        sha256 = hashlib.sha256(line.content).hexdigest()
        fields = self._fields(line)
        if isinstance(fields, str):
            key = self._key("unreadable", sha256)
            return [Rejection(line.number, key, fields, "", f"{len(line.content)} bytes")]
        row, faults = self._row(line.number, sha256, fields)
        if faults:
            return [Rejection(line.number, row.key, rule, name, shown(value)) for rule, name, value in faults]
        return row

    def _fields(self, line: Line) -> list[str] | str:
        """The cells of a line, or the rule it breaks."""
        if not line.is_whole:
            return "line_too_long"
        try:
            fields = next(csv.reader([line.content.decode("utf-8")], strict=True))
        except UnicodeDecodeError:
            return "not_utf8"
        except csv.Error:
            return "broken_quotes"
        return fields if len(fields) == self._width else "wrong_number_of_columns"

    def _key(self, year: str, sha256: str) -> str:
        key = f"{self._layout.programme}:{self._procedure.condition}:{year}:{sha256}"
        self._seen[key] += 1
        return key if self._seen[key] == 1 else f"{key}:{self._seen[key]}"

    def _row(self, line: int, sha256: str, fields: list[str]) -> tuple[RegistryRow, list[tuple[str, str, str]]]:
        cells = Cells(fields, self._place, self._layout)
        year = cells.of("year")
        row = RegistryRow(
            line,
            self._key(year if YEAR.fullmatch(year) else "unreadable", sha256),
            sha256,
            cells.matching("provider", PROVIDER),
            cells.coded("revision", self._layout.strata),
            cells.index_date(),
            cells.matching("age_band", AGE_BAND, may_miss=True),
            cells.coded("sex", self._layout.sexes, missing="unknown"),
            cells.covariates(self._covariates),
            self._questionnaire(cells, self._layout.baseline),
            self._questionnaire(cells, self._layout.follow_up),
        )
        if cells.of("procedure") != self._procedure.name:
            cells.fault("another_procedure", self._layout.columns["procedure"], cells.of("procedure"))
        return row, cells.faults

    def _questionnaire(self, cells: Cells, step: Step) -> Questionnaire | None:
        answers = {}
        for item in self._procedure.items:
            column = self._procedure.item_column(step, item)
            answers[item] = cells.looked_up(column, self._answers)
        claimed = cells.looked_up(self._procedure.score_column(step), self._claims)
        if claimed is None and all(answer == "skipped" for answer in answers.values()):
            return None
        return Questionnaire(answers, claimed)


def _whole_numbers(span: tuple[int, int]) -> dict[str, int]:
    return {str(number): number for number in range(span[0], span[1] + 1)}
