"""What every table, column, item and scale of an export means."""

import pyarrow as pa

from scoring.instrument import Instrument
from warehouse.research.allow_list import AllowList

COLUMNS = ("part", "of", "name", "meaning", "values")


def codebook(allowed: AllowList, instruments: list[Instrument]) -> pa.Table:
    """One row per table, column, covariate, item and scale; item texts are our own short labels."""
    rows = [
        *_tables(allowed),
        *(("covariate", "covariates", name, "", "") for name in allowed.covariates),
        *(row for instrument in instruments for row in _instrument(instrument)),
    ]
    return pa.table(
        {name: pa.array(values, pa.string()) for name, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
    )


def _tables(allowed: AllowList) -> list[tuple[str, ...]]:
    rows = []
    for table in allowed.tables:
        rows.append(("table", "", table.name, table.grain, ""))
        rows += [("column", table.name, name, meaning, "") for name, meaning in table.columns.items()]
    return rows


def _instrument(instrument: Instrument) -> list[tuple[str, ...]]:
    reference = instrument.reference
    return [
        ("instrument", "", reference, instrument.title, instrument.citation),
        *(("item", reference, item.id, item.label, _span(item.low, item.high, item.best)) for item in instrument.items),
        *(
            ("scale", reference, scale.name, scale.label, _span(*scale.range, scale.direction))
            for scale in instrument.scales
        ),
    ]


def _span(low: float, high: float, best: str) -> str:
    return f"{low:g} to {high:g}" + (f", {best} is better" if best in ("higher", "lower", "high", "low") else "")
