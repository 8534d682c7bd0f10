"""The published definitions a run needs, as objects for Python and as small tables for its SQL."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

import pandas as pd
from duckdb import DuckDBPyConnection

import settings
from care.database import app_session
from care.models import Tenant
from care.registry import definitions
from care.rescoring import history
from etl.frames import make_table
from pathways.definitions import parse_pathway
from pathways.pathway import Pathway
from scoring.instrument import Instrument, Scale
from scoring.instruments import parse_instrument
from scoring.thresholds import ANY, thresholds_for


@dataclass(frozen=True)
class Definitions:
    """What one tenant's rows refer to, by ``key@version``."""

    instruments: dict[str, Instrument]
    pathways: dict[str, Pathway]
    is_demo: bool  # a demonstration tenant: our own short wording counts there
    rescorings: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of care.rescoring.history

    def scored_by(self, reference: str) -> tuple[str, ...]:
        """The definitions a response's scores are computed by; the last one counts."""
        return self.rescorings.get(reference, (reference,))


def read_definitions(tenant_id: UUID) -> Definitions:
    """Every definition the tenant may use, parsed once per text."""
    with app_session(tenant_id) as session:
        return Definitions(
            {ref: _instrument(each.body, ref) for ref, each in definitions(session, "instrument").items()},
            {ref: _pathway(each.body, ref) for ref, each in definitions(session, "pathway").items()},
            session.get(Tenant, tenant_id).is_demo,
            history(session),
        )


@cache
def _instrument(text: str, reference: str) -> Instrument:
    return parse_instrument(text, reference)


@cache
def _pathway(text: str, reference: str) -> Pathway:
    return parse_pathway(text, reference)


def make_definition_tables(connection: DuckDBPyConnection, definitions: Definitions) -> None:
    """
    Temporary tables: new_item, scale_of, detectable_change, safety_rule, baseline_window, pathway_survey.

    What a reference means never changes, so that a writer kept open keeps them until a definition is published.
    """
    known = " ".join([*sorted(definitions.instruments), *sorted(definitions.pathways)])
    if connection.execute("SELECT getvariable('definitions_known')").fetchone()[0] == known:
        return
    for name, frame in {
        "new_item": _items(definitions),
        "scale_of": _scales(definitions),
        "detectable_change": _detectable_changes(definitions),
        "safety_rule": _safety_rules(definitions),
        "baseline_window": _baseline_windows(definitions),
        "pathway_survey": _pathway_surveys(definitions),
    }.items():
        make_table(connection, name, frame)
    connection.execute("SET VARIABLE definitions_known = ?", [known])


def _items(definitions: Definitions) -> pd.DataFrame:
    rows = [
        (reference, place, item.id)
        for reference, instrument in definitions.instruments.items()
        for place, item in enumerate(instrument.items, start=1)
    ]
    return pd.DataFrame(rows, columns=["instrument", "position", "item"])


def _scales(definitions: Definitions) -> pd.DataFrame:
    """One row per tracked scale; ``place`` orders the scales of an instrument."""
    rows = [
        {
            "instrument": reference,
            "scale": scale.name,
            "place": place,
            "higher_is_better": scale.direction == "higher",
            # What the panel calls it: "KOOS JR", not "KOOS, JR"; of several scales "KOOS Pain".
            "instrument_title": scale.label if len(instrument.scales) == 1 else instrument.title,
            "scale_title": scale.label if len(instrument.scales) > 1 else "",
            "decimals": scale.decimals,
            "instrument_key": instrument.key,
        }
        for reference, instrument in definitions.instruments.items()
        for place, scale in enumerate(instrument.scales)
        if scale.tracked
    ]
    return pd.DataFrame(rows)


def smallest_detectable_change(instrument: Instrument, scale: Scale, condition: str | None) -> float:
    """The largest MDC cited for such patients, points: a flag on one person must be beyond all of them; NaN if none."""
    cited = thresholds_for(instrument, scale.name, "MDC", condition)
    return max((threshold.value for threshold in cited), default=float("nan"))


def _detectable_changes(definitions: Definitions) -> pd.DataFrame:
    """One row per scale and condition that has rows of its own; condition null = every other."""
    rows = [
        (reference, scale.name, condition, smallest_detectable_change(instrument, scale, condition))
        for reference, instrument in definitions.instruments.items()
        for scale in instrument.scales
        for condition in [None, *sorted({each for row in instrument.thresholds for each in row.conditions} - {ANY})]
    ]
    types = {"instrument": "string", "scale": "string", "condition": "string", "mdc": float}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _safety_rules(definitions: Definitions) -> pd.DataFrame:
    rows = [
        (reference, place, item.safety.says, item.safety.at_least, item.safety.at_most)
        for reference, instrument in definitions.instruments.items()
        for place, item in enumerate(instrument.items, start=1)
        if item.safety
    ]
    types = {"instrument": str, "position": "int32", "says": str, "at_least": float, "at_most": float}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _baseline_windows(definitions: Definitions) -> pd.DataFrame:
    """One row per pathway and per kind of index; exactly one of the two is set."""
    rows = [(reference, None, *pathway.baseline_days) for reference, pathway in definitions.pathways.items()]
    rows += [(None, kind, *days) for kind, days in default_windows().items()]
    return pd.DataFrame(rows, columns=["pathway", "index_kind", "from_day", "to_day"])


@cache
def default_windows() -> dict[str, tuple[int, int]]:
    """Baseline windows by kind of index, for an episode without a pathway."""
    windows = tomllib.loads((settings.CONTENT / "recovery" / "windows.toml").read_text())
    return {kind: (window["from_day"], window["to_day"]) for kind, window in windows.items()}


def _pathway_surveys(definitions: Definitions) -> pd.DataFrame:
    """One row per pathway, instrument and day it is asked; ``place`` orders the pathway's instruments."""
    rows = [
        (reference, instrument, place, day)
        for reference, pathway in definitions.pathways.items()
        for place, instrument in enumerate(pathway.instruments)
        for day in pathway.survey_days(instrument)
    ]
    types = {"pathway": str, "instrument": str, "place": "int32", "day": "int32"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)
