"""Published numbers as TOML tables: each with its source and in its range, refused by name when wrong."""

import tomllib

from scoring.errors import ScoringError


def read_tables(text: str, what: str) -> dict:
    """The tables of a TOML text; ``what`` names it in an error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScoringError(f"{what}: not readable TOML: {error}. Correct that line.") from error


def sourced(tables: dict, name: str, what: str) -> dict:
    """One table, which must be there and say where its numbers come from."""
    if not tables.get(name, {}).get("source"):
        raise ScoringError(f"{what}: table [{name}] or its 'source' is missing; say where its numbers come from.")
    return tables[name]


def number(table: dict, name: str, lowest: float, highest: float, what: str) -> float:
    """One number of a table, from ``lowest`` to ``highest``; true is none, though Python takes it for one."""
    value = table.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise ScoringError(f"{what}: '{name}' is {value!r}; it must be a number from {lowest} to {highest}.")
    return float(value)
