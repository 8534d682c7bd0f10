"""How far evidence from elsewhere is trusted, read from data/recovery/trust.toml and refused by name when wrong."""

import tomllib
from dataclasses import dataclass, fields

from scoring.errors import ScoringError

STATUSES = ("measured", "seen", "background")


@dataclass(frozen=True)
class Spread:
    """
    SDs between groups of patients (tenants, pathways), as shares of the scale's width.

    Parameters
    ----------
    level : of the whole course
    bend : of each knot by itself
    slope : of the slope on the baseline, at each knot
    effect : of a covariate's effect
    """

    level: float
    bend: float
    slope: float
    effect: float


@dataclass(frozen=True)
class PublishedTrust:
    """Of a published course: SD of its mean's error as a share of the width, and the factor on its SD."""

    level: float
    sd_times: float


@dataclass(frozen=True)
class Trust:
    """
    Parameters
    ----------
    tenants, pathways : how far the own patients may lie from other tenants', and from the clinic's on other pathways
    most_borrowed : patients that others' residuals count as, at most
    published : by status of a course (measured, seen, background)
    published_patients : patients that a published spread counts as
    """

    tenants: Spread
    pathways: Spread
    most_borrowed: float
    published: dict[str, PublishedTrust]
    published_patients: float


def parse_trust(text: str) -> Trust:
    """Read the TOML text; a ScoringError names the table, the number and what it may be."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScoringError(f"The trust in other evidence is not readable TOML: {error}. Correct that line.") from error
    published = _table(tables, "published")
    return Trust(
        _spread(tables, "between_tenants"),
        _spread(tables, "between_pathways"),
        _number(_table(tables, "borrowed"), "borrowed", "patients", 1, 10_000),
        {status: _published(published, status) for status in STATUSES},
        _number(published, "published", "patients", 1, 10_000),
    )


def _table(tables: dict, name: str) -> dict:
    if not tables.get(name, {}).get("source"):
        raise ScoringError(f"Trust in other evidence: table [{name}] or its 'source' is missing; say where it is from.")
    return tables[name]


def _spread(tables: dict, name: str) -> Spread:
    table = _table(tables, name)
    return Spread(*(_number(table, name, field.name, 0.0001, 1) for field in fields(Spread)))


def _published(published: dict, status: str) -> PublishedTrust:
    numbers, name = published.get(status, {}), f"published.{status}"
    return PublishedTrust(_number(numbers, name, "level", 0.0001, 1), _number(numbers, name, "sd_times", 1, 5))


def _number(table: dict, name: str, key: str, lowest: float, highest: float) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise ScoringError(f"Trust: '{key}' of [{name}] is {value!r}; it must be a number from {lowest} to {highest}.")
    return float(value)
