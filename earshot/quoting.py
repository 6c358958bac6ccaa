"""What is quoted of a mention for which a story called: the words that it was seen by, while it still says them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from earshot.gravity import BY_WORDS
from earshot.matching import Place, places
from earshot.model import Mention, Step
from earshot.store.mentions import Kept

_NEAR = 24  # so far a cut is moved to the end of a word


class Because(NamedTuple):
    """A mention whose words are the reason of a step."""

    kept: Kept
    edited_at: datetime | None
    """When it was edited since: then it may not say them any more."""

    @property
    def seen_by(self) -> tuple[str, ...]:
        """The words, folded; none where they are not known or may be others now."""
        return () if self.edited_at else self.kept.score.evidence

    def quote(self, longest: int) -> str:
        """What it says now around the words that tell of it, on one line."""
        return quote(_said(self.kept.mention), self.kept.score.evidence, longest)


def because(kept: Kept | None, steps: Iterable[Step]) -> Because | None:
    """None where its words are the reason of none of the steps, or it was withdrawn."""
    if kept is None or kept.withdrawn:
        return None
    mention = kept.mention
    read = [_read(step, mention) for step in steps if is_by_words(step) and step.mention == mention.id]
    if not read:
        return None
    edited = mention.edited_at
    return Because(kept, edited if edited and edited > max(read) else None)


def is_by_words(step: Step) -> bool:
    return step.reason in BY_WORDS


def _read(step: Step, mention: Mention) -> datetime:
    """Steps of before said only when they were decided: the second who calls is mostly told at once, others may have waited."""
    return step.read_at or (mention.collected_at if step.again > 1 else step.at)


def _said(mention: Mention) -> str:
    title, text = " ".join(mention.title.split()), " ".join(mention.text.split())
    return text if text.startswith(title) else f"{title} · {text}".removesuffix(" · ")


def quote(text: str, words: Sequence[str], longest: int) -> str:
    """At most so many characters of a text, with the first of some folded words that it says and others as they fit.

    Cut between words where one ends near, with "…" where something is left out; its beginning where it says none.
    """
    text = text.strip()
    if len(text) <= longest:
        return text
    room = max(1, longest - 2)
    core = _together(list(places(text, words).values()), room)
    start, end = _widened(core, room, len(text))
    start, end = _from_a_word(text, start, core.start), _to_a_word(text, end, core.end)
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def _together(found: Sequence[Sequence[Place]], room: int) -> Place:
    """The first word, and each other one that fits with it."""
    if not found:
        return Place(0, 0)
    start, end = found[0][0]
    end = min(end, start + room)
    for one in found[1:]:
        wider = (Place(min(start, each.start), max(end, each.end)) for each in one)
        start, end = next((each for each in wider if each.end - each.start <= room), Place(start, end))
    return Place(start, end)


def _widened(core: Place, room: int, length: int) -> Place:
    """As much before it as after it; at an end of the text what is left over goes to the other side."""
    start = max(0, core.start - (room - (core.end - core.start)) // 2)
    end = min(length, start + room)
    return Place(max(0, end - room), end)


def _from_a_word(text: str, start: int, core: int) -> int:
    if start == 0:
        return 0
    near = range(start - 1, min(core, start + _NEAR))
    return next((at + 1 for at in near if text[at].isspace()), start)


def _to_a_word(text: str, end: int, core: int) -> int:
    if end == len(text):
        return end
    near = range(end, max(core, end - _NEAR) - 1, -1)
    return next((at for at in near if at and text[at].isspace()), end)
