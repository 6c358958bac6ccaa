"""The border: what comes from outside becomes a mention here, checked and cleaned, or is refused with a reason."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct, structs

from earshot import misread
from earshot.errors import Unreadable
from earshot.misread import BROKEN
from earshot.model import Mention, Moment, Name, Rating
from earshot.topics import Event, Measured, Said, Withdrawn

BACKFILL_AFTER = timedelta(hours=24)
LONGEST = 1_000_000  # bytes of one record; the longest text allowed is a tenth of it

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_SUSPECT = re.compile(rb"\x00|\\u0000|\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
_LONGEST_ID = 1_000
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class _Incoming(Mention, frozen=True, kw_only=True, omit_defaults=True):
    """A mention as a stranger writes it: the brand, and when we heard it, may be missing."""

    brand: Name = ""
    collected_at: Moment | None = None  # type: ignore[assignment]


class _Envelope(Struct):
    type: str = "said"
    mention: msgspec.Raw = msgspec.Raw(b"")


_FIELDS = {
    form: frozenset({*kind.__struct_fields__, "type", "v"})
    for form, kind in (("said", _Incoming), ("measured", Measured), ("withdrawn", Withdrawn))
}
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_INCOMING = msgspec.json.Decoder(_Incoming)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_OTHERS = msgspec.json.Decoder(Measured | Withdrawn)


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which no database and no wire can carry."""
    return _FORBIDDEN.sub("", text) if _FORBIDDEN.search(text) else text


def parse_event(raw: bytes, heard: datetime, source: str = "", *, keep_heard: bool = False) -> Event:
    """One event in our own JSON form: a bare mention, or `{"type": "said" | "measured" | "withdrawn", …}`.

    `collected_at` is `heard`, unless `keep_heard` and the record says otherwise; `brand` may be missing (the
    matcher finds it); ids without a source are given `source`.

    Raises:
        Unreadable: with the key and the reason.
    """
    if len(raw) > LONGEST:
        raise Unreadable(f"{len(raw):,} bytes; at most {LONGEST:,} are read")
    raw = _washed(raw) if _SUSPECT.search(raw) else raw
    within = ""
    try:
        envelope = _ENVELOPE.decode(raw)
        if envelope.type == "said":
            inner = bytes(envelope.mention)
            within = "mention" if inner else ""
            incoming = _INCOMING.decode(inner or raw)
            return Said(mention=_admitted(incoming, heard, source, keep_heard=keep_heard))
        other: Measured | Withdrawn = _OTHERS.decode(raw)
    except BROKEN as error:
        raise Unreadable(misread.told(error, within)) from error
    at = min(_in_utc(other.collected_at), heard) if keep_heard else heard
    return structs.replace(other, id=_full_id(other.id, source), collected_at=at)


def unread_fields(raw: bytes) -> list[str]:
    """The names at the top of an event, and of its mention, that mean nothing here; of one that `parse_event` takes."""
    try:
        raw = _washed(raw) if _SUSPECT.search(raw) else raw
        envelope, names = _ENVELOPE.decode(raw), list(_OBJECT.decode(raw))
        if envelope.type != "said" or not bytes(envelope.mention):
            return [name for name in names if name not in _FIELDS[envelope.type]]
        inner = [name for name in _OBJECT.decode(envelope.mention) if name not in _FIELDS["said"]]
        return [name for name in names if name not in {"type", "mention", "v"}] + inner
    except BROKEN:
        return []  # a name that is no text at all


def build_mention(
    fields: dict[str, Any], heard: datetime, source: str, *, keep_heard: bool = False
) -> Mention:
    """A mention from plain values, as a collector reads them from its source. Raises `Unreadable`."""
    try:
        incoming = msgspec.convert(_cleaned(fields), _Incoming, strict=False)
    except BROKEN as error:
        raise Unreadable(misread.told(error)) from error
    return _admitted(incoming, heard, source, keep_heard=keep_heard)


def _admitted(incoming: _Incoming, now: datetime, source: str, *, keep_heard: bool) -> Mention:
    """The mention with its two times in order, and marked where it is too old to alert about.

    Said after it was heard is impossible: `created_at` is clamped and the claim is kept.
    """
    if incoming.rating:
        _check_rating(incoming.rating)
    heard = now
    if keep_heard:
        heard = min(_in_utc(incoming.collected_at or incoming.created_at), now)
    values = structs.asdict(incoming)
    values["created_at"], values["edited_at"] = _in_utc(incoming.created_at), _in_utc(incoming.edited_at)
    values["collected_at"] = heard
    for name in ("id", "root", "parent", "quoted", "reposted"):
        if values[name]:
            values[name] = _full_id(values[name], source)
    if incoming.metrics and incoming.metrics.at > heard:
        values["metrics"] = structs.replace(incoming.metrics, at=heard)
    if incoming.edited_at and incoming.edited_at > heard:
        values["edited_at"] = heard
    if incoming.created_at > heard:
        values |= {"created_at": heard, "claimed_at": values["created_at"]}
    elif heard - incoming.created_at > BACKFILL_AFTER:
        values["backfill"] = True
    return Mention(**values)


def _check_rating(rating: Rating) -> None:
    if rating.value > rating.best:
        raise Unreadable(
            f"rating.value: {rating.value:g} of {rating.best:g}: must lie between 0 and best:"
            " name the scale's highest in best, which is 5 where nothing is said"
        )


def _full_id(native: str, source: str) -> str:
    head, colon, tail = native.partition(":")
    if not (colon and head and tail) and not source:
        raise Unreadable(f"id: 'source:native id' is expected, such as 'x:{native[:40]}'")
    full = native if colon and head and tail else f"{source}:{native}"
    if len(full) > _LONGEST_ID:
        raise Unreadable(f"id: {len(full):,} characters with its source; at most {_LONGEST_ID:,} are kept")
    return full


def _in_utc(moment: Any) -> Any:
    """The same moment. Hours from the end of the year 9999 (or the start of year 1) the nearest that there is."""
    if moment is None or moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _LAST if moment.year > 1 else _FIRST


def _washed(raw: bytes) -> bytes:
    """The slow way in: escapes of NUL and of lone surrogates, which strict JSON readers refuse, are dropped."""
    try:
        return msgspec.json.encode(_cleaned(json.loads(raw.replace(b"\x00", b""))))
    except (ValueError, RecursionError) as error:
        raise Unreadable(misread.told(error)) from error


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
