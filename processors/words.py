"""The words of a text, for linking: which they are, and how much each of them tells a brand's stories apart."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from math import log
from typing import NamedTuple
from zlib import crc32

Words = dict[int, str]
"""Each distinct word once: its hash, and the word itself to show why two texts were linked."""

_NOISE = re.compile(r"(?:https?://|www\.)\S*|@\w+")
_WORD = re.compile(r"[^\W_]{2,}")
_PLAIN_WORD = re.compile(r"([a-z0-9]{2,32})[a-z0-9]*")  # the same for ASCII, cut to `_LONGEST`
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_MOST_LETTERS = 4_000  # of a text: an article says in its first lines what it is about
_MOST_WORDS = 64
_LONGEST = 32  # letters of a word

_COMMON = frozenset(
    """
    a about after all an and are as at be been but by can could do does for from get got had has have he her his how
    if in into is it its just may me more my new no not now of on or our out over rt say says she so than that the their
    them they this to up us was we were what when who why will with would you your
    ai al alla alle allo anche che chi ci come con cosa da dai dal dalla de dei del della delle dello di dopo due e
    fa fra gli ha hai hanno ho i il io la le lo loro lui ma me mi mio nei nel nella noi non o ogni per perché più poi
    quando quello questa questo qui se senza si sia solo sono su sua sui sul sulla suo tra tu tutti tutto un una uno vi
    è
    """.split()
)
"""They tell no story from another. Weights alone see to that in time, not while a brand is young."""


def words(text: str) -> Words:
    """In the order in which they are said, at most 64; no addresses, handles, single letters, case, nor the commonest words.

    Scripts that put no space between words count pairs of signs instead.

    >>> list(words("RT @anna: Ronvia's app is DOWN https://t.example/x").values())
    ['ronvia', 'app', 'down']
    """
    plain = text[:_MOST_LETTERS].lower()
    if "@" in plain or "://" in plain or "www." in plain:
        plain = _NOISE.sub(" ", plain)
    if plain.isascii():
        return of_plain(plain)
    return _first([piece for word in _WORD.findall(plain) for piece in _pieces(word)])


def of_plain_pure(plain: str) -> Words:
    """Of a text of ASCII letters in lower case, without noise."""
    return _first(_PLAIN_WORD.findall(plain))


try:
    from processors import _plain
except ImportError:  # there was no compiler
    of_plain = of_plain_pure
else:

    def of_plain(plain: str) -> Words:
        return _plain.words(plain, _COMMON, _LONGEST, _MOST_WORDS)


def _first(found: Sequence[str]) -> Words:
    if len(found) <= _MOST_WORDS:
        return _hashed(found)
    said: Words = {}
    for at in range(0, len(found), _MOST_WORDS):
        said |= _hashed(found[at : at + _MOST_WORDS])
        if len(said) >= _MOST_WORDS:
            break
    return dict(islice(said.items(), _MOST_WORDS))


def _hashed(found: Iterable[str]) -> Words:
    """32 bits: where two of 100,000 words meet, which is one chance in two, they only count as one."""
    return {crc32(word.encode()): word for word in found if word not in _COMMON}


def _pieces(word: str) -> Iterable[str]:
    if not _UNSPACED.search(word):
        return (word[:_LONGEST],)
    return (word[at : at + 2] for at in range(len(word) - 1))


PACKED = 8
"""Bytes of a number in a list of them, which is one piece of memory: to fetch another one costs more than to copy it."""


class Use:
    """A word in use. One record a word, as finding it in memory costs more than all that is done with it."""

    __slots__ = ("count", "mentions", "stories")

    def __init__(self) -> None:
        self.count = 0
        """Live stories that use it."""
        self.mentions = b""
        """What `processors.near` finds by it: packed numbers, the oldest first."""
        self.stories = b""
        """What `processors.centroid` finds by it, likewise."""


class Weighed(NamedTuple):
    """A text's words, rarest first, what each weighs now and all together, and its record where it has one."""

    words: tuple[int, ...]
    weights: list[float]
    uses: tuple[Use | None, ...]
    whole: float


class Rarity:
    """How much a word tells: by how many of the brand's live stories use it, not by how many mentions.

    A story of a thousand mentions makes its own words no commoner, so they go on finding it; that is worth four
    points of B-cubed F1 over counting mentions (bench/quality_stories.py). Counts end with their stories.
    """

    def __init__(self) -> None:
        self.stories = 0
        self._uses: dict[int, Use] = {}

    def use(self, said: Iterable[int]) -> None:
        """A story uses these words for the first time."""
        for word in said:
            self.of(word).count += 1

    def of(self, word: int) -> Use:
        """Its record, which is kept as long as there is anything in it (`leave`)."""
        use = self._uses.get(word)
        if use is None:
            use = self._uses[word] = Use()
        return use

    def known(self, word: int) -> Use | None:
        return self._uses.get(word)

    def drop(self, said: Iterable[int]) -> None:
        """A story that used these words does so no more; what no story uses leads to none."""
        for word in said:
            use = self._uses[word]
            use.count -= 1
            if not use.count:
                use.stories = b""
                self.leave(word, use)

    def leave(self, word: int, use: Use) -> None:
        """Forget the record if there is nothing in it."""
        if not use.count and not use.mentions:
            self._uses.pop(word, None)

    def weight(self, word: int) -> float:
        use = self._uses.get(word)
        return log(1 + (self.stories + 1) / ((use.count if use else 0) + 1))

    def weigh(self, said: Iterable[int]) -> Weighed:
        known, most = self._uses.get, self.stories + 1
        found = [(use.count + 1 if (use := known(word)) else 1, word, use) for word in said]
        if not found:
            return Weighed((), [], (), 0.0)
        found.sort()  # no two words are the same, so it never comes to the records
        counts, words, uses = zip(*found, strict=True)
        weights = [log(1 + most / count) for count in counts]
        return Weighed(words, weights, uses, sum(weights))

    def total(self, said: Iterable[int]) -> float:
        """What the words weigh together."""
        uses, most = self._uses, self.stories + 1
        return sum([log(1 + most / (use.count + 1 if (use := uses.get(word)) else 1)) for word in said])

    def __len__(self) -> int:
        return sum(use.count > 0 for use in self._uses.values())


def pack(number: int) -> bytes:
    return array("q", (number,)).tobytes()


def newest(lists: Iterable[bytes], most: int, longest: int, *more: bytes) -> "array[int]":
    """The numbers of these lists, at most `most`; the list that could be cut short for it is the last one.

    To go on for the few that are left would cost more than they tell: they are of the commonest words. No list has
    more bytes than `longest`; `more` comes on top.
    """
    parts, left = [*more], most * PACKED
    for known in lists:
        if left < longest:
            parts.append(known[max(0, len(known) - left) :])
            break
        parts.append(known)
        left -= len(known)
    return array("q", b"".join(parts))


def repeated(found: "array[int]") -> dict[int, int]:
    """Those that are in it more than once: how many times more. Sorting is the fastest way to see it."""
    ordered = sorted(found)
    again = [one for one, other in pairwise(ordered) if one == other]
    times = dict.fromkeys(again, 1)
    return times if len(times) == len(again) else Counter(again)
