"""What must hold before anything is started."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import settings
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


def check_port() -> None:
    """Refuse a port that another program listens on."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind((settings.HOST, settings.PORT))
            probe.listen()
        except OSError as error:
            raise ServingError(
                f"Port {settings.PORT} of {settings.HOST} cannot be used ({error.strerror}): "
                f"end the program that has it, or choose another: PORT={settings.PORT + 10} make run"
            ) from None
