"""Graded-response models in a definition: item parameters a tenant has imported; none are shipped."""

from scoring.definition.reading import Section, is_number
from scoring.formula import Grid, Model

MAX_GRID_POINTS = 2001
MAX_PARAMETER = 20.0  # published discriminations reach 6, difficulties 5; beyond 20 exp() has nothing left to say


def read_models(document: Section) -> tuple[Model, ...]:
    """
    The ``[models.name]`` tables: ``low``, ``high``, ``step`` of the grid; ``items.ID = [a, b1, b2, …]``.
    """
    return tuple(_model(name, section) for name, section in document.named_sections("models").items())


def _model(name: str, section: Section) -> Model:
    grid = _grid(section)
    items = section.take("items")
    if not isinstance(items, dict) or not items:
        raise section.error("items", "must hold one list [a, b1, b2, …] per item.")
    for item, parameters in items.items():
        numbers = isinstance(parameters, list) and all(map(is_number, parameters))
        if not numbers or len(parameters) < 2 or max(map(abs, parameters)) > MAX_PARAMETER:
            raise section.error("items", f"“{item}” must be [a, b1, b2, …], each between -20 and 20.")
        if parameters[0] <= 0 or parameters[1:] != sorted(parameters[1:]):
            raise section.error("items", f"“{item}”: a must be above 0 and the b must ascend.")
    section.finish()
    return Model(
        name=name,
        grid=grid,
        items=tuple(items),
        discrimination=tuple(float(parameters[0]) for parameters in items.values()),
        difficulty=tuple(tuple(map(float, parameters[1:])) for parameters in items.values()),
    )


def _grid(section: Section) -> Grid:
    grid = Grid(section.number("low"), section.number("high"), section.number("step"))
    if not (grid.low < grid.high and grid.step > 0 and (grid.high - grid.low) / grid.step <= MAX_GRID_POINTS):
        raise section.error("step", f"must divide low to high into at most {MAX_GRID_POINTS:,} points.")
    return grid
