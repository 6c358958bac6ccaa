"""Every word of the domain that is not in a template, said in the reader's language (`Tongue`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from console.calls import was_handed_over
from console.tongue import N_, Tongue
from earshot.explain import about
from earshot.model import Episode, Level, Rating, Score, Step, Story
from earshot.staff import STAFF

_SMALL = (
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
    N_("eleven"),
    N_("twelve"),
)
_LEVELS = {
    Level.calm: N_("Calm"),
    Level.watch: N_("Watch"),
    Level.warning: N_("Warning"),
    Level.critical: N_("Critical"),
}
_REASONS = {
    "risk": N_("its risk rose"),
    "loud_author": N_("a loud author is negative"),
    "voice": N_("a voice took it up"),
    "press_interest": N_("the press seems to ask for a word"),
    "pick_up": N_("a trusted outlet has taken it up"),
    "national": N_("a national outlet has taken it up too"),
    "surge": N_("many complain at once"),
    "quiet": N_("a source has gone quiet"),
    "safety": N_("somebody may be in danger"),
    "legal": N_("a lawyer, a court or an authority is named"),
    "discrimination": N_("somebody seems to have been discriminated against"),
    "self_harm": N_("somebody may be about to hurt themselves"),
}
_OF_MANY = ("risk", "surge", "quiet")
"""Reasons that no rule on a single mention gave."""
_SILENCE = timedelta(hours=1)
"""Without a new mention: what was heard just now is calm at most."""
_LINKS = {  # none says of which story: it may have been joined or split since
    "new": N_("began a story"),
    "reference": N_("others answered it"),
    "repost": N_("reposts another"),
    "quote": N_("quotes another"),
    "reply": N_("replies to another"),
    "thread": N_("same conversation"),
    "url": N_("links to the same page"),
    "copy": N_("the same words"),
    "near": N_("nearly the same words"),
    "centroid": N_("on the same thing"),
}
_KINDS = {
    "post": N_("post"),
    "repost": N_("repost"),
    "quote": N_("quote"),
    "reply": N_("reply"),
    "comment": N_("comment"),
    "review": N_("review"),
    "article": N_("article"),
}
_MOODS = {"negative": N_("negative"), "neutral": N_("neutral"), "positive": N_("positive")}
_BASES = {
    "text": N_("automatic"),
    "vader": N_("automatic"),
    "target": N_("automatic"),
    "victim": N_("the brand is victim or setting"),
    "own": N_("the company itself"),
    "rating": N_("from the rating"),
    "rating, text": N_("from the rating"),
    "rating, target": N_("from the rating"),
    "rating, victim": N_("from the rating"),
}
_SOURCES = {  # names that they have in every language
    "x": "X",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "reddit": "Reddit",
    "youtube": "YouTube",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "trustpilot": "Trustpilot",
    "appstore": "App Store",
    "play": "Google Play",
}
_DESCRIBED = {"google": N_("Google reviews"), "news": N_("News"), "feed": N_("News feed")}


def level(say: Tongue, value: Level) -> str:
    return say.gettext(_LEVELS[value])


def mentions(say: Tongue, count: int) -> str:
    return say.ngettext("%(count)s mention", "%(count)s mentions", count)


def authors(say: Tongue, count: int) -> str:
    return say.ngettext("%(count)s author", "%(count)s authors", count)


def reach(say: Tongue, estimate: int) -> str:
    """Always with its unit."""
    return say.gettext("estimated reach %(people)s", people=about(estimate, say.language))


def negative(say: Tongue, count: int, voters: int, unread: int) -> str:
    """Of the authors of whom `voters` could be read, beside `unread` mentions. What nobody could read is never "0 negative"."""
    if not voters:
        return say.gettext("mood unreadable")
    of = say.number(voters)
    said = say.ngettext(
        "%(count)s negative of %(of)s readable", "%(count)s negative of %(of)s readable", count, of=of
    )
    if not unread:
        return said
    return f"{said}, " + say.ngettext("%(count)s unreadable mention", "%(count)s unreadable mentions", unread)


def brands(say: Tongue, count: int) -> str:
    return say.ngettext("Listening for %(count)s brand", "Listening for %(count)s brands", count)


def ended_sources(say: Tongue, count: int) -> str:
    return say.ngettext(
        "Not listening: the source has ended", "Not listening: all %(count)s sources have ended", count
    )


def outlets(say: Tongue, count: int) -> str:
    return say.ngettext("and %(count)s outlet", "and %(count)s outlets", count)


def small(say: Tongue, value: int) -> str:
    """A number as a word where a sentence reads better with it."""
    return say.gettext(_SMALL[value - 1]) if 0 < value <= len(_SMALL) else say.number(value)


def state(say: Tongue, levels: Sequence[Level]) -> str:
    """The heading: how many stories call, the loudest first."""
    counts = [(kind, levels.count(kind)) for kind in (Level.critical, Level.warning, Level.watch)]
    calling = [(kind, count) for kind, count in counts if count]
    if not calling:
        return say.gettext("Nothing calls for you right now")
    first, *others = calling
    sentence = "; ".join((_first(say, *first), *(_further(say, *other) for other in others)))
    return sentence[0].upper() + sentence[1:]


def unseen(say: Tongue, count: int) -> str:
    """The heading where nothing calls but for these."""
    return say.ngettext(
        "No story calls right now; %(number)s silent one needs a look",
        "No story calls right now; %(number)s silent ones need a look",
        count,
        number=small(say, count),
    )


def _first(say: Tongue, kind: Level, count: int) -> str:
    number = small(say, count)
    if kind is Level.critical:
        return say.ngettext(
            "%(number)s story is critical", "%(number)s stories are critical", count, number=number
        )
    if kind is Level.warning:
        return say.ngettext(
            "%(number)s story needs attention", "%(number)s stories need attention", count, number=number
        )
    return say.ngettext(
        "%(number)s story is being watched", "%(number)s stories are being watched", count, number=number
    )


def _further(say: Tongue, kind: Level, count: int) -> str:
    number = small(say, count)
    if kind is Level.warning:
        return say.ngettext("%(number)s needs attention", "%(number)s need attention", count, number=number)
    return say.ngettext("%(number)s is being watched", "%(number)s are being watched", count, number=number)


def open_alerts(say: Tongue, count: int) -> str:
    """Read out when there are more than before."""
    return say.ngettext("%(count)s alert is open", "%(count)s alerts are open", count)


def mood(value: Score) -> str:
    """The word that colours a score: negative, neutral, positive or unknown."""
    return "unknown" if value.negative is None else value.strongest[0]


def score(say: Tongue, value: Score) -> str:
    """How a text read, in words; what could not be read says so."""
    if value.negative is None:
        return say.gettext("mood not assessed")
    name, certainty = value.strongest
    if value.basis == STAFF:
        by = say.gettext("said by staff")
        return f"{say.gettext(_MOODS[name])} ({by})"
    basis = f" ({_known(say, _BASES, value.basis)})" if value.basis else ""
    unsure = say.gettext(", uncertain") if value.uncertain else ""
    return f"{say.gettext(_MOODS[name])} {say.decimal(chance(certainty))}{basis}{unsure}"


def chance(share: float) -> float:
    """As it may be rounded: below a half it never becomes one, as from there on an author counts as negative."""
    is_below = round(10_000 * share) < 5_000  # as `Score.vote` has it
    return min(share, 0.49) if is_below else share


def labels(say: Tongue) -> str:
    """What the word beside a mention is, and that authors are counted otherwise."""
    return say.gettext(
        "Beside each: the likeliest of three moods, and how likely it is. An author counts as negative from %(half)s on;"
        " below that, negative is only the likeliest.",
        half=say.decimal(0.5),
    )


def stars(rating: Rating) -> str:
    full = round(rating.of_five)
    return "★" * full + "☆" * (5 - full)


def rating(say: Tongue, value: Rating) -> str:
    return say.gettext(
        "rated %(value)s of %(best)s", value=say.number(value.value), best=say.number(value.best)
    )


def reason(say: Tongue, key: str) -> str:
    return _known(say, _REASONS, key)


def again(say: Tongue, step: Step) -> str:
    """Why a story called, and how many have given the same reason since it last did."""
    said = reason(say, step.reason)
    if not step.again:
        return said
    return say.ngettext(
        "%(reason)s: %(count)s more mention since it last called",
        "%(reason)s: %(count)s more mentions since it last called",
        step.said,
        reason=said,
    )


def causes(say: Tongue, keys: Sequence[str]) -> str:
    """Why an alert was raised, in that order; rules do it whatever the risk, which comes after them."""
    ruled = [reason(say, key) for key in keys if key not in _OF_MANY]
    by_rule = (
        [say.gettext("%(reason)s: by rule, whatever the risk", reason="; ".join(ruled))] if ruled else []
    )
    return "; ".join([*by_rule, *(reason(say, key) for key in keys if key in _OF_MANY)])


def seen_by(say: Tongue, found: Sequence[str]) -> str:
    return say.gettext("seen by: %(words)s", words=", ".join(f"“{each}”" for each in found))


def edited(say: Tongue, when: str, *, is_glad: bool) -> str:
    """Of what called, before what it says now."""
    if is_glad:
        return say.gettext("edited since, %(when)s; it reads positive now, and says:", when=when)
    return say.gettext("edited since, %(when)s; it says now:", when=when)


def over(say: Tongue, story: Story, at: datetime) -> str:
    """What is so at `at` of a story whose alert is over: that it was handled is nothing that we know."""
    return say.pgettext("story", "Silent") if is_silent(story, at) else level(say, Level.calm)


def since(
    say: Tongue, story: Story, over_at: datetime, name: str, until: datetime | None, now: datetime
) -> str:
    """The same with for how long, and how loudly it had called: `name`; up to `until`, where nobody has listened since."""
    silent = is_silent(story, until or now)
    told = {"level": name, "span": say.span((until or now) - (story.last_at if silent else over_at))}
    if until is None:
        if silent:
            return say.gettext("was %(level)s, silent for %(span)s", **told)
        return say.gettext("was %(level)s, calm for %(span)s", **told)
    told["until"] = _when(say, until, now)
    if silent:
        return say.gettext("was %(level)s, silent for %(span)s by %(until)s", **told)
    return say.gettext("was %(level)s, calm for %(span)s by %(until)s", **told)


def is_silent(story: Story, at: datetime) -> bool:
    return at - story.last_at >= _SILENCE


def ended(say: Tongue, story: Story, episode: Episode) -> str:
    """Why an episode is over; empty where that is not known."""
    if episode.resolved_at is None:
        return ""
    if was_handed_over(story, episode):
        return say.gettext("it became part of another story")
    if episode.below_since is None:
        return say.gettext("everything was withdrawn") if story.withdrawn == story.mentions else ""
    span = say.span(episode.resolved_at - episode.below_since)
    if episode.steps[0].reason == "risk":
        return say.gettext("its risk stayed low for %(span)s", span=span)
    return say.gettext("nobody said more for %(span)s", span=span)


def lately(say: Tongue, until: datetime | None, now: datetime) -> str:
    """The days of the home page, which end with what was heard, `until`, where that is not about now."""
    if until is None:
        return say.gettext("in the last seven days")
    return say.gettext("in the seven days up to %(when)s", when=_when(say, until, now))


def unsure(say: Tongue, count: int, most: int) -> str:
    """Of mentions that called nobody; `most`: as many as are counted."""
    if count > most:
        return say.gettext(
            "More than %(count)s mentions may tell of danger or the law and called nobody", count=most
        )
    return say.ngettext(
        "%(count)s mention may tell of danger or the law and called nobody",
        "%(count)s mentions may tell of danger or the law and called nobody",
        count,
    )


def stay(say: Tongue, length: timedelta, until: datetime | None, now: datetime) -> str:
    """How long what is silent stays there, by the same days."""
    span = say.span(length)
    if until is None:
        return say.gettext("they stay here for %(span)s", span=span)
    return say.gettext(
        "they stay here for %(span)s, counted up to %(when)s, where what was heard ends",
        span=span,
        when=_when(say, until, now),
    )


def _when(say: Tongue, at: datetime, now: datetime) -> str:
    """Never the hour alone."""
    return say.short(at) if at.year == now.year else say.near(at, now)


def before(say: Tongue, name: str, opened: str, over: str) -> str:
    return say.gettext("before: %(level)s, %(opened)s – %(over)s", level=name, opened=opened, over=over)


def link(say: Tongue, key: str, evidence: str = "") -> str:
    """Why a mention belongs to its story, with the words that say so."""
    why = _known(say, _LINKS, key)
    if not evidence:
        return why
    return f"{why}: {', '.join(evidence.split())}"


def apart(say: Tongue) -> str:
    """The same of what a person split off: it is with none of what tied it once."""
    return say.gettext("split off another story by hand")


def kind(say: Tongue, key: str) -> str:
    return _known(say, _KINDS, key)


def _known(say: Tongue, names: dict[str, str], key: str) -> str:
    return say.gettext(names[key]) if key in names else key.replace("_", " ")


def source(say: Tongue, key: str) -> str:
    return say.gettext(_DESCRIBED[key]) if key in _DESCRIBED else _SOURCES.get(key, key)


def shown(say: Tongue, part: int, whole: int) -> str:
    """How much of a list is on the page."""
    if part >= whole:
        return mentions(say, whole)
    return say.gettext(
        "showing the newest %(part)s of %(whole)s", part=say.number(part), whole=say.number(whole)
    )


def withdrawn(say: Tongue, count: int) -> str:
    return say.ngettext(
        "%(count)s withdrawn (it still counts among mentions, authors and reach, not in the negativity)",
        "%(count)s withdrawn (they still count among mentions, authors and reach, not in the negativity)",
        count,
    )


def unread(say: Tongue, count: int) -> str:
    return say.ngettext(
        "mood of %(count)s not assessed: a language not understood yet, or no words",
        "mood of %(count)s not assessed: a language not understood yet, or no words",
        count,
    )


def voters(say: Tongue, count: int) -> str:
    return say.ngettext(
        "of %(count)s whose words could be read, one vote each: negative from %(half)s on average",
        "of %(count)s whose words could be read, one vote each: negative from %(half)s on average",
        count,
        half=say.decimal(0.5),
    )


def alert_mark(say: Tongue, name: str, count: int, when: str) -> str:
    return say.gettext(
        "%(level)s alert: %(mentions)s, %(when)s", level=name, mentions=mentions(say, count), when=when
    )


def alert_marks(say: Tongue, name: str, count: int, when: str) -> str:
    """Of several."""
    return say.ngettext(
        "%(count)s %(level)s alert, %(when)s",
        "%(count)s %(level)s alerts, %(when)s",
        count,
        level=name,
        when=when,
    )


def between(say: Tongue, first: datetime, last: datetime, *, one_day: bool) -> str:
    """12:41–13:49; with the day, unless all that is told is of `one_day`."""
    if not one_day and say.day(first) != say.day(last):
        return f"{say.short(first)} – {say.short(last)}"
    begun, over = say.hour(first) if one_day else say.short(first), say.hour(last)
    return begun if begun.endswith(over) else f"{begun}–{over}"


def curve(say: Tongue, count: int, first: datetime, last: datetime) -> str:
    """What the curve shows, for those who do not see it."""
    return say.gettext(
        "%(mentions)s, said between %(first)s and %(last)s",
        mentions=mentions(say, count),
        first=say.moment(first),
        last=say.moment(last),
    )


def more_text(say: Tongue, left: int) -> str:
    return say.ngettext("… %(count)s more character", "… %(count)s more characters", left)


def sample(say: Tongue, speed: float, clock: str) -> str:
    """Whose time it is, where it is not the reader's. Before it begins and when it is over nothing is fast."""
    if speed <= 1:
        return say.gettext("sample: %(clock)s", clock=clock)
    return say.gettext("sample, %(speed)s times as fast: %(clock)s", speed=say.number(speed), clock=clock)
