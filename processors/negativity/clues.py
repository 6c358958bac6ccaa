"""What the term lists say of a text, as the stack sees it: how densely it speaks of what.

Of each concept the terms that were heard, in any language, by the root of the words: a long review says something of
everything, and a short complaint of one thing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from processors.negativity.features import Features
from processors.terms import heard, shipped

_OFTEN = 8  # terms of a concept, from which on more tell nothing
_SHORT = 9  # words that are added to a text's own

Floats = NDArray[np.float64]


class Clues:
    def __init__(self, concepts: Sequence[str]) -> None:
        """Raises `ValueError` where the term lists lack one of `concepts`."""
        terms = shipped()
        if missing := set(concepts) - set(terms.concepts):
            raise ValueError(f"the term lists lack {', '.join(sorted(missing))}: train negativity again")
        place = {concept: at for at, concept in enumerate(concepts)}
        self._places = [
            tuple({place[concept] for concept, _ in means if concept in place}) for means in terms.means
        ]
        self._size = len(concepts)

    def density(self, texts: Sequence[str], features: Features) -> Floats:
        """(texts, concepts); `features`: those of `texts`."""
        said = [
            (row, place)
            for row, each in enumerate(heard(texts))
            for number, _ in each
            for place in self._places[number]
        ]
        counts = np.zeros((len(texts), self._size))
        if said:
            np.add.at(counts, tuple(zip(*said, strict=True)), 1.0)
        tokens = features.tokens
        words = np.bincount(tokens.text, tokens.words[tokens.which], minlength=len(texts))
        density: Floats = np.minimum(counts, _OFTEN) / np.sqrt(words + _SHORT)[:, None]
        return density
