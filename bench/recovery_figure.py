"""The calibration figure of docs/recovery.md: what the band promises and what it covered, by baseline decile."""

import numpy as np

from bench.recovery_scores import inside

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 300, 48, 40, 44
SHARES = ((0.9, "#6D8CA0"), (0.8, "#10606B"), (0.5, "#A03006"))


def calibration_svg(pit: np.ndarray, decile: np.ndarray) -> str:
    """One dot per decile and band, one line per promise; share covered from 0.4 to 1."""
    body = [text(LEFT, 22, "NHS hip 2017/18, band fitted on 2016/17: covered by baseline decile", 14)]
    body += [line(level) for level in (0.4, 0.6, 1.0)]
    for share, colour in SHARES:
        y = height_of(share)
        body.append(
            f'<line x1="{LEFT}" x2="{WIDTH - 60}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-dasharray="4 3"/>'
        )
        body.append(text(WIDTH - 54, y + 4, f"{share:.0%}", 12, colour))
        body += [dot(number, inside(pit[decile == number], share), colour) for number in range(10)]
    body += [text(column(number) - 4, HEIGHT - 22, str(number + 1), 11) for number in range(10)]
    body.append(text(LEFT, HEIGHT - 6, "baseline decile, worst to best; dashed = promised", 11))
    box = f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" role="img"'
    title = "<title>Coverage by baseline decile</title>"
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{title}{paper}{"".join(body)}</svg>\n'


def column(number: int) -> float:
    return LEFT + 26 + number * (WIDTH - LEFT - 110) / 9


def height_of(share: float) -> float:
    return TOP + (1.0 - share) / 0.6 * (HEIGHT - TOP - BOTTOM)


def dot(number: int, share: float, colour: str) -> str:
    return f'<circle cx="{column(number):.1f}" cy="{height_of(share):.1f}" r="4" fill="{colour}"/>'


def line(level: float) -> str:
    y = height_of(level)
    grid = f'<line x1="{LEFT}" x2="{WIDTH - 60}" y1="{y:.1f}" y2="{y:.1f}" stroke="#DFE8EE"/>'
    return grid + text(10, y + 4, f"{level:.0%}", 11)


def text(x: float, y: float, words: str, size: int, colour: str = "#1F2D36") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{colour}">{words}</text>'
