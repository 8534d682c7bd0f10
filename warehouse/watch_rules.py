"""The published rules of watching the expectation, parsed once."""

from functools import cache

import settings
from scoring.monitoring_rules import MonitoringRules, parse_monitoring_rules


@cache
def monitoring_rules() -> MonitoringRules:
    return parse_monitoring_rules((settings.CONTENT / "recovery" / "monitoring.toml").read_text())
