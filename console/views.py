"""From rows to what a page says: pure, and nothing here is markup. Templates escape every word of it."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from console import story_words, words
from console.charts import Mark
from console.reading import Called, Detail, Frame, Home
from console.rows import Excerpt, FrameRow, HomePage, MentionRow, StepRow, StoryPage, StoryRow, TermRow, When
from console.security import host_of, safe_link
from console.tongue import Tongue
from earshot.clock import from_us, to_us
from earshot.explain import Line, points
from earshot.model import Episode, Level, Mention, Story
from earshot.store.alerts import Alert
from earshot.store.mentions import Kept

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LISTED = 280  # characters of a text in a list
_TITLED = 180
_NAMED = 60
_SHORT_TITLE = 30  # says too little alone
_STRONGEST = 5
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
    strongest = [story for n, story in enumerate(found.strongest) if n < _STRONGEST or story.episode]
    listed = [_listed(say, found, story, now) for story in strongest]
    return HomePage(
        words.state(say, [Level(alert.level) for alert in found.open] + _unalerted(found)),
        alerts,
        resolved,
        listed,
        list(names),
        chosen,
        heard=bool(found.heard_at),
        empty=not (alerts or resolved or listed),
        all_stories="/stories" + ("?" + urlencode({"brand": chosen}) if chosen else ""),
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
    return called_row(say, _listed(say, found, story, now), story, alert, now)


def called_row(say: Tongue, row: StoryRow, story: Story, alert: Alert, now: datetime) -> StoryRow:
    """A story's row as that of one of its alerts."""
    level, episode = alert.loudness, episode_of(story, alert)
    over = alert.resolved_at is not None
    return row._replace(
        level=level.name,
        level_word=words.level(say, level),
        reason=words.cause(say, alert.reason),
        since=when(say, from_us(alert.opened_at), now),
        resolved=when(say, from_us(alert.resolved_at), now) if alert.resolved_at is not None else None,
        ended=words.ended(say, story, episode) if over and episode else "",
        before=_before(say, story, alert, now),
    )


def episode_of(story: Story, alert: Alert) -> Episode | None:
    return next((each for each in story.episodes if each.number == alert.episode), None)


def _before(say: Tongue, story: Story, alert: Alert, now: datetime) -> str:
    """The episode before the alert's."""
    past = [each for each in story.episodes if each.number < alert.episode and each.resolved_at]
    if not past or (until := past[-1].resolved_at) is None:
        return ""
    return words.before(
        say,
        words.level(say, past[-1].level),
        say.near(past[-1].opened_at, now),
        say.near(until, now),
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
        words.negative(say, story.negative_authors, story.voters, story.authors),
        when(say, story.last_at, now),
        round(story.risk),
    )


def headline(say: Tongue, first: Kept | None, length: int = _LISTED) -> Excerpt | None:
    """What began the story, on one line; None where that was withdrawn or has no words."""
    if first is None or first.withdrawn:
        return None
    text = " ".join(_telling(first.mention).split())
    return excerpt(say, text, first, length) if text else None


def _telling(mention: Mention) -> str:
    """The title, with what follows it where it says little."""
    title, text = mention.title.strip(), mention.text.strip()
    if not (title and text) or len(title) > _SHORT_TITLE or text.startswith(title):
        return text if not title or text.startswith(title) else title
    return f"{title} · {text}"


def excerpt(say: Tongue, text: str, kept: Kept, length: int) -> Excerpt:
    cut = _cut(text, length)
    left = len(text) - len(cut)
    return Excerpt(cut, _language(kept), words.more_text(say, left) if left else "")


def left_out(say: Tongue, characters: int) -> str:
    return words.more_text(say, characters) if characters else ""


def _cut(text: str, length: int) -> str:
    """At most so many characters, ending with a whole word where there is one near."""
    if len(text) <= length:
        return text
    head, _, _ = text[:length].rpartition(" ")
    return head.rstrip() if len(head) > length * 0.8 else text[:length]


def _language(kept: Kept) -> str | None:
    known = kept.score.language if kept.score.language != "unknown" else kept.mention.language or ""
    return known if _TAG.fullmatch(known) else None


def story_page(
    say: Tongue, found: Detail, names: Sequence[str], now: datetime, accounts: Sequence[str] = ()
) -> StoryPage:
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
        [mention_row(say, kept, now, accounts) for kept in found.newest],
        words.shown(say, len(found.newest), story.mentions),
        words.withdrawn(say, story.withdrawn) if story.withdrawn else "",
        words.unread(say, story.unread) if story.unread else "",
        words.voters(say, story.voters),
        words.outlets(say, len(story.outlets)) if story.outlets else "",
        _handle(found.first.mention) if found.first else "",
        story.brand in names,
        _is_by_rule(story),
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


def _is_by_rule(story: Story) -> bool:
    episode = story.episode
    loudest = [step for step in episode.steps if step.level == episode.level] if episode else []
    return bool(loudest) and loudest[0].reason != "risk"


def mention_row(say: Tongue, kept: Kept, now: datetime, accounts: Sequence[str] = ()) -> MentionRow:
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
        _is_ours(said, accounts),
        story_words.followers(say, said.author.followers),
    )


def _is_ours(said: Mention, accounts: Sequence[str]) -> bool:
    """By the handle. Where reviews are written anybody may take any name, so there nobody is."""
    ours = {account.removeprefix("@").casefold() for account in accounts}
    return said.kind != "review" and said.author.handle.removeprefix("@").casefold() in ours


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
