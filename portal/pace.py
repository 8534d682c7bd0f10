"""How fast one visitor may post; kept in this process's memory, forgotten after a minute and at a restart."""

import hashlib
from collections import deque

A_MINUTE = 60.0  # seconds
FORGET_ABOVE = 20_000  # visitors; then those whose minute is over are dropped


class Pace:
    """
    Counts posts per visitor in a sliding minute.

    A flood is what it stops. What must hold across processes and restarts is counted in the store: wrong dates of
    birth per link (five end it), wrong passwords per patient (five, then 15 minutes' wait).
    """

    def __init__(self) -> None:
        self.posts: dict[bytes, deque[float]] = {}

    def is_too_fast(self, visitor: str, most: int, now: float) -> bool:
        """Count one post at ``now`` (seconds of any steady clock); True above ``most`` in the minute before it."""
        key = hashlib.blake2b(visitor.encode("utf-8", "replace"), digest_size=16).digest()
        posts = self.posts.setdefault(key, deque(maxlen=most + 1))
        while posts and posts[0] <= now - A_MINUTE:
            posts.popleft()
        posts.append(now)
        if len(self.posts) > FORGET_ABOVE:
            self.posts = {key: posts for key, posts in self.posts.items() if posts[-1] > now - A_MINUTE}
        return len(posts) > most
