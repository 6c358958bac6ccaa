"""Fold tasks into stories and decide, one by one in log order, beside what is stored. Writes nothing."""

from collections.abc import Iterable, Sequence
from copy import copy

from msgspec import structs
from sqlalchemy import Connection

from earshot.clock import from_us, to_us
from earshot.config import Config
from earshot.hashing import hash64
from earshot.model import Author, Level, Mention, Score, Story
from earshot.store import authors, brands, mentions, stories
from earshot.store.authors import Seat
from earshot.store.brands import Brand
from earshot.store.mentions import Row
from processors import episodes, measure, risk, tick
from processors.owner import Owner
from processors.reach import Reach
from processors.rules import MentionRules
from processors.tasks import New, Recounted, Retracted, Revised, Task


class Judge:
    """Pure: how a story stands, from its numbers and the configuration."""

    def __init__(self, config: Config) -> None:
        self.reach = Reach(config.risk, config.outlets)
        self.rules = MentionRules(config.rules, config.brands)
        self.resolve_after = config.alerts.resolve_after
        self._risk = config.risk
        self._hysteresis = config.alerts.hysteresis

    def base_rate(self, votes: int, voters: int) -> float:
        return risk.base_rate(votes, voters, self._risk.base_cap)

    def assess(self, story: Story, base: float, clock: int, mention: Mention, score: Score | None) -> None:
        """Set the story's risk, level and episodes after `mention` was counted or changed at `clock` µs."""
        level, held = self._stand(story, base)
        signals = self.rules.fire(mention, score) if score else ()
        if level or signals or story.episodes or story.level:
            now = from_us(clock)
            episodes.advance(story, level, held, signals, mention.id, now, quiet=mention.backfill)

    def reassess(self, story: Story, base: float) -> None:
        """The same where nothing was said, only its numbers are others now: as of its last mention, calling nobody."""
        level, held = self._stand(story, base)
        if level or story.episodes or story.level:
            episodes.advance(story, level, held, (), story.first, story.last_at, quiet=True)

    def _stand(self, story: Story, base: float) -> tuple[Level, Level]:
        people = story.followers + self.reach.audience(story.outlets)
        return risk.assess(story, base, people, self._risk, self._hysteresis)


