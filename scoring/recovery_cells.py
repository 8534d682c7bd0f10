"""The cells in which a stratum's sums may leave a tenant, and the rows of patients behind each of them."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from scoring.recovery_answers_told import FEWEST, answers_told, patients_in
from scoring.recovery_bands import nearest_knot
from scoring.recovery_basis import Scale, segment_of
from scoring.recovery_courses import Courses
from scoring.recovery_covariance import LAG_EDGES
from scoring.recovery_fit import OutOfFold, Prior, judged_out_of_fold
from scoring.recovery_moments import visit_vectors
from scoring.recovery_residuals import residuals_after
from scoring.recovery_update import surprises
from scoring.recovery_width import knot_sd


@dataclass(frozen=True)
class CellRows:
    """
    The rows behind one cell.

    Parameters
    ----------
    patient : length-m number of the patient of each row
    numbers : m × d, what a row adds; d depends on the kind of cell (``recovery_publish.KINDS``)
    source : m × r, what was read for it: with other sources a patient's share in the cell is another
    """

    patient: np.ndarray
    numbers: np.ndarray
    source: np.ndarray

    def of(self, patients: np.ndarray) -> "CellRows":
        """Only those patients' rows."""
        mine = np.isin(self.patient, patients)
        return CellRows(self.patient[mine], self.numbers[mine], self.source[mine])

    def fingerprints(self) -> dict[int, str]:
        """By patient: SHA-256 of the sources of all the patient's rows, the same on every machine."""
        order = np.lexsort((*self.source.T[::-1], self.patient))
        patient, source = self.patient[order], np.ascontiguousarray(self.source[order] + 0.0, "<f8")
        patients, starts = np.unique(patient, return_index=True)
        parts = np.split(source, starts[1:])
        return {int(who): hashlib.sha256(part.tobytes()).hexdigest() for who, part in zip(patients, parts, strict=True)}


@dataclass(frozen=True)
class Told:
    """
    A tenant's own courses, judged out of fold on all of them.

    Parameters
    ----------
    courses, patient : n courses and the number of each one's patient; one patient may have two courses
    judged : places of the courses with an answer in a stretch where 20 patients have one; nothing is judged by others
    found : of those
    """

    courses: Courses
    patient: np.ndarray
    judged: np.ndarray
    found: OutOfFold

    @classmethod
    def by(cls, courses: Courses, patient: np.ndarray, scale: Scale, prior: Prior | None = None) -> "Told | None":
        """``prior``: what the judging fits start from. None without any course to judge."""
        often = without_rare_stretches(courses, patient, scale)
        seen = np.flatnonzero(often.answered.any(axis=1))
        if not len(seen):
            return None
        return cls(courses, np.asarray(patient), seen, judged_out_of_fold(often[seen], scale, prior=prior))

    def whole_courses(self) -> dict[int, str]:
        """By patient the fingerprint of all that the patient has answered."""
        return CellRows(self.patient, np.zeros((len(self.patient), 0)), _whole(self.courses)).fingerprints()

    def answers(self, patients: np.ndarray) -> int:
        """How many answers those patients have given."""
        return int(self.courses.answered[np.isin(self.patient, patients)].sum())

    def cells(self, patients: np.ndarray) -> dict[str, CellRows]:
        """The rows behind every cell when those patients are told of together, by the cell's name."""
        mine = np.flatnonzero(np.isin(self.patient[self.judged], patients))
        courses, patient = self.found.judged.courses[mine], self.patient[self.judged][mine]
        told = answers_told(courses, patient, self.found.judged.scale)
        some = told.any(axis=1)
        if not some.any():
            return {}
        judged = self.found.judged.of(mine[some], told[some])
        found, patient = replace(self.found, judged=judged), patient[some]
        nothing = np.zeros((len(patient), 0))
        return {
            "patients": CellRows(patient, nothing, nothing),
            **_stretches(found, patient),
            **_pairs(found, patient),
            **_residuals(found, patient, _whole(judged.courses)),
        }


def _whole(courses: Courses) -> np.ndarray:
    """n × … : everything of each course, unanswered visits alike."""
    day = np.where(courses.answered, courses.day, -1.0)
    return np.nan_to_num(np.column_stack([courses.baseline, courses.x, day, courses.score]), nan=-1.0)


