"""A provider's open panel without a browser: Streamlit's own messages over its websocket."""

import time
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

PATIENCE = 60  # seconds for one run of the script


class Panel:
    """
    One tab with the panel. ``elements`` are the elements that the last run of the whole script drew.

    ``asks_every``: {id of a fragment that asks by itself: seconds}.
    """

    def __init__(self, staff_url: str, cookie: str):
        address = f"ws://{urlsplit(staff_url).netloc}/_stcore/stream"
        self._open = connect(
            address, subprotocols=["streamlit"], additional_headers={"Cookie": f"po_staff={cookie}"}, max_size=None
        )
        self._socket = self._open.__enter__()
        self.widgets: dict[str, WidgetState] = {}
        self.asks_every: dict[str, float] = {}
        self._asked_at: dict[str, float] = {}
        self.elements: list = []
        self.failed = 0
        self.seconds = self.run()

    def run(self, fragment: str = "") -> float:
        """The page, or one of its fragments, once more; the seconds until the last element has come."""
        message, started = BackMsg(), time.perf_counter()
        message.rerun_script.page_name = "panel"
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        message.rerun_script.widget_states.widgets.extend(self.widgets.values())
        self._socket.send(message.SerializeToString())
        drawn = []
        while (said := self._next()).WhichOneof("type") != "script_finished":
            if said.WhichOneof("type") == "auto_rerun":
                self.asks_every[said.auto_rerun.fragment_id] = said.auto_rerun.interval
            elif said.WhichOneof("type") == "delta" and said.delta.WhichOneof("type") == "new_element":
                drawn.append(said.delta.new_element)
        self.failed += any(each.WhichOneof("type") in ("alert", "exception") for each in drawn)
        if not fragment:
            self.elements = drawn
        return time.perf_counter() - started

    def choose(self, label: str, option: str) -> float:
        """A click on one of a row of pills."""
        group = next(e.button_group for e in self.elements if e.button_group.label == label)
        state = WidgetState(id=group.id)
        state.string_array_value.data.append(option)
        self.widgets[group.id] = state
        return self.run()

    def ask(self) -> None:
        """What the page asks by itself and is due: are there new alerts (every 2 s), does the session last (15 s)?"""
        for fragment, seconds in list(self.asks_every.items()):
            if self._asked_at.get(fragment, 0.0) + seconds <= time.monotonic():
                self._asked_at[fragment] = time.monotonic()
                self.run(fragment)

    def close(self) -> None:
        self._socket.close()

    def _next(self) -> ForwardMsg:
        said = ForwardMsg()
        said.ParseFromString(self._socket.recv(timeout=PATIENCE))
        return said
