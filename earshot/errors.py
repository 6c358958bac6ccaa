"""The tree of errors. Each message says where, what is wrong and what to do next.

EarshotError
├── ConfigError          the configuration is refused, with every fault at once
├── Unreadable           a message or a record that cannot be read: it goes to the dead letters
│   └── TooNew           written by a newer Earshot than this one
├── Forged               a signed request that does not prove who sent it, or when
├── Busy                 the processors are behind: try again after `retry_after` seconds
├── Stale                another writer was faster: drop what is cached and do the batch again
├── Reassigned           the batch in hand is another process's now: drop it
├── Unavailable          a database, broker or port that cannot be reached now
├── Refused              a command that cannot be done as asked
└── Undelivered          a notice that did not leave
    ├── Temporary        the same notice may pass later
    └── Permanent        it never will: the receiver's configuration must change
"""

from collections.abc import Sequence


class EarshotError(Exception):
    """Anything that Earshot itself says went wrong."""


class ConfigError(EarshotError):
    """The configuration is refused whole; `faults` holds every fault, one line each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class Unreadable(EarshotError):  # noqa: N818 - the vocabulary of the operator, not of Python
    """What arrived cannot be read; the reason is for the person who opens the dead letter."""


class TooNew(Unreadable):
    """The message was written by a newer version; upgrade this process, then retry the dead letter."""


class Forged(EarshotError):  # noqa: N818
    """The signature of a request does not hold; the message never holds the secret or the right signature."""


class Busy(EarshotError):  # noqa: N818
    """Intake is paused because the processors are behind; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Stale(EarshotError):  # noqa: N818
    """A guarded row was changed by someone else since it was read."""


class Reassigned(EarshotError):  # noqa: N818
    """What was being worked on has gone to another process of the group: drop it and poll again."""


class Unavailable(EarshotError):  # noqa: N818
    """Something outside this process cannot be reached; what is being done is worth trying again."""


class Refused(EarshotError):  # noqa: N818
    """The command cannot be done as asked; the message says what would be possible."""


class Undelivered(EarshotError):  # noqa: N818
    """A channel did not accept a notice."""


class Temporary(Undelivered):
    """Worth another try; `retry_after` (seconds) where the receiver named a time."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(Undelivered):
    """No retry will help."""
