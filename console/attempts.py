"""How often a password may be tried: counted where it happens, forgotten after a minute."""

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

A_MINUTE = 60.0
EACH = 10
"""Tries a minute from one address."""
ALL = 60
"""Tries a minute from everywhere."""


class Try(NamedTuple):
    at: float
    address: str


class Attempts:
    """Those of the last minute that were not right. Used on the event loop only."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._tries: deque[Try] = deque()

    def begin(self, address: str) -> Try | int:
        """Count one, before it is known whether it is right; or the seconds to wait where there were too many."""
        now = self._monotonic()
        while self._tries and self._tries[0].at <= now - A_MINUTE:
            self._tries.popleft()
        own = [each for each in self._tries if each.address == address]
        for tries, most in ((own, EACH), (self._tries, ALL)):
            if len(tries) >= most:
                return max(1, round(tries[0].at + A_MINUTE - now))
        self._tries.append(Try(now, address))
        return self._tries[-1]

    def forgive(self, right: Try) -> None:
        """It was right: whoever knows the password is not kept waiting."""
        self._tries = deque(each for each in self._tries if each is not right)
