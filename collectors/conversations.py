"""Which brands the mentions heard lately concern, so that their reposts, quotes and replies inherit them."""

import threading

import msgspec
from msgspec import Struct

from earshot.recent import Recent
from earshot.seams import Bus
from earshot.topics import MENTIONS

_REMEMBERED = 20_000


class _Identity(Struct, frozen=True):
    id: str = ""
    brand: str = ""


class _Said(Struct):
    mention: _Identity = _Identity()


_DECODER = msgspec.json.Decoder(_Said)


class Conversations:
    """Shared by all sources of a process; read back from the log at start, so that a restart forgets nothing."""

    def __init__(self, bus: Bus) -> None:
        self._brands = Recent[str, tuple[str, ...]](_REMEMBERED)
        self._lock = threading.Lock()
        for record in bus.newest(MENTIONS.name, _REMEMBERED):
            self._recall(record.value)

    def brands(self, mention: str) -> tuple[str, ...]:
        with self._lock:
            return self._brands.get(mention) or ()

    def remember(self, mention: str, names: tuple[str, ...]) -> None:
        with self._lock:
            known = self._brands.get(mention)
            if known is None:
                if names:
                    self._brands.put(mention, names)
            elif new := tuple(name for name in names if name not in known):
                self._brands.put(mention, known + new)

    def _recall(self, raw: bytes) -> None:
        try:
            said = _DECODER.decode(raw).mention
        except (msgspec.DecodeError, UnicodeDecodeError):
            return  # the processors park what cannot be read
        if said.id:
            self.remember(said.id, (said.brand,))
