"""How much goes into a statement or comes out of it: one parameter for a list, a long answer in chunks."""

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()

IN_CHUNKS = {"stream_results": True}
"""For a long answer: PostgreSQL keeps it and hands it out as it is fetched; SQLite does so anyway."""


class Listed(list[Any]):
    """For `in (select value from json_each(?))`: SQLite is given JSON, PostgreSQL (`= any`) an array."""

    def __conform__(self, _protocol: Any) -> str:
        return _ENCODER.encode(list(self)).decode()
