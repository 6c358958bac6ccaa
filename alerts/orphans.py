"""Notices whose receiver is gone from the configuration: they wait where all can see it, and not for ever."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from earshot import logs
from earshot.clock import Pause, from_us, to_us
from earshot.metrics import SENT, WAITING
from earshot.seams import Clock
from earshot.store import Store, notices

_LOG = logs.get("alerts.orphans")
_EVERY = timedelta(minutes=1)
_AT_ONCE = 1_000
_REASON = "no receiver of this name is configured"


class Orphans:
    """A receiver was renamed or taken out, perhaps by mistake: `give_up_after` from now on it may come back."""

    def __init__(
        self, store: Store, clock: Clock, receivers: Collection[str], give_up_after: timedelta
    ) -> None:
        self._store, self._clock, self._give_up_after = store, clock, give_up_after
        self._receivers = frozenset(receivers)
        self._until: dict[str, datetime] = {}
        self._pause = Pause(_EVERY, clock.now())

    def look(self) -> None:
        """Once a minute: who is waited for, and how many notices do. Raises `Unavailable`."""
        if not self._pause.is_over(now := self._clock.now()):
            return
        self._pause.begin(now)
        for receiver, waiting in self._found().items():
            if receiver not in self._until:
                self._tell(receiver, waiting, now)
            if self._until[receiver] <= now:
                self._give_up(receiver, now)
        found = self._found()
        for receiver in self._until:
            WAITING.labels(receiver).set(found.get(receiver, 0))

    def _found(self) -> dict[str, int]:
        with self._store.read() as connection:
            waiting = notices.waiting_receivers(connection)
        return {receiver: count for receiver, count in waiting.items() if receiver not in self._receivers}

    def _tell(self, receiver: str, waiting: int, now: datetime) -> None:
        self._until[receiver] = now + self._give_up_after
        SENT.labels(receiver, "failed")  # from 0 on, as a receiver's that is there
        _LOG.warning(
            "notices wait for a receiver that is not configured",
            receiver=receiver,
            notices=waiting,
            given_up_at=self._until[receiver].isoformat(),
            mend=f"start with a receiver of the name {receiver}, or do nothing if they need not be sent",
        )

    def _give_up(self, receiver: str, now: datetime) -> None:
        with self._store.begin() as connection:
            old = self._old(connection, receiver, now)
            for row in old:
                notices.mark_failed(connection, row.id, _REASON)
        for row in old:
            SENT.labels(receiver, "failed").inc()
            _LOG.error("notice given up", receiver=receiver, identity=row.identity, error=_REASON)

    def _old(self, connection: Connection, receiver: str, now: datetime) -> list[notices.Row]:
        """With those that were being sent when their process was killed."""
        notices.recover(connection, receiver)
        due = notices.due(connection, receiver, to_us(now), _AT_ONCE)
        return [row for row in due if from_us(row.decided_at) + self._give_up_after <= now]
