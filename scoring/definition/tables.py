"""Tables that formulas look numbers up in."""

from scoring.definition.reading import Section
from scoring.formula import Table
from scoring.formula.limits import MAX_TABLE
from scoring.instrument import TableCheck


def read_tables(document: Section) -> tuple[tuple[Table, ...], tuple[TableCheck, ...]]:
    """The ``[tables.name]``, and what each must satisfy. Keys ascend from ``from`` by 1, or are written out."""
    tables, checks = [], []
    for name, section in document.named_sections("tables").items():
        values = section.numbers("values")
        first = section.number("from", None)
        keys = section.numbers("keys") if first is None else tuple(first + place for place in range(len(values)))
        if len(keys) != len(values) or list(keys) != sorted(set(keys)) or not 1 <= len(keys) <= MAX_TABLE:
            raise section.error("values", f"must match its ascending keys one to one, at most {MAX_TABLE:,} of them.")
        tables.append(Table(name, keys, values))
        order = section.one_of("order", ("rising", "falling", "none"))
        line = section.line
        checks.append(TableCheck(name, order, section.text("sha256"), section.text("source"), line))
        section.finish()
    return tuple(tables), tuple(checks)
