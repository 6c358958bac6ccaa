"""The forms that a setting's value may have, where a plain type would say too little. Plugins may use them."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from earshot.accounts import readable

_LENGTH_OF_TIME = re.compile(r"(\d+(?:\.\d+)?) *(ms|s|m|h|d)?", re.ASCII)
_MAIL = re.compile(r"[!#-'*+\-/-9=?A-Z^-~.]+@[A-Za-z0-9.-]+", re.ASCII)
_LANGUAGES = frozenset(  # all that py3langid tells apart
    "af am an ar as az ba be bg bn br bs ca cs cy da de dz el en eo es et eu fa fi fo fr fy "  # codespell:ignore fo
    "ga gd gl gu ha he hi hr ht hu hy id ig is it ja jv ka kk km kn ko ku ky la lb lg ln lo lt lv mg mk ml mn mr ms mt "
    "my ne nl nn no oc om or pa pl ps pt qu ro ru rw sa se si sk sl sn so sq sr st sv sw ta te tg th tk tl tr tt "
    "ug uk ur uz vi vo wa xh yo zh zu".split()
)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, None: 1}


def parse_duration(value: Any) -> timedelta:
    """Read "90s", "30m", "24h", "7d", "500ms" or a number of seconds.

    Raises:
        ValueError: it is no length of time, or is longer than can be counted.
    """
    if isinstance(value, timedelta):
        return value
    written = _LENGTH_OF_TIME.fullmatch(str(value).strip())
    if written is None:
        raise ValueError("must be a length of time, like 90s, 30m, 24h, 7d, 500ms or a number of seconds")
    number, unit = written.groups()
    try:
        return timedelta(seconds=float(number) * _SECONDS[unit])
    except OverflowError:
        raise ValueError("is longer than can be counted") from None


def _longer_than_nothing(duration: timedelta) -> timedelta:
    if duration <= timedelta():
        raise ValueError("must be longer than nothing")
    return duration


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("is empty: take it out, or write what is meant")
    return text


def _place(text: str) -> str:
    if "*" in text or not any(map(str.isalpha, text)):
        raise ValueError(
            f"{text[:80]!r} is no place; write whole names, like Bologna, and each that people use"
        )
    return text


def _domain(text: str) -> str:
    if any(mark in text for mark in "/:@ ") or "." not in text.strip("."):
        raise ValueError("must be a domain like news.example, without https:// and without a path")
    return text.removeprefix("www.")


def _web_address(text: str) -> str:
    if text and not re.match(r"https?://[^/]", text):
        raise ValueError("must begin with http:// or https://")
    return text.rstrip("/")


def _mail_address(text: str) -> str:
    if not _MAIL.fullmatch(text) or len(text) > 254:
        raise ValueError(f"{text[:80]!r} is no mail address; write one like press@acme.example")
    return text


def _language(code: str) -> str:
    if code not in _LANGUAGES:
        raise ValueError(
            f"{code!r} is no language that can be told from others; write one like it, en, ja (ISO 639-1: ja, not jp)"
        )
    return code


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Positive = Annotated[Duration, AfterValidator(_longer_than_nothing)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000), AfterValidator(_not_empty)]
Words = tuple[Word, ...]
Handles = tuple[Annotated[Word, AfterValidator(readable)], ...]
Place = Annotated[Word, AfterValidator(_place)]
Domain = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True), AfterValidator(_domain)]
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_web_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$"), AfterValidator(_language)]
Polite = Literal["lei", "tu"]
"""How somebody is spoken to; in other languages than Italian the formal and the informal way."""
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Bias = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Threshold = Annotated[float, Field(ge=1, le=99, allow_inf_nan=False)]
