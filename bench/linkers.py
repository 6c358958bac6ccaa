"""What quality_stories.py and speed_linking.py compare: ours in parts, MinHash-LSH, nearest document by TF-IDF."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from processors import centroid
from processors.likeness import Likeness
from processors.words import Words, words

_SHINGLE = 4
_PERMUTATIONS = 128
_NEAREST = 0.4  # cosine from which the nearest document's story is taken


class Document(NamedTuple):
    text: str
    story: str
    clock: int
    """µs."""


class Linker(Protocol):
    """Links documents in their order; the story of each, as it is in the end."""

    def __call__(self, documents: Sequence[Document]) -> list[int]: ...


def ours(documents: Sequence[Document]) -> list[int]:
    return _ours(documents, sweep=True, near=True)


def centroid_alone(documents: Sequence[Document]) -> list[int]:
    """Neither near-duplicates nor joins."""
    return _ours(documents, sweep=False, near=False)


def _ours(documents: Sequence[Document], *, sweep: bool, near: bool) -> list[int]:
    likeness, stories, joined = Likeness(), list[int](), dict[int, int]()
    for n, document in enumerate(documents, 1):
        said = words(document.text)
        found = likeness.find(said, document.clock) if near else _about(likeness, said)
        stories.append(found.story if found else n)
        likeness.add(n, stories[-1], said, document.clock)
        if sweep:
            joined.update({pair.joined: pair.kept for pair in likeness.sweep(n)})
    return [_resolve(story, joined) for story in stories]


def _about(likeness: Likeness, said: Words) -> centroid.Nearest | None:
    return likeness._centroids.find(likeness.rarity.weigh(said), likeness._hour)  # noqa: SLF001


def _resolve(story: int, joined: dict[int, int]) -> int:
    while story in joined:
        story = joined[story]
    return story


def minhash(threshold: float) -> Linker:
    """datasketch's MinHash-LSH over shingles of four letters, 128 permutations. Raises `ImportError`."""
    from datasketch import MinHashLSH

    def link(documents: Sequence[Document]) -> list[int]:
        index, stories = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS), list[int]()
        for n, document in enumerate(documents):
            sketch = sketched(document.text)
            known = index.query(sketch)
            stories.append(stories[min(known)] if known else n)
            index.insert(n, sketch)
        return stories

    return link


def sketched(text: str) -> object:
    from datasketch import MinHash

    plain = " ".join(words(text).values())
    shingles = {plain[at : at + _SHINGLE].encode() for at in range(max(1, len(plain) - _SHINGLE + 1))}
    sketch = MinHash(num_perm=_PERMUTATIONS)
    sketch.update_batch(sorted(shingles))
    return sketch


def nearest_document(documents: Sequence[Document]) -> list[int]:
    """The story of the most similar earlier document; it knows all documents' frequencies beforehand."""
    said = [words(document.text) for document in documents]
    frequency = Counter(word for each in said for word in each)
    postings: dict[int, list[tuple[int, float]]] = {}
    stories: list[int] = []
    for n, each in enumerate(said):
        vector = _unit({word: math.log(len(said) / frequency[word]) for word in each})
        scores: dict[int, float] = {}
        for word, weight in vector.items():
            for other, its in postings.get(word, ()):
                scores[other] = scores.get(other, 0.0) + weight * its
        best = max(scores, key=lambda other: (scores[other], other), default=None)
        stories.append(stories[best] if best is not None and scores[best] >= _NEAREST else n)
        for word, weight in vector.items():
            postings.setdefault(word, []).append((n, weight))
    return stories


def nearest_sklearn() -> Linker:
    """The same by scikit-learn's TfidfVectorizer, brute force. Raises `ImportError`."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    def link(documents: Sequence[Document]) -> list[int]:
        matrix = TfidfVectorizer(stop_words="english").fit_transform(
            [document.text for document in documents]
        )
        stories: list[int] = []
        for n in range(len(documents)):
            scores = (matrix[:n] @ matrix[n].T).toarray().ravel() if n else np.zeros(1)
            best = int(scores.argmax())
            stories.append(stories[best] if n and scores[best] >= _NEAREST else n)
        return stories

    return link


def contenders() -> tuple[dict[str, Linker], list[str]]:
    """By name; and a line for each that is not installed here."""
    found: dict[str, Linker] = {"ours": ours, "centroid alone": centroid_alone}
    missing = []
    optional: dict[str, Callable[[], Linker]] = {
        "nearest document, scikit-learn": nearest_sklearn,
        "MinHash-LSH .5, datasketch": lambda: minhash(0.5),
        "MinHash-LSH .3, datasketch": lambda: minhash(0.3),
    }
    for name, build in optional.items():
        try:
            found[name] = build()
        except ImportError as error:
            missing.append(f"{name}: left out, {error.name} is not installed")
    if "nearest document, scikit-learn" not in found:
        found["nearest document, TF-IDF"] = nearest_document
    return found, missing


def _unit(vector: dict[int, float]) -> dict[int, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()} if length else vector
