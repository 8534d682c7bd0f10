"""Of which patients may be told next, so that no two publications differ by fewer than twenty in any cell."""

from collections.abc import Iterator
from typing import NamedTuple

from scoring.recovery_answers_told import FEWEST

Sources = dict[str, str]  # by patient the fingerprint of what has been read of him
GROWTH = 4  # a batch is a quarter of what has been told at least: twenty alone tell neither covariates nor days


class Batch(NamedTuple):
    """Patients to tell of together: in place of all that was told before (`anew`), or on top of it."""

    patients: frozenset[str]
    anew: bool


def next_batches(now: Sources, told: Sources, may_add: bool = True) -> Iterator[Batch]:
    """
    What might be told next, the best first; nothing while it must stay as it is.

    Patients never told of are added together, so that the difference of two publications is itself a publication,
    under the same rules. Once twenty of those told have changed or gone, all are told anew.

    Parameters
    ----------
    now : of every patient who may be told of, the whole course
    told : of those who have been told of, what it was then
    may_add : False where the standing numbers cannot be added to (they are of another method)
    """
    moved = {who for who, source in told.items() if now.get(who) != source}
    fresh = now.keys() - told.keys()
    if len(moved) >= FEWEST or (not may_add and len(moved) + len(fresh) >= FEWEST):
        yield Batch(frozenset(now), anew=True)
    if may_add and len(fresh) >= max(FEWEST, len(told) // GROWTH):
        yield Batch(frozenset(fresh), anew=False)
    if not may_add and told and not moved:
        yield Batch(frozenset(told), anew=True)


def may_follow(cells: dict[str, Sources], versions: dict[str, list[Sources]]) -> bool:
    """
    Whether what every cell would be made of is twenty patients or nobody away from all that it was ever made of.

    Parameters
    ----------
    cells : by name, after the batch
    versions : by name, of every publication so far
    """
    return all(
        differing(cells.get(name, {}), version) not in range(1, FEWEST)
        for name in cells.keys() | versions.keys()
        for version in ({}, *versions.get(name, []))
    )


def differing(one: Sources, other: Sources) -> int:
    """How many patients are in one of two versions only, or in both with another source."""
    return sum(one.get(who) != other.get(who) for who in one.keys() | other.keys())
