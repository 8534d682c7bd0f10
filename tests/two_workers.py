"""
How two workers share the tests (``pytest -n 2``): which go together, and which begin first.

The tests of one file share its store, so a file stays on one worker. What needs the whole running installation or
watches the clock stays together: it runs one after the other, and beside it at most one other test.
"""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

import settings

TOGETHER = ("browser", "ops")
# Begun last, a file that takes half a minute would keep one processor waiting for the other.
ORDER = (*TOGETHER, "warehouse", "pathways", "etl")


def place_in_line(path: Path) -> int:
    """When a file begins: what takes long before what is short; beside each other in the order of their names."""
    folder = path.relative_to(settings.ROOT / "tests").parts[0]
    return ORDER.index(folder) if folder in ORDER else len(ORDER)


class ByFile(LoadScopeScheduling):
    """A file at a time, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "together" if file.split("/")[1] in TOGETHER else file
