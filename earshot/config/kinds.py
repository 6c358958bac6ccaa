"""Which kinds of sources and channels there are: found by entry point, imported only when one is used."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any, NamedTuple

from earshot.seams import CollectorSettings, ReceiverSettings, Settings

Loader = Callable[[], Any]
_BASES: Mapping[str, type[Settings]] = {"collectors": CollectorSettings, "receivers": ReceiverSettings}


class Kinds(NamedTuple):
    """For each kind what loads its settings class."""

    collectors: Mapping[str, Loader]
    receivers: Mapping[str, Loader]

    def of(self, section: str) -> Mapping[str, Loader] | None:
        """The kinds that may stand in a section; None where all elements are of one form."""
        known: Mapping[str, Mapping[str, Loader]] = self._asdict()
        return known.get(section)

    def load(self, section: str, kind: object) -> type[Settings]:
        """The settings class of a kind.

        Raises:
            LookupError: there is no such kind, or its class cannot be had; the message is for the operator.
        """
        known = self.of(section) or {}
        if not isinstance(kind, str) or kind not in known:
            wrong = "is required" if kind is None else f"unknown kind {kind!r}"
            raise LookupError(f"{wrong}; known: {', '.join(sorted(known))}")
        try:
            found = known[kind]()
        except (ImportError, AttributeError) as error:
            raise LookupError(f"kind {kind!r} is registered and cannot be imported: {error}") from error
        return _checked(found, kind, _BASES[section])


def base_of(section: str) -> type[Settings]:
    """What all kinds of a section have in common."""
    return _BASES[section]


def installed() -> Kinds:
    """What this installation offers: built-ins and plugins come through the same door."""
    return Kinds(_loaders("earshot.collectors"), _loaders("earshot.channels"))


def _loaders(group: str) -> dict[str, Loader]:
    return {entry.name: entry.load for entry in entry_points(group=group)}


def _checked(found: Any, kind: str, base: type[Settings]) -> type[Settings]:
    if isinstance(found, type) and issubclass(found, base):
        return found
    raise LookupError(f"kind {kind!r} is registered as {found!r}, which is no {base.__name__}")
