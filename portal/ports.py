"""The port of the patients' site, and whether a port is free."""

import socket
from urllib.parse import urlsplit

import settings


def portal_port() -> int:
    """The port that ``PORTAL_URL`` names; behind a proxy it names none, then the one after the staff site's."""
    try:
        return urlsplit(settings.PORTAL_URL).port or settings.PORT + 1
    except ValueError:
        raise ValueError(
            f"PORTAL_URL is “{settings.PORTAL_URL}”: its port must be a whole number from 1 to 65535, "
            "as in PORTAL_URL=http://localhost:8502"
        ) from None


def check_free(port: int, purpose: str, cure: str) -> None:
    """Refuse a port that another program listens on; a ValueError says for what it was meant and what to do."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind((settings.HOST, port))
            probe.listen()
        except OSError as error:
            raise ValueError(
                f"Port {port} of {settings.HOST} cannot be used{purpose} ({error.strerror}): "
                f"end the program that has it, or choose another: {cure}"
            ) from None
