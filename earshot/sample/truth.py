"""What must come of the sample, and what its staff did: for tests, the tour and the care desk."""

from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

from earshot.model import Id
from earshot.sample.story import rows

Tag = Literal[
    "complaint", "question", "praise", "noise", "results", "smishing", "locker", "crisis", "thanks",
    "waiting", "relapse", "analysis", "joke", "after",
]  # fmt: skip
Trap = Literal[
    "irony", "dialect", "card_number", "minor", "employee", "clerk_named", "union", "two_brands",
    "pasted_threat", "xss", "unsupported_language", "withdrawn", "edited",
]  # fmt: skip
Ended = Literal["recovered", "neutral", "relapsed", "silent", "lost", "waiting"]
Deed = Literal[
    "claimed", "answered in public", "answered in private", "called", "thanked by hand", "promised", "kept",
    "fixed", "line published", "list made",
]  # fmt: skip


class Label(Struct, frozen=True):
    """What its author meant one mention to be."""

    tag: Tag
    traps: tuple[Trap, ...] = ()


class Expected(Struct, frozen=True):
    """An alert that must come, of the story that `story` begins, with at least this level."""

    story: Id
    mention: Id
    """The mention that makes it."""
    level: Literal["watch", "warning", "critical"]
    latest: int
    """Offset of the last moment that is not too late."""
    why: str
    reason: str | None = None
    needs: str | None = None
    """What Earshot must learn first; None: it must come today."""


class Silent(Struct, frozen=True):
    """What must not call louder than `level` allows: mentions with a tag, or single ones."""

    why: str
    tags: tuple[Tag, ...] = ()
    mentions: tuple[Id, ...] = ()
    level: Literal["calm", "watch"] = "calm"


class Outcome(Struct, frozen=True):
    """How it ended with a person, `source:author id`."""

    person: Id
    outcome: Ended
    mention: Id
    """The mention that shows it, or the last that there was."""
    at: int
    """Offset from which it is so; a later one of the same person goes before it."""
    why: str


class Card(Struct, frozen=True):
    """One card of the tour. `mentions` lead to the stories and people that it shows."""

    number: int
    subject: Literal["exploding", "why", "waiting", "answer", "won back"]
    opens: int
    """Offset from which there is something to see."""
    mentions: tuple[Id, ...]
    facts: dict[str, int | str]
    """Numbers and quotations; offsets end in `_at`."""


class Truth(Struct, frozen=True):
    mentions: dict[Id, Label]
    expected: tuple[Expected, ...]
    must_not: tuple[Silent, ...]
    outcomes: tuple[Outcome, ...]
    tour: tuple[Card, ...]


class Action(Struct, frozen=True):
    """What a member of the staff did."""

    offset: int
    by: str
    deed: Deed
    person: Id | None = None
    """`source:author id`; None where it was for everybody."""
    mention: Id | None = None
    """What it answered, or, where it was said in public, the mention that it became."""
    text: str = ""
    due: int | None = None
    """Offset until which a promise is to be kept."""


class Person(Struct, frozen=True):
    """A row of the customer file."""

    number: str
    name: str
    accounts: tuple[Id, ...]
    given_by_person: bool
    """Whether the person told us that these accounts are theirs; nobody's are ever guessed."""
    phone: str = ""
    mail: str = ""
    note: str = ""


def truth() -> Truth:
    return msgspec.json.decode((files(__package__) / "truth.json").read_bytes(), type=Truth)


def actions() -> list[Action]:
    """In the order of time."""
    return msgspec.convert(list(rows("actions.jsonl")), list[Action])


def people() -> list[Person]:
    return msgspec.convert(list(rows("people.jsonl")), list[Person])
