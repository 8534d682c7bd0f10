"""Which answers may be told together: so that no sums, and no two of them subtracted, are about few patients."""

import itertools
from collections.abc import Sequence

import numpy as np

from scoring.recovery_basis import Scale, segment_of
from scoring.recovery_courses import Courses

FEWEST = 20  # patients behind anything that leaves
STEPS = 20  # of a stretch, where days are moved
MOST_DAYS = 3  # sums over 1, a and a² can be solved for the sums of three days, not of more


def answers_told(courses: Courses, patient: np.ndarray, scale: Scale) -> np.ndarray:
    """
    n × v booleans: answers that may be told together.

    Every stretch between two knots holds the answers of 20 patients or more. The sums of two stretches hold the same
    baselines and covariates where the same patients have answered in both: if all but one have, their difference is
    that one's age and sex. So for any two stretches (or days of them) patients who have answered in another proportion
    than most are 20 or nobody; the answers of fewer are left out of both. Likewise for three stretches and more, added
    and subtracted.

    Parameters
    ----------
    courses : told of at one time
    patient : length-n number of each course's patient
    """
    course, visit = np.nonzero(courses.answered)
    whose = np.unique(np.asarray(patient)[course], return_inverse=True)[1]
    stretch, through = segment_of(courses.day[course, visit], scale.knots)
    kept = np.ones(len(course), bool)
    before = -1
    while kept.sum() != before:
        before = kept.sum()
        _leave_out_rare(kept, whose, stretch)
        _leave_out_subtractable(kept, whose, course, stretch, through)
        _leave_out_of_combinations(kept, whose, course, stretch)
    told = np.zeros(courses.score.shape, bool)
    told[course[kept], visit[kept]] = True
    return told


def _leave_out_rare(kept: np.ndarray, whose: np.ndarray, stretch: np.ndarray) -> None:
    for number in np.unique(stretch[kept]):
        here = kept & (stretch == number)
        if patients_in(whose, here) < FEWEST:
            kept[here] = False


def _leave_out_subtractable(
    kept: np.ndarray, whose: np.ndarray, course: np.ndarray, stretch: np.ndarray, through: np.ndarray
) -> None:
    """For each pair of stretches or days, leave the few out of both who are off the most common proportion."""
    size = course.max(initial=-1) + 1
    for pair in itertools.combinations(_told_apart(kept, whose, stretch, through), 2):
        few = off_most_common(*(np.bincount(course[each & kept], minlength=size) for each in pair))[course]
        _leave_out(kept, whose, few, pair)


def _leave_out_of_combinations(kept: np.ndarray, whose: np.ndarray, course: np.ndarray, stretch: np.ndarray) -> None:
    """For three stretches and more, added and subtracted, leave the few out of all of them who do not cancel out."""
    size = course.max(initial=-1) + 1
    masks = [stretch == number for number in np.unique(stretch[kept])]
    for signs in itertools.product((1, -1, 0), repeat=len(masks)):
        used = [(sign, mask) for sign, mask in zip(signs, masks, strict=True) if sign]
        if len(used) >= 3 and used[0][0] > 0:
            total = sum(sign * np.bincount(course[mask & kept], minlength=size) for sign, mask in used)
            _leave_out(kept, whose, (total != 0)[course], [mask for _, mask in used])


def _leave_out(kept: np.ndarray, whose: np.ndarray, few: np.ndarray, masks: Sequence[np.ndarray]) -> None:
    """Leave fewer than 20 patients' answers out of all the masks; where too few others are left, the smallest mask."""
    if not 0 < patients_in(whose, few & kept & np.any(masks, axis=0)) < FEWEST:
        return
    if min(patients_in(whose, mask & kept & ~few) for mask in masks) >= FEWEST:
        kept[np.any(masks, axis=0) & few] = False
    else:
        kept[min(masks, key=lambda mask: patients_in(whose, mask & kept))] = False


def _told_apart(kept: np.ndarray, whose: np.ndarray, stretch: np.ndarray, through: np.ndarray) -> list[np.ndarray]:
    """Masks of the answers whose sums can be read off what is told: stretches, and their days where those are few."""
    masks = []
    for number in np.unique(stretch[kept]):
        here = kept & (stretch == number)
        masks.append(here)
        day = np.full(len(kept), np.nan)
        day[here] = shared_days(through[here], whose[here])
        days = np.unique(day[here])
        if 1 < len(days) <= MOST_DAYS:
            masks += [day == each for each in days]
    return masks


def off_most_common(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Length-n booleans: whose numbers of answers in two sets are in another proportion than those of most."""
    common = np.maximum(np.gcd(one, other), 1)
    _, proportion = np.unique(np.column_stack([one // common, other // common]), axis=0, return_inverse=True)
    proportion = proportion.ravel()
    there = (one > 0) | (other > 0)
    if not there.any():
        return there
    most = np.bincount(proportion[there]).argmax()
    return there & (proportion != most)


def shared_days(through: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """
    How far through the stretch, each value that of 20 patients or more: neighbouring days are moved to one.

    Where one patient answered on another day than the rest, sums over days would be that patient's row times an offset.
    Days that are moved go to a twentieth of the stretch, near their mean: the exact mean would tell the offset.
    """
    days = np.unique(through)
    moved = np.array(through, float)
    for group in groups_of_enough([set(patient[through == day]) for day in days]):
        if len(group) > 1:
            mine = np.isin(through, days[group])
            moved[mine] = np.round(through[mine].mean() * STEPS) / STEPS
    return moved


def groups_of_enough(patients: list[set]) -> list[np.ndarray]:
    """Neighbours (whose patients are given) together, 20 patients or more in each group; none of fewer."""
    groups, open_group, seen = [], [], set()
    for number, here in enumerate(patients):
        open_group.append(number)
        seen |= here
        if len(seen) >= FEWEST:
            groups.append(open_group)
            open_group, seen = [], set()
    if groups:
        groups[-1] += open_group
    return [np.array(group) for group in groups]


def patients_in(patient: np.ndarray, rows: np.ndarray) -> int:
    """How many patients the rows are of."""
    return len(np.unique(patient[rows]))
