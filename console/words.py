"""Every English word that is not in a template, so that a translation finds them in one place."""

from datetime import UTC, datetime, timedelta
from typing import Final

from earshot.model import Level, Rating, Score

LANGUAGE: Final = "en"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SMALL = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_UNITS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
    (timedelta(seconds=1), "s"),
)
_CALLS = (  # level, one story, several
    (Level.critical, "is critical", "are critical"),
    (Level.warning, "needs attention", "need attention"),
    (Level.watch, "is being watched", "are being watched"),
)

REASONS = {"risk": "its risk rose", "loud_author": "a loud author is negative", "voice": "a voice took it up"}
LINKS = {
    "new": "began the story",
    "reference": "others answered it",
    "repost": "repost",
    "quote": "quotes it",
    "reply": "replies to it",
    "thread": "same conversation",
    "url": "links to the same page",
    "copy": "the same words",
}
SOURCES = {
    "x": "X",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "reddit": "Reddit",
    "youtube": "YouTube",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "trustpilot": "Trustpilot",
    "google": "Google reviews",
    "appstore": "App Store",
    "play": "Google Play",
    "news": "News",
    "feed": "News feed",
}


def level(value: Level) -> str:
    return value.name.capitalize()


def number(value: int) -> str:
    return f"{value:,}"


def small(value: int) -> str:
    """A number as a word where a sentence reads better with it."""
    return _SMALL[value] if value < len(_SMALL) else number(value)


def plural(value: int, one: str, many: str | None = None) -> str:
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def day(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]}"


def month(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{_MONTHS[at.month - 1]} {at.year}"


def hour(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M}"


def moment(at: datetime) -> str:
    """The same for every viewer: 25 Nov 2026, 12:51 UTC."""
    return f"{day(at)} {at.astimezone(UTC).year}, {hour(at)} UTC"


def span(length: timedelta) -> str:
    """How long, in the largest unit that fits: 7 h."""
    for unit, name in _UNITS:
        if length >= unit:
            return f"{length // unit} {name}"
    return "0 s"


def ago(at: datetime, now: datetime) -> str:
    if at > now:
        return f"in {span(at - now)}" if at - now >= timedelta(seconds=1) else "just now"
    return "just now" if now - at < timedelta(seconds=1) else f"{span(now - at)} ago"


def state(levels: list[Level]) -> str:
    """The heading: how many stories call, the loudest first."""
    clauses: list[str] = []
    for kind, one, many in _CALLS:
        if count := levels.count(kind):
            noun = "" if clauses else (" story" if count == 1 else " stories")
            clauses.append(f"{small(count)}{noun} {one if count == 1 else many}")
    if not clauses:
        return "Nothing calls for you right now"
    sentence = "; ".join(clauses)
    return sentence[0].upper() + sentence[1:]


def score(value: Score) -> str:
    """How a text read, in words; what could not be read says so."""
    if value.negative is None:
        return "could not be read"
    mood, certainty = max(
        (
            ("negative", value.negative),
            ("neutral", value.neutral or 0.0),
            ("positive", value.positive or 0.0),
        ),
        key=lambda pair: pair[1],
    )
    basis = f" ({value.basis})" if value.basis else ""
    return f"{mood} {certainty:.2f}{basis}" + (", uncertain" if value.uncertain else "")


def mood(value: Score) -> str:
    """The word that colours a score: negative, neutral, positive or unknown."""
    return "unknown" if value.negative is None else score(value).split(" ", 1)[0]


def stars(rating: Rating) -> str:
    full = round(rating.of_five)
    return "★" * full + "☆" * (5 - full)


def rating(value: Rating) -> str:
    return f"rated {value.value:g} of {value.best:g}"


def reason(key: str) -> str:
    return REASONS.get(key, key.replace("_", " "))


def link(key: str) -> str:
    return LINKS.get(key, key.replace("_", " "))


def source(key: str) -> str:
    return SOURCES.get(key, key)


def short(at: datetime) -> str:
    return f"{day(at)}, {hour(at)}"


def shown(part: int, whole: int) -> str:
    """How much of a list is on the page."""
    if part >= whole:
        return plural(whole, "mention")
    return f"showing the newest {number(part)} of {number(whole)}"


def alert_mark(name: str, mentions: int, when: str) -> str:
    return f"{name} alert: {plural(mentions, 'mention')}, {when}"


def curve(mentions: int, first: datetime, last: datetime) -> str:
    """What the curve shows, for those who do not see it."""
    return f"{plural(mentions, 'mention')}, said between {moment(first)} and {moment(last)}"


def more_text(left: int) -> str:
    return f"… {plural(left, 'more character')}"
