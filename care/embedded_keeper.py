"""
The process manager's database program: keeps the embedded PostgreSQL up and is the one that stops it.

    python -m care.embedded_keeper          until SIGTERM or Ctrl-C
    python -m care.embedded_keeper stop     after commands that started the server outside `make run`
"""

import signal
import sys
import threading
from pathlib import Path

import settings
from care import embedded
from care.errors import CareError

LOOK_EVERY = 1.0  # seconds; a look costs 2 ms


def keep(folder: Path) -> None:
    """Start the server again whenever it has died, until SIGTERM or Ctrl-C; then stop it."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    embedded.ensure(folder)
    while not stopping.wait(LOOK_EVERY):
        embedded.ensure(folder)
    embedded.stop(folder)


def main(arguments: list[str]) -> int:
    action = embedded.stop if arguments == ["stop"] else keep
    try:
        action(settings.VAR / "pg")
    except CareError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
