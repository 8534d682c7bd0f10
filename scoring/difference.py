"""What another version of a definition would change on responses already stored."""

from dataclasses import dataclass

import numpy as np

from scoring.absence import Absence
from scoring.bulk import check_shape, score_columns
from scoring.instrument import Instrument

SAME = 1e-9  # points


@dataclass(frozen=True, slots=True)
class ScaleDifference:
    """
    One scale under two versions, over the same responses.

    ``changed``: scored by both, differently. ``gained``, ``lost``: scored by the new one only, by the old one only.
    ``mean``, ``largest``: change (new - old) of those scored by both, points; ``largest`` by size, with its sign; 0
    when none is scored by both.
    """

    scale: str
    responses: int
    changed: int
    gained: int
    lost: int
    mean: float
    largest: float


def preview(
    old: Instrument, new: Instrument, answers: np.ndarray, now: Instrument | None = None
) -> list[ScaleDifference]:
    """
    How the scores of ``answers`` would change.

    Parameters
    ----------
    answers : n × items in the old version's order, negative = absent
    now : the version by which they count now, if it is not the old one

    Returns
    -------
    One row per scale of either version, the new one's order first. An item that only the new version has counts as
    not asked.
    """
    check_shape(old, answers)
    now = now or old
    before, after = score_columns(now, reordered(old, now, answers)), score_columns(new, reordered(old, new, answers))
    none = np.full(len(answers), np.nan)
    names = [*after, *(name for name in before if name not in after)]
    return [
        _difference(name, before[name].value if name in before else none, after[name].value if name in after else none)
        for name in names
    ]


def reordered(old: Instrument, new: Instrument, answers: np.ndarray) -> np.ndarray:
    """Answers to the old version as columns of the new one; what was not in the old one counts as not asked."""
    if list(old.positions) == list(new.positions):
        return answers
    columns = np.full((len(answers), len(new.items)), float(Absence.NOT_ASKED))
    for item, place in new.positions.items():
        if item in old.positions:
            columns[:, place] = answers[:, old.positions[item]]
    return columns


def _difference(name: str, before: np.ndarray, after: np.ndarray) -> ScaleDifference:
    was, is_now = ~np.isnan(before), ~np.isnan(after)
    change = (after - before)[was & is_now]
    return ScaleDifference(
        scale=name,
        responses=len(before),
        changed=int((np.abs(change) > SAME).sum()),
        gained=int((is_now & ~was).sum()),
        lost=int((was & ~is_now).sum()),
        mean=float(change.mean()) if len(change) else 0.0,
        largest=float(change[np.abs(change).argmax()]) if len(change) else 0.0,
    )
