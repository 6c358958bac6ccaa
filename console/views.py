"""From rows to what a page says: pure, and nothing here is markup. Templates escape every word of it."""

import re
from collections.abc import Sequence
from datetime import datetime

from console import words
from console.charts import Mark
from console.reading import Called, Detail, Frame, Home
from console.rows import Excerpt, FrameRow, HomePage, MentionRow, StepRow, StoryPage, StoryRow, TermRow, When
from console.security import host_of, safe_link
from console.tongue import Tongue
from earshot.clock import from_us, to_us
from earshot.explain import Line, points
from earshot.model import Level, Mention, Story
from earshot.store.alerts import Alert
from earshot.store.mentions import Kept

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LISTED = 280  # characters of a text in a list
_TITLED = 180
_NAMED = 60
_READ = 2_000
_LINES = 30


def when(say: Tongue, at: datetime, now: datetime) -> When:
    return When(at.isoformat(), say.moment(at), say.near(at, now), say.ago(at, now))


def frame(say: Tongue, found: Frame, brands: int, now: datetime) -> FrameRow:
    return FrameRow(
        words.brands(say, brands),
        when(say, from_us(found.heard_at), now) if found.heard_at else None,
        say.number(found.open_alerts) if found.open_alerts else "",
        found.loudest.name,
        words.open_alerts(say, found.open_alerts),
        found.mark,
    )


def home(say: Tongue, found: Home, names: Sequence[str], chosen: str | None, now: datetime) -> HomePage:
    alerts = [row for alert in found.open if (row := _alert_row(say, found, alert, now))]
    resolved = [row for alert in found.resolved if (row := _alert_row(say, found, alert, now))]
    listed = [_listed(say, found, story, now) for story in found.strongest]
    return HomePage(
        words.state(say, [Level(alert.level) for alert in found.open] + _unalerted(found)),
        alerts,
        resolved,
        listed,
        list(names),
        chosen,
        heard=bool(found.heard_at),
        empty=not (alerts or resolved or listed),
    )


def _unalerted(found: Home) -> list[Level]:
    """Stories that call and have no alert yet: the heading never waits for the alerts role."""
    return [episode.level for story in found.strongest if (episode := story.episode)]


def _listed(say: Tongue, found: Home, story: Story, now: datetime) -> StoryRow:
    return story_row(say, story, found.firsts.get(story.id), now)


def _alert_row(say: Tongue, found: Home, alert: Alert, now: datetime) -> StoryRow | None:
    story = found.stories.get(alert.story)
    if story is None:
        return None
    level = Level(alert.level)
    return _listed(say, found, story, now)._replace(
        level=level.name,
        level_word=words.level(say, level),
        reason=words.reason(say, alert.reason),
        since=when(say, from_us(alert.opened_at), now),
        resolved=when(say, from_us(alert.resolved_at), now) if alert.resolved_at is not None else None,
    )


def story_row(say: Tongue, story: Story, first: Kept | None, now: datetime) -> StoryRow:
    level = story.episode.level if story.episode else story.level
    return StoryRow(
        story.id,
        level.name,
        words.level(say, level),
        story.brand,
        headline(say, first),
        first is None or first.withdrawn,
        words.mentions(say, story.mentions),
        words.authors(say, story.authors),
        words.reach(say, story.reach),
        words.negative(say, story.negative_authors),
        when(say, story.last_at, now),
        round(story.risk),
    )


def headline(say: Tongue, first: Kept | None, length: int = _LISTED) -> Excerpt | None:
    """What began the story, on one line; None where that was withdrawn or has no words."""
    if first is None or first.withdrawn:
        return None
    text = " ".join((first.mention.title or first.mention.text).split())
    return excerpt(say, text, first, length) if text else None


def excerpt(say: Tongue, text: str, kept: Kept, length: int) -> Excerpt:
    cut = _cut(text, length)
    left = len(text) - len(cut)
    return Excerpt(cut, _language(kept), words.more_text(say, left) if left else "")


def _cut(text: str, length: int) -> str:
    """At most so many characters, ending with a whole word where there is one near."""
    if len(text) <= length:
        return text
    head, _, _ = text[:length].rpartition(" ")
    return head.rstrip() if len(head) > length * 0.8 else text[:length]


