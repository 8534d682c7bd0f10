"""A course against its expected band, 150 × 42 px, as numbers for an SVG path."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

WIDTH, HEIGHT = 150, 42
MARGIN = 5  # px, so that the last point (radius 3.2) is never cut
FIRST_DAY = -10


@dataclass(frozen=True)
class Sparkline:
    """
    Ready to draw: ``band`` and ``line`` are SVG point lists (empty = nothing to draw), ``last`` the
    last point or None, ``outside`` whether it lies outside the band, ``words`` the same as text.
    """

    band: str
    line: str
    last: tuple[float, float] | None
    outside: bool
    words: str

    def as_dict(self) -> dict:
        return asdict(self)


def sparkline(
    course: Sequence[tuple[int, float]],
    band: Sequence[tuple[int, float, float]],
    today: int,
    display_range: tuple[float, float],
    words: str,
    outside: bool,
) -> Sparkline:
    """
    Place a course on the small axes.

    Parameters
    ----------
    course : (day, score) of the patient's answers, ascending
    band : (day, p10, p90) of similar patients, ascending; empty = no curve yet
    today : the patient's day; the axis ends here, so that the gap after the last point is the silence
    display_range : lowest and highest score drawn, the same for every row of an instrument; beyond is clipped
    words : the text alternative
    outside : whether the last score lies outside the band it was judged by
    """
    first = min(FIRST_DAY, *(day for day, _ in course)) if course else FIRST_DAY
    end = max(today, first + 1, *(day for day, _ in course)) if course else max(today, first + 1)
    low, high = display_range

    def place(day: float, value: float) -> tuple[float, float]:
        x = MARGIN + (day - first) / (end - first) * (WIDTH - 2 * MARGIN)
        y = HEIGHT - MARGIN - (min(max(value, low), high) - low) / (high - low) * (HEIGHT - 2 * MARGIN)
        return round(x, 1), round(y, 1)

    points = [place(day, value) for day, value in course]
    seen = _until(band, end)
    edge = [place(day, upper) for day, _, upper in seen] + [place(day, lower) for day, lower, _ in reversed(seen)]
    return Sparkline(
        band=_points(edge) if len(seen) > 1 else "",
        line=_points(points) if len(points) > 1 else "",
        last=points[-1] if points else None,
        outside=outside,
        words=words,
    )


def _until(band: Sequence[tuple[int, float, float]], end: int) -> list[tuple[float, float, float]]:
    """The band up to the axis' end, cut straight between its last two days."""
    seen = [point for point in band if point[0] <= end]
    beyond = next((point for point in band if point[0] > end), None)
    if not seen or beyond is None or seen[-1][0] == end:
        return seen
    share = (end - seen[-1][0]) / (beyond[0] - seen[-1][0])
    cut = [before + share * (after - before) for before, after in zip(seen[-1][1:], beyond[1:], strict=True)]
    return [*seen, (end, *cut)]


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
