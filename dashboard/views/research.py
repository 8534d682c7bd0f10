"""The research page in words: what can be chosen, what a choice comes to, what a freeze holds."""

import pandas as pd

from care.access import Viewer
from dashboard.definitions import instrument
from dashboard.labels import condition_label
from dashboard.resources import ask
from dashboard.words import count
from warehouse.research.cohort import CohortCount, ExportChoice, count_cohort, get_export_choices
from warehouse.research.freeze import Freeze


def conditions(viewer: Viewer) -> dict[str, str]:
    """Condition in words → its key, those with most surveys first."""
    asked = ask(get_export_choices, viewer.scope)
    ranked = asked.groupby("condition")["asked"].sum().sort_values(ascending=False, kind="stable")
    return {condition_label(condition): condition for condition in ranked.index}


def instruments(viewer: Viewer, condition: str) -> dict[str, str]:
    """Instrument in words → key@version, those with most surveys first."""
    asked = _of(viewer, condition).groupby("instrument")["asked"].sum().sort_values(ascending=False, kind="stable")
    return {f"{instrument(viewer, each).title} ({each})": each for each in asked.index}


def index_years(viewer: Viewer, condition: str) -> list[int]:
    """The calendar years with an index date, ascending."""
    return sorted(int(year) for year in _of(viewer, condition)["year"].unique())


def _of(viewer: Viewer, condition: str) -> pd.DataFrame:
    asked = ask(get_export_choices, viewer.scope)
    return asked[asked["condition"] == condition]


def read_count(viewer: Viewer, choice: ExportChoice) -> CohortCount:
    return ask(count_cohort, viewer.scope, choice)


def page_title(found: CohortCount | None) -> str:
    """44,241 patients match"""
    if found is None:
        return "Choose what to export"
    if not found.patients:
        return "Nobody matches this choice"
    if found.is_too_few:
        return "Fewer than 10 patients match: choose a longer period"
    return f"{patients(found.patients)} {'matches' if found.patients == 1 else 'match'}"


def patients(number: int) -> str:
    """44,241 patients"""
    return f"{count(number)} {'patient' if number == 1 else 'patients'}"


def count_rows(found: CohortCount) -> pd.DataFrame:
    """What the export would hold: one row per kind of row, one column without a name."""
    counts = {
        "Patients": count(found.patients),
        "Episodes": count(found.episodes),
        "Clinics": count(found.sites),
        "Surveys asked": count(found.surveys),
        "Surveys answered": count(found.responses),
        "Answers to items": count(found.answers),
    }
    return pd.DataFrame({"": counts})


def small_cell_note(found: CohortCount) -> str:
    """What to mind before a table is published."""
    if not found.small_groups:
        return "No combination of clinic, stratum, sex and age band has fewer than 10 patients."
    return (
        f"In {count(found.small_groups)} combinations of clinic, stratum, sex and age band there are fewer than 10 "
        f"patients ({count(found.in_small_groups)} in all): do not publish counts or means of so few."
    )


def freeze_rows(freeze: Freeze) -> pd.DataFrame:
    """One row per table of a freeze."""
    return pd.DataFrame(
        {"Table": name, "Rows": count(table["rows"]), "SHA-256 of the CSV begins": table["csv"]["sha256"][:16]}
        for name, table in freeze.manifest["tables"].items()
    )


def audit_detail(freeze: Freeze) -> dict[str, object]:
    """What the trail keeps of an export: the choice and counts, no patient."""
    return {"freeze": freeze.name, "choice": freeze.manifest["choice"], "counts": freeze.manifest["counts"]}
