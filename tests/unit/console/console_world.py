"""A store with invented stories in it, for the console's tests: what the processors and alerts would have left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings

from console.reading_carriers import AUDIENCE
from console.tongue import Tongue
from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock, to_us
from earshot.config import from_dict
from earshot.hashing import hash64
from earshot.model import (
    Author,
    Episode,
    Grave,
    Intent,
    Level,
    Mention,
    OutletClass,
    Rating,
    Score,
    Step,
    Story,
    Terms,
)
from earshot.runtime import Context
from earshot.store import Store, authors, brands, mentions, stories
from earshot.store.authors import Seat
from earshot.store.schema import ALERTS

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For properties: a busy machine is not a fault of theirs."""

ENGLISH, ITALIAN = Tongue("en"), Tongue("it", "Europe/Rome")
NOW = datetime(2026, 11, 25, 19, 51, tzinfo=UTC)


@dataclass(frozen=True)
class Words:
    """One mention to be: who said what, how long ago, and how it read."""

    text: str
    ago: float = 60.0
    """Minutes."""
    who: str = "ada"
    negative: float | None = 0.9
    kind: str = "post"
    source: str = "x"
    link: str = "reply"
    url: str = "https://social.example/post/1"
    title: str = ""
    stars: float | None = None
    withdrawn: bool = False
    followers: int = 100
    language: str = "it"
    verified: bool = False
    place: str = ""
    backfill: bool = False
    outlet: OutletClass | None = None
    """The class of the outlet, whose domain is `who`; it has an audience, and no followers."""
    speaks_for: str = ""
    """The domain of the outlet whose own account `who` is."""
    evidence: tuple[str, ...] = ()
    edited: float | None = None
    """Minutes ago."""
    perhaps: dict[Grave, float] = field(default_factory=dict)
    intents: dict[Intent, float] = field(default_factory=dict)


