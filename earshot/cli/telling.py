"""How an event is shown, to people and to programs: nothing that strangers wrote can steer the terminal."""

from datetime import datetime
from typing import Any

from earshot.cli.asking import Found
from earshot.cli.tables import day_or_time, one_line
from earshot.topics import Event, Measured, Said

_LONGEST = 240  # characters of a text, of a name and of a link a person is shown
_NAME = 60


def words(event: Event) -> str:
    """What was said, on one line."""
    if isinstance(event, Said):
        return one_line(f"{event.mention.title} {event.mention.text}")
    return (
        f"new counts of {one_line(event.id)}"
        if isinstance(event, Measured)
        else f"withdrawn: {one_line(event.id)}"
    )


def shortened(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def author(event: Event) -> str:
    if not isinstance(event, Said):
        return ""
    who = event.mention.author
    return shortened(one_line(who.name or who.handle or who.id), _NAME)


def kind(event: Event) -> str:
    return event.mention.kind if isinstance(event, Said) else type(event).__name__.lower()


def at(event: Event) -> datetime:
    """When it was said, as far as that is known."""
    return event.mention.created_at if isinstance(event, Said) else event.collected_at


def url(event: Event) -> str:
    return one_line(event.mention.url) if isinstance(event, Said) else ""


def lines(found: Found, now: datetime) -> list[str]:
    """Whom it concerns, who said it and when; what was said; where it stands."""
    event = found.event
    whom = f"{', '.join(found.brands)} ({found.why})" if found.brands else "no brand"
    head = " · ".join(
        part for part in (whom, kind(event), author(event), day_or_time(at(event), now)) if part
    )
    rest = [shortened(words(event)), shortened(url(event))]
    return [one_line(head), *(f"  {line}" for line in rest if line)]


def plain(found: Found) -> dict[str, Any]:
    event = found.event
    said = {}
    if isinstance(event, Said):
        mention = event.mention
        said = {
            "id": mention.id, "title": mention.title, "text": mention.text, "url": mention.url,
            "author": {"id": mention.author.id, "handle": mention.author.handle, "name": mention.author.name},
        }  # fmt: skip
    else:
        said = {"id": event.id}
    return {
        "source": found.source, "brands": list(found.brands), "why": found.why,
        "kind": kind(event), "at": at(event).isoformat(),
    } | said  # fmt: skip
