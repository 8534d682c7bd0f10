"""``python -m portal``: serve the patients' site; no access log, because an address may hold a link's secret."""

from urllib.parse import urlsplit

import uvicorn

import settings


def main() -> None:
    port = urlsplit(settings.PORTAL_URL).port or settings.PORT + 1
    uvicorn.run("portal.app:app", host=settings.HOST, port=port, access_log=False, server_header=False)


if __name__ == "__main__":
    main()
