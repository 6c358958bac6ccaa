"""What staff say of how a mention is to be handled, beside its polarity and its intents. Pure."""

from typing import Literal, TypedDict, get_args

from msgspec import Struct, structs

from earshot.model import Address, Mood, Score, Sign

Danger = Literal["self_harm", "discrimination"]
"""What calls at any hour and is no intent."""

SIGNS: tuple[Sign, ...] = get_args(Sign)
DANGERS: tuple[Danger, ...] = get_args(Danger)
MOODS: tuple[Mood, ...] = get_args(Mood)
FORMS: dict[str, tuple[Address, ...]] = {
    "it": ("tu", "lei", "voi"),
    **dict.fromkeys(("es", "fr", "de", "pt"), ("informal", "formal")),
}
"""Of address, by language: the familiar one, the polite one, and how one speaks to a company. Others have but one."""


class AsRead(Struct, frozen=True, omit_defaults=True):
    """As the model read it, before anybody said otherwise."""

    signs: tuple[Sign, ...] = ()
    mood: Mood = "neutral"
    address: Address = "none"


class Handling(Struct, frozen=True, omit_defaults=True):
    """As far as staff said; None: they did not."""

    signs: tuple[Sign, ...] | None = None
    """All that hold, and no others."""
    dangers: tuple[Danger, ...] = ()
    """Beside what the model read, which they never take away."""
    mood: Mood | None = None
    address: Address | None = None


class Change(TypedDict, total=False):
    """What is said anew: None, or no danger, takes back; of what is left out nothing is said."""

    signs: tuple[Sign, ...] | None
    dangers: tuple[Danger, ...]
    mood: Mood | None
    address: Address | None


def as_read(score: Score) -> AsRead:
    return AsRead(score.signs, score.mood, score.address)


def changed(said: Handling, change: Change) -> Handling:
    return structs.replace(said, **change)


def handled(score: Score, said: Handling, read: AsRead) -> Score:
    """As they said; what they said nothing of is as it was read."""
    return structs.replace(
        score,
        signs=read.signs if said.signs is None else said.signs,
        named=said.dangers,
        mood=said.mood or read.mood,
        address=said.address or read.address,
    )
