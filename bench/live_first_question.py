"""How long a phone on a slow line waits for the first question: the portal's page against the same in Streamlit."""

import shutil
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

import settings
from bench.live_site import OpenCase, Site, answers

LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}  # 1.6 Mbit/s
SLOWER = 4  # times, the processor
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE = 120_000  # ms


@dataclass(frozen=True)
class FirstQuestion:
    """Median seconds from the address to a question that can be answered; bytes over the line."""

    portal: float
    streamlit: float
    portal_bytes: float
    streamlit_bytes: float

    @property
    def times(self) -> float:
        return self.streamlit / self.portal


def first_question(site: Site, case: OpenCase, trials: int) -> FirstQuestion:
    """Each trial a fresh profile for either, in turn."""
    cookie = site.phone(case).cookies["po_portal"]
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with _streamlit_page() as other, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIETLY)
        seen = [(_wait(browser, f"{site.portal_url}/q/1", cookie), _wait(browser, other, None)) for _ in range(trials)]
        browser.close()
    columns = [[trial[side][what] for trial in seen] for what in (0, 1) for side in (0, 1)]
    return FirstQuestion(*(statistics.median(column) for column in columns))


def _wait(browser: Browser, address: str, cookie: str | None) -> tuple[float, float]:
    profile = browser.new_context(viewport={"width": 390, "height": 844})
    if cookie:
        profile.add_cookies([{"name": "po_portal", "value": cookie, "url": address}])
    page, received = profile.new_page(), []
    line = profile.new_cdp_session(page)
    for command, words in (
        ("Network.enable", {}),
        ("Network.setCacheDisabled", {"cacheDisabled": True}),
        ("Network.emulateNetworkConditions", LINE),
        ("Emulation.setCPUThrottlingRate", {"rate": SLOWER}),
    ):
        line.send(command, words)
    line.on("Network.dataReceived", lambda said: received.append(said["encodedDataLength"]))
    started = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    page.get_by_role("radio").first.wait_for(state="attached", timeout=PATIENCE)
    page.get_by_text("morning", exact=False).or_(page.get_by_text("day begins")).or_(
        page.locator("legend")
    ).first.wait_for(timeout=PATIENCE)
    seconds = time.perf_counter() - started
    profile.close()
    return seconds, float(sum(received))


@contextmanager
def _streamlit_page():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "bench/live_streamlit_page.py", "--server.port", str(port),
         "--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"],
        cwd=settings.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not answers(f"http://127.0.0.1:{port}/_stcore/health"):
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
