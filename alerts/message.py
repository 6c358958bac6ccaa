"""What a notice says. Pure; plain text. Mentions are hostile input: none of it can break a line or a header."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from msgspec import structs

from alerts.rules import Telling
from alerts.words import WORDS, Words, month, source
from earshot.config import Audience, RiskSettings
from earshot.explain import (
    Language,
    about,
    although,
    arithmetic,
    counted,
    explain,
    number,
    out_of_100,
    points,
)
from earshot.model import Mention, Story
from earshot.quoting import Because, because
from earshot.seams import Notice
from earshot.store.mentions import Kept
from earshot.store.notices import Kept as KeptNotice

HEADLINE = 120
QUOTE = 240
"""Characters of what called by its words."""
LATE = timedelta(minutes=5)

_NAME = 80
_MOVED = 2.0  # points of risk; and so long:
_A_WHILE = timedelta(minutes=1)
_JOINERS = (
    "\u200c\u200d"  # in emoji and in several scripts; other invisible characters can turn a line around
)


def one_line(text: str, longest: int) -> str:
    """Without control characters and line breaks, on one line, cut with an ellipsis."""
    seen = "".join(c if c in _JOINERS or unicodedata.category(c)[0] not in "CZ" else " " for c in text)
    line = " ".join(seen.split())
    return line if len(line) <= longest else f"{line[:longest].rstrip()}…"


def compose(
    telling: Telling,
    first: Kept | None,
    causes: Sequence[Kept],
    decided: datetime,
    base_url: str,
    risk: RiskSettings,
    zone: tzinfo,
    audience: Audience | None = None,
) -> KeptNotice:
    """The notice of one decision, as of the story's snapshot. `first` began the story, `causes` made us decide.

    The subject quotes what began the story; what raised it now from the second decision on, and where it did so by its
    words.
    """
    story, step = telling.story, telling.step
    words = WORDS[telling.receiver.language]
    link = f"{base_url}/stories/{story.id}"
    return KeptNotice(
        identity=telling.identity,
        receiver=telling.receiver.name,
        brand=story.brand,
        story=story.id,
        episode=telling.episode.number,
        level=step.level,
        reason=step.reason,
        also=tuple(each.reason for each in telling.steps if each is not step),
        decided_at=decided,
        heard_at=step.at,
        subject=f"[Earshot] {_head(telling)}, {_title(telling, first, causes)}",
        text="\n".join(
            [
                *_what(telling, first, causes, zone),
                "",
                *_how_bad(telling, causes, decided, risk, zone, audience),
                words.open.format(link=link),
            ]
        ),
        link=link,
    )


def as_sent(notice: KeptNotice, language: Language, now: datetime, *, live: bool) -> Notice:
    """With what only the moment of sending knows: that it is late, that it may be a repeat."""
    words = WORDS[language]
    ahead = [words.repeat] if notice.possible_repeat else []
    if live and now - notice.heard_at > LATE:
        ahead.insert(0, words.late.format(span=_span(now - notice.heard_at, words)))
    return structs.replace(notice, text="\n".join([*ahead, "", notice.text])) if ahead else notice


def headline(kept: Kept | None, words: Words) -> str:
    """What it is about, in the words of who said it."""
    if kept is None or kept.withdrawn:
        return words.withdrawn
    return one_line(kept.mention.title or kept.mention.text, HEADLINE) or words.wordless


def _title(telling: Telling, first: Kept | None, causes: Sequence[Kept]) -> str:
    words = WORDS[telling.receiver.language]
    loudest = because(causes[0], telling.steps) if causes else None
    if loudest and loudest.edited_at:
        return words.edited.format(reason=words.reasons[telling.step.reason])
    if loudest:
        return f'"{_quote(loudest, HEADLINE, words)}"'
    return f'"{headline(first if telling.is_first or not causes else causes[0], words)}"'


def _quote(reason: Because, longest: int, words: Words) -> str:
    return one_line(reason.quote(longest), longest) or words.wordless


def _head(telling: Telling) -> str:
    level = WORDS[telling.receiver.language].levels[telling.step.level]
    return f"{level}: {one_line(telling.story.brand, _NAME)}"


def _what(telling: Telling, first: Kept | None, causes: Sequence[Kept], zone: tzinfo) -> list[str]:
    """What was said, by whom, and who made us tell it, if another."""
    language = telling.receiver.language
    words = WORDS[language]
    lines = [_head(telling), *_words_of(first, telling, zone), ""]
    if first:
        lines.append(_by(words.begun, first.mention, language, zone))
    for n, cause in enumerate(causes):
        if first is None or cause.mention.id != first.mention.id:
            lines.append(_by(words.raised[n > 0], cause.mention, language, zone))
            lines += _words_of(cause, telling, zone)
    return [*lines, words.because.format(reasons=_reasons(telling)), *_seen_by(telling, causes)]


def _words_of(kept: Kept | None, telling: Telling, zone: tzinfo) -> list[str]:
    """What it says, around the words that called where those did; and since when it says so, if it said others then."""
    language = telling.receiver.language
    words, reason = WORDS[language], because(kept, telling.steps)
    if reason is None:
        return [f"“{headline(kept, words)}”"]
    said = f"“{_quote(reason, QUOTE, words)}”"
    if reason.edited_at is None:
        return [said]
    since = words.since[reason.kept.score.is_glad]
    return [since.format(when=when(reason.edited_at, language, zone)), said]


def _seen_by(telling: Telling, causes: Sequence[Kept]) -> list[str]:
    """The words that were taken for the reason, of all that made us tell it."""
    found = [each.seen_by for cause in causes if (each := because(cause, telling.steps))]
    said = dict.fromkeys(one_line(word, _NAME) for words in found for word in words)
    listed = ", ".join(f"“{each}”" for each in said)
    return [WORDS[telling.receiver.language].seen_by.format(words=listed)] if said else []


def _reasons(telling: Telling) -> str:
    """Each with its sentence, and with how many have given it again."""
    language = telling.receiver.language
    words, said = WORDS[language], []
    for step in telling.steps:
        more = words.again[step.said != 1].format(count=number(step.said, language))
        said.append(words.reasons[step.reason] + (f" ({more})" if step.again else ""))
    return "; ".join(said)


def _how_bad(
    telling: Telling,
    causes: Sequence[Kept],
    decided: datetime,
    risk: RiskSettings,
    zone: tzinfo,
    audience: Audience | None,
) -> list[str]:
    """How far it has gone, why that is a risk, and since when we know; what calls again may have waited."""
    language, step, episode = telling.receiver.language, telling.step, telling.episode
    words = WORDS[language]
    later = _later(telling, zone)
    why = "" if later else although(step.level, telling.story, risk, language)
    lines = [
        *later,
        _so_far(telling.story, language),
        "",
        *([why] if why else []),
        *_why(telling.story, language, audience),
        "",
    ]
    waited = [each.mention.collected_at for each in causes if each.mention.id == step.mention and step.again]
    heard = min([step.at, *waited])
    lines.append(words.times.format(heard=when(heard, language, zone), decided=when(decided, language, zone)))
    if episode.resolved_at:
        lines.append(words.calmed.format(when=when(episode.resolved_at, language, zone)))
    return lines


def _later(telling: Telling, zone: tzinfo) -> list[str]:
    """Where the story went on before it was told: at which risk it was decided, and of what moment its numbers are."""
    language, story, step = telling.receiver.language, telling.story, telling.step
    went_on = story.last_at - step.at >= _A_WHILE
    if not went_on and abs(story.risk - step.risk) < _MOVED:
        return []
    words = WORDS[language]
    decided = words.decided.format(risk=out_of_100(step.risk, language))
    later = words.later[not went_on].format(when=when(story.last_at, language, zone))
    return [f"{decided} {later}"]


def _by(sentence: str, mention: Mention, language: Language, zone: tzinfo) -> str:
    return sentence.format(who=who(mention, language), when=when(mention.created_at, language, zone))


def who(mention: Mention, language: Language) -> str:
    """@giulia_trevi (1,900 followers) on X. Nothing else about the person."""
    words, author = WORDS[language], mention.author
    name = one_line(author.handle or author.name, _NAME) or words.unknown_author
    if author.handle and mention.kind != "article":
        name = f"@{name.removeprefix('@')}"
    if author.followers is not None:
        name += f" ({counted(author.followers, *words.followers, language)})"
    if mention.kind == "article":
        return name
    return name + words.on.format(source=source(one_line(mention.source, _NAME)))


def _so_far(story: Story, language: Language) -> str:
    words = WORDS[language]
    return words.so_far.format(
        mentions=counted(story.mentions, *words.mentions, language),
        authors=counted(story.authors, *words.authors, language),
        people=about(story.reach, language),
        outlets=counted(len(story.outlets), *words.outlets, language),
    )


def _why(story: Story, language: Language, audience: Audience | None) -> list[str]:
    """The terms that add something; together they are the first number of the sum below them."""
    terms = [
        f"  {points(line.points, language)}  {line.sentence}"
        for line in explain(story, language, audience)
        if line.points
    ]
    why = WORDS[language].why.format(risk=out_of_100(story.risk, language))
    return [why, *terms, f"  {arithmetic(story, language)}"]


def when(at: datetime, language: Language, zone: tzinfo) -> str:
    """26 Nov 2026, 10:41 CET: as on the story's page."""
    at = at.astimezone(zone)
    return f"{at.day} {month(at.month, language)} {at.year}, {at:%H:%M} {at.tzname()}"


def _span(length: timedelta, words: Words) -> str:
    minutes = length // timedelta(minutes=1)
    if minutes < 120:
        return f"{minutes} {words.units[0]}"
    return f"{minutes // 60} {words.units[1]}" if minutes < 48 * 60 else f"{minutes // 1440} {words.units[2]}"
