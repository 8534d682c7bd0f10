"""The published rules of judging, parsed once."""

from functools import cache

import settings
from scoring.track_rules import TrackRules, parse_track_rules


@cache
def track_rules() -> TrackRules:
    return parse_track_rules((settings.CONTENT / "recovery" / "rules.toml").read_text())
