"""How far evidence from elsewhere is trusted, read from data/recovery/trust.toml and refused by name when wrong."""

from dataclasses import dataclass, fields

from scoring.tables import number, read_tables, sourced

WHAT = "Trust in other evidence"
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
    tables = read_tables(text, WHAT)
    published = sourced(tables, "published", WHAT)
    return Trust(
        _spread(tables, "between_tenants"),
        _spread(tables, "between_pathways"),
        number(sourced(tables, "borrowed", WHAT), "patients", 1, 10_000, f"{WHAT}, [borrowed]"),
        {status: _published(published, status) for status in STATUSES},
        number(published, "patients", 1, 10_000, f"{WHAT}, [published]"),
    )


def _spread(tables: dict, name: str) -> Spread:
    table = sourced(tables, name, WHAT)
    return Spread(*(number(table, field.name, 0.0001, 1, f"{WHAT}, [{name}]") for field in fields(Spread)))


def _published(published: dict, status: str) -> PublishedTrust:
    numbers, what = published.get(status, {}), f"{WHAT}, [published.{status}]"
    return PublishedTrust(number(numbers, "level", 0.0001, 1, what), number(numbers, "sd_times", 1, 5, what))
