"""The dates of feeds, in the forms that the standards ask for and those that are found."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_EUROPEAN = {
    "WET": "+0000", "WEST": "+0100", "BST": "+0100", "CET": "+0100", "MET": "+0100", "CEST": "+0200",
    "MEST": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300",
}  # fmt: skip
"""Names of zones that RFC 5322 leaves out, and that would be taken for UTC."""
_ZONE = re.compile(r"\b[A-Z]{3,4}$")
_LONGEST = 60


def read_date(written: str) -> datetime | None:
    """The moment, in UTC; one without a zone is taken as UTC. None where it is no date.

    >>> read_date("Thu, 19 Nov 2026 07:52:00 +0100"), read_date("2026-11-19T06:52:00")
    (datetime.datetime(2026, 11, 19, 6, 52, tzinfo=datetime.timezone.utc), \
datetime.datetime(2026, 11, 19, 6, 52, tzinfo=datetime.timezone.utc))
    """
    written = written.strip()
    if not 8 <= len(written) <= _LONGEST:
        return None
    try:
        moment = _iso(written) or _rfc(written)
        return None if moment is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rfc(written: str) -> datetime | None:
    numbers = parsedate_tz(_ZONE.sub(lambda zone: _EUROPEAN.get(zone[0], zone[0]), written))
    if numbers is None:
        return None
    zone = timezone(timedelta(seconds=numbers[9] or 0))
    return datetime(*numbers[:6], tzinfo=zone)
