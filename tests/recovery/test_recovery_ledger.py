"""No two publications of a tenant differ by fewer than twenty patients in any cell."""

import itertools
import random

import pytest

from scoring.recovery_ledger import Batch, differing, may_follow, next_batches


def sources(*patients: int, text: str = "") -> dict[str, str]:
    return {str(who): f"{who}{text}" for who in patients}


def names(*patients: int) -> frozenset[str]:
    return frozenset(map(str, patients))


def batches(now: dict, told: dict, may_add: bool = True) -> list[Batch]:
    return list(next_batches(now, told, may_add))


def test_twenty_patients_are_told_and_nineteen_are_not():
    assert batches(sources(*range(19)), {}) == []
    assert batches(sources(*range(20)), {}) == [Batch(names(*range(20)), anew=False)]


def test_nineteen_more_wait_for_the_twentieth():
    told = sources(*range(30))
    assert batches(sources(*range(49)), told) == []
    assert batches(sources(*range(50)), told) == [Batch(names(*range(30, 50)), anew=False)]


def test_many_are_joined_by_a_quarter_of_them():
    told = sources(*range(100))
    assert batches(sources(*range(124)), told) == []
    assert batches(sources(*range(125)), told) == [Batch(names(*range(100, 125)), anew=False)]


def test_who_has_changed_stays_as_told_until_twenty_have():
    told = sources(*range(60))
    nineteen = told | sources(*range(19), text="changed")
    assert batches(nineteen, told) == []
    # … also when others are added: the difference is theirs alone
    assert batches(nineteen | sources(*range(60, 80)), told) == [Batch(names(*range(60, 80)), anew=False)]
    assert batches(told | sources(*range(20), text="changed"), told) == [Batch(names(*range(60)), anew=True)]
    assert batches(sources(*range(40)), told) == [Batch(names(*range(40)), anew=True)]


def test_another_method_tells_the_same_patients_or_twenty_others():
    told = sources(*range(30))
    assert batches(sources(*range(35)), told, may_add=False) == [Batch(names(*range(30)), anew=True)]
    assert batches(sources(*range(50)), told, may_add=False)[0] == Batch(names(*range(50)), anew=True)
    assert batches(told | sources(3, text="changed"), told, may_add=False) == []


def test_a_cell_may_become_what_is_twenty_patients_away_from_all_that_it_was():
    first, second = sources(*range(40)), sources(*range(20, 60))
    versions = {"stretch 1": [first, second]}
    assert may_follow({"stretch 1": sources(*range(80))}, versions)
    assert may_follow({"stretch 1": first}, versions)  # no difference tells nothing
    assert not may_follow({"stretch 1": sources(*range(41))}, versions)  # one away from what it was long ago
    assert not may_follow({"stretch 1": first | sources(3, text="changed")}, versions)
    assert may_follow({}, versions)  # withdrawn: forty away
    assert not may_follow({"stretch 1": first, "stretch 2": sources(*range(19))}, versions)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_in_a_clinic_any_two_publications_differ_by_twenty_or_by_nobody(seed):
    chance = random.Random(seed)
    now, told_of, versions, number = {}, {}, {"early": [{}], "late": [{}]}, itertools.count()
    for _ in range(60):
        _something_happens(chance, now, number)
        for batch in next_batches(now, told_of, may_add=chance.random() < 0.8):
            mine = {who: now[who] for who in batch.patients}
            late = {who: source for who, source in mine.items() if int(who) % 3 == 0}
            parts = {"early": mine, "late": late if len(late) >= 20 else {}}
            after = {name: part if batch.anew else versions[name][-1] | part for name, part in parts.items()}
            if may_follow(after, versions):
                told_of = mine if batch.anew else told_of | mine
                for name, part in after.items():
                    versions[name].append(part)
                break
    assert len(versions["early"]) > 3
    for one, other in (pair for each in versions.values() for pair in itertools.combinations(each, 2)):
        assert differing(one, other) == 0 or differing(one, other) >= 20


def _something_happens(chance: random.Random, now: dict[str, str], number: itertools.count) -> None:
    """Patients come, change, change back and go, a few or many at a time."""
    now |= {str(next(number)): "first" for _ in range(chance.choice([0, 3, 12, 25]))}
    for who in chance.sample(sorted(now), min(len(now), chance.choice([0, 0, 1, 5, 22]))):
        now[who] = chance.choice(["first", "changed"])
    for who in chance.sample(sorted(now), min(len(now), chance.choice([0, 0, 2, 24]))):
        del now[who]
