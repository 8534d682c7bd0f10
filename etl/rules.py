"""The rules of judging: the published ones, and a tenant's own."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from duckdb import DuckDBPyConnection

import settings
from etl.watermark import read_care
from scoring.track_choices import rules_with
from scoring.track_rules import TrackRules, parse_track_rules


@cache
def _published_text() -> str:
    return (settings.CONTENT / "recovery" / "rules.toml").read_text()


@cache
def track_rules() -> TrackRules:
    """The published rules, parsed once."""
    return parse_track_rules(_published_text())


def rules_as_chosen(chosen: Mapping[str, object]) -> TrackRules:
    """The published rules with a tenant's choices ("rule.number" → value)."""
    return rules_with(_published_text(), chosen)


def tenant_rules(connection: DuckDBPyConnection) -> TrackRules:
    """The rules of the run's own tenant, under the run's snapshot of the operational store."""
    rows = read_care(
        connection,
        "SELECT DISTINCT ON (name) name, value::text AS value FROM tenant_setting "
        "ORDER BY name, chosen_at DESC, id DESC",
    ).fetchall()
    return rules_as_chosen({name: json.loads(value) for name, value in rows})


def rules_stamp(rules: TrackRules) -> str:
    """What a run writes down of the rules it judged by: every number, one line of JSON."""
    return json.dumps(asdict(rules), sort_keys=True)


def rules_have_changed(connection: DuckDBPyConnection, rules: TrackRules) -> bool:
    """Whether the lake's last run judged by other rules."""
    last = connection.execute("SELECT rules FROM lake.etl_run ORDER BY snapshot DESC LIMIT 1").fetchone()
    return last is not None and last[0] != rules_stamp(rules)
