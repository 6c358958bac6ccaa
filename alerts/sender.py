"""Sends one receiver's notices, row by row. What one receiver does to us, no other notices."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import random as any_random

from sqlalchemy import Connection

from alerts.message import as_sent
from alerts.retry import next_try
from earshot import logs
from earshot.clock import Pause, from_us, to_us
from earshot.config import AlertSettings
from earshot.errors import Temporary, Unavailable, Undelivered
from earshot.metrics import NOTICE_SECONDS, SENT, WAITING
from earshot.seams import Channel, Clock, ReceiverSettings
from earshot.store import Store, notices

_LOG = logs.get("alerts.sender")
_AT_ONCE = 100
_LONGEST_NAP = 1.0  # s: rows may come from another process, which cannot wake us
_LONGEST_ERROR = 500
_OUTCOMES = ("sent", "retried", "failed")
_APART = timedelta(seconds=1)  # between notices that failed before: who is back is not flooded

Outcome = Callable[[Connection], None]


class Sender:
    """The only one that sends to its receiver; one thread runs it."""

    def __init__(
        self,
        receiver: ReceiverSettings,
        channel: Channel,
        store: Store,
        clock: Clock,
        settings: AlertSettings,
        *,
        live: bool = True,
        random: Callable[[], float] = any_random,
    ) -> None:
        self.receiver = receiver
        self.trouble: str | None = None
        self._channel, self._store, self._clock = channel, store, clock
        self._settings, self._live, self._random = settings, live, random
        self._recovered = False
        self._away = False
        """A notice could not be sent at once, and none has been since."""
        self._given_a_time = set[int]()
        """Those that the receiver itself wants later."""
        self._pause = Pause(_APART, clock.now())
        self._unrecorded: Outcome | None = None
        self._woken = threading.Event()
        self._stopped = threading.Event()
        for outcome in _OUTCOMES:  # from 0 on: a rule on the increase sees the very first
            SENT.labels(receiver.name, outcome)

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def stop(self) -> None:
        """Finish the notice in hand and return from `run`; the others wait in their rows."""
        self._stopped.set()
        self._woken.set()

    def run(self) -> None:
        try:
            while not self._stopped.is_set():
                nap = self._nap()
                self._woken.wait(nap)
                self._woken.clear()
        finally:
            self._channel.close()

    def _nap(self) -> float:
        """Do what there is to do; the seconds to the next look."""
        try:
            following = self.step()
        except Unavailable as error:
            self.trouble = str(error)
            _LOG.warning("store unavailable", receiver=self.receiver.name, error=self.trouble)
            return _LONGEST_NAP
        self.trouble = None
        left = (following - self._clock.now()).total_seconds() if following else _LONGEST_NAP
        return min(max(left, 0.0), _LONGEST_NAP)

    def step(self) -> datetime | None:
        """Send all that is due now; when the next is due, None where nothing waits.

        Raises:
            Unavailable: the store cannot be reached; what was sent and not recorded is recorded by the next step.
        """
        self._record()
        self._recover()
        with self._store.read() as connection:
            due = notices.due(connection, self.receiver.name, to_us(self._clock.now()), _AT_ONCE)
        for row in due:
            if not self._stopped.is_set() and (not row.attempts or self._may_try_again()):
                self._deliver(row)
        return self._next()

    def _may_try_again(self) -> bool:
        if not self._pause.is_over(self._clock.now()):
            return False
        self._pause.begin(self._clock.now())
        return True

    def _recover(self) -> None:
        """What we were sending when we were killed may have arrived: send it again, and say so."""
        if self._recovered:
            return
        with self._store.begin() as connection:
            found = notices.recover(connection, self.receiver.name)
        self._recovered = True
        if found:
            _LOG.warning("notices may be repeated", receiver=self.receiver.name, notices=found)

    def _deliver(self, row: notices.Row) -> None:
        with self._store.begin() as connection:
            ours = notices.mark_sending(connection, row.id)
        if ours:
            self._unrecorded = self._send(row)
            self._record()

    def _record(self) -> None:
        """Write how the last one went, before anything else is sent."""
        if self._unrecorded:
            with self._store.begin() as connection:
                self._unrecorded(connection)
            self._unrecorded = None

    def _send(self, row: notices.Row) -> Outcome:
        notice = notices.read(row)
        self._given_a_time.discard(row.id)
        try:
            self._channel.send(as_sent(notice, self.receiver.language, self._clock.now(), live=self._live))
        except Undelivered as error:
            return self._not_sent(row, error)
        except Exception as error:  # noqa: BLE001 - a channel may be anybody's; a fault in it is not the end of ours
            _LOG.exception("channel fault", receiver=self.receiver.name, error=type(error).__name__)
            return self._not_sent(row, Temporary(f"unexpected {type(error).__name__} in the channel"))
        return self._sent(row, notice)

    def _sent(self, row: notices.Row, notice: notices.Kept) -> Outcome:
        now = self._clock.now()
        SENT.labels(self.receiver.name, "sent").inc()
        NOTICE_SECONDS.observe(max(0.0, (now - notice.heard_at).total_seconds()))
        _LOG.info(
            "notice sent", receiver=self.receiver.name, identity=row.identity, attempts=row.attempts + 1
        )
        returned, self._away = self._away, False
        return partial(self._mark_sent, notice=row.id, at=to_us(now), returned=returned)

    def _mark_sent(self, connection: Connection, *, notice: int, at: int, returned: bool) -> None:
        """What waited for a receiver that has returned goes out in order, and not whenever its wait is over."""
        notices.mark_sent(connection, notice, at)
        if returned:
            notices.hasten(connection, self.receiver.name, at, self._given_a_time)

    def _not_sent(self, row: notices.Row, error: Undelivered) -> Outcome:
        attempts, now, reason = row.attempts + 1, self._clock.now(), str(error)[:_LONGEST_ERROR]
        again = next_try(
            attempts, error, self._settings, decided_at=from_us(row.decided_at), now=now, random=self._random
        )
        facts = {
            "receiver": self.receiver.name,
            "identity": row.identity,
            "attempts": attempts,
            "error": reason,
        }
        SENT.labels(self.receiver.name, "retried" if again else "failed").inc()
        if again is None:
            _LOG.error("notice given up", **facts)
            return partial(notices.mark_failed, notice=row.id, error=reason)
        if isinstance(error, Temporary) and error.retry_after:
            self._given_a_time.add(row.id)
        elif not row.attempts:  # what fails again and again may be at fault itself
            self._away = True
        _LOG.warning("notice delayed", **facts, due_at=again.isoformat())
        return partial(notices.reschedule, notice=row.id, due_at=to_us(again), error=reason)

    def _next(self) -> datetime | None:
        with self._store.read() as connection:
            WAITING.labels(self.receiver.name).set(notices.waiting(connection, self.receiver.name))
            following = notices.next_due(connection, self.receiver.name)
        if following is None:
            return None
        now = self._clock.now()
        return max(from_us(following), now if self._pause.is_over(now) else now + _APART)
