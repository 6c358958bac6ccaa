"""Who has logged in, and that a form is ours: signed words in cookies and forms, nothing kept here."""

import hmac
import secrets
from datetime import datetime, timedelta

from earshot.clock import to_us

LASTS = timedelta(days=7)
_SECOND = 1_000_000


class Seal:
    """Signs with a key that only the console knows; what another password was valid for no longer holds."""

    def __init__(self, key: str, password: str) -> None:
        self._key = key.encode()
        self._password = password

    def session(self, now: datetime) -> str:
        """A new session for a cookie: its id, its end, the signature."""
        words = f"{fresh()}.{to_us(now + LASTS) // _SECOND}"
        return f"{words}.{self._signed('session', words, self._password)}"

    def holder(self, cookie: str, now: datetime) -> str | None:
        """The id of the session that the cookie is for, while it lasts."""
        words, _, signature = cookie.rpartition(".")
        if not _same(signature, self._signed("session", words, self._password)):
            return None
        identity, _, until = words.partition(".")
        return identity if to_us(now) // _SECOND < int(until) else None

    def token(self, identity: str) -> str:
        """What the forms of this session or visitor carry."""
        return self._signed("form", identity)

    def is_token(self, token: str, identity: str) -> bool:
        return _same(token, self.token(identity))

    def _signed(self, *words: str) -> str:
        return hmac.new(self._key, "\n".join(words).encode("utf-8", "replace"), "sha256").hexdigest()


def fresh() -> str:
    """An identity that nobody can guess."""
    return secrets.token_hex(16)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