def without_rare_stretches(courses: Courses, patient: np.ndarray, scale: Scale) -> Courses:
    """Unanswered wherever fewer than 20 patients have answered between the same two knots."""
    course, visit = np.nonzero(courses.answered)
    stretch, _ = segment_of(courses.day[course, visit], scale.knots)
    kept = courses.score.copy()
    for number in range(len(scale.knots) - 1):
        here = stretch == number
        if patients_in(np.asarray(patient)[course], here) < FEWEST:
            kept[course[here], visit[here]] = np.nan
    return Courses(courses.baseline, courses.x, courses.day, kept)


def _stretches(found: OutOfFold, patient: np.ndarray) -> dict[str, CellRows]:
    """Per answer (1, z, x, y), how far it is through the stretch, its residual squared, and absolute in SDs."""
    courses, scale = found.judged.courses, found.judged.scale
    course, visit = np.nonzero(courses.answered)
    day = courses.day[course, visit]
    stretch, through = segment_of(day, scale.knots)
    residual = (found.judged.standardised * found.judged.sd)[course, visit]
    usual = np.interp(day, np.asarray(scale.knots, float), knot_sd(found.width.by_knot))
    v = visit_vectors(courses, scale, course, visit)
    numbers = np.column_stack([through, residual**2, np.abs(residual) / usual, v])
    source = np.column_stack([courses.baseline[course], courses.x[course], day, courses.score[course, visit]])
    return _by_name(stretch, [f"stretch {s}" for s in range(len(scale.knots) - 1)], patient[course], numbers, source)


def _pairs(found: OutOfFold, patient: np.ndarray) -> dict[str, CellRows]:
    """Per pair of one course's answers the product of their residuals, by lag and by the knots they are nearest to."""
    judged, scale = found.judged, found.judged.scale
    courses, k = judged.courses, len(judged.scale.knots)
    first, second = np.triu_indices(courses.score.shape[1], 1)
    both = courses.answered[:, first] & courses.answered[:, second]
    course, pair = np.nonzero(both)
    ends = [(course, first[pair]), (course, second[pair])]
    day, other = (courses.day[end] for end in ends)
    product = judged.standardised[ends[0]] * judged.standardised[ends[1]]
    unexplained = product - found.memory.kernel.between(day, other)
    scores = [column for end in ends for column in (courses.day[end], courses.score[end])]
    source = np.column_stack([courses.baseline[course], courses.x[course], *scores])
    lag = np.clip(np.searchsorted(LAG_EDGES, other - day, side="right") - 1, 0, len(LAG_EDGES) - 2)
    here, there = (nearest_knot(days, scale.knots) for days in (day, other))
    of_lag = [f"lag {number}" for number in range(len(LAG_EDGES) - 1)]
    of_knots = [f"knots {i} {j}" for i in range(k) for j in range(k)]
    rows = patient[course]
    return {
        **_by_name(lag, of_lag, rows, product[:, None], source),
        **_by_name(here * k + there, of_knots, rows, unexplained[:, None], source),
    }


def _residuals(found: OutOfFold, patient: np.ndarray, whole: np.ndarray) -> dict[str, CellRows]:
    """Per answer its residual from baseline, given the answers before it, and given some of them."""
    judged = found.judged
    surprise, _ = surprises(judged.standardised, judged.courses.day, found.memory)
    after = [(np.flatnonzero(rows), residual) for rows, _, residual in residuals_after(judged, found.memory)]
    everyone = np.arange(len(patient))
    kinds = {"together": [(everyone, judged.standardised)], "following": [(everyone, surprise)], "after": after}
    return {name: rows for name, parts in kinds.items() if (rows := _long(parts, patient, whole)) is not None}


def _long(parts: list[tuple[np.ndarray, np.ndarray]], patient: np.ndarray, whole: np.ndarray) -> CellRows | None:
    """Of n × v residuals of some courses, one row per known one; its source is the whole course."""
    known = [(courses[course], residual[course, visit])
             for courses, residual in parts for course, visit in [np.nonzero(~np.isnan(residual))]]  # fmt: skip
    if not sum(len(course) for course, _ in known):
        return None
    course, residual = (np.concatenate([each[place] for each in known]) for place in (0, 1))
    return CellRows(patient[course], residual[:, None], whole[course])


def _by_name(
    group: np.ndarray, names: list[str], patient: np.ndarray, numbers: np.ndarray, source: np.ndarray
) -> dict[str, CellRows]:
    """The rows of each group that has any."""
    rows = {name: group == number for number, name in enumerate(names)}
    return {name: CellRows(patient[r], numbers[r], source[r]) for name, r in rows.items() if r.any()}
