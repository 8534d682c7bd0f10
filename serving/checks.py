"""What must hold before anything is started."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import settings
from portal.ports import check_free, portal_port
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
    try:
        check_free(settings.PORT, "", f"PORT={settings.PORT + 10} make run")
        portal = portal_port()
        if portal == settings.PORT:
            raise ServingError(
                f"The staff site and the patients' site cannot share port {portal}: choose another for one of them, "
                f"PORTAL_URL=http://localhost:{portal + 1} make run"
            )
        check_free(portal, " for the patients' site", f"PORTAL_URL=http://localhost:{portal + 10} make run")
    except ValueError as error:
        raise ServingError(str(error)) from None
