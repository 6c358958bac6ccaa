"""What is counted in a text: words, neighbours, words after a "not", and the letters that words are made of.

Everything is a hash of 64 bits, of which a table takes as many as it has rows: the "hashing trick" (Weinberger
et al., ICML 2009). Features belong to tokens, and what is inside a token is worked out once for all its copies.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors.negativity.tokens import Flags, Hashes, Ints, Tokens, mixed, tokenize

GRAMS = (3, 4, 5)
"""Lengths of the pieces of words; the blank around a word counts as a letter."""
_REACH = 3  # words after a negator that it may turn round
_BASE = np.uint64(0x100000001B3)
_NEGATED = np.uint64(0x5BD1E995)
_NEGATORS = """
not no never without nothing nobody none neither nor cannot cant can't dont don't doesn't doesnt didn't didnt isn't
isnt wasn't wasnt aren't won't wont wouldn't couldn't shouldn't ain't hardly
non mai senza niente nulla nessuno nessuna nessun né neanche nemmeno neppure
no nunca sin nada nadie ningún ninguna ninguno ni tampoco jamás
ne pas jamais sans rien personne aucun aucune ni plus
nicht kein keine keinen keiner keinem nie niemals ohne nichts
não nao nunca sem nada ninguém nenhum nenhuma nem
""".split()


class Bag(NamedTuple):
    """Features, and what each belongs to: those of `owners[i]` are `hashes[starts[i]:starts[i + 1]]`."""

    hashes: Hashes
    starts: Ints
    owners: Ints


class Features(NamedTuple):
    """Those of the distinct tokens, and those that depend on where a token stands."""

    tokens: Tokens
    around: tuple[Bag, ...]
    """Owned by the tokens in their order."""

    @property
    def inside(self) -> tuple[Bag, ...]:
        """Owned by the distinct tokens."""
        return self.inside_of(np.arange(len(self.tokens.hashes)))

    def inside_of(self, distinct: Ints) -> tuple[Bag, ...]:
        """Owned by those of the distinct tokens that are named, in that order."""
        words = Bag(self.tokens.hashes[distinct], *_each(np.arange(len(distinct))))
        return (words, *(_grams(self.tokens, distinct, length) for length in GRAMS))

    @property
    def counts(self) -> Ints:
        """(tokens,) how many features each token has."""
        counts = np.ones(len(self.tokens.hashes), np.int64)
        for length in GRAMS:
            counts += _places(self.tokens.lengths, length)
        counts = counts[self.tokens.which]
        for bag in self.around:
            counts[bag.owners] += 1
        return counts


def extract(texts: Sequence[str]) -> Features:
    return _extracted(tuple(texts))


@lru_cache(maxsize=1)  # two models look at the same texts, one after the other
def _extracted(texts: tuple[str, ...]) -> Features:
    tokens = tokenize(texts)
    return Features(tokens, (_pairs(tokens), _negated(tokens)))


def summed(table: NDArray[np.int8], bags: Sequence[Bag], owners: int) -> NDArray[np.int32]:
    """For each owner the sum of its features' rows in `table`, whose length is a power of two."""
    mask = np.uint64(len(table) - 1)
    sums = np.zeros((owners, table.shape[1]), np.int32)
    for bag in bags:
        rows = table.take((bag.hashes & mask).astype(np.intp), axis=0)  # faster than table[…]
        if len(bag.owners) < len(rows):
            sums[bag.owners] += np.add.reduceat(rows, bag.starts, axis=0, dtype=np.int32)
        else:
            sums[bag.owners] += rows
    return sums


def _each(owners: Ints) -> tuple[Ints, Ints]:
    """One feature an owner."""
    return np.arange(len(owners)), owners


def _places(lengths: Ints, length: int) -> Ints:
    """How many pieces of `length` letters a token has, the blanks around it being letters of it."""
    places: Ints = np.maximum(lengths + 3 - length, 0)
    return places


def _grams(tokens: Tokens, distinct: Ints, length: int) -> Bag:
    """The pieces of `length` letters of these distinct tokens and the blanks around them."""
    counts = _places(tokens.lengths[distinct], length)
    owners = np.flatnonzero(counts)
    counts = counts[owners]
    ends = np.cumsum(counts)
    starts = ends - counts
    first = (np.cumsum(tokens.lengths + 1) - tokens.lengths - 1)[distinct[owners]]
    places = np.repeat(first - starts, counts) + np.arange(int(counts.sum()))
    rolling = np.full(len(places), length, np.uint64)
    for offset in range(length):
        rolling = rolling * _BASE + tokens.letters[places + offset]
    return Bag(mixed(rolling), starts, owners)


def _pairs(tokens: Tokens) -> Bag:
    """Each token with the one before it in its text."""
    hashes = tokens.hashes[tokens.which]
    second = np.flatnonzero(tokens.text[1:] == tokens.text[:-1]) + 1
    return Bag(mixed(hashes[second - 1] * _BASE + hashes[second] + np.uint64(7)), *_each(second))


def _negated(tokens: Tokens) -> Bag:
    """The words that a negator before them may turn round; a symbol ends its reach."""
    negator, word = np.isin(tokens.hashes, _NEGATOR_HASHES)[tokens.which], tokens.words[tokens.which]
    reached, front = np.zeros(len(word), np.bool_), negator
    for _ in range(_REACH):
        front = _shifted(front, tokens.text) & word
        reached |= front
    where = np.flatnonzero(reached)
    return Bag(mixed(tokens.hashes[tokens.which[where]] + _NEGATED), *_each(where))


def _shifted(flags: Flags, text: Ints) -> Flags:
    """Each token's flag is that of the token before it in its text."""
    shifted = np.zeros(len(flags), np.bool_)
    shifted[1:] = flags[:-1] & (text[1:] == text[:-1])
    return shifted


_NEGATOR_HASHES = tokenize(_NEGATORS).hashes
