"""Mentions that are sent to us: a signed POST of one event or of an array of them, in our own JSON form."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec
from pydantic import ConfigDict, Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from earshot import logs
from earshot.border import parse_event
from earshot.errors import Busy, EarshotError, Forged, Refused, Unavailable, Unreadable
from earshot.seams import Clock, Collector, CollectorSettings, Intake
from earshot.signing import Secret, verify
from earshot.topics import Event

if TYPE_CHECKING:
    from earshot.runtime import Context

_log = logs.get(__name__)

_RETRY_AFTER = 10  # seconds: a restart or a change of the database's master takes about that

_STATUS: dict[type[EarshotError], HTTPStatus] = {
    Unreadable: HTTPStatus.BAD_REQUEST,
    Forged: HTTPStatus.UNAUTHORIZED,
    Refused: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Busy: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Webhook(CollectorSettings):
    """Other systems send mentions here, signed as Standard Webhooks."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["webhook"] = "webhook"
    secret: Secret = Field(description="What senders sign with: whsec_ and base64.")
    previous_secret: Secret | None = Field(
        default=None, description="Still accepted, so that senders can change to a new secret one by one."
    )
    path: str = Field(default="/api/mentions", pattern="^/", description="Where it listens.")
    max_body: int = Field(default=5_000_000, gt=0, description="Bytes of a request.")
    max_mentions: int = Field(default=1_000, gt=0, description="Mentions, or other events, in a request.")

    def build(self, context: "Context") -> Collector:
        return Listener(self, context.clock)


class _Fault(NamedTuple):
    """A part of a request that cannot be read."""

    number: int
    raw: bytes
    reason: str


class Listener:
    """Answers when everything readable in the request is durable; the sender sends again what was not.

    An old request cannot be played back: its signed time is refused. Within the tolerance it can, and does no
    harm: what it says is known by its ids.
    """

    def __init__(self, settings: Webhook, clock: Clock) -> None:
        self.name = settings.name
        self._settings = settings
        self._clock = clock
        accepted = (settings.secret, settings.previous_secret)
        self._secrets = [secret.get_secret_value() for secret in accepted if secret]
        self._intake: Intake | None = None
        self._in_hand: set[asyncio.Future[int]] = set()

    def routes(self) -> Sequence[BaseRoute]:
        return [Route(self._settings.path, self._answer, methods=["POST"], name=self.name)]

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        self._intake = intake
        await stop.wait()
        self._intake = None
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    async def once(self, limit: int) -> Sequence[Event]:  # noqa: ARG002 - the seam's
        raise Refused(
            f"{self.name}: nothing to fetch, it is called: POST a signed mention to {self._settings.path}"
        )

    async def _answer(self, request: Request) -> JSONResponse:
        try:
            return await self._receive(request)
        except tuple(_STATUS) as error:
            return self._failure(error)

    async def _receive(self, request: Request) -> JSONResponse:
        heard = self._clock.now()
        body = await self._body(request)
        message_id = verify(self._secrets, request.headers, body, heard)
        events, faults = _read(self._parts(body), heard, self.name)
        if faults and not events:
            return _reply(HTTPStatus.UNPROCESSABLE_ENTITY, 0, 0, faults)
        published = await self._hand_over(events, faults, message_id)
        return _reply(HTTPStatus.ACCEPTED, len(events), published, faults)

    async def _body(self, request: Request) -> bytes:
        """The whole body, of which never much more than the limit is in memory."""
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._settings.max_body:
                    raise Refused(f"at most {self._settings.max_body:,} bytes a request: send it in parts")
        except ClientDisconnect:
            raise Unreadable("the sender hung up before the end") from None
        return bytes(body)

    def _parts(self, body: bytes) -> list[bytes]:
        parts = _split(body)
        if len(parts) > self._settings.max_mentions:
            raise Refused(
                f"{len(parts):,} mentions, at most {self._settings.max_mentions:,} a request: send them in parts"
            )
        return parts

    async def _hand_over(self, events: Sequence[Event], faults: Sequence[_Fault], message_id: str) -> int:
        """How many were published. It is finished even when the sender hangs up or we are stopping."""
        if self._intake is None:
            raise Unavailable("Earshot is starting or stopping: send it again")
        hearing = asyncio.ensure_future(
            asyncio.to_thread(self._hear, self._intake, events, faults, message_id)
        )
        self._in_hand.add(hearing)
        hearing.add_done_callback(self._in_hand.discard)
        return await asyncio.shield(hearing)

    def _hear(
        self, intake: Intake, events: Sequence[Event], faults: Sequence[_Fault], message_id: str
    ) -> int:
        if (wait := intake.busy()) is not None:
            raise Busy(f"the processors are behind: send it again in {wait} s", wait)
        published = intake.hear(events)
        intake.succeeded()
        for fault in faults:  # last, as what was not heard is sent again, faults and all
            intake.park(fault.raw, fault.reason, f"{self.name}:{message_id}:{fault.number}")
        return published

    def _failure(self, error: EarshotError) -> JSONResponse:
        status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
        _log.warning("request refused", collector=self.name, status=int(status), reason=str(error))
        headers = {}
        if isinstance(error, Busy | Unavailable):
            headers["Retry-After"] = str(error.retry_after if isinstance(error, Busy) else _RETRY_AFTER)
        return JSONResponse({"error": str(error)}, status, headers)


def _split(body: bytes) -> list[bytes]:
    """One JSON object, or the members of an array, each as it was sent."""
    try:
        whole = bytes(msgspec.json.decode(body, type=msgspec.Raw))
        if whole.startswith(b"["):
            return [bytes(part) for part in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    if not whole.startswith(b"{"):
        raise Unreadable("not a mention: a JSON object is expected, or an array of them")
    return [whole]


def _read(parts: Sequence[bytes], heard: datetime, source: str) -> tuple[list[Event], list[_Fault]]:
    events: list[Event] = []
    faults: list[_Fault] = []
    for index, part in enumerate(parts):
        try:
            events.append(parse_event(part, heard, source))
        except Unreadable as error:
            faults.append(_Fault(index, part, str(error)))
    return events, faults


def _reply(status: HTTPStatus, accepted: int, published: int, faults: Sequence[_Fault]) -> JSONResponse:
    """`published` counts a mention once for each brand that it concerns, and so not at all where it is none."""
    refused = [{"index": fault.number, "error": fault.reason} for fault in faults]
    note = {"note": _no_brand(accepted - published, accepted)} if published < accepted else {}
    return JSONResponse({"accepted": accepted, "published": published, "refused": refused} | note, status)


def _no_brand(strangers: int, accepted: int) -> str:
    """At least so many, as one that concerns two brands was published twice."""
    how_many = "none concerns a brand" if strangers == accepted else f"at least {strangers} concern no brand"
    return f"of {accepted} accepted {how_many}, and what concerns no brand is not kept: it holds no term of [[brands]]"
