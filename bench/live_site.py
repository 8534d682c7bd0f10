"""An installation as `make run` starts it, with the demonstration's clinics and patients whose survey is open."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import settings
from bench.live_phone import Phone
from care import database, embedded, queue
from care.access import Viewer
from care.database import app_session
from care.ids import new_id
from care.links import make_link, open_link
from care.migrate import migrate
from care.models import (
    CareTeamMember,
    Episode,
    ExercisePrescription,
    Patient,
    ResponseDraft,
    SurveyAssignment,
    SurveyResponse,
)
from care.models.event import EntryMode, Wording
from care.models.patient import IndexKind
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from pathways.demo.build import make_demo
from pathways.demo.rows import Rows
from pathways.demo.tenant import demo_accounts

BORN = date(1956, 4, 30)
SINCE_SURGERY = 16  # days
KOOS = ("stiffness", "twisting", "straightening", "stairs", "standing", "rising", "bending")
BEFORE = {"koos_jr@1": dict.fromkeys(KOOS, 2), "nprs@1": {"intensity": 5}}
BAD = {"koos_jr@1": dict.fromkeys(KOOS, 4), "nprs@1": {"intensity": 5}}  # worse than 99 of 100, no pain alarm
PATIENCE = 240  # seconds a start may take


@dataclass(frozen=True)
class OpenCase:
    """One patient with a survey to answer. ``name``: of no other patient, so that a search finds this one alone."""

    name: str
    patient_id: UUID
    episode_id: UUID


@dataclass(frozen=True)
class Site:
    """Where it runs, and the provider who leads every ``OpenCase``."""

    folder: Path
    staff_url: str
    portal_url: str
    viewer: Viewer

    def staff_cookie(self) -> str:
        return _signed_in()[0]

    def phone(self, case: OpenCase) -> Phone:
        """The patient's browser after the date of birth."""
        now = datetime.now(UTC)
        token, _ = make_link(self.viewer, case.episode_id, now)
        return Phone(self.portal_url, open_link(token, None, BORN, now)[1])


@contextmanager
def running_site(cases: int) -> Iterator[tuple[Site, list[OpenCase]]]:
    """Make, start, and take away again; ``settings`` point to it while it lasts."""
    folder = Path(tempfile.mkdtemp(prefix="po-"))
    settings.DATABASE_URL, settings.VAR = None, folder
    settings.LAKE_ROOT, settings.EXPORT_ROOT = str(folder / "lake"), folder / "exports"
    for cached in (queue.deferring_app, database.app_engine, database.given_url):
        cached.cache_clear()
    started = None
    try:
        migrate()
        load_library()
        make_demo()
        viewer = _signed_in()[1]
        made = _add_cases(viewer, cases)
        staff, portal = f"http://127.0.0.1:{_free_port()}", f"http://127.0.0.1:{_free_port()}"
        started = _start(folder, staff, portal)
        yield Site(folder, staff, portal, viewer), made
    finally:
        if started:
            started.terminate()
            started.wait(60)
        embedded.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _signed_in() -> tuple[str, Viewer]:
    now = datetime.now(UTC)
    _, email, password = next(account for account in demo_accounts() if account[0] == "provider")
    token = start_session(authenticate(email, password, now)[0], now)
    return token, viewer_behind(token, now)


def _add_cases(viewer: Viewer, number: int) -> list[OpenCase]:
    """Patients 16 days after a knee replacement, usual before it, two questionnaires open, an exercise prescribed."""
    rows, now = Rows(viewer.tenant_id), datetime.now(UTC)
    cases = [_add_case(rows, viewer, place, now) for place in range(number)]
    with app_session(viewer.tenant_id) as session:
        rows.store(session)
    return cases


def _add_case(rows: Rows, viewer: Viewer, place: int, now: datetime) -> OpenCase:
    day_zero = now.date() - timedelta(days=SINCE_SURGERY)
    begun = now - timedelta(days=30)
    name = f"Bench{place:05}"
    patient = rows.add(
        Patient, id=new_id(), clinic_id=min(viewer.clinics), lake_key=new_id(), given_name="Ada", family_name=name,
        birth_date=BORN, language="en", created_at=begun,
    )  # fmt: skip
    rows.add(
        CareTeamMember, id=new_id(), patient_id=patient, membership_id=viewer.membership_id, is_lead=True
    )  # fmt: skip
    episode = rows.add(
        Episode, id=new_id(), patient_id=patient, clinic_id=min(viewer.clinics), condition="knee_replacement",
        stratum="primary", index_kind=IndexKind.SURGERY, index_date=day_zero, opened_at=begun, covariates={},
    )  # fmt: skip
    about = {"patient_id": patient, "episode_id": episode}
    for instrument, answers in BEFORE.items():
        rows.add(
            SurveyResponse, id=new_id(), **about, instrument=instrument, answers=answers, completed_at=begun,
            local_date=day_zero - timedelta(days=3), zone=viewer.zone, language="en", entry_mode=EntryMode.WEB,
            wording=Wording.DEMO, received_at=begun,
        )  # fmt: skip
        rows.add(
            SurveyAssignment, id=new_id(), **about, step="day_14", instrument=instrument,
            due_date=day_zero + timedelta(days=14), due_at=now - timedelta(days=2),
            overdue_at=now + timedelta(days=1), expires_at=now + timedelta(days=7),
        )  # fmt: skip
    rows.add(
        ExercisePrescription, id=new_id(), **about, exercise="walk", weekdays=127, start_date=day_zero,
        end_date=now.date() + timedelta(days=30),
    )  # fmt: skip
    return OpenCase(name, patient, episode)


def answer_all_but_sending(viewer: Viewer, cases: list[OpenCase]) -> None:
    """Keep bad answers as drafts: what is left to do is to send them."""
    now = datetime.now(UTC)
    with app_session(viewer.tenant_id) as session:
        wanted = {case.patient_id for case in cases}
        for each in session.query(SurveyAssignment).where(SurveyAssignment.patient_id.in_(wanted)):
            if each.step == "day_14":
                session.add(
                    ResponseDraft(
                        id=new_id(),
                        tenant_id=viewer.tenant_id,
                        patient_id=each.patient_id,
                        assignment_id=each.id,
                        answers=BAD[each.instrument],
                        saved_keys=[],
                        language="en",
                        started_at=now,
                        saved_at=now,
                    )  # fmt: skip
                )


def _start(folder: Path, staff: str, portal: str) -> subprocess.Popen:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "PO_VAR": str(folder),
        "PORT": staff.rpartition(":")[2],
        "PORTAL_URL": portal,
        "STAFF_URL": staff,
    }
    with open(folder / "terminal.txt", "w") as terminal:
        process = subprocess.Popen(
            [sys.executable, "serve.py"], cwd=settings.ROOT, env=environment, stdout=terminal, stderr=terminal,
            start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while not (answers(f"{staff}/healthz") and answers(f"{portal}/healthz")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The installation did not start:\n{(folder / 'terminal.txt').read_text()}")
        time.sleep(0.2)
    return process


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
