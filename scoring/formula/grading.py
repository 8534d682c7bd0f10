"""
Expected traits of whole columns under a graded-response model.

The likelihood of a response is the product of one curve per answered item over the grid. Up to four items are
multiplied out beforehand (five categories: 6^4 = 1,296 curves, under a megabyte), so eight items cost two look-ups
and one product per row.
"""

from collections.abc import Sequence

import numpy as np

from scoring.formula.tree import Trait

ITEMS_TOGETHER = 4
CURVES_TOGETHER = 20_000


def expected_traits(trait: Trait, categories: np.ndarray) -> np.ndarray:
    """
    The expectation (or its standard error) per row.

    Parameters
    ----------
    trait : the checked node: items, model, grid, fewest answered
    categories : int array, items × n rows; category from 0, negative = not answered

    Returns
    -------
    float64 array, n; trait units (mean 0, SD 1); NaN under ``at_least`` answered
    """
    grid = np.array(trait.model.grid.points())
    likelihood = _likelihoods(_item_curves(trait, grid), categories)
    # prior N(0, 1); its constant cancels
    moments = likelihood @ (np.exp(-grid * grid / 2)[:, None] * np.stack([np.ones_like(grid), grid, grid * grid], 1))
    answered = (categories >= 0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = moments[:, 1] / moments[:, 0]
        value = mean if trait.kind == "eap" else np.sqrt(moments[:, 2] / moments[:, 0] - mean * mean)
    value[answered < trait.at_least] = np.nan
    return value


def _item_curves(trait: Trait, grid: np.ndarray) -> list[np.ndarray]:
    """Per item: categories + 1 curves over the grid; the last is that of no answer, 1 everywhere."""
    return [_curves(trait, graded.item, grid) for graded in trait.of]


def _curves(trait: Trait, item: str, grid: np.ndarray) -> np.ndarray:
    place = trait.model.items.index(item)
    a, b = trait.model.discrimination[place], np.array(trait.model.difficulty[place])
    above = 1 / (1 + np.exp(-a * (grid[None, :] - b[:, None])))
    ends = np.vstack([np.ones((1, len(grid))), above, np.zeros((1, len(grid)))])
    return np.vstack([ends[:-1] - ends[1:], np.ones((1, len(grid)))])


def _likelihoods(curves: Sequence[np.ndarray], categories: np.ndarray) -> np.ndarray:
    """The product of the items' curves per row: n × grid."""
    product = None
    for first, last in _groups([len(curve) for curve in curves]):
        table, place = _together(curves[first:last], categories[first:last])
        product = table[place] if product is None else np.multiply(product, table[place], out=product)
    return product


def _groups(sizes: Sequence[int]):
    """Runs of neighbouring items whose combined curves stay few."""
    first = 0
    while first < len(sizes):
        last, curves = first + 1, sizes[first]
        while last < min(len(sizes), first + ITEMS_TOGETHER) and curves * sizes[last] <= CURVES_TOGETHER:
            curves *= sizes[last]
            last += 1
        yield first, last
        first = last


def _together(curves: Sequence[np.ndarray], categories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All products of these items' curves, and each row's place among them."""
    table, place = np.ones((1, curves[0].shape[1])), np.zeros(categories.shape[1], dtype=np.int64)
    for curve, category in zip(curves, categories, strict=True):
        table = (table[:, None, :] * curve[None, :, :]).reshape(-1, table.shape[1])
        place = place * len(curve) + np.where(category >= 0, category, len(curve) - 1)
    return table, place
