"""Lengths of time as operators write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from earshot.config.forms import MailAddress, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("30m", 1_800),
        ("24h", 86_400),
        ("7d", 604_800),
        ("500ms", 0.5),
        ("1.5 h", 5_400),
        (2, 2),
        (0.5, 0.5),
    ],
)
def test_forms(written: object, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["", "s", "-1s", "1w", "1h30m", "٣s", -1, True, float("inf"), float("nan"), None]
)
def test_what_is_none(written: object) -> None:
    with pytest.raises(ValueError, match="must be a length of time"):
        parse_duration(written)


def test_what_is_too_long() -> None:
    with pytest.raises(ValueError, match="longer than can be counted"):
        parse_duration("9" * 400)


@given(st.integers(0, 10**6), st.sampled_from([("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]))
def test_are_what_they_say(number: int, unit: tuple[str, int]) -> None:
    word, milliseconds = unit
    assert parse_duration(f"{number}{word}") == number * timedelta(milliseconds=milliseconds)


def test_a_mail_address_is_refused_in_words() -> None:
    assert TypeAdapter(MailAddress).validate_python("press@localhost") == "press@localhost"
    with pytest.raises(ValidationError, match="'a b@c' is no mail address; write one like"):
        TypeAdapter(MailAddress).validate_python("a b@c")
