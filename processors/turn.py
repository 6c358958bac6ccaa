"""One brand's part of a batch: worked out beside what is known, in effect only once it is saved."""

from collections import Counter
from collections.abc import Collection, Sequence
from time import perf_counter
from types import ModuleType
from typing import Any

from sqlalchemy import Connection

from earshot.config import Config
from earshot.metrics import BUCKETS, STAGE_SECONDS, SURGES
from earshot.model import Score, Story
from earshot.seams import LARGEST_BATCH
from earshot.store import authors, brands, corrections, ledger, mentions, series, stories, surges
from earshot.topics import Event
from processors.folding import Folding
from processors.judge import Judge
from processors.linking import Linking
from processors.negativity.choice import chosen
from processors.own import OwnAccounts
from processors.owner import Owner
from processors.score import Scorer
from processors.surge.stored import encoded
from processors.surge.watch import Watch
from processors.surging import Surging
from processors.target.towards import Towards
from processors.tasks import Joined, Known, Retracted, Revised, Task
from processors.workers import Workers

_WITH_A_TRANSFORMER = 500
"""Mentions a batch: it reads 10 to 30 a second, and a batch in hand is finished before a stop."""


class Desk:
    """What every brand is worked with."""

    def __init__(self, config: Config) -> None:
        self._workers = Workers(config.scoring.languages, config.processors.workers, chosen(config))
        self.scorer = Scorer(self._workers, Towards(config.brands), OwnAccounts(config.brands))
        self.judge = Judge(config)
        self.watch = Watch(config)
        self._brands = {brand.name: brand for brand in config.brands}
        self.at_once = _WITH_A_TRANSFORMER if config.transformer.source else LARGEST_BATCH
        """Mentions that are worked on in one batch, at most."""

    def called(self, brand: str) -> Sequence[str]:
        """By which words nearly every mention of it calls it; of several terms each may be another product."""
        known = self._brands.get(brand)
        return (brand, *known.all, *(known.any if len(known.any) == 1 else ())) if known else (brand,)

    @property
    def model(self) -> str:
        """The version of what scores now."""
        return self.scorer.named(self.shipped)

    @property
    def shipped(self) -> str:
        """The version of the model that reads, whatever it has learnt since."""
        (found,) = self._workers.read([("", None)])
        return found.model

    @property
    def unread(self) -> Sequence[str]:
        """Languages of the configuration whose texts stay unknown, for the model does not read them."""
        return self._workers.unread

    def close(self) -> None:
        self._workers.close()


class Turn:
    """`save` in a transaction, `absorb` after it has committed; if anything fails, drop it and lose nothing."""

    def __init__(self, desk: Desk, owner: Owner, connection: Connection) -> None:
        self._desk, self._owner, self._connection = desk, owner, connection
        self.outcomes: Counter[str] = Counter()
        self._linking: Linking | None = None
        self._others: list[int] = []
        """Mentions that say something else now, or nothing: what staff said of them no longer holds."""
        self._surging = Surging(desk.watch, owner.row, owner.counted, connection)
        self._folding = Folding(desk.judge, owner, connection, self._surging)

    def hear(self, events: Sequence[Event], scores: Sequence[Score | None], again: int = 0) -> None:
        """The stages, in order; each event is decided after the one before it.

        So many of the first have had their effects, and are only told of `again`.
        """
        started = perf_counter()
        self._linking = Linking(self._owner, self._connection, events)
        tasks = list(map(self._desk.judge.own.uncounted, self._linking.tasks(events, scores, again)))
        started = took("link", started)
        self._folding.load(tasks, self._linking.also)
        self._folding.fold(tasks)
        self._folding.foresee()
        took("measure", started)
        self._others = [task.n for task in tasks if isinstance(task, Revised | Retracted)]
        self.outcomes.update(_outcome(task) for task in tasks if not isinstance(task, Joined))

    def run_clock(self, until: int) -> None:
        """No event: time alone, up to `until` µs."""
        self._folding.run_clock(until)
        self._folding.foresee()

    @property
    def brand(self) -> str:
        return self._owner.row.name

    @property
    def touched(self) -> list[Story]:
        """Every story of the batch, changed or not: their snapshots go out."""
        return list(self._folding.stories.values())

    @property
    def changed(self) -> bool:
        return bool(self._linking or self._folding.changed_stories or self._surging.series)

    def save(self, connection: Connection) -> None:
        """Raises `Stale` where this process no longer owns the brand."""
        folding, linking = self._folding, self._linking
        seq = linking.seq if linking else self._owner.row.seq
        self._row = brands.save(connection, folding.brand._replace(seq=seq))
        first_new = brands.number(self._row.no, self._owner.row.seq + 1)
        if linking:
            _write(connection, ledger, linking.entries, linking.changed, first_new)
        for joined, kept in folding.moves:
            mentions.move(connection, joined, kept)
        _write(connection, mentions, folding.rows, folding.changed_rows, first_new)
        if self._others:
            corrections.unlink(connection, self._others)
        if gone := [n for n in folding.gone_seats if n < first_new]:
            authors.remove(connection, gone)
        seats = {folding.seats[key].n: folding.seats[key] for key in folding.changed_seats}
        _write(connection, authors, seats, seats.keys(), first_new)
        self._save_series(connection)
        changed = [folding.stories[story] for story in sorted(folding.changed_stories)]
        for story in changed:
            story.version += 1
        if changed:
            stories.save(connection, changed)

    def _save_series(self, connection: Connection) -> None:
        states = {
            key: series.State(one.bucket, encoded(one)) for key, one in sorted(self._surging.series.items())
        }
        known = self._owner.counted.series
        new = {key: state for key, state in states.items() if key not in known}
        series.save(connection, self._row.no, new, {k: s for k, s in states.items() if k in known})
        surges.save(connection, list(self._surging.surges.values()))

    def absorb(self) -> None:
        """What was worked out is what is known now."""
        owner, folding = self._owner, self._folding
        first_new = brands.number(owner.row.no, owner.row.seq + 1)
        owner.row, owner.due = self._row, folding.due
        owner.keep(folding.stories.values())
        owner.count(self._surging)
        for outcome, times in self._surging.outcomes.items():
            BUCKETS.labels(outcome).inc(times)
        for event, times in self._surging.events.items():
            SURGES.labels(event).inc(times)
        new = (folding.seats[key] for key in folding.changed_seats)
        owner.seats.add({seat.hash: (seat.n, 0) for seat in new if seat.n >= first_new or folding.moves})
        if self._linking:
            owner.ids.add(self._linking.ids)
            owner.keys.add(self._linking.keys)
            owner.changes.update(self._linking.changes)
            for n, joined in self._linking.joins.proofs.items():
                for story in joined:
                    owner.redirect(story, self._linking.joins.redirects[story], n)
            owner.ahead.saved(brands.number(owner.row.no, owner.row.seq))


def _write(
    connection: Connection, noun: ModuleType, rows: dict[int, Any], changed: Collection[int], first_new: int
) -> None:
    """New rows are added in the order of their numbers, known ones replaced."""
    ordered = sorted(changed)
    if new := [rows[n] for n in ordered if n >= first_new]:
        noun.add(connection, new)
    if old := [rows[n] for n in ordered if n < first_new]:
        noun.replace(connection, old)


def _outcome(task: Task) -> str:
    return type(task).__name__.lower() if not isinstance(task, Known) or task.n else "unheard"


def took(stage: str, started: float) -> float:
    """Count the time since `started` for a stage; the time now, for the next one."""
    now = perf_counter()
    STAGE_SECONDS.labels(stage).inc(now - started)
    return now
