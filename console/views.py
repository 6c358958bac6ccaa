"""From rows to what a page says: pure, and nothing here is markup. Templates escape every word of it."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from console import silences, story_words, surge_words, words
from console.reading import STAYS, Frame, Home
from console.rows import CauseRow, Excerpt, FrameRow, HomePage, MentionRow, StoryRow, SurgeRow, When
from console.security import host_of, safe_link
from console.tongue import Tongue
from console.weighed import stopped_at
from earshot.accounts import Accounts
from earshot.causes import Cause, episode_of, reasons
from earshot.clock import from_us
from earshot.model import Level, Mention, Story
from earshot.quoting import because
from earshot.store.alerts import Alert
from earshot.store.mentions import Kept
from earshot.store.surges import Kept as KeptSurge
from earshot.surge import LEVEL

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LISTED = 280  # characters of a text in a list
_QUOTED = 100  # of what called: a list shows two lines of it
_NAMED = 60
_SHORT_TITLE = 30  # says too little alone
_STRONGEST = 5
_READ = 2_000
_LINES = 30
_TERMS = 6  # new words of a surge in a list


def when(say: Tongue, at: datetime, now: datetime) -> When:
    return When(at.isoformat(), say.moment(at), say.near(at, now), say.ago(at, now))


def frame(say: Tongue, found: Frame, brands: int, now: datetime) -> FrameRow:
    return FrameRow(
        words.ended_sources(say, found.ended) if found.ended else words.brands(say, brands),
        bool(found.heard_at and not found.ended),
        when(say, from_us(found.heard_at), now) if found.heard_at else None,
        say.number(found.open_alerts) if found.open_alerts else "",
        found.loudest.name,
        words.open_alerts(say, found.open_alerts),
        found.mark,
    )


def home(say: Tongue, found: Home, names: Sequence[str], chosen: str | None, now: datetime) -> HomePage:
    alerts = [row for alert in found.open if (row := _alert_row(say, found, alert, now))]
    unseen = [row for alert in found.unseen if (row := _alert_row(say, found, alert, now))]
    resolved = [row for alert in found.resolved if (row := _alert_row(say, found, alert, now))]
    strongest = [story for n, story in enumerate(found.strongest) if n < _STRONGEST or story.episode]
    listed = [_listed(say, found, story, now) for story in strongest]
    many = [surge_row(say, found.surges[a.story], now) for a in found.open if a.story in found.surges]
    until = stopped_at(found.until, now)
    return HomePage(
        _state(say, found, len(many)),
        alerts,
        unseen,
        resolved,
        listed,
        list(names),
        chosen,
        heard=bool(found.heard_at),
        empty=not (alerts or unseen or resolved or listed or many),
        all_stories="/stories" + ("?" + urlencode({"brand": chosen}) if chosen else ""),
        surges=many,
        lately=words.lately(say, until, now),
        stay=words.stay(say, STAYS, until, now),
        silent=[silences.told(say, each) for each in found.silent],
    )


def _state(say: Tongue, found: Home, many: int) -> str:
    """What the stories call for, and that many speak at once."""
    levels = [Level(alert.level) for alert in found.open if alert.story not in found.surges]
    calling = levels + _unalerted(found)
    if found.unseen and not calling and not many:
        return words.unseen(say, len(found.unseen))
    if not many:
        return words.state(say, calling)
    surges = surge_words.state(say, many)
    return f"{words.state(say, calling)}; {surges}" if calling else surges


def _unalerted(found: Home) -> list[Level]:
    """Stories that call and have no alert yet: the heading never waits for the alerts role."""
    return [episode.level for story in found.strongest if (episode := story.episode)]


def _listed(say: Tongue, found: Home, story: Story, now: datetime) -> StoryRow:
    return story_row(say, story, found.firsts.get(story.id), now)


def _alert_row(say: Tongue, found: Home, alert: Alert, now: datetime) -> StoryRow | None:
    story = found.stories.get(alert.story)
    if story is None:
        return None
    row = _listed(say, found, story, now)
    return called_row(say, row, story, alert, found.until, now, found.causes.get(alert.id))


def called_row(
    say: Tongue, row: StoryRow, story: Story, alert: Alert, until: int, now: datetime, cause: Cause | None
) -> StoryRow:
    """A story's row as that of one of its alerts; `until`: up to when there was anything to hear, µs."""
    level, episode = alert.loudness, episode_of(story, alert)
    why = cause_row(say, cause, now) if cause else None
    called = row._replace(
        level=level.name,
        level_word=words.level(say, level),
        reason=words.causes(say, reasons(alert, episode)),
        since=when(say, from_us(alert.opened_at), now),
        before=_before(say, story, alert, now),
        headline=(why and why.quote) or row.headline,
        seen=why.seen if why else "",
        edited=why.edited if why else "",
    )
    if alert.resolved_at is None:
        return called
    silent_until = stopped_at(max(until, alert.resolved_at), now)
    return _over_row(say, called, story, alert, silent_until, now)


