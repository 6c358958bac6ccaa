"""A receiver that is called over HTTP, signed as standardwebhooks.com says."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from math import isfinite, nan
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

import httpx
import msgspec
from pydantic import AfterValidator, Field

from earshot.clock import EPOCH
from earshot.config.forms import Positive
from earshot.errors import Permanent, Temporary
from earshot.seams import Clock, Notice, ReceiverSettings
from earshot.signing import Secret, sign

if TYPE_CHECKING:
    from earshot.runtime import Context

_GONE = 410
_BUSY = {408, 425, 429}  # passes by itself


def _http(url: str) -> str:
    try:
        parsed = urlsplit(url)
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        raise ValueError("is not a URL") from None  # without the cause: its text may hold a token
    if parsed.scheme not in ("http", "https") or not parsed.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    return url


class Webhook(ReceiverSettings):
    """Posts each notice as JSON."""

    kind: Literal["webhook"] = "webhook"
    url: Annotated[str, AfterValidator(_http)] = Field(
        repr=False, description="Where to post. Redirects are not followed."
    )
    secret: Secret = Field(description="What the receiver checks signatures with: whsec_ and base64.")
    timeout: Positive = Field(
        default=timedelta(seconds=10), description="The longest wait for the receiver's answer."
    )

    def build(self, context: "Context") -> "WebhookChannel":
        return WebhookChannel(self, context.clock)


class WebhookChannel:
    """Accepted is any 2xx; after any other answer but 410 the same notice may pass later, as the standard says.

    A proxy answers 404, 401 or a redirect while what is behind it is deployed, and an operator mends an address: to
    try again costs nothing, while a notice that is given up is lost. What is answered beyond the status is not read.
    """

    def __init__(self, settings: Webhook, clock: Clock) -> None:
        self._url, self._clock = settings.url, clock
        self._secret = settings.secret.get_secret_value()
        self._client = httpx.Client(timeout=settings.timeout.total_seconds(), follow_redirects=False)
        # All that errors may say of the address: paths and queries of webhooks are often secrets.
        self._host = httpx.URL(settings.url).host

    def send(self, notice: Notice) -> None:
        body = _body(notice)
        headers = self._headers(notice.identity, body)
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as response:
                status, asked = response.status_code, response.headers.get("retry-after", "")
        except httpx.RequestError as error:
            raise Temporary(f"{self._host}: {type(error).__name__}") from None
        self._judge(status, asked)

    def close(self) -> None:
        self._client.close()

    def _headers(self, identity: str, body: bytes) -> dict[str, str]:
        timestamp = (self._clock.now() - EPOCH) // timedelta(seconds=1)
        return {
            "content-type": "application/json",
            "user-agent": "Earshot",
            "webhook-id": identity,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._secret, identity, timestamp, body),
        }

    def _judge(self, status: int, asked: str) -> None:
        if 200 <= status < 300:
            return
        if status == _GONE:
            raise Permanent(f"{self._host} answered {status}, it wants no more: take this receiver out")
        raise Temporary(f"{self._host} answered {status}{_mend(status)}", _seconds(asked, self._clock.now()))


def _mend(status: int) -> str:
    """What to do where it may not pass by itself."""
    if 300 <= status < 400:
        return ", a redirect: if it stays, configure the address that it leads to"
    if status < 500 and status not in _BUSY:
        return ": if it stays, check url and secret of this receiver"
    return ""


def _body(notice: Notice) -> bytes:
    """The level goes by its name: receivers should not have to know our numbers."""
    data: dict[str, Any] = msgspec.to_builtins(notice)
    data["level"] = notice.level.name
    return msgspec.json.encode({"type": "alert", "timestamp": notice.decided_at, "data": data})


def _seconds(asked: str, now: datetime) -> float | None:
    """Retry-After in seconds, from either of its forms; None where it is neither or lies behind us."""
    try:
        seconds = float(asked)
    except ValueError:
        seconds = _until(asked, now)
    return seconds if isfinite(seconds) and seconds >= 0 else None


def _until(date: str, now: datetime) -> float:
    try:
        return (parsedate_to_datetime(date) - now).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without its zone
        return nan
