"""The latent course of one synthetic patient: what each score would be on each day."""

from dataclasses import dataclass, replace

from pathways.demo.chance import Chance
from pathways.demo.content import ScaleContent, Shape

# Pain and function of one person move together, and not in step.
SHARED_RECOVERY = 0.7
# Of an answer's spread around the person's own course, in SDs of the population on that day.
DAY_TO_DAY = 0.3
ALARM_BEFORE, ALARM_PAIN = 5.0, 9.0
FURTHEST = 2.5  # SDs; as Chance.normal draws them


def between_points(points: list[list[float]], day: float, column: int = 1) -> float:
    """The straight line between the points' days; before the first and after the last, those points' own value."""
    if day <= points[0][0]:
        return points[0][column]
    for left, right in zip(points, points[1:], strict=False):
        if day <= right[0]:
            part = (day - left[0]) / (right[0] - left[0])
            return left[column] + part * (right[column] - left[column])
    return points[-1][column]


@dataclass(frozen=True)
class Course:
    """
    One patient's course on one scale; ``better`` is +1 where higher is better, else -1.

    ``before`` and ``recovery`` are in standard deviations of similar patients, plus = better.
    """

    content: ScaleContent
    shape: Shape
    better: int
    before: float
    recovery: float

    def score(self, day: int, chance: Chance) -> float:
        """The score that an answer on this day should give; may lie outside the scale's range."""
        if day <= 0:
            mean, sd = self.content.before
            return mean + self.better * sd * self.before
        mean, sd, correlation = (between_points(self.content.points, day, column) for column in (1, 2, 3))
        own = self.shape.spread * (self.recovery + DAY_TO_DAY * chance.normal())
        own += between_points(self.shape.deviation, day)
        return mean + self.better * sd * (correlation * self.before + (1 - correlation**2) ** 0.5 * own)


def draw_courses(scales: list[tuple[ScaleContent, int]], shape: Shape, chance: Chance) -> dict[str, Course]:
    """
    One course per instrument (by its reference), for one patient.

    ``scales`` are each instrument's scale with its direction (+1: higher is better). The first is the shared
    one; the others follow it in part.
    """
    before, recovery = chance.normal(), chance.normal()
    before = {"floor": -3.0, "ceiling": 1.0}.get(shape.event, before)
    courses = {}
    for content, better in scales:
        courses[content.instrument] = Course(content, shape, better, before, recovery)
        before, recovery = (_following(z, chance) for z in (before, recovery))
    return courses


def continued(
    content: ScaleContent, shape: Shape, better: int, scored: list[tuple[int, float]], chance: Chance
) -> Course:
    """The course of a patient of whom (day, score) are known: the latest before day 0 and the latest after it."""
    before = [score for day, score in scored if day <= 0]
    after = [(day, score) for day, score in scored if day > 0]
    mean, sd = content.before
    z_before = better * (before[-1] - mean) / sd if before else chance.normal()
    start = Course(content, shape, better, z_before, 0.0)
    if not after:
        return replace(start, recovery=chance.normal())
    day, score = after[-1]
    mean, sd, correlation = (between_points(content.points, day, column) for column in (1, 2, 3))
    own = (better * (score - mean) / sd - correlation * z_before) / (1 - correlation**2) ** 0.5
    recovery = (own - between_points(shape.deviation, day)) / shape.spread
    return replace(start, recovery=max(-FURTHEST, min(FURTHEST, recovery)))


def _following(z: float, chance: Chance) -> float:
    return SHARED_RECOVERY * z + (1 - SHARED_RECOVERY**2) ** 0.5 * chance.normal()
