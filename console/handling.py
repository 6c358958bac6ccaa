"""The folded part of a mention's form: what staff say of how it is to be handled, as it is shown and as it comes back."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from console import about
from console.tongue import Tongue
from earshot.handling import DANGERS, FORMS, MOODS, SIGNS, AsRead, Change, Danger, Handling, as_read
from earshot.model import Address, Score, Sign
from earshot.store.corrections import Correction, corrected

T = TypeVar("T", bound=str)


class Option(NamedTuple):
    key: str
    word: str
    holds: bool
    fixed: bool = False
    """It was read: nobody takes it away."""


class Form(NamedTuple):
    signs: list[Option]
    dangers: list[Option]
    moods: list[Option]
    addresses: list[Option]
    """Empty where the language has but one."""
    shown: str
    """What holds as it was shown: only what differs when it comes back was said."""
    read: str
    """How Earshot read what staff said otherwise; empty where they did not."""


def form(say: Tongue, score: Score, made: Correction | None) -> Form:
    now = corrected(score, made) if made else score
    said, read = (made.handling if made else Handling()), _read(score, made)
    signs = [Option(f"sign-{each}", about.sign(say, each), each in now.signs) for each in SIGNS]
    dangers = [_danger(say, each, now) for each in DANGERS]
    moods = [Option(each, about.mood(say, each), each == now.mood) for each in MOODS]
    addresses = [
        Option(each, about.address(say, each), each == now.address) for each in _forms(score.language)
    ]
    ticked = [each.key for each in (*signs, *dangers) if each.holds and not each.fixed]
    shown = " ".join([*ticked, f"mood-{now.mood}", f"address-{now.address}"])
    return Form(signs, dangers, moods, addresses, shown, _as_read(say, said, read))


def change(given: Mapping[str, str], score: Score, made: Correction | None) -> Change:
    """What a form says anew. What is set as it was read is taken back; of what came back as it was shown, nothing."""
    said, read = Change(), _read(score, made)
    if "shown" not in given:
        return said
    shown = set(given["shown"].split())
    signs, dangers = _ticked("sign", SIGNS, given), _ticked("danger", DANGERS, given)
    if set(signs) != set(_ticked("sign", SIGNS, shown)):
        said["signs"] = None if set(signs) == set(read.signs) else signs
    if dangers != _ticked("danger", DANGERS, shown):
        said["dangers"] = dangers
    mood, address = _chosen("mood", MOODS, given), _chosen("address", _forms(score.language), given)
    if mood and f"mood-{mood}" not in shown:
        said["mood"] = None if mood == read.mood else mood
    if address and f"address-{address}" not in shown:
        said["address"] = None if address == read.address else address
    return said


def told(say: Tongue, said: Handling) -> list[str]:
    """What staff said, in words."""
    parts = [
        _signs(say, said.signs),
        ", ".join(about.grave(say, each) for each in said.dangers),
        about.mood(say, said.mood) if said.mood else "",
        _address(say, said.address),
    ]
    return [each for each in parts if each]


def _read(score: Score, made: Correction | None) -> AsRead:
    return (made.read_handling if made else None) or as_read(score)


def _as_read(say: Tongue, said: Handling, read: AsRead) -> str:
    before = Handling(
        None if said.signs is None else read.signs, (), said.mood and read.mood, said.address and read.address
    )
    return "; ".join(told(say, before))


def _danger(say: Tongue, danger: Danger, now: Score) -> Option:
    was_read = danger in now.grave
    return Option(f"danger-{danger}", about.grave(say, danger), was_read or danger in now.named, was_read)


def _forms(language: str) -> tuple[Address, ...]:
    return (*FORMS[language], "none") if language in FORMS else ()


def _ticked(group: str, known: Iterable[T], among: Iterable[str]) -> tuple[T, ...]:
    found = set(among)
    return tuple(each for each in known if f"{group}-{each}" in found)


def _chosen(name: str, known: Iterable[T], given: Mapping[str, str]) -> T | None:
    return next((each for each in known if each == given.get(name)), None)


def _signs(say: Tongue, signs: tuple[Sign, ...] | None) -> str:
    if signs is None:
        return ""
    return ", ".join(about.sign(say, each) for each in signs) or say.gettext("nothing to be known")


def _address(say: Tongue, address: Address | None) -> str:
    if address == "none":
        return say.gettext("no form of address")
    return about.address(say, address) if address else ""
