"""How soon a person should have acted on an alert."""

import tomllib
from functools import cache

import settings


@cache
def hours_to_act() -> dict[str, int]:
    """Hours until somebody should have acted on an alert, by track status."""
    return tomllib.loads((settings.CONTENT / "recovery" / "deadlines.toml").read_text())["hours"]
