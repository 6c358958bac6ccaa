"""Mentions that are sent to us: a signed POST of one event or of an array of them, in our own JSON form."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from collectors.posted import Fault, Posted, read, reply, split
from collectors.sparing import Sparing
from earshot import logs
from earshot.attribution import Names
from earshot.errors import Busy, EarshotError, Forged, Refused, Unavailable, Unreadable
from earshot.seams import Clock, Collector, CollectorSettings, Intake
from earshot.signing import Secret, verify
from earshot.topics import Event

if TYPE_CHECKING:
    from earshot.runtime import Context

_log = logs.get(__name__)

Say = Callable[..., Any]
"""How a log is told of something."""

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
    any_source: ClassVar[bool] = True

    kind: Literal["webhook"] = "webhook"
    secret: Secret = Field(description="What senders sign with: whsec_ and base64.")
    previous_secret: Secret | None = Field(
        default=None, description="Still accepted, so that senders can change to a new secret one by one."
    )
    path: str = Field(default="/api/mentions", pattern="^/", description="Where it listens.")
    max_body: int = Field(default=5_000_000, gt=0, description="Bytes of a request.")
    max_mentions: int = Field(default=1_000, gt=0, description="Mentions, or other events, in a request.")

    def build(self, context: "Context") -> Collector:
        return Listener(self, context.clock, Names(brand.name for brand in context.config.brands))


class Listener:
    """Answers when everything readable in the request is durable; the sender sends again what was not.

    What cannot be read goes to the dead letters, if its sender knows the secret. What senders do wrong is counted as
    theirs: the source is well as long as it listens. Of what strangers send nothing is kept.

    An old request cannot be played back: its signed time is refused. Within the tolerance it can, and does no
    harm: what it says is known by its ids.
    """

    def __init__(self, settings: Webhook, clock: Clock, names: Names) -> None:
        """`names`: of the brands that may be named; where there are none, any."""
        self.name = settings.name
        self._settings = settings
        self._clock, self._names = clock, names
        self._strangers = Sparing(clock)
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
        heard = self._clock.now()
        try:
            body = await self._body(request)
            message_id = verify(self._secrets, request.headers, body, heard)
        except tuple(_STATUS) as error:
            if self._intake:
                self._intake.refused(_kind(error), str(error))
            return self._failure(error, self._strangers.warning)
        try:
            return await self._take(body, heard, message_id)
        except tuple(_STATUS) as error:
            return self._failure(error, _log.warning)

    async def _take(self, body: bytes, heard: datetime, message_id: str) -> JSONResponse:
        """The answer to who has proved to know the secret."""
        try:
            parts = self._parts(body)
        except (Unreadable, Refused) as error:
            await self._hand_over(Posted((), [Fault(0, body, str(error), _kind(error))], ()), message_id)
            raise
        posted = read(parts, heard, self.name, self._names)
        published = await self._hand_over(posted, message_id)
        if not posted.is_refused:
            return reply(HTTPStatus.ACCEPTED, posted, published)
        self._tell(HTTPStatus.UNPROCESSABLE_ENTITY, posted.faults[0].reason, _log.warning)
        return reply(HTTPStatus.UNPROCESSABLE_ENTITY, posted, published)

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
        parts = split(body)
        if len(parts) > self._settings.max_mentions:
            raise Refused(
                f"{len(parts):,} mentions, at most {self._settings.max_mentions:,} a request: send them in parts"
            )
        return parts

    async def _hand_over(self, posted: Posted, message_id: str) -> int:
        """How many were published. It is finished even when the sender hangs up or we are stopping."""
        if self._intake is None:
            raise Unavailable("Earshot is starting or stopping: send it again")
        hearing = asyncio.ensure_future(asyncio.to_thread(self._hear, self._intake, posted, message_id))
        self._in_hand.add(hearing)
        hearing.add_done_callback(self._in_hand.discard)
        return await asyncio.shield(hearing)

    def _hear(self, intake: Intake, posted: Posted, message_id: str) -> int:
        published = 0 if posted.is_refused else _publish(intake, posted.events)
        for fault in posted.faults:  # last, as what was not heard is sent again, faults and all
            place = f"{self.name}:{message_id}:{fault.number}"
            intake.park(fault.raw, fault.reason, place)
            intake.refused(fault.kind, fault.reason, place)
        intake.succeeded()
        return published

    def _failure(self, error: EarshotError, say: Say) -> JSONResponse:
        status = _status(error)
        self._tell(status, str(error), say)
        headers = {}
        if isinstance(error, Busy | Unavailable):
            headers["Retry-After"] = str(error.retry_after if isinstance(error, Busy) else _RETRY_AFTER)
        return JSONResponse({"error": str(error)}, status, headers)

    def _tell(self, status: HTTPStatus, reason: str, say: Say) -> None:
        say("request refused", collector=self.name, status=int(status), reason=reason)


def _status(error: EarshotError) -> HTTPStatus:
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


def _kind(error: EarshotError) -> str:
    return f"http_{_status(error):d}"


def _publish(intake: Intake, events: Sequence[Event]) -> int:
    """Raises `Busy`, `Unavailable`."""
    if (wait := intake.busy()) is not None:
        raise Busy(f"the processors are behind: send it again in {wait} s", wait)
    return intake.hear(events)
