"""One mention, and why it reads as it does: from what is stored and what the scorer says, to words. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from console import handling, mention_words, views, words
from console.about import INTENTS, about, intent
from console.reading_mentions import Found
from console.rows import MentionRow, StoryRow, When
from console.tongue import Tongue
from earshot.clock import from_us
from earshot.config import Brand
from earshot.explain import points
from earshot.model import Intent, Mention, Score
from earshot.seams import Carried, Explanation, SecondOpinion, Shares
from earshot.staff import POLARITIES, STAFF, Polarity, shipped
from earshot.store import corrections
from earshot.store.corrections import Correction

_STEPS = (0.03, 0.08, 0.18)  # from this effect on a word is tinted so strongly
_SAME = 0.01  # below it two readings are shown as one: no word is listed for so little
_LISTED = 6
_TITLED = 90
_SHOWN = 10_000  # characters
_LINES = 300


class Piece(NamedTuple):
    """Some of the text, in the text's own letters. `tint` is one of up-1 to up-3 and down-1 to down-3, or empty."""

    text: str
    tint: str = ""
    said: str = ""
    """What its effect is."""


class Weight(NamedTuple):
    token: str
    points: str
    tint: str


class Share(NamedTuple):
    key: str
    word: str
    number: str
    value: float


class Weighed(NamedTuple):
    """Which words carried it."""

    more: list[Weight]
    less: list[Weight]
    left: str
    """How many words were not weighed; empty for none."""


class Second(NamedTuple):
    name: str
    shares: list[Share]
    words: list[Weight]


class Label(NamedTuple):
    """What somebody said of how it reads."""

    word: str
    more: str
    """What its author wants and how it is to be handled; empty where nobody said."""
    by: str
    at: When


class Choice(NamedTuple):
    key: Polarity | Intent
    word: str
    stands: bool
    """Whether it is what staff said last."""


class MentionPage(NamedTuple):
    row: MentionRow
    story: StoryRow
    opened: When
    """When the story was."""
    heard: When
    pieces: list[Piece]
    more: str
    """How much of the text is not shown."""
    shares: list[Share]
    """Empty where it could not be read."""
    meaning: str
    unread: str
    uncertain: str
    basis: str
    language: str
    model: str
    other_model: str
    """Said where the words are explained by another version than the one that scored them."""
    alone: list[Share]
    """What the whole text alone says, where the shares are others: it is what the words explain."""
    weighed: Weighed | None
    second: Second | None
    link: str
    moved: str
    """What brought it here since; empty for nothing."""
    moved_by: int
    """The mention that did; 0: none did."""
    why: str
    counted: list[tuple[str, str]]
    counted_at: When | None
    learnt: str
    """Said where the model has learnt from staff."""
    choices: list[Choice]
    wants: list[Choice]
    """What its author may want."""
    handling: handling.Form
    labels: list[Label]
    """The newest first."""
    waits: str
    """Said where the last of them does not count yet."""
    by_staff: bool
    about: list[tuple[str, str]]
    """What it is about beside its mood: name and value."""


def text_of(mention: Mention) -> str:
    """What was scored, with at most one blank line at a time."""
    said = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    return re.sub(r"\n\s*\n\s*", "\n\n", said).strip()


def mention_page(
    say: Tongue, found: Found, why: Explanation | None, now: datetime, brand: Brand
) -> MentionPage:
    kept, said, score = found.kept, found.kept.mention, found.kept.score
    text = "" if kept.withdrawn else text_of(said)
    shown = "\n".join(text[:_SHOWN].split("\n")[:_LINES])
    row = views.mention_row(say, kept, now, brand.accounts)
    chosen = None if row.ours or said.kind == "article" else brand.address_on(said.source)
    read = why if why and why.shares else None
    stored = _stored(score)
    by_staff = score.basis == STAFF
    return MentionPage(
        row,
        views.story_row(say, found.story, found.first, now)._replace(
            headline=views.headline(say, found.first, _TITLED)
        ),
        views.when(say, found.story.opened_at, now),
        views.when(say, from_us(found.heard_at), now),
        list(pieces(say, shown, read.tokens if read else ())),
        views.left_out(say, len(text) - len(shown)),
        _shares(say, stored),
        mention_words.meaning(say, score, _hundredths(stored)) if stored else "",
        mention_words.unread(say) if score.negative is None else "",
        mention_words.uncertain(say, score),
        mention_words.basis(say, score.basis),
        _language(say, score.language),
        "" if by_staff else score.model,
        mention_words.other_model(say, read.model)
        if read and not by_staff and read.model != (shipped(score.model) or read.model)
        else "",
        _shares(say, _alone(score, stored, read)),
        _weighed(say, read, text) if read else None,
        _second(say, read.second) if read and read.second else None,
        mention_words.link(say, kept.link, kept.evidence),
        mention_words.moved(say, found.moved.how) if found.moved else "",
        found.moved.by if found.moved else 0,
        mention_words.heard(say, said.why),
        [] if kept.withdrawn else mention_words.counted(say, said.metrics),
        views.when(say, said.metrics.at, now) if said.metrics else None,
        mention_words.learnt(say, score),
        _choices(say, found.labels),
        _wants(say, found.labels),
        handling.form(say, score, found.labels[0] if found.labels else None),
        [_label(say, each, now) for each in found.labels[:_LISTED]],
        mention_words.waits(say) if _waits(found) else "",
        by_staff,
        [] if kept.withdrawn else about(say, score, chosen),
    )


