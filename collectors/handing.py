"""Whether what is heard can be handed over just now: by this the collectors know that they are not ready."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from earshot.errors import Unavailable

_TOLD = 60.0
"""s after the last try: to who is not ready nobody may be sent, and then nobody would ever try again."""


class Handing:
    """One source's; used from any thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._faults: dict[str, tuple[float, str]] = {}

    @contextmanager
    def to(self, place: str, *, proves: bool = True) -> Iterator[None]:
        """Around one try. `proves` is False where its success does not say that a hand-over would succeed."""
        try:
            yield
        except Unavailable as error:
            self._faults[place] = self._monotonic(), str(error)
            raise
        if proves:
            self._faults.pop(place, None)

    @property
    def trouble(self) -> str | None:
        """Why the latest failed, until one succeeds or nobody has tried for a minute."""
        faults = tuple(self._faults.values())
        return next((why for at, why in faults if self._monotonic() - at < _TOLD), None)
