"""Fold tasks into stories and decide, one by one in log order, beside what is stored. Writes nothing."""

from collections.abc import Iterable, Sequence
from copy import copy

from msgspec import structs
from sqlalchemy import Connection

from earshot.clock import from_us, to_us
from earshot.hashing import hash64
from earshot.model import Author, Mention, Reason, Score, Story
from earshot.store import authors, brands, mentions, stories
from earshot.store.authors import Seat
from earshot.store.brands import Brand
from earshot.store.mentions import Row
from processors import episodes, joining, measure, sizes, tick
from processors.judge import Judge
from processors.owner import Owner
from processors.rules import takes_up
from processors.surging import Surging
from processors.tasks import Joined, New, Recounted, Retracted, Revised, Task


class Folding:
    """One brand's part of one batch; stored rows are read once, changed copies live here until saved."""

    def __init__(self, judge: Judge, owner: Owner, connection: Connection, surging: Surging) -> None:
        self._judge, self._owner, self._connection = judge, owner, connection
        self._surging = surging
        self._brand = owner.row
        self._clock, self._votes, self._voters = owner.row.clock, owner.row.votes, owner.row.voters
        self.rows: dict[int, Row] = {}
        self.seats: dict[int, Seat] = {}
        self.stories: dict[int, Story] = {}
        self.due = dict(owner.due)
        self._agenda = tick.Agenda(self.due)
        self._looked_at: dict[int, Story] = {}
        """Stories that a tick came to and left as they were."""
        self._sizes, self._large = owner.row.sizes, sizes.large(owner.row.sizes)
        self.changed_rows: set[int] = set()
        self.changed_seats: set[int] = set()
        self.changed_stories: set[int] = set()
        self.gone_seats: set[int] = set()
        self.moves: list[tuple[int, int]] = []
        """(joined, kept): whose stored mentions change their story."""
        self._mine: set[int] = set()
        self._parts: dict[int, list[int]] = {}
        """Story -> those that the store still has its mentions under."""
        self._assessed: dict[int, int] = {}
        """Story -> when it was last assessed here, µs of the brand's clock."""
        self._last = 0
        """The newest mention that was counted."""
        self._written: dict[int, str] = {}
        """Scores as they are stored, by identity: those of copies are the same one."""

    def load(self, tasks: Sequence[Task], also: Iterable[int] = ()) -> None:
        """Fetch at once the rows, stories and seats that the tasks touch; `also`: stories that are only told of."""
        for task in tasks:
            if isinstance(task, New):
                self.rows[task.n] = self._new_row(task)
        stored = {t.n for t in tasks if isinstance(t, Revised | Recounted | Retracted)} - self.rows.keys()
        if stored:
            self.rows.update(mentions.get(self._connection, stored))
        joined = {task.joined for task in tasks if isinstance(task, Joined)}
        self._load_stories({task.story for task in tasks if task.story}.union(joined, also))
        self._seat_keys = {n: measure.seat_hash(row.story, row.author) for n, row in self.rows.items()}
        self._load_seats(self._seat_keys.values())

    @property
    def brand(self) -> Brand:
        """The brand's row as it is now."""
        return self._brand._replace(
            clock=self._clock,
            votes=self._votes,
            voters=self._voters,
            sizes=self._sizes,
            counted=self._surging.counted,
        )

    def fold(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self.run_clock(task.at)
            self._clock = max(self._clock, task.at)
            if isinstance(task, New):
                self._add(task)
            elif isinstance(task, Joined):
                self._join(task)
            elif isinstance(task, Revised):
                self._revise(task)
            elif isinstance(task, Retracted):
                self._retract(task)
            elif isinstance(task, Recounted):
                self._recount(task)

    def foresee(self) -> None:
        """What is to come of the stories of this batch: once for each, as of when it was last assessed."""
        for number, clock in self._assessed.items():
            self._judge.foresee(self.stories[number], clock)

    def run_clock(self, until: int) -> None:
        """What the clock alone does to the brand's series and stories before `until` µs."""
        if self._surging.next < until:
            self._surging.run(until, self.rows, self._last)
        if not (soon := self._agenda.before(until)):
            return
        self._looked_at |= self._read(soon - self.stories.keys() - self._looked_at.keys())
        while (found := self._agenda.next(until)) is not None:
            at, story = found
            self._let_pass(story, at)
            self._reschedule(self._look_at(story), at + 1)

    def _let_pass(self, number: int, at: int) -> None:
        """Nothing was said in the story until the tick `at`."""
        story = self._look_at(number)
        if story.fades and (faded := self._judge.faded(story, at)):
            self.stories[number] = story = faded
            self._assessed[number] = at
            self._mine.add(number)
            self.changed_stories.add(number)
        ends = episodes.due(story, self._judge.resolve_after)
        if ends is not None and to_us(ends) <= at:
            if number not in self.stories:
                self.stories[number] = story
            episodes.expire(self._own(number), from_us(at), self._judge.resolve_after)

    def _look_at(self, number: int) -> Story:
        """As it stands now; never to be changed. It is of the batch only once it has changed."""
        return self.stories[number] if number in self.stories else self._looked_at[number]

    # --- one task each ----------------------------------------------------------------------------------

    def _add(self, task: New) -> None:
        row = self.rows[task.n]
        if task.story not in self.stories:
            self.stories[task.story] = measure.begin(task.story, self._brand.name, task.mention.id, row)
            self._mine.add(task.story)
        story = self._own(task.story)
        key = self._seat_keys[task.n]
        before, taken_up = story.size, takes_up(story, row.outlet_class)
        self._seat(measure.add(story, row, key, self.seats.get(key), (task.mention, task.score)))
        self._resize(sizes.grow(self._sizes, before, story.size))
        self.changed_rows.add(task.n)
        self._last = task.n
        self._surging.hear(task.n, self._clock, self.rows, backfill=task.mention.backfill)
        spoken = not task.mention.backfill
        self._assess(story, task.mention, task.score, row, taken_up=taken_up, spoken=spoken)
        self._weigh(row.vote, 1)
        self._reschedule(story)

    def _join(self, task: Joined) -> None:
        kept, joined = self._own(task.story), self._own(task.joined)
        sizes_before = kept.size, joined.size
        rows = self._rows_of(joined.id)
        self._load_seats({measure.seat_hash(kept.id, row.author) for row in rows} - self.seats.keys())
        self._merge(kept, joined, rows)
        joining.hand_over(kept, joined, task.n, from_us(self._clock))
        left = sizes.grow(self._sizes, sizes_before[1], 0)
        self._resize(sizes.grow(left, sizes_before[0], kept.size))
        newest = mentions.read(self._newest(kept.id, rows[-1]))
        self._assess(kept, newest.mention, None, is_glad=newest.score.is_glad)
        self.due.pop(joined.id, None)
        self._reschedule(kept)

    def _merge(self, kept: Story, joined: Story, rows: Sequence[Row]) -> None:
        for row in rows:
            self.changed_seats.add(measure.seat_hash(kept.id, row.author))
            self.changed_seats.discard(left := measure.seat_hash(joined.id, row.author))
            self.seats.pop(left, None)
            if row.n in self.rows:
                self.rows[row.n] = row._replace(story=kept.id)
                self._seat_keys[row.n] = measure.seat_hash(kept.id, row.author)
        self.gone_seats |= joining.merge(kept, rows, self.seats)
        self.moves.append((joined.id, kept.id))
        self._parts[kept.id] = self._parts.get(kept.id, [kept.id]) + self._parts.pop(joined.id, [joined.id])

    def _rows_of(self, story: int) -> list[Row]:
        """All that was counted in it so far, in log order."""
        stored = mentions.of_stories(self._connection, self._parts.get(story, [story]))
        rows = {row.n: self.rows.get(row.n, row) for row in stored}
        rows |= {n: row for n, row in self.rows.items() if row.story == story and n <= self._last}
        return [rows[n] for n in sorted(rows)]

    def _newest(self, story: int, known: Row) -> Row:
        """The newest of its mentions; `known` is one of them."""
        stored = mentions.newest_of_stories(self._connection, self._parts[story])
        here = [row for n, row in self.rows.items() if row.story == story and n <= self._last]
        return max((known, *stored, *here), key=lambda row: row.n)

    def _revise(self, task: Revised) -> None:
        old = self.rows[task.n]
        before = mentions.read(old).mention
        kept = structs.replace(
            task.mention,
            kind=before.kind,  # an edit makes no repost of a post: what it counts for hangs on it
            reposted=before.reposted,
            created_at=before.created_at,
            collected_at=before.collected_at,
            backfill=before.backfill,
            edited_at=task.mention.edited_at or from_us(task.at),
            metrics=measure.newer(before.metrics, task.mention.metrics),
        )
        new = old._replace(
            followers=max(old.followers, self._judge.followers(task.mention)),
            vote=task.score.vote,
            mention=mentions.encode(kept),
            score=mentions.encode(task.score),
            fits=self._judge.fits(kept, task.score),
        )
        self._change(task, old, new, kept, task.score)
        self._weigh(old.vote, -1)
        self._weigh(new.vote, 1)

    def _retract(self, task: Retracted) -> None:
        old = self.rows[task.n]
        kept = mentions.read(old)
        bare = forget(kept.mention)
        new = old._replace(
            withdrawn=True,
            mention=mentions.encode(bare),
            score=mentions.encode(wordless(kept.score)),
            evidence="",
            fits=0,
        )
        episodes.take_back(self._own(task.story), bare.id)
        self._change(task, old, new, bare, None)

    def _recount(self, task: Recounted) -> None:
        row = self.rows[task.n]
        before = mentions.read(row).mention
        newest = measure.newer(before.metrics, task.metrics)
        if newest == before.metrics or self._judge.own.wrote(before):
            return
        after = structs.replace(before, metrics=newest)
        self.rows[task.n] = row._replace(mention=mentions.encode(after))
        self.changed_rows.add(task.n)
        if measure.counts(after) != measure.counts(before):
            is_glad = mentions.score_of(row).is_glad
            self._grow(self._own(task.story), before, after, is_glad=is_glad)

    def _grow(self, story: Story, before: Mention, after: Mention, *, is_glad: bool) -> None:
        """Counters tell of more than was heard."""
        size = story.size
        measure.recount(story, before, after)
        self._resize(sizes.grow(self._sizes, size, story.size))
        self._assess(story, after, None, is_glad=is_glad)
        self._reschedule(story)

    def _change(self, task: Task, old: Row, new: Row, mention: Mention, score: Score | None) -> None:
        story = self._own(task.story)
        size = story.size
        self._seat(measure.revise(story, self.seats[self._seat_keys[task.n]], old, new))
        self._resize(sizes.grow(self._sizes, size, story.size))
        self.rows[task.n] = new
        self.changed_rows.add(task.n)
        self._assess(story, mention, score, new, old, is_glad=mentions.score_of(new).is_glad)
        self._reschedule(story)

    def _weigh(self, vote: int | None, times: int) -> None:
        """Into the brand's base rate, or out of it: it is the sum of what its mentions say now."""
        if vote is not None:
            self._votes += times * vote
            self._voters += times

    def _assess(
        self,
        story: Story,
        mention: Mention,
        score: Score | None,
        row: Row | None = None,
        before: Row | None = None,
        *,
        taken_up: Reason | None = None,
        spoken: bool = False,
        is_glad: bool = False,
    ) -> None:
        base = self._judge.base_rate(self._votes, self._voters)
        story.large = self._large
        story.surge = self._surging.share(story)
        self._assessed[story.id] = self._clock
        self._judge.assess(
            story,
            base,
            self._clock,
            mention,
            score,
            row,
            before,
            taken_up=taken_up,
            spoken=spoken,
            is_glad=is_glad,
        )

    def _resize(self, now: sizes.Sizes) -> None:
        if now is not self._sizes:
            self._sizes, self._large = now, sizes.large(now)

    # --- what is at hand --------------------------------------------------------------------------------

    def _new_row(self, task: New) -> Row:
        mention, score, reach = task.mention, task.score, self._judge.reach
        domain, kind = reach.outlet(mention) or (reach.speaker(mention), None)
        return Row(
            task.n,
            task.story,
            to_us(mention.collected_at),
            to_us(mention.created_at),
            hash64("author", mention.source, mention.author.id),
            self._judge.followers(mention),
            domain,
            kind,
            score.vote,
            False,
            task.link,
            mentions.encode(mention),
            self._write(score),
            task.evidence,
            self._judge.fits(mention, score),
        )

    def _write(self, score: Score) -> str:
        written = self._written.get(id(score))
        if written is None:
            written = self._written[id(score)] = mentions.encode(score)
        return written

    def _load_stories(self, wanted: set[int]) -> None:
        self.stories.update(self._read(wanted))

    def _read(self, wanted: set[int]) -> dict[int, Story]:
        """Those of them that there are, as they were before the batch."""
        found = {story: cached for story in wanted if (cached := self._owner.story(story)) is not None}
        newest = brands.number(self._brand.no, self._owner.row.seq)
        if missing := {story for story in wanted if story <= newest} - found.keys():
            found.update(stories.load(self._connection, missing))
        return found

    def _load_seats(self, wanted: Iterable[int]) -> None:
        places = self._owner.seats.find(wanted)
        if places:
            found = authors.get(self._connection, (place[0] for place in places.values()))
            for seat in found.values():
                self.seats.setdefault(seat.hash, seat)

    def _own(self, story: int) -> Story:
        """A copy that may be changed: what failed must leave no trace in the cache."""
        if story not in self._mine:
            self.stories[story] = copy(self.stories[story])
            self._mine.add(story)
        self.changed_stories.add(story)
        return self.stories[story]

    def _seat(self, seat: Seat) -> None:
        self.seats[seat.hash] = seat
        self.changed_seats.add(seat.hash)

    def _reschedule(self, story: Story, since: int | None = None) -> None:
        """When the clock comes to it next, at `since` µs or later, or from now on."""
        due = tick.due(story, self._clock if since is None else since, self._judge.resolve_after)
        if due is None:
            self.due.pop(story.id, None)
        elif self.due.get(story.id) != due:
            self.due[story.id] = due
            self._agenda.note(story.id)


def forget(mention: Mention) -> Mention:
    """What stays of a withdrawn mention: its place in the story, without words, name or face."""
    return structs.replace(
        mention, text="", title="", url="", links=(), rating=None, author=Author(id=mention.author.id)
    )


def wordless(score: Score) -> Score:
    """What stays of its score: how negative it was, for the story's numbers, and none of its words."""
    return structs.replace(
        score,
        intents={},
        signs=(),
        grave=(),
        perhaps={},
        named=(),
        address="none",
        mood="neutral",
        tried=(),
        emphasis=(),
        evidence=(),
    )
