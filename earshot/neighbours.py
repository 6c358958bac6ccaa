"""The words of a text, each with whether its capital says something, and what stands beside a name in it."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from earshot.matching import Watched, fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_ENDS = re.compile(r"[.!?…:;\n\"“”«»(|]")


class Word(NamedTuple):
    folded: str
    written: str
    begins: bool
    """A sentence: its capital says nothing."""


def words_of(text: str) -> tuple[Word, ...]:
    found: list[Word] = []
    last = 0
    for match in _WORD.finditer(text):
        gap = text[last : match.start()]
        begins = not found or bool(_SENTENCE_ENDS.search(gap))
        found.append(Word(fold(match[0]), match[0], begins))
        last = match.end()
    return tuple(found)


def content(words: Sequence[Word], brand: Watched) -> set[str]:
    """The words of a text that are no part of the name; short ones say little."""
    names = {word for name in names_of(brand) for word in name}
    return {word.folded for word in words if len(word.folded) > 3} - names


def phrases(words: Sequence[Word], brand: Watched) -> set[str]:
    """The words of a text, and what stands beside the name."""
    found = content(words, brand)
    for before, name, after in neighbours(words, brand):
        found |= {f"{before.folded} {name}"} if before else set()
        found |= {f"{name} {after.folded}"} if after else set()
    return found


def neighbours(words: Sequence[Word], brand: Watched) -> Iterator[tuple[Word | None, str, Word | None]]:
    """For each place where the name stands: the word before it, the name, the word after it."""
    folded = [word.folded for word in words]
    for name in names_of(brand):
        size = len(name)
        for at in range(len(folded) - size + 1):
            if folded[at : at + size] == list(name):
                before = None if words[at].begins else words[at - 1]
                follows = at + size < len(folded) and not words[at + size].begins
                yield before, " ".join(name), words[at + size] if follows else None


def names_of(brand: Watched) -> set[tuple[str, ...]]:
    """The terms that may be somebody else's too, as words."""
    terms = brand.any or brand.all or (brand.name,)
    return {tuple(word.folded for word in words_of(term)) for term in terms} - {()}
