"""Staff's corrections in a running service: looked for once a minute, put right, and learnt from."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

from earshot.clock import Pause
from earshot.errors import Stale
from earshot.model import Story
from earshot.seams import Clock
from earshot.store import Store, brands, corrections
from earshot.store.brands import Brand
from processors import corrected
from processors.lessons import Lessons
from processors.turn import Desk

_EVERY = timedelta(minutes=1)


class Heeding:
    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self._store, self._desk, self._clock = store, desk, clock
        self._lessons = Lessons(store, desk)
        self._pause = Pause(_EVERY, clock.now())
        self._learnt = -1
        self._done: dict[int, int] = {}
        """Brand -> the newest correction up to which all is put right."""

    def heed(self, owns: Callable[[str], bool]) -> Iterator[tuple[Brand, list[Story]]]:
        """Between two batches. The brands that we own and whose stories are others now, each saved by then.

        Raises:
            Unavailable: the store cannot be reached; the next call goes on.
        """
        if not self._pause.is_over(now := self._clock.now()):
            return
        with self._store.read() as connection:
            newest = corrections.newest(connection)
            known = brands.every(connection) if newest else []
        if newest != self._learnt:  # at the start too
            self._lessons.prepare()
            self._lessons.learn()
            self._learnt = newest
        for brand in known:
            if owns(brand.name) and (changed := self._put_right(brand, newest)):
                yield brand, changed
        self._pause.begin(now)

    def _put_right(self, brand: Brand, newest: int) -> list[Story]:
        done = self._done.get(brand.no, 0)
        if done == newest:
            return []
        with suppress(Stale):  # another writer was faster: in a minute
            changed = corrected.apply(self._store, self._desk.judge, brand, done)
            self._done[brand.no] = newest
            return changed
        return []
