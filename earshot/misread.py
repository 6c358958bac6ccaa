"""What is wrong with a record, in words for whoever sent it: those of the parser speak of our types."""

import re
from collections.abc import Callable, Mapping
from typing import get_args

import msgspec

from earshot.model import Kind, Why

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What is raised where a record cannot be read."""

_TIME = 'a time with its zone, such as "2026-03-02T09:00:00Z"'
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "why": get_args(Why),
    "type": ("said", "measured", "withdrawn"),
}
_TYPES = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in brackets",
    "object": "an object in braces",
    "datetime": _TIME,
}
_SENT = {"str": "text", "float": "a number with decimals", "array": "a list", "object": "an object"}
_EXAMPLES = {
    "id": '"crm:4711"',
    "author": '{"id": "giulia"}',
    "author.id": '"giulia"',
    "brand": '"Ronvia"',
    "metrics": '{"at": "2026-03-02T09:00:00Z", "likes": 41}',
    "rating.value": "4",
}
_LONGEST = 80  # characters of what was sent


def told(error: Exception, within: str = "") -> str:
    """Where, what is wrong there, and what would be right. `within` is where the reader began, if not at the top."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: the byte 0x{error.object[error.start]:02x} stands where none such can: write it in UTF-8"
    if isinstance(error, RecursionError):
        return "nested too deeply to be read: a mention needs three levels"
    if not isinstance(error, msgspec.ValidationError):
        return f"not JSON: {_syntax(str(error))}"
    found = re.fullmatch(r"(.*) - at `\$([^`]*)`", str(error), re.DOTALL)
    fault, place = (found[1], found[2]) if found else (str(error), "")
    place = f"{within}{place}".removeprefix(".")
    if missing := re.fullmatch(r"Object missing required field `(\w+)`", fault):
        return _missing(f"{place}.{missing[1]}".removeprefix("."))
    if not place:
        return f"not a mention: a JSON object is expected, not {_sent(fault)}"
    return f"{place}: {_wrong(fault, place)}"


def _syntax(fault: str) -> str:
    if fault == "Input data was truncated":
        return "it ends in the middle"
    return fault.removeprefix("JSON is malformed: ")


def _missing(place: str) -> str:
    example = _EXAMPLES.get(place.removeprefix("mention."))
    return f"{place}: is required, such as {example}" if example else f"{place}: is required: {_TIME}"


def _sent(fault: str) -> str:
    got = fault.rpartition("got `")[2].rstrip("`")
    return _SENT.get(got) or _TYPES.get(got, got)


def _wrong(fault: str, place: str) -> str:
    allowed = ", ".join(_ALLOWED.get(place.removeprefix("mention."), ()))
    for pattern, say in _FAULTS:
        if found := re.fullmatch(pattern, fault, re.DOTALL):
            return say(found, allowed)
    return fault[:1].lower() + fault[1:]


def _none_of(found: re.Match[str], allowed: str) -> str:
    value = found[1] if len(found[1]) <= _LONGEST else f"{found[1][:_LONGEST]}…"
    return f"{value} is none of {allowed}"


def _of_another_type(found: re.Match[str], allowed: str) -> str:
    wanted = f"one of {allowed}" if allowed else _TYPES.get(found[1], found[1])
    return f"must be {wanted}, not {_sent(found[0])}"


def _too_long(found: re.Match[str], _: str) -> str:
    return f"must be at most {int(found[2]):,} {'entries' if found[1] == 'array' else 'characters'}"


def _beyond(found: re.Match[str], _: str) -> str:
    bound = {">=": "at least", ">": "above", "<=": "at most"}[found[1]]
    return f"must be {bound} {float(found[2]):,.0f}"


_FAULTS: tuple[tuple[str, Callable[[re.Match[str], str], str]], ...] = (
    (r"Invalid (?:enum )?value (.*)", _none_of),
    (r"Expected `(\w+)(?: \| null)?`, got `\w+`", _of_another_type),
    (r"Expected `\w+` of length >= 1", lambda _, __: "must not be empty"),
    (r"Expected `(\w+)` of length <= (\d+)", _too_long),
    (r"Expected `\w+` (>=|>|<=) ([\d.]+)", _beyond),
    (r".*out of range", lambda _, __: "must be a smaller number"),
    (r"Invalid RFC3339 encoded datetime|Expected `datetime` with .*", lambda _, __: f"must be {_TIME}"),
)
