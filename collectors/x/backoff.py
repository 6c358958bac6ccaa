"""How long to wait before X is tried again, by what went wrong: what its guide on disconnections asks for."""

from collections import Counter
from datetime import datetime
from math import ldexp

from collectors.x.faults import Fault, Nature

_STEP, _LONGEST_STEP = 0.25, 16.0  # s; network: at once, then linear
_HTTP, _LONGEST_HTTP = 5.0, 320.0  # s; doubled
_LIMIT, _LONGEST_LIMIT = 60.0, 960.0  # s; doubled; a window of X's limits is 900 s
_REFUSED = 900.0  # s; nobody but the operator can mend it, and each try is counted against us


class Backoff:
    """Counts the faults in a row."""

    def __init__(self) -> None:
        self._row: Counter[Nature] = Counter()

    def served(self) -> None:
        """X answered as it should: the next fault is the first again."""
        self._row.clear()

    def after(self, fault: Fault, now: datetime) -> float:
        """Seconds to wait."""
        before = min(self._row[fault.nature], 64)
        self._row[fault.nature] += 1
        match fault.nature:
            case "network":
                return min(before * _STEP, _LONGEST_STEP)
            case "http":
                return min(ldexp(_HTTP, before), _LONGEST_HTTP)
            case "limit":
                return max(min(ldexp(_LIMIT, before), _LONGEST_LIMIT), until(fault.resets_at, now))
            case "refused":
                return _REFUSED


def until(resets_at: datetime | None, now: datetime) -> float:
    """Seconds until a limit is lifted, one more for the clocks; never longer than a window, whatever X says."""
    if resets_at is None or resets_at <= now:
        return 0.0
    return min((resets_at - now).total_seconds() + 1, _LONGEST_LIMIT)
