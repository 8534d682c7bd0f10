"""Of which patients a cell may be told next, so that no two versions of it differ by fewer than twenty."""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.recovery_cells import FEWEST

Sources = dict[str, str]  # by patient the fingerprint of what the cell has read of him
GROWTH = 4  # a cell grows by a quarter at least: a batch of twenty would tell neither covariates nor days


@dataclass(frozen=True)
class Telling:
    """
    What changes in a cell.

    Parameters
    ----------
    patients : whose numbers are told; none: the cell is withdrawn
    anew : in place of what was told before, else on top of it
    """

    patients: frozenset[str]
    anew: bool


def next_telling(now: Sources, told: Sources, earlier: list[Sources], may_add: bool = True) -> Telling | None:
    """
    The next telling of a cell, None while it must stay as it is.

    Patients never told of are added in batches of twenty or more, so that the difference of two versions is itself a
    cell of twenty. Once twenty of those told have changed or gone, the cell is told anew. Whatever is told, it differs
    from every version before by twenty patients or by none.

    Parameters
    ----------
    now : what the cell would be made of
    told : what its standing version was made of; empty where there is none
    earlier : what the versions before that were made of
    may_add : False where the standing version's numbers cannot be added to (they are of another method)
    """
    versions = [*earlier, told]
    for made_of, telling in _candidates(now, told, may_add):
        if all(differing(made_of, version) not in range(1, FEWEST) for version in versions):
            return telling
    return None


def _candidates(now: Sources, told: Sources, may_add: bool) -> Iterator[tuple[Sources, Telling]]:
    """What the cell might be made of next, the best first, and the telling that leads there."""
    moved = {who for who, source in told.items() if now.get(who) != source}
    fresh = now.keys() - told.keys()
    if len(moved) >= FEWEST or (not may_add and len(moved) + len(fresh) >= FEWEST):
        yield (now, Telling(frozenset(now), anew=True)) if len(now) >= FEWEST else ({}, Telling(frozenset(), anew=True))
    if may_add and len(fresh) >= max(FEWEST, len(told) // GROWTH):
        yield told | {who: now[who] for who in fresh}, Telling(frozenset(fresh), anew=False)
    if not may_add and told and not moved:
        yield told, Telling(frozenset(told), anew=True)


def differing(one: Sources, other: Sources) -> int:
    """How many patients are in one of two versions only, or in both with another source."""
    return sum(one.get(who) != other.get(who) for who in one.keys() | other.keys())
