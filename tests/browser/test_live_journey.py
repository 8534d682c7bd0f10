"""
One answer on a phone, seen and acted upon on a panel that stands open: within a minute, also with two workers, and
within 90 seconds when the worker is killed in the middle of carrying it.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

import settings
from care import embedded
from care.database import DATABASE
from live_patients import BEFORE, BORN, enroll_knee
from staff_browser import sign_in

pytestmark = pytest.mark.browser

WORST = dict.fromkeys(BEFORE["koos_jr@1"], "4") | {"intensity": "5"}  # as before, or the pain alarm would answer first
NO = "0"  # to every warning sign
REASON = re.compile(r"of 100 similar patients")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    profile = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="en-US")
    yield profile.new_page()
    profile.close()


@pytest.fixture
def panel(running_app, page: Page) -> Page:
    """The provider's panel, open since before the answer and never reloaded."""
    sign_in(page, running_app)
    expect(table(page)).to_be_visible(timeout=20_000)
    return page


def table(page: Page):
    return page.get_by_role("table", name="Patients, worst first")


def names(page: Page) -> list[str]:
    return table(page).get_by_role("rowheader").get_by_role("link").all_inner_texts()


def answer_badly(phone: Page, link: str) -> None:
    """From the link to the thanks, as a thumb does it."""
    phone.goto(link)
    for field, value in (("day", BORN.day), ("month", BORN.month), ("year", BORN.year)):
        phone.fill(f"[name={field}]", str(value))
    phone.get_by_role("button", name="Open").tap()
    phone.get_by_role("link", name="Start").tap()
    number = 1
    while phone.wait_for_url(re.compile(rf"/(q/{number}|ready)$")) or not phone.url.endswith("/ready"):
        answer = WORST.get(phone.locator("[name=item]").input_value(), NO)
        phone.locator("label.answer", has=phone.locator(f"input[value='{answer}'], input[value='{answer}.0']")).tap()
        phone.get_by_role("button", name="Next").tap()
        number += 1
    phone.get_by_role("button", name="Send to my care team").tap()
    phone.wait_for_url("**/thanks")


def expect_off_track(panel: Page, name: str, within: float) -> None:
    """The announcement first, the list where it was; after the click the patient, off track, with the reason."""
    sent, before = time.monotonic(), names(panel)
    announced = panel.get_by_role("button", name=re.compile(r"\d+ new, show"))
    expect(announced).to_be_visible(timeout=within * 1000)
    assert names(panel) == before
    announced.click()
    row = table(panel).get_by_role("row").filter(has=panel.get_by_role("link", name=name))
    expect(row).to_contain_text("Off track", timeout=max(1, within - (time.monotonic() - sent)) * 1000)
    expect(row.locator(".reason")).to_contain_text(REASON)


def write_from_the_panel(panel: Page, name: str, words: str) -> None:
    """The row's own action, and the case is closed with the message."""
    row = table(panel).get_by_role("row").filter(has=panel.get_by_role("link", name=name))
    row.get_by_role("button", name="Message").click()
    drawer = panel.get_by_role("dialog")
    expect(drawer).to_contain_text(REASON)
    drawer.get_by_label("Message", exact=True).fill(words)
    drawer.get_by_role("button", name="Send and resolve").click()
    expect(panel.get_by_text("Sent and resolved.")).to_be_visible()
    expect(row).to_have_count(0)


def test_a_bad_answer_is_on_the_open_panel_within_a_minute_and_the_provider_writes_back(running_app, panel, phone):
    patient = enroll_knee(running_app, "Ines", "Zzjourney")
    answer_badly(phone, patient.link)
    expect_off_track(panel, patient.name, within=60)

    write_from_the_panel(panel, patient.name, "Come in tomorrow at nine.")
    phone.goto(f"{running_app.portal_url}/thread")
    phone.get_by_label("Password").fill("a password of mine")
    phone.get_by_role("button", name="Open").tap()
    expect(phone.get_by_text("Come in tomorrow at nine.")).to_be_visible()


def test_the_same_with_two_workers(running_app, panel, phone):
    patient = enroll_knee(running_app, "Juan", "Zzjourney")
    with a_second_worker(running_app):
        answer_badly(phone, patient.link)
        expect_off_track(panel, patient.name, within=60)


def test_within_90_seconds_when_the_worker_is_killed_in_the_middle(running_app, panel, phone):
    patient = enroll_knee(running_app, "Kofi", "Zzjourney")
    with held_before_delivery(running_app) as wait_for_the_run:
        answer_badly(phone, patient.link)
        wait_for_the_run()
        os.kill(running_app.pids()["worker"], signal.SIGKILL)
    expect_off_track(panel, patient.name, within=90)


@contextmanager
def a_second_worker(app) -> Iterator[None]:
    before = workers(app)
    process = subprocess.Popen([sys.executable, "-m", "etl", "work"], cwd=settings.ROOT, env=app.environment())
    try:
        deadline = time.monotonic() + 20
        while not workers(app) - before:
            assert time.monotonic() < deadline, "the second worker does not ask for jobs after 20 s"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def workers(app) -> set[int]:
    with store_of(app) as store:
        return {row[0] for row in store.execute("SELECT id FROM procrastinate.procrastinate_workers")}


def store_of(app) -> psycopg.Connection:
    return psycopg.connect(embedded.url(app.var / "pg"), dbname=DATABASE)


@contextmanager
def held_before_delivery(app) -> Iterator:
    """
    Hold the tracks, so that a run stands between its two commits: in the lake, and not yet on the panel.

    Gives a function that returns when a run stands there.
    """
    with store_of(app) as store, store.transaction():
        store.execute("LOCK TABLE track IN SHARE ROW EXCLUSIVE MODE")  # readers go on, the panel too

        def wait_for_the_run() -> None:
            deadline = time.monotonic() + 30
            waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'track'::regclass AND NOT granted"
            while not store.execute(waiting).fetchone()[0]:
                assert time.monotonic() < deadline, "no run has come to its delivery within 30 s"
                time.sleep(0.05)

        yield wait_for_the_run