class Folding:
    """One brand's part of one batch; stored rows are read once, changed copies live here until saved."""

    def __init__(self, judge: Judge, owner: Owner, connection: Connection) -> None:
        self._judge, self._owner, self._connection = judge, owner, connection
        self._brand = owner.row
        self._clock, self._votes, self._voters = owner.row.clock, owner.row.votes, owner.row.voters
        self.rows: dict[int, Row] = {}
        self.seats: dict[int, Seat] = {}
        self.stories: dict[int, Story] = {}
        self.due = dict(owner.due)
        self._next_tick = tick.first(self.due)
        self.changed_rows: set[int] = set()
        self.changed_seats: set[int] = set()
        self.changed_stories: set[int] = set()
        self._mine: set[int] = set()

    def load(self, tasks: Sequence[Task]) -> None:
        """Fetch at once the rows, stories and seats that the tasks touch."""
        for task in tasks:
            if isinstance(task, New):
                self.rows[task.n] = self._new_row(task)
        stored = {t.n for t in tasks if isinstance(t, Revised | Recounted | Retracted)} - self.rows.keys()
        if stored:
            self.rows.update(mentions.get(self._connection, stored))
        self._load_stories({task.story for task in tasks if task.story})
        self._seat_keys = {n: measure.seat_hash(row.story, row.author) for n, row in self.rows.items()}
        self._load_seats(self._seat_keys.values())

    @property
    def brand(self) -> Brand:
        """The brand's row as it is now."""
        return self._brand._replace(clock=self._clock, votes=self._votes, voters=self._voters)

    def fold(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self.run_clock(task.at)
            self._clock = max(self._clock, task.at)
            if isinstance(task, New):
                self._add(task)
            elif isinstance(task, Revised):
                self._revise(task)
            elif isinstance(task, Retracted):
                self._retract(task)
            elif isinstance(task, Recounted):
                self._recount(task)

    def run_clock(self, until: int) -> None:
        """What the clock alone does to the brand's stories before `until` µs."""
        if self._next_tick is None or self._next_tick >= until:
            return
        for at, story_id in tick.passed(self.due, until):
            if story_id not in self.stories:
                self._load_stories({story_id})
            story = self._own(story_id)
            episodes.expire(story, from_us(at), self._judge.resolve_after)
            self._reschedule(story)

    # --- one task each ----------------------------------------------------------------------------------

    def _add(self, task: New) -> None:
        row = self.rows[task.n]
        if task.story not in self.stories:
            self.stories[task.story] = measure.begin(task.story, self._brand.name, task.mention.id, row)
            self._mine.add(task.story)
        story = self._own(task.story)
        key = self._seat_keys[task.n]
        self._seat(measure.add(story, row, key, self.seats.get(key)))
        self.changed_rows.add(task.n)
        self._assess(story, task.mention, task.score)
        self._weigh(row.vote, 1)
        self._reschedule(story)

    def _revise(self, task: Revised) -> None:
        old = self.rows[task.n]
        before = mentions.read(old).mention
        kept = structs.replace(
            task.mention,
            created_at=before.created_at,
            collected_at=before.collected_at,
            backfill=before.backfill,
            metrics=task.mention.metrics or before.metrics,
        )
        new = old._replace(
            followers=max(old.followers, self._judge.reach.followers(task.mention)),
            vote=task.score.vote,
            mention=mentions.encode(kept),
            score=mentions.encode(task.score),
        )
        self._change(task, old, new, kept, task.score)
        self._weigh(old.vote, -1)
        self._weigh(new.vote, 1)

    def _retract(self, task: Retracted) -> None:
        old = self.rows[task.n]
        bare = forget(mentions.read(old).mention)
        self._change(task, old, old._replace(withdrawn=True, mention=mentions.encode(bare)), bare, None)

    def _recount(self, task: Recounted) -> None:
        row = self.rows[task.n]
        mention = mentions.read(row).mention
        if mention.metrics is None or mention.metrics.at < task.metrics.at:
            fresh = mentions.encode(structs.replace(mention, metrics=task.metrics))
            self.rows[task.n] = row._replace(mention=fresh)
            self.changed_rows.add(task.n)

    def _change(self, task: Task, old: Row, new: Row, mention: Mention, score: Score | None) -> None:
        story = self._own(task.story)
        self._seat(measure.revise(story, self.seats[self._seat_keys[task.n]], old, new))
        self.rows[task.n] = new
        self.changed_rows.add(task.n)
        self._assess(story, mention, score)
        self._reschedule(story)

    def _weigh(self, vote: int | None, times: int) -> None:
        """Into the brand's base rate, or out of it: it is the sum of what its mentions say now."""
        if vote is not None:
            self._votes += times * vote
            self._voters += times

    def _assess(self, story: Story, mention: Mention, score: Score | None) -> None:
        base = self._judge.base_rate(self._votes, self._voters)
        self._judge.assess(story, base, self._clock, mention, score)

    # --- what is at hand --------------------------------------------------------------------------------

    def _new_row(self, task: New) -> Row:
        mention, score, reach = task.mention, task.score, self._judge.reach
        domain, kind = reach.outlet(mention) or (None, None)
        return Row(
            n=task.n,
            story=task.story,
            heard_at=to_us(mention.collected_at),
            said_at=to_us(mention.created_at),
            author=hash64("author", mention.source, mention.author.id),
            followers=reach.followers(mention),
            outlet=domain,
            outlet_class=kind,
            vote=score.vote,
            withdrawn=False,
            link=task.link,
            mention=mentions.encode(mention),
            score=mentions.encode(score),
        )

    def _load_stories(self, wanted: set[int]) -> None:
        missing = set()
        for story in wanted:
            if (cached := self._owner.story(story)) is not None:
                self.stories[story] = cached
            else:
                missing.add(story)
        newest = brands.number(self._brand.no, self._owner.row.seq)
        if missing := {story for story in missing if story <= newest}:
            self.stories.update(stories.load(self._connection, missing))

    def _load_seats(self, wanted: Iterable[int]) -> None:
        places = self._owner.seats.find(wanted)
        if places:
            found = authors.get(self._connection, (place[0] for place in places.values()))
            self.seats.update({seat.hash: seat for seat in found.values()})

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

    def _reschedule(self, story: Story) -> None:
        due = episodes.due(story, self._judge.resolve_after) if story.episodes else None
        if due is not None:
            self.due[story.id] = to_us(due)
        elif self.due.pop(story.id, None) is None:
            return
        self._next_tick = tick.first(self.due)


def forget(mention: Mention) -> Mention:
    """What stays of a withdrawn mention: its place in the story, without words, name or face."""
    return structs.replace(
        mention, text="", title="", url="", links=(), rating=None, author=Author(id=mention.author.id)
    )
