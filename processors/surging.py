"""A brand's series in one turn: each bucket is counted from what is stored once the log's clock has passed its closing.

Worked out beside what is known, like stories; what the batch in hand holds and has not stored yet is counted too, so
nothing depends on where a batch ends. Nothing is looked for by time: a mention that was said in a bucket was heard in
it or later, so it is among the numbers that were given since the clock came to it (`Progress.marks`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import exp
from typing import NamedTuple

from msgspec import structs
from sqlalchemy import Connection

from earshot.clock import from_us
from earshot.model import Story
from earshot.store import brands, outages, surges
from earshot.store.brands import Brand
from earshot.store.mentions import Row
from earshot.store.outages import Outage
from earshot.store.series import Key
from earshot.store.surges import Kept
from earshot.subjects import EVERYTHING
from earshot.surge import Growth, Surge
from processors.surge import stored
from processors.surge.glance import Glance, Heard, Words, complains, glance, source_of, text, voice, words
from processors.surge.making import made
from processors.surge.past import BUCKETS, Past, Said
from processors.surge.series import (
    BUSY,
    HOLD,
    HOUR,
    NOISE,
    PRIOR_BUSY,
    PRIOR_EXCESS,
    Reading,
    Series,
    fold,
)
from processors.surge.stored import Progress
from processors.surge.watch import BUCKET_US, STREAMED, Limit, Watch

KINDS = ("all", "negative", "authors")
"""Mentions; those that complain; and by how many authors."""
CALLING = "authors"
"""The series that a surge is seen in: distinct authors, so that nobody makes one alone."""
_FAR, _FARTHEST = 3.0, 10.0
"""z from which a surge adds to the risk of its stories, and at which it adds all that it can."""
_PAST = 4_000  # mentions looked back at for what was said before
_ENOUGH = 100  # negative ones among them; with fewer, what else was said tells the usual words too
_LONGEST = 30 * 288  # buckets: after so long a silence nothing is counted until somebody speaks
_SHARE = 0.2  # of a brand's mentions: without them its count says nothing
_RECENT = 1_000  # mentions that the share is of
_PAGE = 5_000  # mentions of the past that are read at once


class Known(NamedTuple):
    """What the brand's owner keeps in memory, as it is stored."""

    series: dict[Key, Series]
    ongoing: dict[str, Kept]
    """Topic -> the surge that goes on."""


