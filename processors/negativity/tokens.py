"""Texts as tokens, for a whole batch at once: one buffer of code points, no Python loop over what is in a text.

What does not carry an opinion is made alike first: every address is one sign and every handle another, letters
are lower case, digits are 0, the sign of three dots is three dots, and a letter that is repeated is repeated once.
Then a run of letters, digits, marks and apostrophes is a token, and so is a run of one symbol. A character of
Chinese, Japanese and Korean is a token by itself: words are not told apart by blanks there, or carry their particles
with them. (In Thai a run is long.)
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]

LONGEST = 4_000  # characters that are read of a text; what it thinks, it has said by then
_URL, _HANDLE = "\ue001", "\ue002"
_SPACE, _WORD, _SYMBOL = 0, 1, 2
_LONE = (
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
)  # kana, Han, Hangul: each a token
_NEWLINE, _BLANK, _ZERO = 10, 32, 48
_BASE = 0x9E3779B97F4A7C15  # odd, so that its powers never vanish modulo 2^64

TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")  # of HTML, where a source left them in
ADDRESSES = re.compile(r"https?:\S*|\bwww\.\S+|\bhttp\b", re.IGNORECASE)
HANDLES = re.compile(r"@\w+(?:@[\w-]+(?:\.[\w-]+)+)*")


def _kinds() -> NDArray[np.uint8]:
    """The kind of each character up to U+1FFFF, by its Unicode category; beyond, all are letters."""
    kinds = np.full(0x20001, _WORD, np.uint8)
    of = {"L": _WORD, "N": _WORD, "M": _WORD, "P": _SYMBOL, "S": _SYMBOL, "Z": _SPACE, "C": _SPACE}
    kinds[:-1] = [of[unicodedata.category(chr(code))[0]] for code in range(0x20000)]
    kinds[[ord("_"), ord("'")]] = _WORD
    kinds[[ord(_URL), ord(_HANDLE)]] = _SYMBOL
    kinds[0x1F3FB:0x1F400] = _SPACE  # the tones of skin
    kinds[[0x200D, 0xFE0E, 0xFE0F]] = _SPACE  # what glues and varies emoji
    return kinds


_KINDS = _kinds()
with np.errstate(over="ignore"):
    _POWERS = np.cumprod(np.append(np.uint64(1), np.full(4 * LONGEST, _BASE, np.uint64)), dtype=np.uint64)


class Tokens(NamedTuple):
    """The tokens of `texts` texts, in order, as references to the distinct ones among them."""

    texts: int
    text: Ints
    """(t,) the text of each token, ascending."""
    which: Ints
    """(t,) the distinct token that it is."""
    hashes: Hashes
    """(d,) what tells the distinct tokens apart."""
    words: Flags
    """(d,) whether it is a word; else it is a symbol."""
    lengths: Ints
    """(d,) characters of each."""
    letters: NDArray[np.uint32]
    """The distinct tokens one after the other, a blank before, between and after them."""


def bare(text: str) -> str:
    """The text as a person wrote it, but for addresses and handles: they carry no opinion, and copies differ in them."""
    text = without_addresses(text, "http")
    return HANDLES.sub("@user", text) if "@" in text else text


def without_addresses(text: str, sign: str) -> str:
    """`sign` in their place. Most texts have none, and to see that takes a fifth of the pattern's time."""
    lower = text.lower()
    return ADDRESSES.sub(sign, text) if "http" in lower or "www." in lower else text


def tokenize(texts: Sequence[str]) -> Tokens:
    lines = _made_alike("".join([_line(text) for text in texts]))
    codes = np.frombuffer(lines.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes, kinds = _without_repeats(codes, _KINDS[np.minimum(codes, 0x20000)])
    begin = _begins(codes, kinds)
    places = np.flatnonzero(kinds != _SPACE)
    starts = np.flatnonzero(begin[places])
    lengths = np.diff(np.append(starts, len(places)))
    line = np.cumsum(codes == _NEWLINE)
    letters = codes[places]
    distinct, first, which = np.unique(
        _hash(letters, starts, lengths), return_index=True, return_inverse=True
    )
    return Tokens(
        texts=len(texts),
        text=line[places[starts]],
        which=which,
        hashes=distinct,
        words=kinds[places[starts[first]]] == _WORD,
        lengths=lengths[first],
        letters=_apart(letters, starts[first], lengths[first]),
    )


def _line(text: str) -> str:
    """One text on one line; what it says in HTML's own signs is read as it was meant."""
    text = text[:LONGEST]
    if "<" in text:
        text = TAGS.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    return without_addresses(text.replace("\n", " "), f" {_URL} ") + "\n"


def _made_alike(lines: str) -> str:
    """No pattern here reaches over the end of a line."""
    if "@" in lines:
        lines = HANDLES.sub(f" {_HANDLE} ", lines)
    return alike(lines)


def alike(text: str) -> str:
    """As it is read, however it was typed."""
    return unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("…", "...")


def _without_repeats(
    codes: NDArray[np.uint32], kinds: NDArray[np.uint8]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """A run of digits becomes one 0, and a letter stands at most twice in a row."""
    digit = (codes >= _ZERO) & (codes < _ZERO + 10)
    codes = np.where(digit, np.uint32(_ZERO), codes)
    again = np.zeros(len(codes), np.bool_)
    again[1:] = (codes[1:] == codes[:-1]) & (kinds[1:] == _WORD)
    third = again & digit
    third[2:] |= again[2:] & again[1:-1]
    return codes[~third], kinds[~third]


def _begins(codes: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> Flags:
    """Where the kind changes, one symbol follows another, or a character stands alone."""
    begin = np.ones(len(codes), np.bool_)
    begin[1:] = (kinds[1:] != kinds[:-1]) | ((kinds[1:] == _SYMBOL) & (codes[1:] != codes[:-1]))
    if codes.max(initial=0) >= _LONE[0][0]:
        lone = np.logical_or.reduce([(codes >= first) & (codes <= last) for first, last in _LONE])
        begin |= lone
        begin[1:] |= lone[:-1]
    return begin


def _hash(letters: NDArray[np.uint32], starts: Ints, lengths: Ints) -> Hashes:
    """The polynomial hash of each token, modulo 2^64."""
    if not len(starts):
        return np.zeros(0, np.uint64)
    within = np.arange(len(letters)) - np.repeat(starts, lengths)
    powers = _POWERS[np.minimum(within, len(_POWERS) - 1)]
    return mixed(np.add.reduceat(letters.astype(np.uint64) * powers, starts))


def _apart(letters: NDArray[np.uint32], starts: Ints, lengths: Ints) -> NDArray[np.uint32]:
    """The tokens that start there, with blanks between them."""
    ends = np.cumsum(lengths)
    order = np.arange(len(lengths))
    within = np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)
    apart = np.full(len(within) + len(lengths) + 1, _BLANK, np.uint32)
    apart[np.repeat(ends - lengths + order + 1, lengths) + within] = letters[
        np.repeat(starts, lengths) + within
    ]
    return apart


def mixed(hashes: Hashes) -> Hashes:
    """Each bit of the input changes each bit of the output (the finaliser of MurmurHash3, Appleby)."""
    hashes = hashes ^ (hashes >> np.uint64(33))
    hashes = hashes * np.uint64(0xFF51AFD7ED558CCD)
    hashes ^= hashes >> np.uint64(33)
    hashes *= np.uint64(0xC4CEB9FE1A85EC53)
    return hashes ^ (hashes >> np.uint64(33))
