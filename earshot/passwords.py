"""The console's password: made so that it can be read aloud, kept only as a salted hash."""

import hashlib
import hmac
import secrets

KEPT_AS = "console password"
"""The name of its hash in `earshot.store.access`."""

_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"  # none that Italian and English would hear apart
_WORDS = 5  # of two syllables each: 70 ** 10, 61 bits
_COST = {"n": 1 << 14, "r": 8, "p": 1, "maxmem": 64 << 20}  # 16 MB and some 100 ms a try
_SCHEME = "scrypt-16384-8-1"


def made() -> str:
    """A new one, like tivo-ruka-dami-fose-pilu."""
    return "-".join(_syllable() + _syllable() for _ in range(_WORDS))


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)


def hashed(password: str) -> str:
    """As it is kept: the scheme, the salt, the hash. Takes a while: never on the event loop."""
    salt = secrets.token_bytes(16)
    return f"{_SCHEME}${salt.hex()}${_scrypt(password, salt).hex()}"


def is_right(password: str, kept: str) -> bool:
    """Whether it is the one that `kept` was made from; takes as long as `hashed`."""
    scheme, salt, expected = kept.split("$")
    right = hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(expected))
    return scheme == _SCHEME and right


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, **_COST)
