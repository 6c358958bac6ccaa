"""What a feed showed last time: enough to publish only what is new or changed, and no more than it shows."""

import hashlib
from collections.abc import Sequence

import msgspec
from msgspec import Struct, structs

from collectors.feeds.items import Item


class Validators(Struct, frozen=True, omit_defaults=True):
    """How to ask whether it has changed since."""

    address: str = ""
    """Hash of where they come from."""
    etag: str = ""
    modified: str = ""


class Seen(Struct, frozen=True, omit_defaults=True):
    """Kept as the feed's cursor, once its items have been heard."""

    validators: Validators = Validators()
    items: dict[str, str] = {}
    """Hash of the id -> hash of the words."""

    def news(self, items: Sequence[Item]) -> list[tuple[Item, bool]]:
        """The items that are new, or changed (then True)."""
        known = [(item, self.items.get(short(item.id))) for item in items]
        return [(item, digest is not None) for item, digest in known if digest != item.digest]

    def after(self, items: Sequence[Item], validators: Validators) -> "Seen":
        """Once these are heard; a feed that comes empty for once has not forgotten."""
        shown = {short(item.id): item.digest for item in items}
        return structs.replace(self, validators=validators, items=shown or self.items)

    def encode(self) -> str:
        return msgspec.json.encode(self).decode()


def decode(cursor: str | None) -> Seen:
    """A cursor that cannot be read costs a repeat, which the ledger knows."""
    try:
        return msgspec.json.decode(cursor or "{}", type=Seen)
    except msgspec.DecodeError:
        return Seen()


def short(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()
