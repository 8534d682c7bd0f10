"""Keep the programs running until somebody stops them."""

import http.client
import signal
import subprocess
import time

import settings
from portal.ports import portal_port
from serving.errors import ServingError
from serving.preparation import has_demonstration
from serving.programs import LOGS, supervisor_command
from serving.terminal import say, say_ready

SLOW_START = 60  # seconds after which the terminal says what is still missing


def run_programs() -> None:
    """Start the process manager and wait for its end; Ctrl-C, SIGTERM and a closed terminal stop everything."""
    say("Starting the staff site, the patients' site and the worker")
    manager = subprocess.Popen(
        supervisor_command(settings.VAR / "run"),
        cwd=settings.ROOT,
        start_new_session=True,  # Ctrl-C reaches us alone, and we stop the manager once
    )
    asked = _stop_on_signals(manager)
    _announce(manager, asked)
    if manager.wait() != 0 or not asked:
        raise ServingError(f"The process manager ended by itself: its reason stands above or in {LOGS}.")


def _stop_on_signals(manager: subprocess.Popen) -> list[int]:
    """The list that collects the signals that asked for the end."""
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        if not asked:
            say("Stopping …")
        asked.append(number)
        manager.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return asked


def _announce(manager: subprocess.Popen, asked: list[int]) -> None:
    """Wait until /healthz of both sites says ready, then print how to sign in."""
    slow = time.monotonic() + SLOW_START
    while manager.poll() is None and not asked:
        status, reason = _health()
        if status == 200:
            say_ready(has_demonstration())
            return
        if time.monotonic() > slow:
            say(f"Not ready yet: {reason} The programs' logs are in {LOGS}.")
            slow += SLOW_START
        time.sleep(0.2)


def _health() -> tuple[int, str]:
    """Of the staff site, and once that is ready of the patients'."""
    status, reason = _answer(settings.PORT, "the web application does not answer.")
    return _answer(portal_port(), "the patients' site does not answer.") if status == 200 else (status, reason)


def _answer(port: int, silence: str) -> tuple[int, str]:
    host = "127.0.0.1" if settings.HOST in ("0.0.0.0", "::") else settings.HOST
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, answer.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, silence
    finally:
        connection.close()