def _choices(say: Tongue, labels: Sequence[Correction]) -> list[Choice]:
    last = labels[0].polarity if labels else None
    return [Choice(each, mention_words.label(say, each), each == last) for each in POLARITIES]


def _wants(say: Tongue, labels: Sequence[Correction]) -> list[Choice]:
    last = (labels[0].intents or ()) if labels else ()
    return [Choice(each, intent(say, each), each in last) for each in INTENTS]


def _label(say: Tongue, made: Correction, now: datetime) -> Label:
    by = views.brief(mention_words.labelled_by(say, made.made_by))
    wants = ", ".join(intent(say, each) for each in made.intents or ())
    more = "; ".join([*([wants] if wants else []), *handling.told(say, made.handling)])
    return Label(mention_words.label(say, made.polarity), more, by, views.when(say, from_us(made.at), now))


def _waits(found: Found) -> bool:
    return bool(found.labels) and not corrections.is_applied(found.kept.score, found.labels[0])


def _language(say: Tongue, code: str) -> str:
    return mention_words.unknown(say) if code == "unknown" else views.brief(say.language_name(code))


def pieces(say: Tongue, text: str, tokens: Iterable[Carried]) -> Iterator[Piece]:
    """All of the text, in order: joined they are the text again."""
    at = 0
    for each in tokens:
        tint = _tint(each.effect)
        if not tint or not at <= each.start < each.end <= len(text):
            continue
        if at < each.start:
            yield Piece(text[at : each.start])
        said = mention_words.effect(say, points(each.effect, say.language), worse=each.effect > 0)
        yield Piece(text[each.start : each.end], tint, said)
        at = each.end
    if at < len(text):
        yield Piece(text[at:])


def _tint(effect: float) -> str:
    step = sum(abs(effect) >= least for least in _STEPS)
    return f"{'up' if effect > 0 else 'down'}-{step}" if step else ""


def _weighed(say: Tongue, why: Explanation, text: str) -> Weighed:
    """Each word once, as it was written where it weighs most."""
    rising = sorted(why.tokens, key=lambda each: abs(each.effect))
    strongest = {each.token: each for each in rising if _tint(each.effect)}
    told = sorted(strongest.values(), key=lambda each: -abs(each.effect))
    return Weighed(
        [_weight(say, each, text) for each in told if each.effect > 0][:_LISTED],
        [_weight(say, each, text) for each in told if each.effect < 0][:_LISTED],
        mention_words.not_weighed(say, why.left) if why.left else "",
    )


def _weight(say: Tongue, carried: Carried, text: str) -> Weight:
    written = text[carried.start : carried.end] or carried.token
    return Weight(views.brief(written), points(carried.effect, say.language), _tint(carried.effect))


def _second(say: Tongue, second: SecondOpinion) -> Second:
    known = [
        Weight(views.brief(word), points(value, say.language), "up-1" if value < 0 else "down-1")
        for word, value in second.words
    ]
    return Second(second.name, _shares(say, second.shares), known)


def _stored(score: Score) -> Shares | None:
    if score.negative is None:
        return None
    return Shares(score.negative, score.neutral or 0.0, score.positive or 0.0)


def _alone(score: Score, stored: Shares | None, why: Explanation | None) -> Shares | None:
    """What the words explain; None where that is what was stored."""
    if stored is None or why is None or why.shares is None:
        return None
    differs = any(abs(one - other) >= _SAME for one, other in zip(why.shares, stored, strict=True))
    return why.shares if differs or mention_words.is_by_stars(score) else None


def _shares(say: Tongue, shares: Shares | None) -> list[Share]:
    if shares is None:
        return []
    rounded = zip(shares._asdict().items(), _hundredths(shares), strict=True)
    return [
        Share(key, mention_words.mood(say, key), say.decimal(hundredths / 100), value)
        for (key, value), hundredths in rounded
    ]


def _hundredths(shares: Shares) -> tuple[int, int, int]:
    """Rounded so that they sum to a hundred: what is over goes to the neutral."""
    negative, positive = (round(100 * words.chance(each)) for each in (shares.negative, shares.positive))
    return negative, max(0, 100 - negative - positive), positive
