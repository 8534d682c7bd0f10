"""Saying how far a long command has come, on one line of a terminal or on a few of a log."""

import sys
import time
from collections.abc import Callable

# (what, rows so far, share done from 0 to 1): called often; whoever shows it decides how often.
Progress = Callable[[str, int, float], None]

REDRAW_EVERY = 0.2  # seconds on a terminal
LOG_EVERY = 20  # percent in a log


def silent(_what: str, _rows: int, _share: float) -> None:
    pass


class ShownProgress:
    """Shows "Reading …: 12,300 rows, 40 %" on standard error."""

    def __init__(self, stream=sys.stderr):
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._last = ("", -1, 0.0)

    def __call__(self, what: str, rows: int, share: float) -> None:
        percent = int(100 * share)
        if self._is_due(what, percent):
            self._last = (what, percent, time.monotonic())
            self._show(what, rows, percent)

    def _is_due(self, what: str, percent: int) -> bool:
        last_what, last_percent, last_at = self._last
        if what != last_what or (percent == 100 and last_percent < 100):
            return True
        if self._is_terminal:
            return time.monotonic() - last_at >= REDRAW_EVERY
        return percent // LOG_EVERY > last_percent // LOG_EVERY

    def _show(self, what: str, rows: int, percent: int) -> None:
        text = f"{what}: {rows:,} rows, {percent} %"
        if self._is_terminal:
            print(f"\r\x1b[K{text}", end="\n" if percent == 100 else "", file=self._stream, flush=True)
        else:
            print(text, file=self._stream, flush=True)
