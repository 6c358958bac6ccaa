"""Which brands a text concerns: all terms of all brands found in one pass (Aho-Corasick).

What counts as a hit:

- Case, accents and typography are folded on both sides: `CAFFÈ` is `caffe`, `Straße` is `strasse`, `Coca‑Cola`
  is `coca-cola`, `Ronvia® Plus` is `ronvia plus`. Any white space is one blank.
- A term is whole: no letter, digit or underscore touches it. Scripts written without spaces (Chinese, Japanese,
  Thai, …) and Korean, which writes its particles onto the word, need no gap on that side.
- `ronvia` hits in `#ronvia`, `@ronvia`, `info@ronvia.it` and `https://ronvia.it/x`: they all speak of it. It does
  not hit in `@ronvia_aiuta`, which is another word. `#ronvia` and `@ronvia` hit only the hashtag and the handle.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import ahocorasick

from earshot.accounts import account
from earshot.errors import ConfigError

_REMEMBERED = 20_000  # characters; more than any language uses, and a bound on what a hostile text can fill

_ALIKE = str.maketrans(
    # Signs that cling to a brand's name; compatibility forms would make letters of them ("ronviatm").
    dict.fromkeys("™℠®©℗", " ")
    | dict.fromkeys("‘’ʼʹ´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    # Letters with a stroke or a bond, which Unicode does not take apart but people do.
    | {"ı": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe"}
)

_UNSPACED = re.compile(
    "["
    "\u0e00-\u0fff"  # Thai, Lao, Tibetan
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u3005-\u3007\u3040-\u31ff"  # kana, bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
    "]"
)


class Watched(Protocol):
    """What a brand's configuration says about its terms; `earshot.config.Brand` fits.

    A text concerns the brand when one of `any` or `accounts` hits (or `any` is empty and `all` is not), every
    one of `all` does, and none of `none`. Without `any`, `all` and `accounts`, the brand's name is its term.
    """

    @property
    def name(self) -> str: ...
    @property
    def any(self) -> tuple[str, ...]: ...
    @property
    def all(self) -> tuple[str, ...]: ...
    @property
    def none(self) -> tuple[str, ...]: ...
    @property
    def accounts(self) -> tuple[str, ...]: ...


def fold(text: str) -> str:
    """The form in which texts and terms are compared; folding twice changes nothing more."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Composed again, so that a Hangul letter is not found inside a syllable, nor カ inside ガ.
    return unicodedata.normalize("NFC", " ".join(text.translate(_FOLDS).split()))


class Place(NamedTuple):
    """The characters `start` to `end` of a text."""

    start: int
    end: int


def places(text: str, words: Iterable[str]) -> dict[str, list[Place]]:
    """Where a text says folded words as `Finder` finds them, by word in their order; those that it does not say are left out."""
    folded, written = _traced(text)
    found = {word: list(_said(folded, written, word)) for word in words if word}
    return {word: at for word, at in found.items() if at}


def _traced(text: str) -> tuple[str, list[int]]:
    """The folded text, its marks apart from their letters, and where each character was written; then its end."""
    folded: list[str] = []
    written: list[int] = []
    for at, char in enumerate(text):
        for part in unicodedata.normalize("NFD", " " if char.isspace() else _FOLDS[ord(char)]):
            if not part.isspace():
                folded.append(part)
                written.append(at)
            elif folded and folded[-1] != " ":
                folded.append(" ")
                written.append(at)
    return "".join(folded), [*written, len(text)]


def _said(folded: str, written: Sequence[int], word: str) -> Iterator[Place]:
    apart = unicodedata.normalize("NFD", word)
    start = folded.find(apart)
    while start >= 0:
        end = start + len(apart)
        if _whole(folded, start, end) or (_begins(folded, start) and not _ending(folded, end)):
            yield Place(written[start], max(written[end - 1] + 1, written[end]))
        start = folded.find(apart, end)


class Matcher:
    """The terms of all brands in one automaton; safe to use from several threads."""

    def __init__(self, brands: Sequence[Watched]) -> None:
        """Raises `ConfigError` for terms of which nothing is left to look for."""
        self._rules = tuple(_rule(brand) for brand in brands)
        self._led: dict[str, list[int]] = {}
        for number, rule in enumerate(self._rules):
            for term in rule.wanted | rule.every:
                self._led.setdefault(term, []).append(number)
        self._never = {rule.name: rule.never for rule in self._rules}
        self._automaton = _automaton(rule.terms for rule in self._rules)

    def match(self, text: str) -> tuple[str, ...]:
        """The names of the brands that the text concerns, in the order of the configuration."""
        hits = set(self._hits(fold(text)))
        if not hits:
            return ()
        hit = sorted({number for term in hits for number in self._led.get(term, ())})
        return tuple(self._rules[number].name for number in hit if self._rules[number].concerned(hits))

    def admitted(self, names: Iterable[str], text: str) -> list[str]:
        """Those of some brands none of whose forbidden terms hits."""
        hits = set(self._hits(fold(text)))
        return [name for name in names if self._never[name].isdisjoint(hits)]

    def _hits(self, folded: str) -> Iterator[str]:
        for last, term in self._automaton.iter(folded):
            if _whole(folded, last + 1 - len(term), last + 1):
                yield term


