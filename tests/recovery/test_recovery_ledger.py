"""No two versions of a cell that has left a tenant differ by fewer than twenty patients."""

import itertools
import random

import pytest

from scoring.recovery_ledger import differing, next_telling


def sources(*patients: int, text: str = "") -> dict[str, str]:
    return {str(who): f"{who}{text}" for who in patients}


def next_version(now: dict, versions: list[dict], may_add: bool = True) -> dict | None:
    """What the next version would be made of, by the tellings alone."""
    *earlier, told = versions or [{}]
    telling = next_telling(now, told, earlier, may_add)
    if telling is None:
        return None
    mine = {who: now[who] for who in telling.patients}
    return mine if telling.anew else told | mine


def test_twenty_patients_are_told_and_nineteen_are_not():
    assert next_version(sources(*range(19)), []) is None
    assert next_version(sources(*range(20)), []) == sources(*range(20))


def test_nineteen_more_wait_for_the_twentieth():
    told = sources(*range(30))
    assert next_version(sources(*range(49)), [told]) is None
    telling = next_telling(sources(*range(50)), told, [])
    assert telling.patients == {str(who) for who in range(30, 50)} and not telling.anew


def test_a_large_cell_grows_by_a_quarter():
    told = sources(*range(100))
    assert next_version(sources(*range(124)), [told]) is None
    assert len(next_version(sources(*range(125)), [told])) == 125


def test_who_has_changed_stays_as_told_until_twenty_have():
    told = sources(*range(60))
    nineteen = told | sources(*range(19), text="changed")
    assert next_version(nineteen, [told]) is None
    # … also when others are added: the difference is theirs alone
    assert next_version(nineteen | sources(*range(60, 80)), [told]) == sources(*range(80))
    twenty = told | sources(*range(20), text="changed")
    assert next_version(twenty, [told]) == twenty


def test_who_comes_back_does_not_make_a_version_that_differs_by_one_from_an_old_one():
    first = sources(*range(40))
    second = sources(*range(20, 60))  # twenty have gone, twenty have come
    assert next_version(second, [first]) == second
    one_more = sources(*range(40), 99)  # the twenty are back, the others gone: told anew it would be the first and 99
    assert next_version(one_more, [first, second]) == second | sources(*range(20), 99)
    assert next_version(sources(*range(40), 99, 98), [first, second | first]) is None
    assert next_version(sources(*range(40)), [first, second]) == first  # no difference tells nothing


def test_a_cell_of_which_too_few_are_left_is_withdrawn():
    told = sources(*range(25))
    assert next_version(sources(*range(5)), [told]) == {}
    assert next_version(sources(*range(6)), [told]) is None  # nineteen have gone


def test_another_method_tells_the_same_patients_or_twenty_others():
    told = sources(*range(30))
    assert next_version(sources(*range(35)), [told], may_add=False) == told
    assert next_version(sources(*range(50)), [told], may_add=False) == sources(*range(50))
    one_changed = told | sources(3, text="changed")
    assert next_version(one_changed, [told], may_add=False) is None


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_in_a_clinic_any_two_versions_differ_by_twenty_or_by_nobody(seed):
    chance = random.Random(seed)
    now, versions, patients = {}, [], itertools.count()
    gone: dict[str, str] = {}
    for _ in range(60):
        for _ in range(chance.choice([0, 3, 12, 25])):
            now[str(next(patients))] = "first"
        for who in chance.sample(sorted(now), min(len(now), chance.choice([0, 0, 1, 5, 22]))):
            now[who] = chance.choice(["first", "changed"])
        for who in chance.sample(sorted(now), min(len(now), chance.choice([0, 0, 2, 24]))):
            gone[who] = now.pop(who)
        for who in chance.sample(sorted(gone), min(len(gone), chance.choice([0, 1, 20]))):
            now[who] = gone.pop(who)
        told = next_version(now, versions, may_add=chance.random() < 0.8)
        if told is not None:
            versions.append(told)
    assert len(versions) > 3
    assert all(not version or len(version) >= 20 for version in versions)
    for one, other in itertools.combinations(versions, 2):
        assert differing(one, other) == 0 or differing(one, other) >= 20
