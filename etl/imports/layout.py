"""The layout of a registry's files, as data/imports/nhs_proms.toml describes it; the only reader of that file."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import settings
from etl.errors import EtlError

NHS_PROMS = settings.CONTENT / "imports" / "nhs_proms.toml"


@dataclass(frozen=True)
class Step:
    """A questionnaire the registry asks for: ``day`` after the index date, ``prefix`` in the names of its columns."""

    name: str
    prefix: str
    day: int
    overdue_after_days: int
    expires_after_days: int


@dataclass(frozen=True)
class Covariate:
    """One column kept as a covariate: ``codes`` translate what is published, else it is a number in ``range``."""

    name: str
    column: str
    codes: dict[str, str]
    range: tuple[float, float]
    missing: frozenset[str]


@dataclass(frozen=True)
class Procedure:
    """One kind of operation: what its files ask and where they say it."""

    name: str
    condition: str
    instrument: str
    scale: str
    score: str
    score_range: tuple[int, int]
    answer_range: tuple[int, int]
    unanswered: str
    items: dict[str, str]
    predicted: dict[str, str]

    def item_column(self, step: Step, item: str) -> str:
        return f"{self.name} {step.prefix} {self.items[item]}"

    def score_column(self, step: Step) -> str:
        return f"{self.name} {step.prefix} {self.score}"


@dataclass(frozen=True)
class Layout:
    """How a programme's files look, for every procedure."""

    programme: str
    title: str
    missing: frozenset[str]
    columns: dict[str, str]
    strata: dict[str, str]
    sexes: dict[str, str]
    baseline: Step
    follow_up: Step
    procedures: tuple[Procedure, ...]
    covariates: tuple[Covariate, ...]

    def columns_needed(self, procedure: Procedure) -> list[str]:
        """Every column a file of the procedure must have, as published."""
        steps = (self.baseline, self.follow_up)
        asked = [procedure.item_column(step, item) for step in steps for item in procedure.items]
        scores = [procedure.score_column(step) for step in steps]
        covariates = [covariate.column for covariate in self.covariates_of(procedure)]
        return [*self.columns.values(), *asked, *scores, *covariates]

    def covariates_of(self, procedure: Procedure) -> list[Covariate]:
        """The common covariates and the registry's own predictions."""
        predicted = [
            Covariate(name, f"{procedure.name} {column}", {}, (-1e6, 1e6), self.missing)
            for name, column in procedure.predicted.items()
        ]
        return [*self.covariates, *predicted]


def column_key(name: str) -> str:
    """A column's name without blanks, case and punctuation: the years and procedures do not agree on them."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def read_layout(path: Path = NHS_PROMS) -> Layout:
    """The layout described in a file of data/imports."""
    text = tomllib.loads(path.read_text())
    missing = frozenset(text["missing"])
    baseline, follow_up = (Step(**step) for step in text["steps"])
    return Layout(
        text["programme"],
        text["title"],
        missing,
        text["columns"],
        text["strata"],
        text["sexes"],
        baseline,
        follow_up,
        tuple(Procedure(**procedure) for procedure in text["procedures"]),
        tuple(covariate for group in text["covariates"] for covariate in _covariates(group, missing)),
    )


def _covariates(group: dict, missing: frozenset[str]) -> list[Covariate]:
    return [
        Covariate(
            name,
            column,
            group.get("codes", {}),
            tuple(group.get("range", ())),
            missing | frozenset(group.get("missing", [])),
        )
        for name, column in zip(group["names"], group["columns"], strict=True)
    ]


def procedure_of(layout: Layout, header: list[str], file_name: str) -> Procedure:
    """
    Which procedure a file with this header is about.

    Raises EtlError for an unknown layout, and names the columns that a known one lacks.
    """
    present = {column_key(name) for name in header}
    lacking = {
        procedure.name: [name for name in layout.columns_needed(procedure) if column_key(name) not in present]
        for procedure in layout.procedures
    }
    best = min(layout.procedures, key=lambda procedure: len(lacking[procedure.name]))
    missing, needed = lacking[best.name], len(layout.columns_needed(best))
    if len(missing) > needed // 2:
        known = " and ".join(procedure.name.lower() for procedure in layout.procedures)
        raise EtlError(
            f"{file_name} does not look like a file of {layout.title}: it has {needed - len(missing)} of the {needed} "
            f"columns of one. Give the provider file for {known} as it was published."
        )
    if missing:
        named = ", ".join(f"“{name}”" for name in missing[:5]) + (" …" if len(missing) > 5 else "")
        raise EtlError(
            f"{file_name} lacks {len(missing)} of the {needed} columns of a {best.name} file: {named}. "
            "Give the file as it was published, with all its columns."
        )
    return best
