"""Read a mention from a record of any shape: `--map id=…,text=…,author=…,time=…` names its columns or keys."""

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from earshot.border import build_mention
from earshot.errors import Refused, Unreadable
from earshot.model import Mention

_PLAIN = ("text", "title", "kind", "language", "url", "root", "parent", "quoted", "reposted", "brand")
_AUTHOR = {
    "author": "id",
    "handle": "handle",
    "name": "name",
    "followers": "followers",
    "verified": "verified",
}
_METRICS = ("likes", "reposts", "replies", "quotes", "views")
FIELDS = ("id", "time", "heard", "edited", *_PLAIN, "links", *_AUTHOR, *_METRICS, "rating", "best")
_NEEDED = ("id", "time")


def checked_map(columns: Mapping[str, str]) -> dict[str, str]:
    """The map, if its fields are known and suffice. Raises `Refused` with every fault."""
    faults = []
    for field in columns:
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, 1)
            faults.append(f"unknown field '{field}'" + (f", did you mean '{near[0]}'?" if near else ""))
    faults += [f"'{field}' is missing" for field in _NEEDED if field not in columns]
    if not {"text", "title", "rating"} & columns.keys():
        faults.append("one of 'text', 'title', 'rating' is needed")
    if faults:
        raise Refused(f"map: {'; '.join(faults)}. Fields: {', '.join(FIELDS)}")
    return dict(columns)


class Mapper:
    """Turns raw records into mentions by one map."""

    def __init__(self, columns: Mapping[str, str], source: str) -> None:
        self._columns = dict(columns)
        self._source = source

    def time(self, raw: Mapping[str, Any]) -> datetime:
        """When it was heard, else said. Raises `Unreadable`."""
        heard = self._get(raw, "heard")
        return parse_time(self._get(raw, "time") if heard in (None, "") else heard)

    def mention(self, raw: Mapping[str, Any], now: datetime) -> Mention:
        """Raises `Unreadable` with the field and the reason."""
        found = {field: self._get(raw, field) for field in self._columns}
        values = {field: value for field, value in found.items() if value is not None and value != ""}
        fields: dict[str, Any] = {field: values[field] for field in _PLAIN if field in values}
        fields["id"] = f"{self._source}:{values['id']}" if "id" in values else ""
        fields["created_at"] = parse_time(values.get("time"))
        fields["collected_at"] = self.time(raw)
        fields["author"] = {"id": fields["id"]} | {
            key: values[field] for field, key in _AUTHOR.items() if field in values
        }
        if metrics := {field: values[field] for field in _METRICS if field in values}:
            fields["metrics"] = metrics | {"at": fields["collected_at"]}
        if "rating" in values:
            fields["rating"] = {"value": values["rating"], "best": values.get("best", 5)}
        if "edited" in values:
            fields["edited_at"] = parse_time(values["edited"])
        if "links" in values:
            fields["links"] = values["links"].split() if isinstance(values["links"], str) else values["links"]
        fields["author"]["id"] = str(fields["author"]["id"])
        return build_mention(fields, now, self._source, keep_heard=True)

    def _get(self, raw: Mapping[str, Any], field: str) -> Any:
        """A column, or a path of keys with dots."""
        column = self._columns.get(field)
        if column is None or column in raw:
            return raw.get(column) if column else None
        value: Any = raw
        for key in column.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def parse_time(value: Any) -> datetime:
    """ISO 8601 (UTC where no zone is given), seconds or milliseconds since 1970, or a mail date."""
    try:
        return _parse_time(value)
    except (ValueError, OverflowError, OSError, TypeError) as error:
        raise Unreadable(f"time: {str(value)[:80]!r} cannot be read: {error}") from error


def _parse_time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str) and value[:1].isalpha():
        return parsedate_to_datetime(value)
    if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = float(value)
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
