"""What X answers instead of posts, sorted by what its guide says to do about it."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from earshot.border import clean
from earshot.errors import Unavailable

Nature = Literal["network", "http", "limit", "refused"]
"""The wire broke; X has trouble; we asked too often; X will not serve us until somebody does something."""


class Fault(Unavailable):
    """X does not serve us now.

    `kind` is for the metric, `body` what X answered. `resets_at`: when its limit is lifted, where it said so.
    """

    def __init__(
        self, kind: str, message: str, nature: Nature, resets_at: datetime | None = None, body: bytes = b""
    ) -> None:
        super().__init__(message)
        self.kind, self.nature, self.resets_at, self.body = kind, nature, resets_at, body


_MENDS = {
    400: "it cannot read the request, most likely a rule: see what it says, and `earshot check`",
    401: "the bearer token is not valid (any more): make one in X's developer console and set `token`",
    402: "no credits are left: top them up in X's developer console",
    403: "the token's app may not do this: it needs a project with access to the filtered stream and to search",
    404: "there is no such address: `host` must be https://api.x.com, or a gateway that passes everything on",
}


def of_status(status: int, body: bytes = b"", resets_at: datetime | None = None) -> Fault:
    """The fault that an HTTP status other than success stands for."""
    if status in (420, 429):
        return Fault(f"http_{status}", f"X answers {status}: too many requests", "limit", resets_at, body)
    if status in _MENDS:
        message = f"X answers {status}: {_MENDS[status]}{_told(body)}"
        return Fault(f"http_{status}", message, "refused", resets_at, body)
    return Fault(f"http_{status}", f"X answers {status}", "http", resets_at, body)


class _Problem(Struct):
    title: str | None = None
    detail: str | None = None


def _told(body: bytes) -> str:
    """What X itself says about it, where it does."""
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    said = " ".join(clean(problem.detail or problem.title or "").split())[:300]
    return f"; X says: {said}" if said else ""
