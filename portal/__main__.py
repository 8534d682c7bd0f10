"""``python -m portal``: serve the patients' site; no access log, because an address may hold a link's secret."""

import socket
import sys
from urllib.parse import urlsplit

import uvicorn

import settings


def main() -> int:
    try:
        port = portal_port()
        check_free(port)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    uvicorn.run("portal.app:app", host=settings.HOST, port=port, access_log=False, server_header=False)
    return 0


def portal_port() -> int:
    """The port that ``PORTAL_URL`` names; behind a proxy it names none, then the one after the staff site's."""
    try:
        return urlsplit(settings.PORTAL_URL).port or settings.PORT + 1
    except ValueError:
        raise ValueError(
            f"PORTAL_URL is “{settings.PORTAL_URL}”: its port must be a whole number from 1 to 65535, "
            "as in PORTAL_URL=http://localhost:8502"
        ) from None


def check_free(port: int) -> None:
    """Refuse a port that another program listens on."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind((settings.HOST, port))
            probe.listen()
        except OSError as error:
            raise ValueError(
                f"Port {port} of {settings.HOST} cannot be used for the patients' site ({error.strerror}): end the "
                f"program that has it, or choose another: PORTAL_URL=http://localhost:{port + 10} python -m portal"
            ) from None


if __name__ == "__main__":
    sys.exit(main())
