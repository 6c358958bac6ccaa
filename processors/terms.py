"""Words that people know and few examples teach: of danger, of the law, of leaving, of irony, and more.

Lists by concept and language, in a file that anybody can read and correct. They are clues for the models
(`processors.negativity.clues`, `processors.signs.model`), which weigh them, and the evidence that is shown beside what
is found. A text is looked through once, whoever asks.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from earshot.matching import Finder
from processors.negativity.tokens import bare

FILE = Path(__file__).parent / "models" / "terms-1.toml"


class Heard(NamedTuple):
    """A term that a text says."""

    number: int
    """Its place in `Terms.means`."""
    words: str
    """What the text says for it, folded."""


Found = Mapping[str, tuple[str, ...]]
"""Concept -> the words of the text that speak of it, in their order, each once."""


class Terms:
    def __init__(self, file: Path = FILE) -> None:
        lists = tomllib.loads(file.read_text(encoding="utf-8"))
        self.concepts = tuple(sorted(lists))
        means: dict[str, list[tuple[str, str]]] = {}
        for concept, by_language in lists.items():
            for language, terms in by_language.items():
                for term in terms:
                    means.setdefault(term, []).append((concept, language))
        self.means = tuple(map(tuple, means.values()))
        """Of each term its concepts, each with a language in which it speaks of it."""
        self._number = {term: number for number, term in enumerate(means)}
        self._languages = frozenset(language for by_language in lists.values() for language in by_language)
        self._finder = Finder(means)

    def hear(self, text: str) -> list[Heard]:
        """In any language; handles and addresses say nothing."""
        return [Heard(self._number[term], words) for term, words in self._finder.find(bare(text))]

    def found(self, heard: Iterable[Heard], language: str) -> Found:
        """A term counts in its own language; in all of them where the text's is not one of the lists'."""
        only = language if language in self._languages else None
        found: dict[str, dict[str, None]] = {}
        for number, words in heard:
            for concept, of in self.means[number]:
                if only is None or of == only:
                    found.setdefault(concept, {})[words] = None
        return {concept: tuple(words) for concept, words in found.items()}

    def languages(self, text: str) -> frozenset[str]:
        """Of the terms that it says, those in which the longest run of its words is a term."""
        said = self.hear(text)
        longest = max((len(words) for _, words in said), default=0)
        return frozenset(
            of for number, words in said if len(words) == longest for _, of in self.means[number]
        )

    def find(self, text: str, language: str) -> Found:
        return self.found(self.hear(text), language)


@cache  # never changed, so a process has one
def shipped() -> Terms:
    return Terms()


def heard(texts: Sequence[str]) -> Sequence[Sequence[Heard]]:
    """What each says of the shipped lists."""
    return _heard(tuple(texts))


@lru_cache(maxsize=1)  # two models look at the same texts, one after the other
def _heard(texts: tuple[str, ...]) -> Sequence[Sequence[Heard]]:
    return list(map(shipped().hear, texts))


def evidence(found: Found, concepts: Iterable[str], most: int) -> tuple[str, ...]:
    """The words of these concepts, at most so many; none that is a part of another."""
    words = dict.fromkeys(word for concept in concepts for word in found.get(concept, ()))
    whole = [word for word in words if not any(word != other and word in other for other in words)]
    return tuple(whole[:most])
