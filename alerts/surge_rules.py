"""Who is told what of a surge: pure functions from it to its alert row and to the notices that it asks for."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from earshot.clock import to_us
from earshot.seams import ReceiverSettings
from earshot.store.alerts import Alert
from earshot.surge import LEVEL, Growth, Surge

REASON = "surge"
EPISODE = 1
"""A surge calls once; the next one is another surge."""


class SurgeTelling(NamedTuple):
    """One receiver is to be told that a surge began or grew."""

    identity: str
    surge: Surge
    number: int
    """Of the step, from 0."""
    receiver: ReceiverSettings

    @property
    def step(self) -> Growth:
        return self.surge.steps[self.number]


def tellings(surge: Surge, receivers: Sequence[ReceiverSettings]) -> Iterator[SurgeTelling]:
    """Everything there is to tell, told already or not."""
    for number in range(len(surge.steps)):
        for receiver in receivers:
            if receiver.wants(surge.brand, LEVEL):
                yield SurgeTelling(_identity(surge, number, receiver.name), surge, number, receiver)


def alert(surge: Surge) -> Alert:
    """Its row as this snapshot knows it; it has no number yet."""
    return Alert(
        id=0,
        brand=surge.brand,
        story=surge.id,
        episode=EPISODE,
        level=int(LEVEL),
        reason=REASON,
        opened_at=to_us(surge.opened_at),
        raised_at=to_us(surge.steps[-1].at),
        resolved_at=to_us(surge.over_at) if surge.over_at else None,
        risk=0.0,  # which is of a story
    )


def _identity(surge: Surge, number: int, receiver: str) -> str:
    """The same for the same step and receiver, after any crash and on any machine."""
    parts = (surge.brand, str(surge.id), REASON, str(number), receiver)
    return "msg_" + blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
