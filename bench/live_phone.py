"""A patient's browser, as far as a benchmark needs one: cookies, forms with their hidden fields, redirects."""

import http.client
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass(frozen=True)
class Answer:
    """What the portal said, and how long it took, seconds."""

    status: int
    seconds: float
    text: str
    location: str

    @property
    def form(self) -> dict[str, str]:
        """The hidden fields of the page, the form's token among them."""
        return dict(HIDDEN.findall(self.text))


class Phone:
    """One patient with a session of their own; not for several threads."""

    def __init__(self, portal_url: str, session_cookie: str):
        address = urlsplit(portal_url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        self.cookies = {"po_portal": session_cookie}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
        except (http.client.NotConnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()  # the server closes what has been idle for five seconds, as browsers know
            self.connection.request(method, path, body, headers)
        try:
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("set-cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        seconds = time.perf_counter() - started
        return Answer(response.status, seconds, text, response.headers.get("location") or "")
