"""What ties a mention to a story, strongest first: references, then addresses, then the words themselves.

The cascade is section 1 of the spread study: repost, quote, reply, conversation; canonical URL; hash of the
normalised text. The first tie that leads to a known story wins and is kept as the reason.
"""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from earshot.hashing import hash64
from earshot.model import Mention

_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|igsh|si|ref_src|ref_url|cmpid|ocid|smid)$"
)
_AMP = re.compile(r"/amp(?=/|$)|\.amp(?=\.html?$|$)")
_NOISE = re.compile(r"https?://\S+|[@#]\w+|\brt\b")
_WORD = re.compile(r"[^\W_]+")
_PLAIN_WORD = re.compile(r"[a-z0-9]+")  # the same for ASCII, in two thirds of the time
_LEAST_WORDS = 4  # "grazie mille" and "same here" are said by everyone about everything
_LEAST_LETTERS = 16


class Tie(NamedTuple):
    reason: str
    hash: int


def ties(mention: Mention) -> list[Tie]:
    """All that can tie it, in the order in which they are tried; the first one is its own id."""
    found = [Tie("reference", id_hash(mention.id))]
    for reason, other in (
        ("repost", mention.reposted),
        ("quote", mention.quoted),
        ("reply", mention.parent),
        ("thread", mention.root),
    ):
        if other and other != mention.id:
            found.append(Tie(reason, id_hash(other)))
    own = [mention.url] if mention.kind == "article" else []
    for url in (*own, *mention.links):
        canonical = canonical_url(url)
        found += [Tie("url", hash64("url", canonical))] if canonical else []
    if words := normalised_text(f"{mention.title} {mention.text}"):
        found.append(Tie("copy", hash64("text", words)))
    return found


def id_hash(native: str) -> int:
    return hash64("id", native)


def canonical_url(url: str) -> str | None:
    """The page behind a link: no scheme, no www/m/amp, no tracking, no fragment. None for a home page.

    >>> canonical_url("https://www.Gazzetta.example/amp/ronvia-ko/?utm_source=x#top")
    'gazzetta.example/ronvia-ko'
    """
    try:
        parts = urlsplit(url.strip())
        host, path = (parts.hostname or "").removesuffix("."), parts.path
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    for prefix in ("www.", "m.", "amp.", "mobile."):
        host = host.removeprefix(prefix)
    path = (_AMP.sub("", path) if "amp" in path else path).rstrip("/")
    query = parts.query and urlencode(
        sorted((k, v) for k, v in parse_qsl(parts.query) if not _TRACKING.match(k.lower()) and k != "amp")
    )
    if not path and not query:
        return None
    return f"{host}{path}" + (f"?{query}" if query else "")


def normalised_text(text: str) -> str | None:
    """The words alone, in one case; None where there are too few to mean the same thing twice."""
    plain = text.lower()
    if "rt" in plain or "@" in plain or "#" in plain or "://" in plain:
        plain = _NOISE.sub(" ", plain)
    words = (_PLAIN_WORD if plain.isascii() else _WORD).findall(plain)
    joined = " ".join(words)
    return joined if len(words) >= _LEAST_WORDS and len(joined) >= _LEAST_LETTERS else None
