"""How a list is bound to one parameter: as JSON, so that the statement stays the same whatever its length."""

from collections.abc import Iterable

import msgspec

_ENCODER = msgspec.json.Encoder()


def json_list(values: Iterable[int]) -> str:
    return _ENCODER.encode(list(values)).decode()