class Surging:
    def __init__(self, watch: Watch, brand: Brand, known: Known, connection: Connection) -> None:
        self._watch, self._brand, self._connection = watch, brand, connection
        self._known = known
        self._topics = watch.topics(brand.name)
        self._stored = brands.number(brand.no, brand.seq)
        """The newest mention that is stored."""
        self._outages: list[Outage] | None = None
        self._known_rows: list[int] | None = None
        """Stored mentions that the batch changes: their numbers, once they were asked for."""
        self._number = 0
        self.progress = stored.read(brand.counted)
        self.series: dict[Key, Series] = {}
        """Those that changed."""
        self.surges: dict[int, Kept] = {}
        """Those that changed."""
        self.ongoing = dict(known.ongoing)
        self.outcomes: Counter[str] = Counter()
        """Buckets: counted, unobserved."""
        self.events: Counter[str] = Counter()
        """Of surges: opened, grew, over."""
        self.next = self._next()
        """When the next bucket closes, µs; never in a brand of which nothing is counted."""

    @property
    def counted(self) -> str:
        return stored.written(self.progress)

    def hear(self, n: int, clock: int, rows: Mapping[int, Row], *, backfill: bool) -> None:
        """Mention `n` is new; the brand's clock stands at `clock` µs. `rows` are those at hand.

        The first that is said now, and not of the past, begins the series; what was taken in by then is their past.
        """
        bucket, known = clock // BUCKET_US, self.progress
        if not known.closed:
            if backfill:
                return
            known = Progress(dict.fromkeys(self._watch.paces, bucket))
            self._look_back(bucket, rows, n)
        elif known.marks and known.marks[-1][0] >= bucket:
            return
        self.progress = structs.replace(known, marks=(*known.marks, (bucket, n)))
        self.next = self._next()

    def share(self, story: Story) -> float:
        """How far above the usual the brand's last hour was, in [0, 1], where the story began in its surge; else 0."""
        kept = self.ongoing.get(EVERYTHING)
        if kept is None or not kept.surge.contains(story.opened_at):
            return 0.0
        return min(1.0, max(0.0, (self.progress.z - _FAR) / (_FARTHEST - _FAR)))

    def run(self, until: int, rows: Mapping[int, Row], last: int) -> None:
        """Close what is to be closed before `until` µs. `rows` are those at hand, heard of up to the new one `last`."""
        last = max(last, self._stored)
        while self.next < until:
            pace, bucket = self._closing()
            if self._watch.closing(pace, bucket + _LONGEST) < until and not self.progress.marks:
                bucket = until // BUCKET_US - _LONGEST // 2
            self._close(pace, bucket, rows, last)
            self._pass(pace, bucket)
            self.next = self._next()

    def _closing(self) -> tuple[str, int]:
        """Which bucket of which pace closes next."""
        closed = self.progress.closed
        due = {pace: closed[pace] + 1 for pace in self._watch.paces if pace in closed}
        return min(due.items(), key=lambda each: (self._watch.closing(*each), each[0]))

    def _next(self) -> int:
        return self._watch.closing(*self._closing()) if self.progress.closed else 2**63

    def _pass(self, pace: str, bucket: int) -> None:
        closed = {each: self.progress.closed.get(each, bucket) for each in self._watch.paces} | {pace: bucket}
        done = min(closed.values())
        marks = tuple(mark for mark in self.progress.marks if mark[0] > done)
        self.progress = structs.replace(self.progress, closed=closed, marks=marks)

    # --- the past ---------------------------------------------------------------------------------------

    def _look_back(self, until: int, rows: Mapping[int, Row], last: int) -> None:
        """Learn what is usual from what was said before the bucket `until`."""
        span = (until - BUCKETS) * BUCKET_US, until * BUCKET_US
        said = defaultdict[str, list[Said]](list)
        for each in self._before(span, rows, last):
            seen = words(each.mention)
            source = seen.id.partition(":")[0]
            topics = self._topics.of(text(seen))
            heard = Said(each.said_at // BUCKET_US, source, topics, each.author, complains(each, seen))
            said[self._watch.pace(source)].append(heard)
        for pace, heard_of in said.items():
            for topic, learnt in Past(heard_of).series():
                self.series |= {Key(topic, pace, kind): one for kind, one in zip(KINDS, learnt, strict=True)}

    def _before(self, span: tuple[int, int], rows: Mapping[int, Row], last: int) -> Iterator[Heard]:
        first = brands.numbers(self._brand.no)[0]
        for n in range(first, self._stored + 1, _PAGE):
            page = surges.said(self._connection, (n, min(n + _PAGE - 1, self._stored)), span)
            yield from (each for each in page if each.n not in rows)
        for n, row in rows.items():
            if n < last and span[0] <= row.said_at < span[1] and not row.withdrawn:
                yield row

    # --- counting ---------------------------------------------------------------------------------------

    def _close(self, pace: str, bucket: int, rows: Mapping[int, Row], last: int) -> None:
        limit = self._watch.limit(self._brand.name, bucket)
        out = self._is_out(pace, bucket)
        self.outcomes["unobserved" if out else "counted"] += 1
        counts = {} if out else self._count(pace, self._said(bucket, rows, last))
        for topic in self._topics.names:
            found = counts.get(topic, (0, 0, 0))
            for kind, count in zip(KINDS, found, strict=True):
                key = Key(topic, pace, kind)
                before = self.series.get(key) or self._known.series.get(key) or Series()
                after, reading = fold(before, bucket, None if out else count, limit.threshold)
                self.series[key] = after
                if kind == CALLING and reading:
                    self._decide(topic, pace, bucket, (reading, before), limit, (rows, last))

    def _said(self, bucket: int, rows: Mapping[int, Row], last: int) -> list[Heard]:
        first = next((n for since, n in self.progress.marks if since >= bucket), None)
        if first is None:
            return []
        begin, end = bucket * BUCKET_US, (bucket + 1) * BUCKET_US
        stored = (
            surges.said(self._connection, (first, self._stored), (begin, end))
            if first <= self._stored
            else ()
        )
        here = [
            row
            for n in self._at_hand(rows, first, last)
            if begin <= (row := rows[n]).said_at < end and not row.withdrawn
        ]
        return [*(each for each in stored if each.n not in rows), *here]

    def _at_hand(self, rows: Mapping[int, Row], first: int, last: int) -> Iterator[int]:
        """Which of `rows` are numbered `first` to `last`, without looking at all of them for every bucket."""
        if self._known_rows is None:
            self._known_rows = [n for n in rows if n <= self._stored]
        yield from (n for n in self._known_rows if first <= n <= last)
        yield from (n for n in range(max(first, self._stored + 1), last + 1) if n in rows)

    def _count(self, pace: str, said: Sequence[Heard]) -> dict[str, tuple[int, int, int]]:
        """Topic -> one count for each of `KINDS`."""
        mentions, negative = defaultdict[str, int](int), defaultdict[str, list[int]](list)
        read = words if self._topics.are_configured else glance
        for each in said:
            seen: Glance = read(each.mention)
            if seen.backfill or self._watch.pace(seen.id.partition(":")[0]) != pace:
                continue
            for topic in self._topics.of(text(seen)):
                mentions[topic] += 1
                if complains(each, seen):
                    negative[topic].append(each.author)
        return {
            topic: (count, len(negative[topic]), len(set(negative[topic])))
            for topic, count in mentions.items()
        }

    def _is_out(self, pace: str, bucket: int) -> bool:
        """Whether sources that bring much of the brand were known to be out for a part of the bucket."""
        begin, end = bucket * BUCKET_US, (bucket + 1) * BUCKET_US
        if self._outages is None:
            self._outages = outages.during(self._connection, begin, 2**62)
        silent = {
            each.source for each in self._outages if each.began_at < end and (each.ended_at or 2**62) > begin
        }
        return bool(silent) and self._share(pace, self._watch.sources(silent)) >= _SHARE

    def _share(self, pace: str, sources: frozenset[str]) -> float:
        """Of the brand's stored mentions of one pace, the newest ones, how many came from these."""
        numbers = brands.numbers(self._brand.no)[0], self._stored
        newest = surges.latest(self._connection, numbers, _RECENT)
        heard = [source_of(each.mention) for each in newest]
        of_pace = [source for source in heard if self._watch.pace(source) == pace]
        return sum(source in sources for source in of_pace) / len(of_pace) if of_pace else 0.0

    # --- deciding ---------------------------------------------------------------------------------------

    def _decide(
        self,
        topic: str,
        pace: str,
        bucket: int,
        read: tuple[Reading, Series],
        limit: Limit,
        at_hand: tuple[Mapping[int, Row], int],
    ) -> None:
        reading, before = read
        if topic == EVERYTHING and pace == STREAMED:
            self.progress = structs.replace(self.progress, z=round(reading.z, 3))
        now = _growth(reading, before, limit.threshold, from_us(self._watch.closing(pace, bucket)))
        known = self.ongoing.get(topic)
        if known is None:
            if reading.opens:
                self.events["opened"] += 1
                self._put(self._opened(topic, bucket, now, limit, at_hand))
            return
        surge = known.surge
        height = max(surge.height, now, key=lambda each: each.hour)
        if bucket - surge.bucket >= HOLD and reading.rarity < limit.threshold:
            self.events["over"] += 1
            over = structs.replace(surge, last=now, height=height, over_at=now.at)
            self._put(known._replace(surge=over))
        elif now.hour >= self._watch.growth * surge.steps[-1].hour and (reading.grows or reading.opens):
            self.events["grew"] += 1
            grown = structs.replace(surge, last=now, height=height, steps=(*surge.steps, now))
            self._put(self._remade(grown, bucket, at_hand))
        elif now.hour != surge.last.hour:
            self._put(known._replace(surge=structs.replace(surge, last=now, height=height)))

    def _put(self, kept: Kept) -> None:
        surge = kept.surge
        if surge.id not in self.surges:  # once a turn, however much happens in it
            surge = structs.replace(surge, version=surge.version + 1)
        self.surges[surge.id] = self.ongoing[surge.topic] = kept._replace(surge=surge)
        if surge.over_at:
            del self.ongoing[surge.topic]

    def _opened(
        self, topic: str, bucket: int, now: Growth, limit: Limit, at_hand: tuple[Mapping[int, Row], int]
    ) -> Kept:
        number = self._number or surges.next_number(self._connection, self._brand.no)
        self._number = number + 1
        surge = Surge(
            id=number,
            brand=self._brand.name,
            topic=topic,
            since=from_us((bucket + 1 - HOUR) * BUCKET_US),
            opened_at=now.at,
            bucket=bucket,
            steps=(now,),
            last=now,
            height=now,
            expected=limit.expected,
        )
        return self._remade(surge, bucket, at_hand)

    def _remade(self, surge: Surge, bucket: int, at_hand: tuple[Mapping[int, Row], int]) -> Kept:
        """With what is new in the hour that ends with a bucket, and the mentions that say it."""
        begin, end = (bucket + 1 - HOUR) * BUCKET_US, (bucket + 1) * BUCKET_US
        said = list(self._newest(surge.topic, *at_hand))
        negative = [(each, seen) for each, seen in said if complains(each, seen)]
        hour = [voice(each, seen) for each, seen in negative if begin <= each.said_at < end]
        past = [voice(each, seen) for each, seen in negative if each.said_at < begin]
        if len(past) < _ENOUGH:
            past = [voice(each, seen) for each, seen in said if each.said_at < begin]
        found = made(hour, past)
        return Kept(structs.replace(surge, mentions=found.mentions), found.fresh)

    def _newest(self, topic: str, rows: Mapping[int, Row], last: int) -> Iterable[tuple[Heard, Words]]:
        """The newest mentions of the topic, as they are now, in the order of their numbers."""
        numbers = brands.numbers(self._brand.no)[0], self._stored
        stored = surges.latest(self._connection, numbers, _PAST + len(rows))
        here = [row for n, row in rows.items() if n <= last and not row.withdrawn]
        known: dict[int, Heard] = {row.n: row for row in here}
        known |= {each.n: each for each in stored if each.n not in rows}
        for n in sorted(known)[-_PAST:]:
            seen = words(known[n].mention)
            if topic in self._topics.of(text(seen)):
                yield known[n], seen


def _growth(reading: Reading, before: Series, threshold: float, at: datetime) -> Growth:
    spread = (max(before.variance, before.mean) + NOISE) ** 0.5
    far = threshold * (before.excess + PRIOR_EXCESS) / (before.busy + PRIOR_BUSY)
    return Growth(
        at=at,
        hour=reading.hour,
        usual=round(reading.usual, 2),
        deviation=round(spread, 3),
        rarity=round(reading.rarity, 3),
        enough=round(reading.usual + spread * BUSY * exp(far), 1),
    )
