"""The tour of the bundled sample: five things to look at, each when its moment has come in the sample's time."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from console import tour_words
from console.tongue import Tongue
from console.tour_words import Called, Telling
from earshot import sample
from earshot.clock import from_us
from earshot.model import Id
from earshot.sample import Card, Progress
from earshot.store import alerts, listing, mentions

_FORESEEABLE = 4 * 3_600  # s of the sample: beyond it lie quiet hours, which are played faster
_IN_TURN = ("first_at", "second_at", "third_at")  # the moments of a card's mentions, where each has its own


class TourFound(NamedTuple):
    progress: Progress
    places: dict[Id, tuple[int, int]]
    """(story, number) of the mentions that the cards show, as far as they were heard."""
    called: Called | None = None
    """When the first story called, as it really came about here."""


class Stop(NamedTuple):
    """One card. Until its moment has come it leads nowhere, and says when that is."""

    number: int
    title: str
    said: str
    link: str


class Tour(NamedTuple):
    next: str
    """What is about to happen, and when; empty: nothing more."""
    stops: list[Stop]
    is_over: bool


def find(connection: Connection, collector: str) -> TourFound | None:
    """None before the sample has begun."""
    progress = sample.progress(connection, collector)
    if progress is None or not progress.heard:
        return None
    wanted = {mention for card in sample.truth().tour for mention in card.mentions}
    places = listing.places_of(connection, sorted(wanted))
    first = places.get(sample.truth().tour[0].mentions[0])
    return TourFound(progress, places, _called(connection, first[0]) if first else None)


def _called(connection: Connection, story: int) -> Called | None:
    episodes = alerts.of_stories(connection, [story])
    if not episodes:
        return None
    at = min(alert.opened_at for alert in episodes.values())
    known = sum(heard.heard_at <= at for heard in mentions.heard_of_story(connection, story))
    return Called(from_us(at), known)


def tour(say: Tongue, found: TourFound, now: datetime, speed: float | None) -> Tour:
    """At `now`, in a time that runs `speed` times as fast as ours."""
    first = found.progress.first_day
    telling = Telling(
        say, sample.offset(first, now), lambda at: _hour(say, sample.moment(first, at), now), found.called
    )
    stops = [_stop(telling, found, card, speed) for card in sample.truth().tour]
    over = found.progress.is_over
    return Tour("" if over else _next(telling, speed), stops, over)


def _hour(say: Tongue, at: datetime, now: datetime) -> str:
    """With the day of the week where it is another day than now."""
    here, there = (each.astimezone(say.zone).date() for each in (now, at))
    return say.hour(at) if here == there else say.hour_of_day(at)


def _stop(telling: Telling, found: TourFound, card: Card, speed: float | None) -> Stop:
    title = telling.say.gettext(tour_words.TITLES[card.subject])
    if telling.now < card.opens:
        return Stop(
            card.number, title, tour_words.later(telling, card.opens, _left(telling, card.opens, speed)), ""
        )
    return Stop(
        card.number,
        title,
        tour_words.CARDS[card.subject](telling, card.facts),
        _link(found, card, telling.now),
    )


def _link(found: TourFound, card: Card, now: int) -> str:
    """To its story, and there to what it is about; empty until that has been processed."""
    shown = [
        m for m, name in zip(card.mentions, _IN_TURN, strict=False) if int(card.facts.get(name, now)) <= now
    ]
    place = found.places.get(shown[-1] if card.subject in {"waiting", "won back", "answer"} else shown[0])
    if place is None:
        return ""
    anchor = {"exploding": "", "why": "#why"}.get(card.subject, f"#m{place[1]}")
    return f"/stories/{place[0]}{anchor}"


def _next(telling: Telling, speed: float | None) -> str:
    facts = {
        f"{card.subject} {name}": value for card in sample.truth().tour for name, value in card.facts.items()
    }
    ahead = [
        (int(facts[name]), said) for name, said in tour_words.BEATS.items() if int(facts[name]) > telling.now
    ]
    if not ahead:
        return ""
    at, said = min(ahead)
    said = tour_words.coming(telling, at, _left(telling, at, speed), telling.say.gettext(said))
    begins = telling.say.gettext("It begins now.")
    return f"{begins} {said}" if speed == 0 else said


def _left(telling: Telling, at: int, speed: float | None) -> timedelta | None:
    """How long that is for who looks; None where nobody can tell: the clock stands, runs as ours does, or will change its pace until then."""
    if at - telling.now > _FORESEEABLE:
        return None
    return timedelta(seconds=max(1, (at - telling.now) / speed)) if speed and speed > 1 else None
