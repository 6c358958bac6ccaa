"""From rows to what a page says: pure, and nothing here is markup. Templates escape every word of it."""

import re
from collections.abc import Sequence
from datetime import datetime

from console import words
from console.charts import Mark
from console.reading import Called, Detail, Home
from console.rows import Excerpt, Foot, HomePage, MentionRow, StepRow, StoryPage, StoryRow, TermRow, When
from console.security import host_of, safe_link
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


def when(at: datetime, now: datetime) -> When:
    return When(at.isoformat(), words.moment(at), words.ago(at, now))


def foot(names: Sequence[str], heard_at: int, now: datetime) -> Foot:
    return Foot(words.plural(len(names), "brand"), when(from_us(heard_at), now) if heard_at else None)


def home(found: Home, names: Sequence[str], chosen: str | None, now: datetime) -> HomePage:
    alerts = [row for alert in found.open if (row := _alert_row(found, alert, now))]
    resolved = [row for alert in found.resolved if (row := _alert_row(found, alert, now))]
    listed = [_listed(found, story, now) for story in found.strongest]
    return HomePage(
        words.state([Level(alert.level) for alert in found.open] + _unalerted(found)),
        alerts,
        resolved,
        listed,
        list(names),
        chosen,
        foot(names, found.heard_at, now),
        empty=not (alerts or resolved or listed),
    )


def _unalerted(found: Home) -> list[Level]:
    """Stories that call and have no alert yet: the heading never waits for the alerts role."""
    return [episode.level for story in found.strongest if (episode := story.episode)]


def _listed(found: Home, story: Story, now: datetime) -> StoryRow:
    return story_row(story, found.firsts.get(story.id), now)


def _alert_row(found: Home, alert: Alert, now: datetime) -> StoryRow | None:
    story = found.stories.get(alert.story)
    if story is None:
        return None
    level = Level(alert.level)
    return _listed(found, story, now)._replace(
        level=level.name,
        level_word=words.level(level),
        reason=words.reason(alert.reason),
        since=when(from_us(alert.opened_at), now),
        resolved=when(from_us(alert.resolved_at), now) if alert.resolved_at is not None else None,
    )


def story_row(story: Story, first: Kept | None, now: datetime) -> StoryRow:
    level = story.episode.level if story.episode else story.level
    return StoryRow(
        story.id,
        level.name,
        words.level(level),
        story.brand,
        headline(first),
        first is None or first.withdrawn,
        words.plural(story.mentions, "mention"),
        words.plural(story.authors, "author"),
        words.number(story.reach),
        words.number(story.negative_authors),
        when(story.last_at, now),
        round(story.risk),
    )


def headline(first: Kept | None, length: int = _LISTED) -> Excerpt | None:
    """What began the story, on one line; None where that was withdrawn or has no words."""
    if first is None or first.withdrawn:
        return None
    text = " ".join((first.mention.title or first.mention.text).split())
    return excerpt(text, first, length) if text else None


def excerpt(text: str, kept: Kept, length: int) -> Excerpt:
    cut = _cut(text, length)
    left = len(text) - len(cut)
    return Excerpt(cut, _language(kept), words.more_text(left) if left else "")


def _cut(text: str, length: int) -> str:
    """At most so many characters, ending with a whole word where there is one near."""
    if len(text) <= length:
        return text
    head, _, _ = text[:length].rpartition(" ")
    return head.rstrip() if len(head) > length * 0.8 else text[:length]


def _language(kept: Kept) -> str | None:
    known = kept.score.language if kept.score.language != "unknown" else kept.mention.language or ""
    return known if _TAG.fullmatch(known) else None


def story_page(found: Detail, names: Sequence[str], now: datetime) -> StoryPage:
    story = found.story
    row = story_row(story, found.first, now)._replace(headline=headline(found.first, _TITLED))
    shown = {kept.n for kept in found.newest}
    return StoryPage(
        row,
        when(story.opened_at, now),
        words.number(story.mentions),
        words.number(story.authors),
        [_step_row(called, shown, now) for called in reversed(found.called)],
        [mention_row(kept, now) for kept in found.newest],
        words.shown(len(found.newest), story.mentions),
        words.number(story.withdrawn) if story.withdrawn else "",
        words.number(story.unread) if story.unread else "",
        words.number(story.voters),
        words.plural(len(story.outlets), "outlet") if story.outlets else "",
        _handle(found.first.mention) if found.first else "",
        story.brand in names,
        foot(names, found.heard_at, now),
    )


def _step_row(called: Called, shown: set[int], now: datetime) -> StepRow:
    cause = called.mention
    return StepRow(
        called.step.level.name,
        words.level(called.step.level),
        words.reason(called.step.reason),
        when(called.step.at, now),
        words.plural(called.known, "mention"),
        _handle(cause.mention) if cause else "",
        cause.n if cause and cause.n in shown else None,
        called.episode,
    )


def mention_row(kept: Kept, now: datetime) -> MentionRow:
    said, gone = kept.mention, kept.withdrawn
    link = None if gone else safe_link(said.url)
    return MentionRow(
        kept.n,
        _handle(said),
        said.author.verified,
        brief(words.source(said.source)),
        said.kind,
        when(said.created_at, now),
        words.link(kept.link),
        gone,
        None if gone else _said(kept),
        "" if gone else words.score(kept.score),
        words.mood(kept.score),
        words.stars(said.rating) if said.rating and not gone else "",
        words.rating(said.rating) if said.rating and not gone else "",
        link,
        host_of(link) if link else "",
    )


def _said(kept: Kept) -> Excerpt | None:
    text = re.sub(
        r"\n\s*\n\s*", "\n\n", "\n".join(filter(None, (kept.mention.title, kept.mention.text))).strip()
    )
    kept_lines = "\n".join(text.split("\n")[:_LINES])
    cut = _cut(kept_lines, _READ)
    left = len(text) - len(cut)
    return Excerpt(cut, _language(kept), words.more_text(left) if left else "") if cut else None


def _handle(mention: Mention) -> str:
    return brief(mention.author.handle or mention.author.name or mention.author.id)


def brief(name: str) -> str:
    """A name on one line: those who choose it may choose a thousand letters."""
    return name if len(name) <= _NAMED else name[: _NAMED - 1] + "…"


def marks(found: Detail) -> list[Mark]:
    """The moments of the alerts, for the curve."""
    same_day = (
        len({words.day(called.step.at) for called in found.called} | {words.day(found.story.opened_at)}) == 1
    )
    return [
        Mark(
            to_us(called.step.at),
            called.step.level.name,
            words.alert_mark(
                words.level(called.step.level),
                called.known,
                words.hour(called.step.at) if same_day else words.short(called.step.at),
            ),
        )
        for called in found.called
    ]


def terms(lines: Sequence[Line]) -> list[TermRow]:
    """The terms of a risk as they are added, the strongest first; those that add nothing come last."""
    ordered = sorted(lines, key=lambda line: -abs(line.points))
    return [
        TermRow(line.term, points(line.points, words.LANGUAGE), line.sentence, line.points)
        for line in ordered
    ]
