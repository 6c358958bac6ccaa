"""Read a mention from a record of any shape: `--map id=…,text=…,author=…,time=…` names its columns or keys."""

import difflib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from earshot.border import build_mention
from earshot.errors import Refused, Unreadable
from earshot.model import Mention

_PLAIN = ("text", "title", "kind", "language", "url", "brand")
_REFERENCES = ("root", "parent", "quoted", "reposted")
_AUTHOR = {
    "author": "id",
    "handle": "handle",
    "name": "name",
    "followers": "followers",
    "verified": "verified",
    "place": "place",
}
_METRICS = ("likes", "reposts", "replies", "quotes", "views")
_COUNTS = ("followers", *_METRICS)
FIELDS = (
    "id", "time", "heard", "edited", *_PLAIN, *_REFERENCES, "links", *_AUTHOR, *_METRICS, "rating", "best"
)  # fmt: skip
_NEEDED = ("id", "time")
_NUMBER = re.compile(r"-?\d{1,7}(\.\d*)?|-?\d{9,}(\.\d*)?|-?\d+\.\d*")  # eight digits are a date: 20260302


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
        field = "time" if self._get(raw, "heard") in (None, "") else "heard"
        return parse_time(self._get(raw, field), field)

    def mention(self, raw: Mapping[str, Any], now: datetime) -> Mention:
        """Raises `Unreadable` with the field and the reason."""
        found = {field: self._get(raw, field) for field in self._columns}
        values = {field: value for field, value in found.items() if value is not None and value != ""}
        fields: dict[str, Any] = {field: _words(values[field]) for field in _PLAIN if field in values}
        fields |= {field: self._id(field, values[field]) for field in _REFERENCES if field in values}
        fields["id"] = self._id("id", values.get("id"))
        fields["created_at"] = parse_time(values.get("time"))
        fields["collected_at"] = self.time(raw)
        fields["author"] = {"id": fields["id"]} | _part(values, _AUTHOR)
        if metrics := _part(values, {field: field for field in _METRICS}):
            fields["metrics"] = metrics | {"at": fields["collected_at"]}
        if "rating" in values:
            fields["rating"] = {"value": values["rating"], "best": values.get("best", 5)}
        if "edited" in values:
            fields["edited_at"] = parse_time(values["edited"], "edited")
        if "links" in values:
            fields["links"] = values["links"].split() if isinstance(values["links"], str) else values["links"]
        return build_mention(fields, now, self._source, keep_heard=True)

    def _id(self, field: str, value: Any) -> str:
        """With its source, always the same way: a reply must name its parent as the parent names itself."""
        if value is None:
            raise Unreadable(f"{field}: missing, it is read from {self._columns[field]!r}")
        native = _words(value)
        if not isinstance(native, str):
            raise Unreadable(f"{field}: {str(value)[:80]!r} is no id: text or a whole number is expected")
        return native if native.startswith(f"{self._source}:") else f"{self._source}:{native}"

    def _get(self, raw: Mapping[str, Any], field: str) -> Any:
        """A column, or a path of keys with dots."""
        column = self._columns.get(field)
        if column is None or column in raw:
            return raw.get(column) if column else None
        value: Any = raw
        for key in column.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def parse_time(value: Any, field: str = "time") -> datetime:
    """ISO 8601 (UTC where no zone is given), seconds or milliseconds since 1970, or a mail date."""
    if value is None or value == "":
        raise Unreadable(f"{field}: missing")
    try:
        moment = _parse_time(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError) as error:
        raise Unreadable(f"{field}: {str(value)[:80]!r} cannot be read: {error}") from error


def _parse_time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return _parse_written(value.strip())
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("a date or a number is expected")
    seconds = float(value)
    return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC)


def _parse_written(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        try:
            return parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError):
            raise error from None


def _part(values: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    return {key: _counted(field, values[field]) for field, key in keys.items() if field in values}


def _counted(field: str, value: Any) -> Any:
    """Counts as whole numbers, which tables may write as 12.0; other fields of an author or a post as words."""
    if field not in _COUNTS:
        return value if field == "verified" else _words(value)
    try:
        number = value if isinstance(value, int) else float(value)
        if isinstance(value, bool) or number != int(number):
            raise ValueError  # noqa: TRY301 - told below, like any other that is no count
    except (ValueError, TypeError, OverflowError):
        raise Unreadable(
            f"{field}: {str(value)[:80]!r} is not a whole number: write it in digits, such as 1234"
        ) from None
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else int(number)


def _words(value: Any) -> Any:
    """A number where words are expected is its digits: ids and handles often are."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
