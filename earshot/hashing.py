"""64-bit hashes of identities: small enough to keep by the million, in memory and on disk.

By the birthday bound two of ten million ids of one brand meet with a probability of 3e-6.
"""

from hashlib import blake2b
from struct import Struct

_PAIR = Struct("<qq").pack
_LONG = Struct("<q").unpack


def hash64(*parts: str) -> int:
    """A signed 64-bit hash; the same on every machine and in every process."""
    data = "\0".join(parts).encode("utf-8", "surrogatepass")
    value: int = _LONG(blake2b(data, digest_size=8).digest())[0]
    return value


def pair64(one: int, other: int) -> int:
    """The same of two 64-bit numbers."""
    value: int = _LONG(blake2b(_PAIR(one, other), digest_size=8).digest())[0]
    return value
