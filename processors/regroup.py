"""Stories joined and split by hand. What a person decided stays: no sweep and no tie joins again what was split.

Each is one transaction under the brand's version, beside a running service too: the slower one does its part again,
and the brand's owner reads its indexes anew once it sees that a person was here. Nobody is called: an open alert goes
on where the mentions are that called, under the name that it was told by.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from msgspec import structs
from sqlalchemy import Connection

from earshot.clock import from_us
from earshot.config import Config
from earshot.errors import Refused
from earshot.model import Episode, Id, Level, Step, Story
from earshot.seams import Clock
from earshot.store import Store, authors, brands, ledger, mentions, regrouped, stories
from earshot.store.authors import Seat
from earshot.store.brands import Brand
from earshot.store.mentions import Kept, Row
from earshot.store.regrouped import Regrouped
from processors import again, measure, sizes
from processors.joining import hand_over
from processors.judge import Judge
from processors.optimistic import until_saved
from processors.rebuild import rebuild

_Decision = tuple[Step, ...]
"""What was decided at once: told as one, so it goes as one."""


class _Said(NamedTuple):
    row: Row
    kept: Kept
    by_outlet: bool


class Regroup:
    """`earshot.regrouping.Regrouper`."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._judge = Judge(config)

    def join(self, one: int, other: int) -> list[Story]:
        return until_saved(lambda: self._join(one, other), self._refusal)

    def split(self, story: int, numbers: Collection[int]) -> list[Story]:
        return until_saved(lambda: self._split(story, set(numbers)), self._refusal)

    @property
    def _refusal(self) -> str:
        return (
            f"{self._store.name}: the running processors write this brand's stories without a pause; nothing was"
            " changed: try again when less is said"
        )

    def _join(self, one: int, other: int) -> list[Story]:
        with self._store.read() as connection:
            kept, joined = sorted((_there(connection, one), _there(connection, other)), key=lambda s: s.id)
            row = _brand(connection, kept)
            if kept.id == joined.id:
                raise Refused(f"stories {one} and {other}: they are one already")
            if kept.brand != joined.brand:
                raise Refused(
                    f"stories {one} and {other}: of {kept.brand} and {joined.brand}; a story has one brand"
                )
            rows = sorted(mentions.of_stories(connection, (kept.id, joined.id)), key=lambda each: each.n)
        now = from_us(row.clock)
        fresh, seats = rebuild(kept, rows)
        joined = structs.replace(joined)
        hand_over(fresh, joined, brands.number(row.no, row.seq), now)
        self._weigh(fresh, row)
        grown = sizes.grow(row.sizes, kept.size, fresh.size)
        with self._store.begin() as connection:
            brands.save(connection, row._replace(sizes=sizes.grow(grown, joined.size, 0)))
            mentions.move(connection, joined.id, kept.id)
            _seat(connection, rows, seats.values())
            self._note(connection, row, "join", kept.id, joined.id)
            return _save(connection, [fresh, joined])

    def _split(self, number: int, chosen: set[int]) -> list[Story]:
        with self._store.read() as connection:
            story = _there(connection, number)
            row = _brand(connection, story)
            rows = mentions.of_story(connection, story.id)
            going = _going(story, {each.n for each in rows}, chosen)
            parts = stories.parts(connection, story.id)
        staying = [each for each in rows if each.n not in going]
        leaving = [each for each in rows if each.n in going]
        left, seats = rebuild(story, staying)
        begun, others = rebuild(_begun(story, leaving[0], parts), leaving)
        self._part(left, begun, (staying, leaving), row)
        for each in (left, begun):
            self._weigh(each, row)
        moved = [part for part in parts if part.id != begun.id and _follow(part, going, left, begun)]
        grown = sizes.grow(row.sizes, story.size, left.size)
        with self._store.begin() as connection:
            brands.save(connection, row._replace(sizes=sizes.grow(grown, 0, begun.size)))
            for of, to in ((staying, left.id), (leaving, begun.id)):
                ledger.place(connection, (each.n for each in of), to)
            mentions.place(connection, going, begun.id)
            _seat(connection, rows, (*seats.values(), *others.values()))
            self._note(connection, row, "split", left.id, begun.id)
            return _save(connection, [left, begun, *moved])

    def _part(self, left: Story, begun: Story, rows: tuple[Sequence[Row], Sequence[Row]], row: Brand) -> None:
        """Of an open alert, what was called for goes where its mention is, and each who waits behind it too.

        `rows`: those that stay, those that leave.
        """
        if (episode := left.episode) is None:
            return
        here, there = ([self._said(each) for each in some] for some in rows)
        gone = {each.kept.mention.id for each in there}
        levels = self._level(left, row), self._level(begun, row)
        going = [each for each in episode.decisions if _goes(each, gone, levels)]
        staying = [each for each in episode.decisions if each not in going]
        waiting_here, waiting_there = (_waiting(episode, some, (*here, *there)) for some in (here, there))
        if going:
            left.episodes = (*left.episodes[:-1], _over(episode, going, from_us(row.clock)))
            _go_on(left, left.id, episode, staying, waiting_here)
        else:
            left.episodes = (*left.episodes[:-1], structs.replace(episode, waiting=waiting_here))
        _go_on(begun, left.id, episode, going, waiting_there)
        for story, level in zip((left, begun), levels, strict=True):
            if story.episode is None:  # of these mentions people were told at least as loudly
                story.calmed = min(level, episode.level)

    def _said(self, row: Row) -> _Said:
        kept = mentions.read(row)
        return _Said(row, kept, self._judge.reach.is_outlet(kept.mention))

    def _level(self, story: Story, row: Brand) -> Level:
        """At which it stands by its numbers alone."""
        bare = structs.replace(story, episodes=())
        self._weigh(bare, row)
        return bare.level

    def _weigh(self, story: Story, row: Brand) -> None:
        story.large = sizes.large(row.sizes)
        self._judge.reassess(story, self._judge.base_rate(row.votes, row.voters), row.clock)

    def _note(self, connection: Connection, row: Brand, kind: str, story: int, other: int) -> None:
        at = round(self._clock.now().timestamp() * 1e6)
        regrouped.add(connection, Regrouped(0, row.no, kind, story, other, at))


