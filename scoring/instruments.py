"""
TOML -> ``Instrument``: the only reader of instrument definitions.

``docs/instruments.md`` lists what is shipped; ``data/instruments/koos_jr.toml`` is a good example of the format.
"""

import re
from pathlib import Path

from scoring.errors import FormulaError, ScoringError
from scoring.formula import Formula, ItemRange, Model, Table, Vocabulary, parse_formula
from scoring.formula.limits import MAX_ITEMS, MAX_NAME, MAX_NUMBER, MAX_TABLE
from scoring.instrument import Instrument, Item, Licence, Safety, Scale, TableCheck, Threshold
from scoring.models import read_models
from scoring.reading import Section, read_toml
from scoring.vectors import read_vectors

NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{MAX_NAME - 1}}}")
KEY = re.compile(r"([a-z]+:)?[a-z][a-z0-9_]*")
THRESHOLD_KINDS = ("MCID", "MIC", "MDC", "SCB", "PASS")


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
    items = _items(document)
    tables, checks = _tables(document)
    models = read_models(document)
    scales = _scales(document, items, tables, models)
    instrument = Instrument(
        key=_matching(document, "key", KEY),
        version=document.whole("version"),
        title=document.text("title"),
        about=document.one_of("about", ("side", "person")),
        status=document.one_of("status", ("official", "draft")),
        items=items,
        scales=scales,
        thresholds=_thresholds(document, scales),
        licence=_licence(document.section("licence")),
        citation=document.text("citation"),
        verified=document.text("verified"),
        source=source,
        loinc=_loinc(document.section("loinc")),
        vectors=read_vectors(document, items, scales),
        tables=tables,
        table_checks=checks,
        models=models,
        two_marks=document.one_of("two_marks", ("highest", "lowest"), None),
    )
    document.finish()
    return instrument


def _matching(section: Section, key: str, pattern: re.Pattern) -> str:
    name = section.text(key)
    if not pattern.fullmatch(name):
        raise section.error(key, f"is “{name}”; small letters, digits and _ only, a letter first.")
    return name


# -- items ------------------------------------------------------------------------------------------------------


def _items(document: Section) -> tuple[Item, ...]:
    defaults = document.section("item_defaults")
    usual = {key: defaults.take(key) for key in ("low", "high", "best", "whole", "answers") if defaults.has(key)}
    defaults.finish()
    answer_sets = document.section("answers")
    items = []
    for section in document.sections("items", mark=lambda values: str(values.get("id", ""))):
        item = _item(section, usual, answer_sets)
        if item.id in [earlier.id for earlier in items]:
            raise section.error("id", f"“{item.id}” stands twice.")
        items.append(item)
    if not 1 <= len(items) <= MAX_ITEMS:
        raise document.error("items", f"must be 1 to {MAX_ITEMS} tables.")
    return tuple(items)


def _item(section: Section, usual: dict, answer_sets: Section) -> Item:
    low = section.number("low", usual.get("low", ...))
    high = section.number("high", usual.get("high", ...))
    if not 0 <= low < high <= MAX_NUMBER:
        raise section.error("low", "must be 0 or more and below high: negative numbers are the codes of absence.")
    item = Item(
        id=_matching(section, "id", NAME),
        label=section.text("label"),
        low=float(low),
        high=float(high),
        best=section.one_of("best", ("low", "high", "neither"), usual.get("best", ...)),
        question=section.text("question", ""),
        answers=_answers(section, section.text("answers", usual.get("answers")), answer_sets, low),
        values=section.numbers("values", None),
        whole=section.yes_or_no("whole", usual.get("whole", True)),
        reverse=section.yes_or_no("reverse", False),
        not_applicable=section.number("not_applicable", None),
        scored=section.yes_or_no("scored", True),
        safety=_safety(section.take("safety", None), section),
    )
    if item.not_applicable is not None and item.allows(item.not_applicable):
        raise section.error("not_applicable", "must lie outside the item's range.")
    section.finish()
    return item


def _answers(section: Section, name: str | None, sets: Section, low: float) -> tuple[tuple[float, str], ...]:
    if name is None:
        return ()
    if not sets.has(name):
        raise section.error("answers", f"names “{name}”, which [answers] does not hold.")
    return tuple((float(low + place), str(phrase)) for place, phrase in enumerate(sets.peek(name)))


def _safety(values: dict | None, section: Section) -> Safety | None:
    if values is None:
        return None
    at_least, at_most, says = values.get("at_least"), values.get("at_most"), values.get("says")
    if not isinstance(says, str) or (at_least is None) == (at_most is None) or len(values) != 2:
        raise section.error("safety", 'must be { at_least = 1, says = "why someone must look today" }.')
    return Safety(says, at_least, at_most)


# -- scales and tables ------------------------------------------------------------------------------------------


def _scales(
    document: Section, items: tuple[Item, ...], tables: tuple[Table, ...], models: tuple[Model, ...]
) -> tuple[Scale, ...]:
    sections = document.sections("scales", mark=lambda values: str(values.get("name", "")))
    names = [_matching(section, "name", NAME) for section in sections]
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
        loinc=_loinc_code(section, "loinc") if section.has("loinc") else None,
        not_monotone=section.text("not_monotone", None),
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
    try:
        pairs = tuple((float(low), str(words)) for low, words in bands)
    except (TypeError, ValueError):
        raise section.error("bands", 'must be a list like [[0, "mild"], [50, "severe"]].') from None
    if [low for low, _ in pairs] != sorted({low for low, _ in pairs}):
        raise section.error("bands", "must ascend.")
    return pairs


def _tables(document: Section) -> tuple[tuple[Table, ...], tuple[TableCheck, ...]]:
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


# -- around the scores ------------------------------------------------------------------------------------------


def _thresholds(document: Section, scales: tuple[Scale, ...]) -> tuple[Threshold, ...]:
    names = tuple(scale.name for scale in scales)
    thresholds = []
    for section in document.sections("thresholds", mark=lambda values: str(values.get("population", ""))):
        thresholds.append(
            Threshold(
                scale=section.one_of("scale", names),
                population=section.text("population"),
                kind=section.one_of("kind", THRESHOLD_KINDS),
                value=section.number("value"),
                unit=section.one_of("unit", ("points", "percent"), "points"),
                source=section.text("source"),
                status=section.one_of("status", ("seen", "background")),
                year=section.whole("year", None),
                upper=section.number("upper", None),
            )
        )
        section.finish()
    return tuple(thresholds)


def _licence(section: Section) -> Licence:
    licence = Licence(
        status=section.one_of("status", ("free", "permission", "licensed")),
        holder=section.text("holder"),
        scoring=section.yes_or_no("scoring"),
        wording=section.yes_or_no("wording"),
        note=section.text("note", ""),
    )
    section.finish()
    return licence


def _loinc(section: Section) -> tuple[tuple[str, str], ...]:
    return tuple((what, _loinc_code(section, what)) for what in section.keys())


def _loinc_code(section: Section, key: str) -> str:
    code = section.text(key)
    if not is_loinc(code):
        raise section.error(key, f"“{code}” is not a LOINC code: its check digit does not fit.")
    return code


def is_loinc(code: str) -> bool:
    """Whether ``code`` is digits, a dash and the right check digit (modulus 10, doubled from the right)."""
    match = re.fullmatch(r"([0-9]{1,7})-([0-9])", code)
    if not match:
        return False
    doubled = "".join(str(int(digit) * (2 if place % 2 == 0 else 1)) for place, digit in enumerate(match[1][::-1]))
    return (10 - sum(map(int, doubled)) % 10) % 10 == int(match[2])
