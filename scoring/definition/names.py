"""How things in a definition may be called."""

import re

from scoring.definition.reading import Section
from scoring.formula.limits import MAX_NAME

NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{MAX_NAME - 1}}}")
KEY = re.compile(r"([a-z]+:)?[a-z][a-z0-9_]*")  # a tenant's own: own:knee_diary


def name_from(section: Section, key: str, pattern: re.Pattern = NAME) -> str:
    """The name under ``key``."""
    name = section.text(key)
    if not pattern.fullmatch(name):
        raise section.error(key, f"is “{name}”; small letters, digits and _ only, a letter first.")
    return name
