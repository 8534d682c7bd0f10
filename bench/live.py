"""``python -m bench live [--quick]``: from an answer to the panel, a burst, a busy clinic, the first question."""

import argparse
import os
import platform
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.live_answers import burst, one_by_one
from bench.live_first_question import first_question
from bench.live_load import load
from bench.live_site import running_site


@dataclass(frozen=True)
class Size:
    """How much of everything one call measures."""

    answers: int
    burst: int
    patients: int
    providers: int
    seconds: float
    trials: int


FULL = Size(answers=40, burst=1000, patients=200, providers=20, seconds=120, trials=5)
QUICK = Size(answers=10, burst=100, patients=40, providers=4, seconds=20, trials=1)


@dataclass(frozen=True)
class Line:
    """One number; ``limit`` None = for the record. ``more``: at least, not at most."""

    what: str
    seen: float
    unit: str = "s"
    limit: float | None = None
    more: bool = False

    @property
    def is_met(self) -> bool:
        return self.limit is None or (self.seen >= self.limit if self.more else self.seen <= self.limit)

    def __str__(self) -> str:
        bar = "" if self.limit is None else f"{'at least' if self.more else 'at most'} {self.limit:g} {self.unit}"
        verdict = "" if self.limit is None else "ok" if self.is_met else "MISSED"
        return f"{self.what:<66} {self.seen:9.3f} {self.unit:<3} {bar:<16} {verdict}"


def main(argv: list[str]) -> int:
    """Print every number; 1 when a limit was missed."""
    asked = argparse.ArgumentParser(prog="python -m bench live")
    asked.add_argument("--quick", action="store_true", help="a tenth of everything: does it run, not how fast is it")
    size = QUICK if asked.parse_args(argv).quick else FULL
    print(_machine())
    missed = 0
    for line in measure(size):
        print(line, flush=True)
        missed += not line.is_met
    return int(missed > 0)


def measure(size: Size) -> Iterator[Line]:
    """Every number as it is known, in one installation with one worker."""
    with running_site(size.answers + size.burst + size.patients + 1) as (site, cases):
        one, many, busy = cases[: size.answers], cases[size.answers :][: size.burst], cases[size.answers + size.burst :]
        single = sorted(one_by_one(site, one))
        yield Line(f"one answer → visible, {len(one)} answers, one worker (p50)", statistics.median(single))
        yield Line(f"one answer → visible, {len(one)} answers, one worker (p95)", _p95(single), limit=5)
        kept, visible = burst(site, many)
        yield Line(f"burst of {len(many):,} answers → the last one kept by the portal", kept)
        yield Line(f"burst of {len(many):,} answers → all visible", visible, limit=20)
        yield from _busy(load(site, busy[: size.patients], size.providers, size.seconds), size)
        found = first_question(site, busy[-1], size.trials)
        yield Line("first question on a slow line: portal", found.portal)
        yield Line("first question on a slow line: the same as a Streamlit page", found.streamlit)
        yield Line("first question, kB over the line: portal", found.portal_bytes / 1000, "kB", 60)
        yield Line("first question, kB over the line: Streamlit", found.streamlit_bytes / 1000, "kB")
        yield Line("first question: the portal is faster", found.times, "×", 5, more=True)


def _busy(seen, size: Size) -> Iterator[Line]:
    who = f"{size.patients} patients, {size.providers} providers, {size.seconds:g} s"
    yield Line(f"{who}: portal, {len(seen.posts):,} POSTs (p50)", statistics.median(seen.posts) * 1000, "ms")
    yield Line(f"{who}: portal, {len(seen.posts):,} POSTs (p95)", _p95(seen.posts) * 1000, "ms", 300)
    yield Line(f"{who}: portal, {len(seen.pages):,} pages (p95)", _p95(seen.pages) * 1000, "ms", 300)
    yield Line(f"{who}: panel, {len(seen.clicks):,} clicks (p95)", _p95(seen.clicks) * 1000, "ms")
    yield Line(f"{who}: errors", float(len(seen.errors)), "", 0)
    for sentence in sorted(set(seen.errors))[:5]:
        print("   ", sentence)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _machine() -> str:
    cores, load_now = os.cpu_count(), os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {platform.machine()}, {cores} cores, load {load_now:.1f} · "
        f"Python {platform.python_version()}\nThe load generators and the browser share these cores with the servers."
    )
