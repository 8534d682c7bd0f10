"""A patient's course on one scale: what is drawn, the same numbers as a table, and what the bands are."""

from dataclasses import dataclass
from datetime import date

from care.access import Viewer
from care.models import Episode, SurveyResponse, Track
from care.models.patient import IndexPrecision
from dashboard.definitions import instrument, scale_name, scored_by
from dashboard.labels import INDEX_EVENTS
from dashboard.words import DASH, interval, number, short_date, time_on_course
from scoring.instrument import Instrument, Scale
from scoring.score import score_response


@dataclass(frozen=True)
class ScoredAnswer:
    """One response on one scale, computed here and now: a score is a function of an immutable response."""

    day: int
    local_date: date
    value: float


@dataclass(frozen=True)
class Course:
    """One scale of one episode. ``band``: (day, p10, p25, p50, p75, p90), empty = no curve yet."""

    track: Track
    instrument: Instrument
    scale: Scale
    name: str
    answers: list[ScoredAnswer]
    band: list[tuple[float, ...]]
    event: str  # what day 0 is, in words

    @property
    def higher_is_better(self) -> bool:
        return self.scale.direction == "higher"

    def points(self, value: float) -> str:
        return number(value, self.scale.decimals)

    def expected(self, day: int) -> tuple[float, float] | None:
        """The 80 % range on a day, straight between the days of the curve; None outside them."""
        for before, after in zip(self.band, self.band[1:], strict=False):
            if before[0] <= day <= after[0]:
                share = (day - before[0]) / (after[0] - before[0])
                low, high = (before[place] + share * (after[place] - before[place]) for place in (1, 5))
                return low, high
        return None

    def reading(self, answer: ScoredAnswer) -> str:
        """below, in or above the range; worse and better are said by the scale's direction."""
        if answer.day <= 0:
            return "baseline" if answer == self.baseline else "before day 0"
        expected = self.expected(answer.day)
        if expected is None:
            return "no curve yet"
        if expected[0] <= answer.value <= expected[1]:
            return "in the expected range"
        is_better = (answer.value > expected[1]) == self.higher_is_better
        return "better than expected" if is_better else "worse than expected"

    @property
    def baseline(self) -> ScoredAnswer | None:
        """For the table's words: the last answer up to day 0; what is judged from stands in the track."""
        before = [answer for answer in self.answers if answer.day <= 0]
        return before[-1] if before else None


def courses_of(viewer: Viewer, episode: Episode, tracks: list[Track], responses: list[SurveyResponse]) -> list[Course]:
    """One course per track, the headline first; a corrected response is left out."""
    replaced = {response.replaces_id for response in responses}
    standing = sorted(
        (response for response in responses if response.id not in replaced), key=lambda response: response.completed_at
    )
    return [_course(viewer, episode, track, standing) for track in tracks]


def _course(viewer: Viewer, episode: Episode, track: Track, responses: list[SurveyResponse]) -> Course:
    definition = instrument(viewer, track.instrument)
    scale, counting = definition.scale(track.scale), scored_by(viewer, track.instrument)
    by_day: dict[int, ScoredAnswer] = {}  # of two on one day the later stands, as in the lake
    for response in responses:
        if response.instrument == track.instrument:
            value = next(s.value for s in score_response(counting, response.answers) if s.scale == scale.name)
            day = (response.local_date - episode.index_date).days
            if value is not None:
                by_day[day] = ScoredAnswer(day, response.local_date, value)
    return Course(
        track=track,
        instrument=definition,
        scale=scale,
        name=scale_name(definition, scale),
        answers=[by_day[day] for day in sorted(by_day)],
        band=[tuple(point) for point in track.band or []],
        event=INDEX_EVENTS[episode.index_kind],
    )


def finding(course: Course) -> str:
    """The chart's title: where the latest answer stands, and since when it falls."""
    if not course.answers:
        return f"No {course.name} answer yet"
    last = course.answers[-1]
    if last.day <= 0:
        return f"{course.name} {course.points(last.value)} at the start; no follow-up yet"
    at = time_on_course(last.day, course.event)
    if _fell_suddenly(course, last):
        way = "fall" if course.higher_is_better else "rise"
        before = course.points(course.track.expected["expected_next"])
        return f"Sudden {way} to {course.points(last.value)} at {at}; {before} expected after the earlier answers"
    falling = _worse_since(course)
    if course.expected(last.day) is None:
        return f"{course.name} {course.points(last.value)} at {at}; no curve yet for patients like this one"
    where = {
        "worse than expected": "now outside the expected range",
        "in the expected range": "in the expected range",
        "better than expected": "better than expected",
    }[course.reading(last)]
    if falling is not None:
        return f"{'Falling' if course.higher_is_better else 'Rising'} since {falling}, {where}"
    if course.reading(last) == "worse than expected":
        side = "below" if course.higher_is_better else "above"
        low, high = course.expected(last.day)
        expected = interval(low, high, course.scale.decimals)
        return f"{course.name} {course.points(last.value)} at {at}, {side} the expected {expected}"
    return f"{course.name} {course.points(last.value)} at {at}, {where}"


def _fell_suddenly(course: Course, last: ScoredAnswer) -> bool:
    """Whether the judged answer, the one shown last, is off against what the earlier answers let expect."""
    tests = (course.track.expected or {}).get("off_tests") or ""
    return "sudden" in tests and course.track.day == last.day


def _worse_since(course: Course) -> str | None:
    """When the latest run of ever worse answers began, if it is two surveys long."""
    sign = 1 if course.higher_is_better else -1
    answers = course.answers
    start = len(answers) - 1
    while start > 0 and sign * (answers[start].value - answers[start - 1].value) < 0:
        start -= 1
    if len(answers) - 1 - start < 2:
        return None
    return "the start" if answers[start].day <= 0 else time_on_course(answers[start].day, course.event)


def table_of(course: Course, episode: Episode, today: date) -> dict[str, list[str]]:
    """The chart's numbers, newest first."""
    exact = episode.index_precision is IndexPrecision.DAY
    rows = [
        (
            time_on_course(answer.day, course.event),
            short_date(answer.local_date, today) if exact else f"{answer.local_date:%Y}",
            course.points(answer.value),
            _expected_words(course, answer),
            course.reading(answer),
        )
        for answer in reversed(course.answers)
    ]
    headings = ("When", "Date", course.name, "Expected", "Reading")
    return {heading: [row[place] for row in rows] for place, heading in enumerate(headings)}


def _expected_words(course: Course, answer: ScoredAnswer) -> str:
    expected = course.expected(answer.day) if answer.day > 0 else None
    return interval(*expected, course.scale.decimals) if expected else DASH
