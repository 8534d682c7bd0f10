"""``python -m portal``: serve the patients' site; no access log, because an address may hold a link's secret."""

import sys

import uvicorn

import settings
from portal.ports import check_free, portal_port


def main() -> int:
    try:
        port = portal_port()
        check_free(port, " for the patients' site", f"PORTAL_URL=http://localhost:{port + 10} python -m portal")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    uvicorn.run("portal.app:app", host=settings.HOST, port=port, access_log=False, server_header=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