def _language(kept: Kept) -> str | None:
    known = kept.score.language if kept.score.language != "unknown" else kept.mention.language or ""
    return known if _TAG.fullmatch(known) else None


def story_page(say: Tongue, found: Detail, names: Sequence[str], now: datetime) -> StoryPage:
    story = found.story
    row = story_row(say, story, found.first, now)._replace(headline=headline(say, found.first, _TITLED))
    shown = {kept.n for kept in found.newest}
    return StoryPage(
        row,
        when(say, story.opened_at, now),
        say.number(story.mentions),
        say.number(story.authors),
        say.number(story.reach),
        words.people_word(say, story.reach),
        say.number(story.negative_authors),
        [_step_row(say, called, shown, now) for called in reversed(found.called)],
        [mention_row(say, kept, now) for kept in found.newest],
        words.shown(say, len(found.newest), story.mentions),
        words.withdrawn(say, story.withdrawn) if story.withdrawn else "",
        words.unread(say, story.unread) if story.unread else "",
        words.voters(say, story.voters),
        words.outlets(say, len(story.outlets)) if story.outlets else "",
        _handle(found.first.mention) if found.first else "",
        story.brand in names,
    )


def _step_row(say: Tongue, called: Called, shown: set[int], now: datetime) -> StepRow:
    cause = called.mention
    return StepRow(
        called.step.level.name,
        words.level(say, called.step.level),
        words.reason(say, called.step.reason),
        when(say, called.step.at, now),
        words.mentions(say, called.known),
        _handle(cause.mention) if cause else "",
        cause.n if cause and cause.n in shown else None,
        called.episode,
    )


def mention_row(say: Tongue, kept: Kept, now: datetime) -> MentionRow:
    said, gone = kept.mention, kept.withdrawn
    link = None if gone else safe_link(said.url)
    return MentionRow(
        kept.n,
        _handle(said),
        said.author.verified,
        brief(words.source(say, said.source)),
        words.kind(say, said.kind),
        when(say, said.created_at, now),
        words.link(say, kept.link),
        gone,
        None if gone else _said(say, kept),
        "" if gone else words.score(say, kept.score),
        words.mood(kept.score),
        words.stars(said.rating) if said.rating and not gone else "",
        words.rating(say, said.rating) if said.rating and not gone else "",
        link,
        host_of(link) if link else "",
    )


def _said(say: Tongue, kept: Kept) -> Excerpt | None:
    text = re.sub(
        r"\n\s*\n\s*", "\n\n", "\n".join(filter(None, (kept.mention.title, kept.mention.text))).strip()
    )
    kept_lines = "\n".join(text.split("\n")[:_LINES])
    cut = _cut(kept_lines, _READ)
    left = len(text) - len(cut)
    return Excerpt(cut, _language(kept), words.more_text(say, left) if left else "") if cut else None


def _handle(mention: Mention) -> str:
    return brief(mention.author.handle or mention.author.name or mention.author.id)


def brief(name: str) -> str:
    """A name on one line: those who choose it may choose a thousand letters."""
    return name if len(name) <= _NAMED else name[: _NAMED - 1] + "…"


def marks(say: Tongue, found: Detail) -> list[Mark]:
    """The moments of the alerts, for the curve."""
    same_day = (
        len({say.day(called.step.at) for called in found.called} | {say.day(found.story.opened_at)}) == 1
    )
    return [
        Mark(
            to_us(called.step.at),
            called.step.level.name,
            words.alert_mark(
                say,
                words.level(say, called.step.level),
                called.known,
                say.hour(called.step.at) if same_day else say.short(called.step.at),
            ),
        )
        for called in found.called
    ]


def terms(say: Tongue, lines: Sequence[Line]) -> list[TermRow]:
    """The terms of a risk as they are added, the strongest first; those that add nothing come last."""
    ordered = sorted(lines, key=lambda line: -abs(line.points))
    return [
        TermRow(line.term, points(line.points, say.language), line.sentence, line.points) for line in ordered
    ]
