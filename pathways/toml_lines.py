"""Where in a TOML text a value stands; ``tomllib`` keeps no line numbers, and a reviewer needs them."""

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w\-]+)\s*=")


def lines_of(text: str) -> dict[Path, int]:
    """
    The line (from 1) of every table header and key, by path: ``("step", 2, "window")``.

    Keys inside an inline table are not listed; ask ``line_of``, which falls back to what encloses them.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}  # array of tables → how many so far
    here: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            here = _enter(header[2].split("."), is_array=header[1] == "[[", counts=counts)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault((*here, key[1]), number)
    return lines


def _enter(names: list[str], is_array: bool, counts: dict[Path, int]) -> Path:
    """The path a header opens: the last table of each array on the way, a new one where it says ``[[``."""
    path: Path = ()
    for position, name in enumerate(names):
        path = (*path, name)
        if is_array and position == len(names) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of the value, else of the nearest thing around it; None where the file is too short to say."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)
