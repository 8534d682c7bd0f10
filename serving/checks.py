"""What must hold before anything is started."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import settings
from portal.__main__ import portal_port
from serving.errors import ServingError


@contextmanager
def only_one_here() -> Iterator[None]:
    """Hold this folder's lock: a second start would stop the first one's database when it ends."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with open(settings.VAR / "serve.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServingError(
                f"PhysioOutcomes runs already on {settings.VAR}: stop it with Ctrl-C in its terminal, "
                "or set PO_VAR to another folder."
            ) from None
        yield


def check_ports() -> None:
    """Refuse the staff site's or the patients' port where another program listens on it, before anything is started."""
    _check(settings.PORT, "", f"PORT={settings.PORT + 10} make run")
    try:
        portal = portal_port()
    except ValueError as error:
        raise ServingError(str(error)) from None
    if portal == settings.PORT:
        raise ServingError(
            f"The staff site and the patients' site cannot share port {portal}: choose another for one of them, "
            f"PORTAL_URL=http://localhost:{portal + 1} make run"
        )
    _check(portal, " for the patients' site", f"PORTAL_URL=http://localhost:{portal + 10} make run")


def _check(port: int, purpose: str, cure: str) -> None:
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind((settings.HOST, port))
            probe.listen()
        except OSError as error:
            raise ServingError(
                f"Port {port} of {settings.HOST} cannot be used{purpose} ({error.strerror}): "
                f"end the program that has it, or choose another: {cure}"
            ) from None
