"""
How two workers share the tests (``pytest -n 2``): which go together, and which begin first.

The tests of one file share its store, so a file stays on one worker. Those of the running installation share that, and
they watch the clock: they run one after the other, and beside them at most one other test.
"""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

import settings

# Begun last, a file that takes half a minute would keep one processor waiting for the other.
LONG_FIRST = ("warehouse", "pathways", "etl", "browser", "ops")


def place_in_line(file: Path) -> int:
    """When a file begins: the running installation, then what takes long, then what is short."""
    folder = file.parent.name
    if _needs_the_installation(file):
        return 0
    return 1 + (LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST))


@cache
def _needs_the_installation(file: Path) -> bool:
    return "running_app" in file.read_text()


class ByFile(LoadScopeScheduling):
    """A file at a time, in the order in which they were collected; all that need the installation as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "installation" if _needs_the_installation(settings.ROOT / file) else file
