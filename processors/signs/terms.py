"""Words that people know and few examples teach: of danger, of the law, of leaving, and more.

Lists by concept and language, in a file that anybody can read and correct. They are clues for the model
(`processors.signs.model`), which weighs them, and the evidence that is shown beside what it finds.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from earshot.matching import Finder

FILE = Path(__file__).parents[1] / "models" / "terms-1.toml"

Found = Mapping[str, tuple[str, ...]]
"""Concept -> the words of the text that speak of it, in their order, each once."""


class Terms:
    """A term counts in its own language; in all of them where the text's is not one of the lists'."""

    def __init__(self, file: Path = FILE) -> None:
        lists = tomllib.loads(file.read_text(encoding="utf-8"))
        self.concepts = tuple(sorted(lists))
        self._of: dict[str, list[tuple[str, str]]] = {}
        for concept, by_language in lists.items():
            for language, terms in by_language.items():
                for term in terms:
                    self._of.setdefault(term, []).append((concept, language))
        self._languages = frozenset(language for by_language in lists.values() for language in by_language)
        self._finder = Finder(self._of)

    def find(self, text: str, language: str) -> Found:
        only = language if language in self._languages else None
        found: dict[str, dict[str, None]] = {}
        for term, words in self._finder.find(text):
            for concept, of in self._of[term]:
                if only is None or of == only:
                    found.setdefault(concept, {})[words] = None
        return {concept: tuple(words) for concept, words in found.items()}


def evidence(found: Found, concepts: Iterable[str], most: int) -> tuple[str, ...]:
    """The words of these concepts, at most so many; none that is a part of another."""
    words = dict.fromkeys(word for concept in concepts for word in found.get(concept, ()))
    whole = [word for word in words if not any(word != other and word in other for other in words)]
    return tuple(whole[:most])
