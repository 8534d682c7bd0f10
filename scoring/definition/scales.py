"""Scales: formula, direction and range."""

from scoring.definition.cited import loinc_code
from scoring.definition.names import name_from
from scoring.definition.reading import Section, is_number
from scoring.errors import FormulaError
from scoring.formula import Formula, ItemRange, Model, Table, Vocabulary, parse_formula
from scoring.instrument import Item, Scale


def read_scales(
    document: Section, items: tuple[Item, ...], tables: tuple[Table, ...], models: tuple[Model, ...]
) -> tuple[Scale, ...]:
    """The ``[[scales]]``; a formula may use the scales above its own."""
    sections = document.sections("scales", mark=lambda values: str(values.get("name", "")))
    names = [name_from(section, "name") for section in sections]
    for place, (section, name) in enumerate(zip(sections, names, strict=True)):
        if name in names[:place] or name in [item.id for item in items]:
            raise section.error("name", f"“{name}” is the name of another scale or item.")
    scales: list[Scale] = []
    for place, (section, name) in enumerate(zip(sections, names, strict=True)):
        vocabulary = Vocabulary(
            items={item.id: ItemRange(item.low, item.high, item.whole, item.reverse) for item in items},
            scales=tuple(names[:place]),
            later=tuple(names[place:]),
            tables={table.name: table for table in tables},
            models={model.name: model for model in models},
        )
        scales.append(_scale(section, name, vocabulary, scales))
    if not scales:
        raise document.error("scales", "is missing: an instrument has at least one scale.")
    return tuple(scales)


def _scale(section: Section, name: str, vocabulary: Vocabulary, earlier: list[Scale]) -> Scale:
    formula = _formula(section, "formula", vocabulary)
    read = set(formula.items).union(*(scale.items for scale in earlier if scale.name in formula.scales))
    span = section.pair("range")
    scale = Scale(
        name=name,
        label=section.text("label"),
        formula=formula,
        direction=section.one_of("direction", ("higher", "lower")),
        range=span,
        display_range=section.pair("display_range", span),
        items=tuple(item for item in vocabulary.items if item in read),
        se=_formula(section, "se", vocabulary) if section.has("se") else None,
        decimals=section.whole("decimals", 0),
        bands=_bands(section),
        loinc=loinc_code(section, "loinc") if section.has("loinc") else None,
        line=section.line,
        not_monotone=section.text("not_monotone", None),
        tracked=section.yes_or_no("tracked", True),
    )
    section.finish()
    return scale


def _formula(section: Section, key: str, vocabulary: Vocabulary) -> Formula:
    try:
        return parse_formula(section.text(key), vocabulary)
    except FormulaError as error:
        raise section.error(key, f"cannot be read:\n{error}") from None


def _bands(section: Section) -> tuple[tuple[float, str], ...]:
    bands = section.take("bands", [])
    if not (isinstance(bands, list) and all(map(_is_band, bands))):
        raise section.error("bands", 'must be a list like [[0, "mild"], [50, "severe"]].')
    pairs = tuple((float(low), words) for low, words in bands)
    if [low for low, _ in pairs] != sorted({low for low, _ in pairs}):
        raise section.error("bands", "must ascend.")
    return pairs


def _is_band(band: object) -> bool:
    return isinstance(band, list) and len(band) == 2 and is_number(band[0]) and isinstance(band[1], str)
