"""
TOML -> ``Instrument``: the only reader of instrument definitions.

``docs/instruments.md`` lists what is shipped; ``data/instruments/koos_jr.toml`` is a good example of the format.
"""

from pathlib import Path

from scoring.definition.cited import read_licence, read_loinc, read_thresholds
from scoring.definition.items import read_items
from scoring.definition.models import read_models
from scoring.definition.names import KEY, name_from
from scoring.definition.reading import read_toml
from scoring.definition.scales import read_scales
from scoring.definition.tables import read_tables
from scoring.definition.vectors import read_vectors
from scoring.errors import ScoringError
from scoring.instrument import Instrument


def load_library(folder: Path) -> dict[str, Instrument]:
    """
    Every instrument of a folder, by ``key@version``, sorted.

    Raises
    ------
    ScoringError
        For the first definition that is wrong, naming file and line; or when two files define the same version.
    """
    library: dict[str, Instrument] = {}
    for path in sorted(folder.glob("*.toml")):
        instrument = parse_instrument(path.read_text(encoding="utf-8"), f"{folder.name}/{path.name}")
        if instrument.reference in library:
            other = library[instrument.reference].source
            raise ScoringError(f"{instrument.source}: {instrument.reference} is already defined in {other}.")
        library[instrument.reference] = instrument
    return dict(sorted(library.items()))


def parse_instrument(text: str, source: str) -> Instrument:
    """
    Read one definition.

    Parameters
    ----------
    text : the TOML document
    source : what messages call it, for example ``instruments/koos_jr.toml``

    Raises
    ------
    ScoringError
        Naming the line and, for a formula, the character.
    """
    document = read_toml(text, source)
    items = read_items(document)
    tables, checks = read_tables(document)
    models = read_models(document)
    scales = read_scales(document, items, tables, models)
    instrument = Instrument(
        key=name_from(document, "key", KEY),
        version=document.whole("version"),
        title=document.text("title"),
        about=document.one_of("about", ("side", "person")),
        status=document.one_of("status", ("official", "draft")),
        items=items,
        scales=scales,
        thresholds=read_thresholds(document, scales),
        licence=read_licence(document.section("licence")),
        citation=document.text("citation"),
        verified=document.text("verified"),
        source=source,
        loinc=read_loinc(document.section("loinc")),
        vectors=read_vectors(document, items, scales),
        tables=tables,
        table_checks=checks,
        models=models,
        two_marks=document.one_of("two_marks", ("highest", "lowest"), None),
    )
    document.finish()
    return instrument