class Hit(NamedTuple):
    """A term, and the words of the folded text that it stands for."""

    term: str
    words: str


class Finder:
    """Whole terms wherever a text says them; one that ends in * stands for any ending of its last word."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms: dict[str, list[tuple[str, bool]]] = {}
        for term in terms:
            self._terms.setdefault(fold(term.removesuffix("*")), []).append((term, term.endswith("*")))
        self._automaton = _automaton([frozenset(self._terms)])

    def find(self, text: str) -> Iterator[Hit]:
        folded = fold(text)
        for last, known in self._automaton.iter(folded):
            start, end = last + 1 - len(known), last + 1
            if start and (before := folded[start - 1]) != " " and _joined(before, folded[start]):
                continue
            rest = 0 if _whole(folded, start, end) else _ending(folded, end)
            for term, any_ending in self._terms[known]:
                if any_ending or not rest:
                    yield Hit(term, folded[start : end + rest])


def _ending(text: str, at: int) -> int:
    """How many characters of the word are left."""
    end = at
    while end < len(text) and (text[end].isalnum() or _is_mark(text[end])):
        end += 1
    return end - at


class _Rule(NamedTuple):
    """One brand's terms, folded."""

    name: str
    wanted: frozenset[str]
    every: frozenset[str]
    never: frozenset[str]

    @property
    def terms(self) -> frozenset[str]:
        return self.wanted | self.every | self.never

    def concerned(self, hits: set[str]) -> bool:
        return (
            (not self.wanted or not self.wanted.isdisjoint(hits))
            and self.every <= hits
            and self.never.isdisjoint(hits)
        )


def _rule(brand: Watched) -> _Rule:
    return _Rule(
        brand.name, _folded(brand, _wanted(brand)), _folded(brand, brand.all), _folded(brand, brand.none)
    )


def _wanted(brand: Watched) -> tuple[str, ...]:
    if brand.all and not brand.any:
        return ()
    handles = ("@" + fold(account(written).handle).removeprefix("@") for written in brand.accounts)
    return (*brand.any, *handles) or (brand.name,)


def _folded(brand: Watched, terms: Iterable[str]) -> frozenset[str]:
    folded = {term: fold(term) for term in terms}
    empty = [term for term, form in folded.items() if not form.strip("@#")]
    if empty:
        raise ConfigError(
            [f"brand {brand.name}: the term {term!r} has nothing to look for: take it out" for term in empty]
        )
    return frozenset(folded.values())


def _automaton(rules: Iterable[frozenset[str]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for term in frozenset[str]().union(*rules) or {"\0"}:  # an automaton of nothing cannot be asked
        automaton.add_word(term, term)
    automaton.make_automaton()
    return automaton


def _whole(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is not part of a longer word."""
    if not _begins(text, start):
        return False
    return end == len(text) or not (_is_mark(text[end]) or _joined(text[end], text[end - 1]))


def _begins(text: str, start: int) -> bool:
    return start == 0 or not _joined(text[start - 1], text[start])


@lru_cache(maxsize=4096)
def _joined(beside: str, edge: str) -> bool:
    """Whether the character beside a term's first or last one makes it part of a longer word."""
    is_word = beside.isalnum() or beside == "_" or _is_mark(beside)
    return is_word and not _UNSPACED.match(beside) and not _UNSPACED.match(edge)


def _is_mark(char: str) -> bool:
    """Vowel signs and the like: part of the letter before them in any script."""
    return unicodedata.category(char) in {"Mn", "Mc"}


class _Folds(dict[int, str]):
    """Code point → what it is compared as; worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


def _fold_char(char: str) -> str:
    folded, before = char, ""
    while folded != before:  # a folded form may fold again: Ø, ø, o
        before = folded
        apart = unicodedata.normalize("NFKD", folded.translate(_ALIKE)).casefold()
        folded = "".join(part for part in apart if not _is_silent(part))
    return unicodedata.normalize("NFC", folded)


def _is_silent(char: str) -> bool:
    """Accents, optional vowel points and invisible signs.

    By combining class, since not every mark is an accent: voicing marks, nuktas, viramas and tone marks make
    other words in Japanese, Hindi and Thai.
    """
    mark = unicodedata.combining(char)
    return (
        mark >= 200
        or 10 <= mark <= 36
        or mark == 1
        or unicodedata.category(char) == "Cf"
        or "\ufe00" <= char <= "\ufe0f"  # how an emoji is drawn
    )


_FOLDS = _Folds()
