"""From a submitted answer to the panel: one at a time, and a burst. ``bench live`` calls both."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bench.live_site import OpenCase, Site, answer_all_but_sending
from care.database import app_session
from care.queries.news import count_opened_since, mark_of_now
from care.queries.panel import Show, panel_page
from scoring.track import TrackStatus

LOOK_EVERY = 0.05  # seconds
PATIENCE = 120
SENDERS = 4


def one_by_one(site: Site, cases: list[OpenCase]) -> list[float]:
    """Seconds from the POST to the row behind the announcement, one patient after the other."""
    answer_all_but_sending(site.viewer, cases)
    return [_one(site, case) for case in cases]


def burst(site: Site, cases: list[OpenCase]) -> tuple[float, float]:
    """Seconds from the first POST until (the last one is kept, all are visible)."""
    answer_all_but_sending(site.viewer, cases)
    sends = [_ready_to_send(site, case) for case in cases]
    mark, before, started = _mark(site), _off_track(site), time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(lambda send: send(), sends))
    kept = time.perf_counter() - started
    _wait(lambda: _announced(site, mark) >= len(cases) and _off_track(site) - before >= len(cases))
    return kept, time.perf_counter() - started


def _one(site: Site, case: OpenCase) -> float:
    send = _ready_to_send(site, case)
    mark, started = _mark(site), time.perf_counter()
    send()
    _wait(lambda: _announced(site, mark) and _is_off_track(site, case))
    return time.perf_counter() - started


def _ready_to_send(site: Site, case: OpenCase) -> Callable[[], None]:
    phone = site.phone(case)
    page = phone.get("/ready")

    def send() -> None:
        sent = phone.post("/send", page.form)
        if (sent.status, sent.location) != (303, "/thanks"):
            raise RuntimeError(f"An answer was not taken: {sent.status} {sent.location} {sent.text[:300]}")

    return send


def _mark(site: Site) -> str:
    """Of a list drawn now."""
    with app_session(site.viewer.tenant_id) as session:
        return mark_of_now(session)


def _announced(site: Site, mark: str) -> int:
    """What the announcement asks."""
    with app_session(site.viewer.tenant_id) as session:
        return count_opened_since(session, site.viewer.scope, mark)


def _is_off_track(site: Site, case: OpenCase) -> bool:
    """What the panel asks, with the patient's name in its search."""
    with app_session(site.viewer.tenant_id) as session:
        page = panel_page(session, site.viewer.scope, Show.NEEDS_ACTION, datetime.now(UTC), case.name)
    return [row.status for row in page.rows] == [TrackStatus.OFF_TRACK] and page.rows[0].alert is not None


def _off_track(site: Site) -> int:
    with app_session(site.viewer.tenant_id) as session:
        page = panel_page(session, site.viewer.scope, Show.NEEDS_ACTION, datetime.now(UTC))
    return page.counts.waiting.get(TrackStatus.OFF_TRACK, 0)


def _wait(come: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not come():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not visible after {PATIENCE} s: see var/log/worker.log of the installation")
        time.sleep(LOOK_EVERY)
