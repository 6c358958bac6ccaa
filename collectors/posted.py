"""What the body of a POST holds: events, what cannot be read of it, and fields that nobody reads."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from starlette.responses import JSONResponse

from earshot.attribution import Names
from earshot.border import parse_event, unread_fields
from earshot.errors import Unreadable
from earshot.misread import BROKEN, told
from earshot.topics import Event

_MOST_IGNORED = 20  # names of fields in an answer
_LONGEST_NAME = 100  # characters of one


class Fault(NamedTuple):
    """A part of a request that is refused, or the whole."""

    number: int
    raw: bytes
    reason: str
    kind: str = "http_422"
    """By the status of an answer to it alone."""


class Posted(NamedTuple):
    """A request, part by part."""

    events: Sequence[Event]
    faults: Sequence[Fault]
    ignored: Sequence[str]
    """Names of fields of the events that mean nothing to us."""

    @property
    def is_refused(self) -> bool:
        """Nothing of it can be read."""
        return bool(self.faults) and not self.events


def split(body: bytes) -> list[bytes]:
    """One JSON object, or the members of an array, each as it was sent. Raises `Unreadable`."""
    try:
        whole = bytes(msgspec.json.decode(body, type=msgspec.Raw))
        if whole.startswith(b"["):
            return [bytes(part) for part in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except BROKEN as error:
        raise Unreadable(told(error)) from error
    if not whole.startswith(b"{"):
        raise Unreadable("not a mention: a JSON object is expected, or an array of them")
    return [whole]


def read(parts: Sequence[bytes], heard: datetime, source: str, names: Names) -> Posted:
    """Each part by itself. Where brands are configured, what names another one is refused."""
    events: list[Event] = []
    faults: list[Fault] = []
    ignored: dict[str, None] = {}
    for index, part in enumerate(parts):
        try:
            events.append(_known(parse_event(part, heard, source), names))
            ignored |= dict.fromkeys(name[:_LONGEST_NAME] for name in unread_fields(part))
        except Unreadable as error:
            faults.append(Fault(index, part, str(error)))
    return Posted(events, faults, list(ignored)[:_MOST_IGNORED])


def _known(event: Event, names: Names) -> Event:
    """Raises `Unreadable` where its brand is not."""
    if reason := names.unknown(event):
        raise Unreadable(reason)
    return event


def reply(status: HTTPStatus, posted: Posted, published: int) -> JSONResponse:
    """`published` counts a mention once for each brand that it concerns, and so not at all where it is none."""
    accepted = len(posted.events)
    refused = [{"index": fault.number, "error": fault.reason} for fault in posted.faults]
    note = {"note": _no_brand(accepted - published, accepted)} if published < accepted else {}
    ignored = {"ignored": posted.ignored} if posted.ignored else {}
    told = {"accepted": accepted, "published": published, "refused": refused}
    return JSONResponse(told | ignored | note, status)


def _no_brand(strangers: int, accepted: int) -> str:
    """At least so many, as one that concerns two brands was published twice."""
    how_many = "none concerns a brand" if strangers == accepted else f"at least {strangers} concern no brand"
    return f"of {accepted} accepted {how_many}, and what concerns no brand is not kept: it holds no term of [[brands]]"
