"""
Expected traits of whole columns under a graded-response model.

The likelihood of a response is the product of one curve per answered item over the grid. Up to four items are
multiplied out beforehand (five categories: 6^4 = 1,296 curves, under a megabyte), so eight items cost two look-ups
and one product per row.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from scoring.formula.tree import Trait

ITEMS_TOGETHER = 4
POINTS_TOGETHER = 2_000_000  # curves × grid points multiplied out beforehand: 16 MB
ROWS_TOGETHER = 1024  # × 81 grid points: 0.7 MB, which stays in the processor's cache


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
    factors = [
        _together([_curves(trait, graded.item, grid) for graded in trait.of[first:last]], categories[first:last])
        for first, last in _groups([len(_difficulty(trait, graded.item)) + 2 for graded in trait.of], len(grid))
    ]
    # prior N(0, 1); its constant cancels
    weights = np.exp(-grid * grid / 2)[:, None] * np.stack([np.ones_like(grid), grid, grid * grid], axis=1)
    moments = np.empty((categories.shape[1], 3))
    for start in range(0, len(moments), ROWS_TOGETHER):
        part = slice(start, start + ROWS_TOGETHER)
        np.matmul(_likelihood(factors, part), weights, out=moments[part])
    answered = (categories >= 0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = moments[:, 1] / moments[:, 0]
        value = mean if trait.kind == "eap" else np.sqrt(np.maximum(moments[:, 2] / moments[:, 0] - mean * mean, 0))
    value[answered < trait.at_least] = np.nan
    return value


def _difficulty(trait: Trait, item: str) -> tuple[float, ...]:
    return trait.model.difficulty[trait.model.items.index(item)]


def _curves(trait: Trait, item: str, grid: np.ndarray) -> np.ndarray:
    """One curve over the grid per category, and a last one, 1 everywhere, for no answer."""
    a, b = trait.model.discrimination[trait.model.items.index(item)], np.array(_difficulty(trait, item))
    above = 1 / (1 + np.exp(-a * (grid[None, :] - b[:, None])))
    ends = np.vstack([np.ones((1, len(grid))), above, np.zeros((1, len(grid)))])
    return np.vstack([ends[:-1] - ends[1:], np.ones((1, len(grid)))])


def _likelihood(factors: Sequence[tuple[np.ndarray, np.ndarray]], part: slice) -> np.ndarray:
    """The product of the factors' curves for some rows: rows × grid."""
    table, place = factors[0]
    product = table[place[part]]
    for table, place in factors[1:]:
        product *= table[place[part]]
    return product


def _groups(sizes: Sequence[int], points: int) -> Iterator[tuple[int, int]]:
    """Runs (first, last + 1) of neighbouring items whose combined curves stay few."""
    first = 0
    while first < len(sizes):
        last, curves = first + 1, sizes[first]
        while last < min(len(sizes), first + ITEMS_TOGETHER) and curves * sizes[last] * points <= POINTS_TOGETHER:
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