class World:
    def __init__(self, store: Store, now: datetime = NOW) -> None:
        self.store, self.now = store, now

    def context(
        self,
        *names: str | dict[str, Any],
        topics: Sequence[Any] = (),
        receivers: Sequence[Any] = (),
        **console: Any,
    ) -> Context:
        """Nobody has to log in, unless the test is about that."""
        settings = {"login": False, "language": "en"} | console
        named = [{"name": name} if isinstance(name, str) else name for name in names]
        config = from_dict(
            {
                "brands": named,
                "topics": list(topics),
                "receivers": list(receivers),
                "console": settings,
            }
        )
        clock = SetClock(self.now)
        return Context(config=config, clock=clock, bus=MemoryBus(clock), store=self.store)

    def tell(self, brand: str, said: Sequence[Words], **numbers: Any) -> int:
        """A story of these mentions, in the order in which they are given; its id."""
        with self.store.begin() as connection:
            row = brands.load(connection, brand) or brands.create(connection, brand)
            first = brands.number(row.no, row.seq + 1)
            rows = [self._row(brand, first, first + i, words) for i, words in enumerate(said)]
            mentions.add(connection, rows)
            authors.add(connection, _seats(first, rows))
            stories.save(connection, [self._story(brand, first, rows, said, numbers)])
            clock = max(row.clock, *(r.heard_at for r in rows))
            brands.save(connection, row._replace(seq=row.seq + len(rows), clock=clock))
        return first

    def heed(self, brand: str) -> None:
        """What the processors note of a brand while they run, also where nothing is said."""
        with self.store.begin() as connection:
            row = brands.load(connection, brand)
            assert row is not None
            bucket = to_us(self.now) // 300_000_000 - 1
            brands.save(connection, row._replace(counted=f'[{{"streamed":{bucket}}}]'))

    def alert(self, story: int, **changes: Any) -> None:
        """The row that the alerts role would have written for the story's last episode."""
        with self.store.begin() as connection:
            told = stories.load(connection, [story])[story]
            episode = told.episodes[-1]
            resolved = to_us(episode.resolved_at) if episode.resolved_at else None
            row = {
                "brand": told.brand,
                "story": story,
                "episode": episode.number,
                "level": int(episode.level),
                "reason": episode.steps[0].reason,
                "opened_at": to_us(episode.opened_at),
                "raised_at": to_us(episode.steps[-1].at),
                "resolved_at": resolved,
                "risk": told.risk,
            }
            connection.execute(ALERTS.insert().values(row | changes))

    def step(self, level: Level, ago: float, mention: int, reason: str = "risk", source: str = "x") -> Step:
        at = self.now - timedelta(minutes=ago)
        return Step(level=level, reason=reason, at=at, mention=f"{source}:{mention}", risk=66.0)  # type: ignore[arg-type]

    def _row(self, brand: str, story: int, n: int, words: Words) -> mentions.Row:
        at = self.now - timedelta(minutes=words.ago)
        said = Mention(
            id=f"{words.source}:{n}",
            brand=brand,
            author=Author(
                id=words.who,
                handle=words.who,
                followers=words.followers,
                verified=words.verified,
                place=words.place,
            ),
            created_at=at,
            collected_at=at,
            kind=words.kind,  # type: ignore[arg-type]
            text="" if words.withdrawn else words.text,
            title="" if words.withdrawn else words.title,
            url=words.url,
            rating=None if words.stars is None else Rating(words.stars),
            backfill=words.backfill,
            edited_at=None if words.edited is None else self.now - timedelta(minutes=words.edited),
        )
        score = _score(words)
        return mentions.Row(
            n,
            story,
            to_us(at),
            to_us(at),
            hash64("author", words.who),
            0 if words.outlet else words.followers,
            words.who if words.outlet else words.speaks_for or None,
            words.outlet,
            score.vote,
            words.withdrawn,
            "new" if n == story else words.link,
            mentions.encode(said),
            mentions.encode(score),
        )

    def _story(
        self, brand: str, first: int, rows: list[mentions.Row], said: Sequence[Words], numbers: dict[str, Any]
    ) -> Story:
        people = {words.who: words for words in said}
        standing = [words for words in people.values() if words.negative is not None]
        seen = sum(words.followers for words in people.values() if not (words.outlet or words.speaks_for))
        outlets = {words.who: words.outlet for words in said if words.outlet}
        follow: dict[str, int] = {}
        for words in filter(lambda words: words.speaks_for, said):
            follow[words.speaks_for] = max(words.followers, follow.get(words.speaks_for, 0))
        readers = {domain: AUDIENCE[kind] for domain, kind in outlets.items()}
        reach = seen + sum(max(readers.get(each, 0), follow.get(each, 0)) for each in readers | follow)
        defaults: dict[str, Any] = {
            "first": f"{said[0].source}:{first}",
            "opened_at": self.now - timedelta(minutes=max(words.ago for words in said)),
            "last_at": self.now - timedelta(minutes=min(words.ago for words in said)),
            "mentions": len(said),
            "withdrawn": sum(words.withdrawn for words in said),
            "unread": sum(words.negative is None for words in said),
            "authors": len(people),
            "voters": len(standing),
            "negative_authors": sum((words.negative or 0) >= 0.5 for words in standing),
            "followers": seen,
            "outlets": outlets,
            "outlet_followers": follow,
            "reach": reach,
            "risk": 9.0,
            "terms": Terms(bias=-5.0, neg=0.6, reach=0.2, credibility=0.5),
        }
        return Story(id=first, brand=brand, version=1, **(defaults | numbers))


def _seats(story: int, rows: Sequence[mentions.Row]) -> list[Seat]:
    """As the processors leave them: one for each author, with the most followers that any mention told of."""
    seats: dict[int, Seat] = {}
    for row in rows:
        seat = seats.get(row.author, Seat(row.n, hash64(str(story), str(row.author)), 0, 0, 0))
        counted = 0 if row.outlet else row.followers
        seats[row.author] = seat._replace(followers=max(seat.followers, counted))
    return list(seats.values())


def called(*steps: Step, resolved_at: datetime | None = None) -> tuple[Episode, ...]:
    return (Episode(number=1, steps=steps, resolved_at=resolved_at),)


def _score(words: Words) -> Score:
    if words.negative is None:
        return Score(language="unknown")
    rest = (1 - words.negative) / 2
    return Score(
        language=words.language,
        negative=words.negative,
        neutral=rest,
        positive=1 - words.negative - rest,
        basis="vader",
        evidence=words.evidence,
        perhaps=words.perhaps,
        intents=words.intents,
    )
