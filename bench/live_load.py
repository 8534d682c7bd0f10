"""Patients answering and providers looking, at once, for a while; the providers in a process of their own."""

import json
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import settings
from bench.live_panel import Panel
from bench.live_phone import Answer, Phone
from bench.live_site import BAD, OpenCase, Site

POST_EVERY, CLICK_EVERY = 5.0, 10.0  # seconds


@dataclass
class Seen:
    """Seconds of every POST to the portal, of every page asked for, of every click on a panel; what went wrong."""

    posts: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def load(site: Site, cases: list[OpenCase], providers: int, seconds: float) -> Seen:
    """Every patient posts every 5 s, every provider clicks every 10 s, each from a random moment on."""
    seen = Seen()
    phones = [site.phone(case) for case in cases]
    cookies = [site.staff_cookie() for _ in range(providers)]
    clinic = subprocess.Popen(
        [sys.executable, "-m", "bench.live_load", site.staff_url, str(seconds)], cwd=settings.ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    clinic.stdin.write(json.dumps(cookies) + "\n")
    clinic.stdin.flush()
    clinic.stdout.readline()  # every panel stands open
    chance = random.Random(7)
    until = time.monotonic() + seconds
    patients = [
        threading.Thread(
            target=_patient, args=(phone, chance.uniform(0, POST_EVERY), chance.randint(9, 20), until, seen)
        )
        for phone in phones
    ]
    for each in patients:
        each.start()
    for each in patients:
        each.join()
    found = json.loads(clinic.stdout.readline())
    clinic.wait(60)
    seen.clicks, seen.errors = found["clicks"], seen.errors + found["errors"]
    return seen


def _patient(phone: Phone, starts: float, sends_at: int, until: float, seen: Seen) -> None:
    """Answers, goes back and corrects, sends with post number ``sends_at``, then reports exercise."""
    posts, next_at, number = 0, time.monotonic() + starts, 1
    try:
        while next_at < until:
            time.sleep(max(0.0, next_at - time.monotonic()))
            posts, next_at = posts + 1, next_at + POST_EVERY
            if posts > sends_at:
                _kept(phone.post("/exercises", _exercise(_page(phone, "/exercises", seen))), seen)
            elif posts == sends_at:
                _kept(phone.post("/send", _page(phone, "/ready", seen).form), seen)
            else:
                asked = _page(phone, f"/q/{number}", seen)
                if asked.status == 303:  # behind the last question: go through them again
                    number = 1
                    asked = _page(phone, "/q/1", seen)
                given = {**BAD["koos_jr@1"], **BAD["nprs@1"]}.get(asked.form.get("item", ""), 0)
                _kept(phone.post(f"/q/{number}", asked.form | {"answer": str(given), "go": "next"}), seen)
                number += 1
    except Exception as error:
        seen.errors.append(f"{type(error).__name__}: {error}")


def _page(phone: Phone, path: str, seen: Seen) -> Answer:
    answer = phone.get(path)
    seen.pages.append(answer.seconds)
    if answer.status not in (200, 303):
        seen.errors.append(f"GET {path}: {answer.status}")
    return answer


def _kept(answer: Answer, seen: Seen) -> None:
    seen.posts.append(answer.seconds)
    if answer.status != 303:
        seen.errors.append(f"POST: {answer.status}")


def _exercise(page: Answer) -> dict[str, str]:
    return page.form | {"state": "done", "pain": "3"}


def _providers(staff_url: str, seconds: float) -> None:
    """The other process: reads the cookies, opens the panels, says so, clicks, and says what it saw."""
    panels = [Panel(staff_url, cookie) for cookie in json.loads(sys.stdin.readline())]
    print("open", flush=True)
    chance, clicks, errors = random.Random(8), [], []
    until = time.monotonic() + seconds

    def work(panel: Panel, starts: float) -> None:
        next_at = time.monotonic() + starts
        show = ["Everyone", "Needs action"]
        try:
            while next_at < until:
                panel.ask()
                if next_at < time.monotonic():
                    clicks.append(panel.choose("Show", show[0]))
                    show.reverse()
                    next_at += CLICK_EVERY
                time.sleep(0.05)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
        if panel.failed:
            errors.append(f"a panel said {panel.failed} times that it failed")

    threads = [threading.Thread(target=work, args=(panel, chance.uniform(0, CLICK_EVERY))) for panel in panels]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    print(json.dumps({"clicks": clicks, "errors": errors}), flush=True)


if __name__ == "__main__":
    _providers(sys.argv[1], float(sys.argv[2]))
