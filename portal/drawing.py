"""The picture of a course as points of an inline SVG; numbers in, numbers out."""

from dataclasses import dataclass

WIDTH, HEIGHT = 340, 200
EDGE, FOOT = 10, 26  # left and right of the drawing; room below it for the weeks
TICKS = 4


@dataclass(frozen=True)
class Drawing:
    """``WIDTH`` × ``HEIGHT``, better always up; polygons and lines as SVG point lists."""

    band_80: str
    band_50: str
    line: str
    points: list[tuple[float, float]]
    ticks: list[tuple[float, int]]  # place, week
    middle: tuple[float, float]  # of the band, where its name stands
    now_is_right: bool  # whether the word beside the last point has to stand at its left
    width: int = WIDTH
    height: int = HEIGHT


def draw(band: list[list[float]], own: list[tuple[int, float]], higher: bool) -> Drawing:
    """``band``: [day, p10, p25, p50, p75, p90] by day; ``own``: (day, score) by day; ``higher`` scores are better."""
    first = min(band[0][0], own[0][0])
    last = max(band[-1][0], own[-1][0], first + 7)
    values = [value for row in band for value in row[1:]] + [score for _, score in own]
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def at(day: float, value: float) -> tuple[float, float]:
        share = (value - low if higher else high - value) / span
        across = EDGE + (day - first) / (last - first) * (WIDTH - 2 * EDGE)
        return round(across, 1), round(EDGE + (1 - share) * (HEIGHT - FOOT - 2 * EDGE), 1)

    def between(lower: int, upper: int) -> str:
        return _joined([at(row[0], row[upper]) for row in band] + [at(row[0], row[lower]) for row in reversed(band)])

    points = [at(day, score) for day, score in own]
    named = band[-1 - len(band) // 4]
    return Drawing(
        band_80=between(1, 5),
        band_50=between(2, 4),
        line=_joined(points),
        points=points,
        ticks=[(at(week * 7, low)[0], week) for week in _weeks(first, last)],
        middle=at(named[0], named[3]),
        now_is_right=points[-1][0] > WIDTH * 0.75,
    )


def _weeks(first: float, last: float) -> range:
    """Whole weeks from day 0 on, or from the first one seen: at most five, evenly spaced."""
    start, end = max(0, -int(-first // 7)), int(last // 7)
    return range(start, end + 1, max(1, -(-(end - start) // TICKS)))


def _joined(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