def cause_row(say: Tongue, cause: Cause, now: datetime, length: int = _QUOTED) -> CauseRow:
    if cause.kept.withdrawn:
        return CauseRow(None, "", say.gettext("withdrawn since"))
    reason = because(cause.kept, [cause.step])
    said = reason.quote(length) or say.gettext("without words") if reason else ""
    seen = [brief(word) for word in reason.seen_by] if reason else []
    return CauseRow(
        Excerpt(said, _language(cause.kept)) if said else None,
        words.seen_by(say, seen) if seen else "",
        words.edited(say, say.near(reason.edited_at, now), is_glad=cause.kept.score.is_glad)
        if reason and reason.edited_at
        else "",
    )


def _over_row(
    say: Tongue, row: StoryRow, story: Story, alert: Alert, until: datetime | None, now: datetime
) -> StoryRow:
    episode, over_at = episode_of(story, alert), from_us(alert.resolved_at or 0)
    is_told = episode is None or (episode.below_since and words.is_silent(story, until or now))
    return row._replace(
        over=words.over(say, story, until or now),
        was=words.since(say, story, over_at, row.level_word.lower(), until, now),
        ended="" if is_told or episode is None else words.ended(say, story, episode),
    )


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
    return StoryRow(
        story.id,
        story.loudness.name,
        words.level(say, story.loudness),
        story.brand,
        headline(say, first),
        first is None or first.withdrawn,
        words.mentions(say, story.mentions),
        words.authors(say, story.authors),
        words.reach(say, story.reach),
        words.negative(say, story.negative_authors, story.voters, story.unread),
        when(say, story.last_at, now),
        round(story.risk),
    )


def surge_row(say: Tongue, kept: KeptSurge, now: datetime) -> SurgeRow:
    surge, peak = kept.surge, kept.surge.height
    return SurgeRow(
        surge.id,
        LEVEL.name,
        words.level(say, LEVEL),
        surge_words.name(say, surge),
        surge_words.against(say, surge),
        say.number(round(peak.hour)),
        when(say, surge.opened_at, now),
        when(say, surge.over_at, now) if surge.over_at else None,
        ", ".join(each.term for each in kept.fresh[:_TERMS]),
        surge_words.expected(say, surge),
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


def mention_row(say: Tongue, kept: Kept, now: datetime, accounts: Sequence[str] = ()) -> MentionRow:
    said, gone = kept.mention, kept.withdrawn
    link = None if gone else safe_link(said.url)
    return MentionRow(
        kept.n,
        handle(say, kept),
        said.author.verified,
        brief(words.source(say, said.source)),
        words.kind(say, said.kind),
        when(say, said.created_at, now),
        words.link(say, kept.link, kept.evidence),
        gone,
        None if gone else _said(say, kept),
        "" if gone else words.score(say, kept.score),
        words.mood(kept.score),
        words.stars(said.rating) if said.rating and not gone else "",
        words.rating(say, said.rating) if said.rating and not gone else "",
        link,
        host_of(link) if link else "",
        is_ours(said, accounts),
        story_words.followers(say, said.author.followers),
        when(say, said.edited_at, now) if said.edited_at and not gone else None,
    )


def is_ours(said: Mention, accounts: Sequence[str]) -> bool:
    """Where reviews are written anybody may take any name, so there nobody is."""
    return said.kind != "review" and bool(Accounts((each, each) for each in accounts).of(said))


def _said(say: Tongue, kept: Kept) -> Excerpt | None:
    text = re.sub(
        r"\n\s*\n\s*", "\n\n", "\n".join(filter(None, (kept.mention.title, kept.mention.text))).strip()
    )
    kept_lines = "\n".join(text.split("\n")[:_LINES])
    cut = _cut(kept_lines, _READ)
    left = len(text) - len(cut)
    return Excerpt(cut, _language(kept), words.more_text(say, left) if left else "") if cut else None


def handle(say: Tongue, kept: Kept) -> str:
    """Who took a mention back is named no more: where a source calls people by their names, so is their id."""
    author = kept.mention.author
    return say.gettext("somebody") if kept.withdrawn else brief(author.handle or author.name or author.id)


def brief(name: str) -> str:
    """A name on one line: those who choose it may choose a thousand letters."""
    return name if len(name) <= _NAMED else name[: _NAMED - 1] + "…"
