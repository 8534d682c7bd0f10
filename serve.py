"""``make run``: prepare the installation, then keep database, web and worker running until Ctrl-C."""

import signal
import sys

from care.errors import CareError
from pathways.errors import PathwayError
from serving.checks import check_ports, only_one_here
from serving.errors import ServingError
from serving.preparation import database_stopped_at_the_end, prepare
from serving.running import run_programs


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _as_interrupt)
    try:
        with only_one_here():
            check_ports()
            with database_stopped_at_the_end():
                prepare()
                run_programs()
    except (ServingError, CareError, PathwayError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next start goes on from here.", file=sys.stderr)
        return 130
    return 0


def _as_interrupt(_number: int, _frame: object) -> None:
    """Either signal ends the preparation the same way: its child ended, the database stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
