"""What ties a mention to a story, strongest first: references, then addresses, then the words themselves.

The cascade is section 1 of the spread study: repost, quote, reply, conversation; canonical URL; hash of the
normalised text. The first tie that leads to a known story wins and is kept as the reason.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from earshot.hashing import hash64
from earshot.model import Mention

_TRACKS = r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|igsh|si|ref_src|ref_url|cmpid|ocid|smid)"
_TRACKING = re.compile(_TRACKS)
_TRACKING_ALONE = re.compile(rf"{_TRACKS}(?:=[^&]*)?(?:&{_TRACKS}(?:=[^&]*)?)*")
_OTHER_DOORS = ("www.", "m.", "amp.", "mobile.")  # of the same house
_AMP = re.compile(r"/amp(?=/|$)|\.amp(?=\.html?$|$)")
_IN_LANGUAGE = r"(?:it|en|es|fr|de|pt|nl|pl|ro|el|ru|uk|cs|hu|sv|da|fi|no|tr|ar|he|hi|ja|ko|zh|id|th|vi)(?:[-_][a-z]{2})?"
_LANGUAGE = re.compile(f"/{_IN_LANGUAGE}", re.IGNORECASE | re.ASCII)
_HOME = re.compile(
    rf"(?:/{_IN_LANGUAGE})?(?:/(?:index|default|home)(?:\.[a-z]{{2,5}})?)?", re.IGNORECASE | re.ASCII
)
"""Where a whole site begins, in each of its languages."""
_LONGEST_HOME = len("/en-gb/default.shtml")  # most paths are longer, and need no look
_FOR_EVERYBODY = frozenset(
    """
    about about-us aide aiuto ajuda assistance assistenza assistenza-clienti atencion-al-cliente ayuda chi-siamo contact
    contact-us contacto contactos contacts contactez-nous contato contattaci contatti cookie cookie-policy cookies
    customer-care customer-service domande-frequenti faq faqs help hilfe impressum klantenservice kontakt negozi privacy
    privacy-policy servizio-clienti soporte stores support supporto terms terms-of-service ueber-uns
    """.split()
)
"""Pages right below it that everybody is sent to, whatever it is about. Not those that a trap or a call may lead to."""
_ENDING = re.compile(r"\.(?:html?|shtml|php|aspx?|jsp)$", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://([A-Za-z0-9.-]+)(/[\w./~-]*)?(?:\?([!-\x22$-~]*))?(?:#[!-~]*)?", re.ASCII)
"""As nearly all are, and as the standard library would take them apart, in a fifth of the time."""
_BYTES = "surrogateescape"
_NOISE = re.compile(r"https?://\S+|[@#]\w+|\brt\b")
_WORD = re.compile(r"[^\W_]+")
_PLAIN_WORD = re.compile(r"[a-z0-9]+")  # the same for ASCII, in two thirds of the time
_HAVE_A_PAGE = ("article", "post")  # of their own; reviews and comments stand on that of what they are about
_LEAST_WORDS = 4  # "grazie mille" and "same here" are said by everyone about everything
_LEAST_LETTERS = 16
_REMEMBERED = 4_096  # texts and addresses that were met last: in a storm they are the same again and again
_LONGEST = 1_000  # characters of those; nobody may fill the memory with longer ones


Tie = tuple[str, int]
"""Its reason and a hash."""


def ties(mention: Mention) -> list[Tie]:
    """All that can tie it, in the order in which they are tried; the first one is its own id."""
    own = mention.id
    found = [("reference", id_hash(own))]
    if (other := mention.reposted) and other != own:
        found.append(("repost", id_hash(other)))
    if (other := mention.quoted) and other != own:
        found.append(("quote", id_hash(other)))
    if (other := mention.parent) and other != own:
        found.append(("reply", id_hash(other)))
    if (other := mention.root) and other != own:
        found.append(("thread", id_hash(other)))
    if mention.kind in _HAVE_A_PAGE:
        found += _page(mention.url)
    for url in mention.links:
        found += _page(url)
    text = f"{mention.title} {mention.text}"
    found += _words(text) if len(text) <= _LONGEST else _words.__wrapped__(text)
    return found


@lru_cache(_REMEMBERED)
def _page(url: str) -> tuple[Tie, ...]:
    canonical = canonical_url(url)
    return (("url", hash64("url", canonical)),) if canonical else ()


@lru_cache(_REMEMBERED)
def _words(text: str) -> tuple[Tie, ...]:
    words = normalised_text(text)
    return (("copy", hash64("text", words)),) if words else ()


def id_hash(native: str) -> int:
    return hash64("id", native)


def canonical_url(url: str) -> str | None:
    """The page behind a link: no scheme, no www/m/amp, no tracking, no fragment. None for a home page and what
    everybody is sent to (`/contacts`).

    >>> canonical_url("https://www.Gazzetta.example/amp/ronvia-ko/?utm_source=x#top")
    'gazzetta.example/ronvia-ko'
    """
    if plain := _PLAIN_URL.fullmatch(url):
        host, path, query = plain.groups("")
        host = host.lower()
    else:
        try:
            parts = urlsplit(url.strip())
            host, path, query = parts.hostname or "", parts.path, parts.query
        except ValueError:
            return None
        if parts.scheme not in ("http", "https"):
            return None
    host = host.removesuffix(".")
    if not host:
        return None
    if host.startswith(_OTHER_DOORS):
        for prefix in _OTHER_DOORS:
            host = host.removeprefix(prefix)
    path = (_AMP.sub("", path) if "amp" in path else path).rstrip("/")
    query = query and _telling(query)
    if not query and _is_for_everybody(path):
        return None
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def _is_for_everybody(path: str) -> bool:
    """Who links there has no more in common than the brand."""
    if len(path) <= _LONGEST_HOME and _HOME.fullmatch(path):
        return True
    folder, _, page = path.rpartition("/")
    name = (_ENDING.sub("", page) if "." in page else page).lower()
    return name in _FOR_EVERYBODY and (not folder or bool(_LANGUAGE.fullmatch(folder)))


def _telling(query: str) -> str:
    """What of it says which page is meant, in order.

    A part without `=` does, as forums name their threads so; a name without a value does not. Bytes that are no
    UTF-8 stay apart, or two words in an old encoding would be one.
    """
    if _TRACKING_ALONE.fullmatch(query.lower()):
        return ""
    pairs = parse_qsl(query, errors=_BYTES)
    pairs += [
        (unquote_plus(part, errors=_BYTES), "") for part in query.split("&") if part and "=" not in part
    ]
    telling = sorted((k, v) for k, v in pairs if k != "amp" and not _TRACKING.fullmatch(k.lower()))
    return urlencode(telling, errors=_BYTES)


def normalised_text(text: str) -> str | None:
    """The words alone, in one case; None where there are too few to mean the same thing twice."""
    plain = text.lower()
    if "rt" in plain or "@" in plain or "#" in plain or "://" in plain:
        plain = _NOISE.sub(" ", plain)
    words, count = joined_plain(plain) if plain.isascii() else _joined(_WORD.findall(plain))
    return words if count >= _LEAST_WORDS and len(words) >= _LEAST_LETTERS else None


def joined_plain_pure(plain: str) -> tuple[str, int]:
    """The words of a text of ASCII letters in lower case, with one space between them, and how many."""
    return _joined(_PLAIN_WORD.findall(plain))


try:
    from processors._plain import joined as joined_plain
except ImportError:  # there was no compiler
    joined_plain = joined_plain_pure


def _joined(words: list[str]) -> tuple[str, int]:
    return " ".join(words), len(words)
