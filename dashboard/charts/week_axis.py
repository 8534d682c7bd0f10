"""Ticks in weeks for an axis in days."""

STEPS = (1, 2, 4, 8, 13, 26, 52)  # weeks
MOST = 8  # ticks that fit at 390 px


def week_ticks(first_day: float, last_day: float, most: int = MOST) -> tuple[list[int], list[str]]:
    """Days and their labels: "week 0", "2", "4" …; the unit is written once, at the index date."""
    first, last = max(0, -(-int(first_day) // 7)), int(last_day) // 7
    step = next((step for step in STEPS if (last - first) / step < most), STEPS[-1])
    weeks = list(range(-(-first // step) * step, last + 1, step)) or [first]
    return [7 * week for week in weeks], [f"week {week}" if week == weeks[0] else str(week) for week in weeks]