def _there(connection: Connection, number: int) -> Story:
    """The story, or the one that it has become part of. Raises `Refused`."""
    found = stories.standing(connection, number)
    if found is None:
        raise Refused(f"story {number}: there is none; its number stands in the address of its page")
    return found


def _brand(connection: Connection, story: Story) -> Brand:
    row = brands.load(connection, story.brand)
    if row is None:
        raise Refused(f"story {story.id}: its brand {story.brand} is not in the store")
    return row


def _going(story: Story, known: set[int], chosen: set[int]) -> set[int]:
    """Which mentions get another story: a story keeps the number of its first one. Raises `Refused`."""
    if strange := sorted(chosen - known):
        raise Refused(f"mention {strange[0]}: is not in story {story.id}")
    if not chosen or chosen == known:
        raise Refused(f"story {story.id}: name some of its mentions, not none and not all")
    return known - chosen if story.id in chosen else chosen


def _begun(story: Story, first: Row, parts: Sequence[Story]) -> Story:
    """Of the mentions that go: a story that was joined once comes to life again."""
    before = next((part for part in parts if part.id == first.n), None)
    if before:
        return structs.replace(before, part_of=0, joined_n=0)
    return measure.begin(first.n, story.brand, mentions.read(first).mention.id, first)


def _follow(part: Story, going: set[int], left: Story, begun: Story) -> bool:
    """What was joined leads to where its first mention is now. True where that is elsewhere."""
    to = begun.id if part.id in going else left.id
    changed = part.part_of != to
    part.part_of = to
    return changed


def _goes(decided: _Decision, gone: Collection[Id], levels: tuple[Level, Level]) -> bool:
    """Whether it goes to the story that begins. `levels`: at which the one that is left stands, and that one.

    A risk is of a whole story, whichever mention was the last straw: it stays with who stands there, or goes with them.
    """
    left, begun = levels
    # A risk comes before the other reasons of its mention, and goes where they go; who had waited goes along.
    step = [each for each in decided if each.mention == decided[0].mention][-1]
    if step.reason == "risk" and step.level <= max(left, begun):
        return step.level > left
    return step.mention in gone


def _waiting(episode: Episode, some: Sequence[_Said], everybody: Sequence[_Said]) -> tuple[Step, ...]:
    """Who of `some` waits: for each reason a step of the first, with how many they are."""
    numbers = {each.kept.mention.id: each.row.n for each in everybody}
    found = []
    for step in episode.waiting:
        told = {each.author for each in episode.steps if each.reason == step.reason}
        mine = [
            each
            for each in some
            if each.row.n >= numbers.get(step.mention, 0)
            and step.reason in each.kept.score.calls
            and again.in_own_words(each.kept.mention.kind, each.kept.link)
            and again.may_be_another_person(step.reason, by_outlet=each.by_outlet)
            and each.row.author not in told
        ]
        if mine:
            first = mine[0]
            found.append(
                structs.replace(step, mention=first.kept.mention.id, author=first.row.author, said=len(mine))
            )
    return tuple(found)


def _over(episode: Episode, going: Sequence[_Decision], now: datetime) -> Episode:
    """What is left behind of an alert that goes elsewhere. Its number is never used again: it names what was told."""
    steps = tuple(chain.from_iterable(going))
    return structs.replace(episode, steps=steps, waiting=(), below_since=None, resolved_at=now)


def _go_on(
    story: Story, told_in: int, told: Episode, own: Sequence[_Decision], waiting: tuple[Step, ...]
) -> None:
    """An alert of `told_in` goes on in `story` with its own part; who only waits there waits behind the first call."""
    awaited = {step.reason for step in waiting}
    decisions = own or [each for each in told.decisions if any(step.reason in awaited for step in each)]
    if decisions:
        steps = tuple(_told(step, told_in, told.number) for step in chain.from_iterable(decisions))
        number = len(story.episodes) + 1
        story.episodes = (*story.episodes, structs.replace(told, number=number, steps=steps, waiting=waiting))


def _told(step: Step, story: int, episode: int) -> Step:
    return step if step.story else structs.replace(step, story=story, episode=episode)


def _seat(connection: Connection, rows: Sequence[Row], seats: Collection[Seat]) -> None:
    authors.remove(connection, (each.n for each in rows))
    authors.add(connection, sorted(seats))


def _save(connection: Connection, changed: list[Story]) -> list[Story]:
    for story in changed:
        story.version += 1
    stories.save(connection, changed)
    return changed
