"""The options by which `earshot label` is told more of a mention than its polarity. What is not known is refused."""

from collections.abc import Sequence
from typing import TypeVar, cast, get_args

from earshot.errors import Refused
from earshot.handling import DANGERS, FORMS, MOODS, SIGNS, Change
from earshot.model import Address, Intent

NONE = "none"
"""Takes back what was said."""
EMPTY = "empty"
"""Nothing of it holds."""
INTENTS: tuple[Intent, ...] = get_args(Intent)
ADDRESSES: tuple[Address, ...] = tuple(each for each in get_args(Address) if each != "none")
T = TypeVar("T", bound=str)


def intents(given: Sequence[str] | None) -> list[Intent] | None:
    named = _several("--intent", given, INTENTS) if given else None
    return None if named is None else list(named)


def change(
    signs: Sequence[str] | None, dangers: Sequence[str] | None, mood: str, address: str, language: str
) -> Change:
    """Raises `Refused`."""
    said = Change()
    if signs:
        said["signs"] = () if list(signs) == [EMPTY] else _several("--sign", signs, SIGNS, EMPTY)
    if dangers:
        said["dangers"] = _several("--danger", dangers, DANGERS) or ()
    if mood:
        said["mood"] = None if mood == NONE else _one("--mood", mood, MOODS)
    if address:
        said["address"] = _address(address, language)
    return said


def _several(option: str, given: Sequence[str], known: Sequence[T], *words: str) -> tuple[T, ...] | None:
    """In the order of all; None where they are taken back."""
    if list(given) == [NONE]:
        return None
    for word in (NONE, *words):
        if word in given:
            raise Refused(f"{option} {word}: {_MEANS[word]}: name no other beside it")
    named = [_one(option, each, known, *words) for each in given]
    return tuple(each for each in known if each in named)


def _one(option: str, given: str, known: Sequence[T], *words: str) -> T:
    if given in known:
        return cast("T", given)
    also = "; safety and legal are said by --intent" if option == "--danger" else ""
    raise Refused(f"{option} {given}: is none that is known: {', '.join([*known, *words, NONE])}{also}")


def _address(given: str, language: str) -> Address | None:
    if given in (NONE, EMPTY):
        return "none" if given == EMPTY else None
    form, known = _one("--address", given, ADDRESSES, EMPTY), FORMS.get(language, ())
    if form not in known:
        raise Refused(
            f"--address {form}: is no form of the mention's language ({language}): {', '.join([*known, EMPTY, NONE])}"
        )
    return form


_MEANS = {NONE: "takes back what was said", EMPTY: "says that none holds"}
