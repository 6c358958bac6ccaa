"""Plain reposts stand below what they pass on: they say nothing of their own, and are many. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from earshot.store.mentions import Kept


class Shared(NamedTuple):
    """A mention with the reposts of it."""

    kept: Kept
    shares: list[Kept]


def folded(said: Sequence[Kept]) -> list[Shared]:
    """Every mention once, in the same order; of reposts whose original is not among them the first leads."""
    own = {each.mention.id: each for each in said if not _is_share(each)}
    by_text = {text: each for each in reversed(own.values()) if (text := _text(each))}
    by_id = {each.mention.id: each for each in said}
    led = {each: Shared(kept, []) for each, kept in own.items()}
    shown: list[Shared] = []
    for each in said:
        original = _original(each, by_id, by_text)
        if each.mention.id in own:
            shown.append(led[each.mention.id])
        elif original in led:
            led[original].shares.append(each)
        else:
            shown.append(led.setdefault(original, Shared(each, [])))
    return shown


def _is_share(kept: Kept) -> bool:
    """One of which neither words nor original are left stands for itself."""
    return kept.mention.kind == "repost" and bool(kept.mention.reposted or _text(kept))


def _original(kept: Kept, by_id: Mapping[str, Kept], by_text: Mapping[str, Kept]) -> str:
    """Its id, through reposts of reposts; its words where no id is known."""
    seen: set[str] = set()
    while _is_share(kept) and kept.mention.id not in seen:
        seen.add(kept.mention.id)
        onwards = by_id.get(kept.mention.reposted or "") or by_text.get(_text(kept))
        if onwards is None:
            return kept.mention.reposted or _text(kept)
        kept = onwards
    return kept.mention.id


def _text(kept: Kept) -> str:
    return " ".join(f"{kept.mention.title} {kept.mention.text}".split())
