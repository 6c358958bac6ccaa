"""Who may come in: the password, the session that it opens, and whose form this is."""

import hmac
import secrets
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

from console.session import LASTS, Seal, fresh
from earshot import passwords
from earshot.clock import SystemClock
from earshot.config import Config
from earshot.seams import Clock
from earshot.store import Store, access

_KEY = "console key"
_SESSION, _VISITOR = "earshot_session", "earshot_visitor"


class Visitor(NamedTuple):
    """Whoever asks for a page."""

    identity: str
    """The session's, or one that the browser was given before there is any."""
    inside: bool
    """May see everything: has logged in, or nobody has to."""
    token: str
    """For the forms on the page."""
    is_new: bool = False


NOBODY = Visitor("", inside=False, token="")


class Door:
    """Sessions and passwords. What reads or writes the store, or takes its time, is never for the event loop."""

    def __init__(self, store: Store, config: Config, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = (
            clock or SystemClock()
        )  # a session lasts as long as the reader's week, whatever is played
        self.asks = config.console.login
        self._configured = config.console.password
        self.is_configured = self._configured is not None
        self._public = urlsplit(config.server.public_url)
        self._key = ""

    def open(self) -> str | None:
        """Make what is missing; the new password where this process was the one that made it."""
        self._sealing_key()
        if not self.asks or self._configured or self._kept():
            return None
        made = passwords.made()
        mine = passwords.hashed(made)
        with self._store.begin() as connection:
            return made if access.keep_first(connection, passwords.KEPT_AS, mine) == mine else None

    def visitor(self, cookies: Mapping[str, str]) -> Visitor:
        """Blocking. Raises `Unavailable`."""
        seal = self._seal()
        holder = seal.holder(cookies.get(_SESSION, ""), self._clock.now()) if self.asks else None
        if holder:
            return Visitor(holder, inside=True, token=seal.token(holder))
        identity = cookies.get(_VISITOR, "") or fresh()
        is_new = _VISITOR not in cookies
        return Visitor(identity, inside=not self.asks, token=seal.token(identity), is_new=is_new)

    def is_ours(self, headers: Headers, token: str, visitor: Visitor) -> bool:
        """Whether a form was sent from a page of ours, by whom it was made for. Blocking."""
        site, origin = headers.get("sec-fetch-site", "none"), headers.get("origin")
        ours = {headers.get("host", ""), self._public.netloc} - {""}  # "null" comes from nowhere
        near = origin is None or urlsplit(origin).netloc in ours
        return site in {"same-origin", "none"} and near and self._seal().is_token(token, visitor.identity)

    def admits(self, password: str) -> bool:
        """Whether it is the password. Blocking, and takes a while."""
        tried = password.strip()  # as it comes out of a terminal
        if self._configured:
            return hmac.compare_digest(tried.encode(), self._configured.get_secret_value().strip().encode())
        kept = self._kept()
        return bool(kept) and passwords.is_right(tried, kept)

    def let_in(self, answer: Response) -> None:
        """Blocking."""
        session = self._seal().session(self._clock.now())
        self._give(answer, _SESSION, session, int(LASTS.total_seconds()))

    def let_out(self, answer: Response) -> None:
        answer.delete_cookie(_SESSION, secure=self._secure, httponly=True, samesite="lax")

    def greet(self, answer: Response, visitor: Visitor) -> None:
        """So that the next form can be told to be this visitor's."""
        if visitor.is_new:
            self._give(answer, _VISITOR, visitor.identity)

    def remember(self, answer: Response, name: str, value: str) -> None:
        """A choice, for a year."""
        self._give(answer, name, value, 365 * 86_400)

    def _give(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        answer.set_cookie(name, value, seconds, secure=self._secure, httponly=True, samesite="lax")

    @property
    def _secure(self) -> bool:
        return self._public.scheme == "https"

    def _seal(self) -> Seal:
        password = (
            self._configured.get_secret_value() if self._configured else self._kept() if self.asks else ""
        )
        return Seal(self._sealing_key(), password)

    def _kept(self) -> str:
        with self._store.read() as connection:
            return access.get(connection, passwords.KEPT_AS) or ""

    def _sealing_key(self) -> str:
        """The same in every process of the installation, made by the first."""
        if not self._key:
            with self._store.read() as connection:
                self._key = access.get(connection, _KEY) or ""
        if not self._key:
            with self._store.begin() as connection:
                self._key = access.keep_first(connection, _KEY, secrets.token_hex(32))
        return self._key
