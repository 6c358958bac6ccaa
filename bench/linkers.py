"""What quality_stories.py compares: ours in parts, MinHash-LSH, the nearest document by TF-IDF."""

import json
import math
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import machine

from processors import centroid
from processors.likeness import Likeness
from processors.words import Words, words

PEERS = ("linking", "datasketch==2.0.0", "scikit-learn==1.9.1", "numpy>=2")
_COSINES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
_JACCARDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
_SCRIPT = Path(__file__).with_name("peers_stories.py")


class Document(NamedTuple):
    text: str
    story: str
    clock: int
    """µs."""


class Linked(NamedTuple):
    stories: list[int]
    """Of each document, as it is in the end."""
    seconds: float
    """Of CPU."""


class Contender(NamedTuple):
    """Links documents in their order, once for each threshold."""

    name: str
    """With a place for the threshold."""
    link: Callable[[Sequence[Document], Sequence[float]], list[Linked]]
    usual: tuple[float, ...] = (0.0,)
    grid: tuple[float, ...] = ()
    """What a threshold may be chosen from; none: it keeps those of the code."""


def contenders() -> tuple[list[Contender], Path | None, list[str]]:
    """All that can run here; the interpreter of the peers; and a line for each that is left out."""
    found = [Contender("ours", _once(ours)), Contender("centroid alone", _once(centroid_alone))]
    try:
        python = machine.python_with(*PEERS)
    except machine.NotInstallable as error:
        packages = ", ".join(PEERS[1:3])
        missing = f"MinHash-LSH and scikit-learn left out: {packages} cannot be installed here: {error}"
        return [*found, Contender("nearest document {}, TF-IDF", nearest, (0.4,), _COSINES)], None, [missing]
    return (
        [
            *found,
            Contender(
                "nearest document {}, scikit-learn", partial(_peer, python, "sklearn"), (0.4,), _COSINES
            ),
            Contender("MinHash-LSH {}, datasketch", partial(_peer, python, "minhash"), (0.5, 0.3), _JACCARDS),
        ],
        python,
        [],
    )


def _once(link: Callable[[Sequence[Document]], list[int]]) -> Callable[..., list[Linked]]:
    """The thresholds are the ones of the code."""

    def linked(documents: Sequence[Document], _: Sequence[float]) -> list[Linked]:
        started = process_time()
        return [Linked(link(documents), process_time() - started)]

    return linked


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


def nearest(documents: Sequence[Document], thresholds: Sequence[float]) -> list[Linked]:
    """The story of the most similar earlier document; it knows all documents' frequencies beforehand."""
    started = process_time()
    likest = _likest([words(document.text) for document in documents])
    spent, found = process_time() - started, []
    for threshold in thresholds:
        stories: list[int] = []
        for n, (other, score) in enumerate(likest):
            stories.append(stories[other] if score >= threshold else n)
        found.append(Linked(stories, spent))
    return found


def _likest(said: Sequence[Words]) -> list[tuple[int, float]]:
    """Of each the earlier one that is most like it, and the cosine."""
    frequency = Counter(word for each in said for word in each)
    postings: dict[int, list[tuple[int, float]]] = {}
    found = []
    for n, each in enumerate(said):
        vector = _unit({word: math.log(len(said) / frequency[word]) for word in each})
        scores = {0: -1.0}
        for word, weight in vector.items():
            for other, its in postings.get(word, ()):
                scores[other] = max(scores.get(other, 0.0), 0.0) + weight * its
        best = max(scores, key=lambda other: (scores[other], other))
        found.append((best, scores[best]))
        for word, weight in vector.items():
            postings.setdefault(word, []).append((n, weight))
    return found


def _peer(
    python: Path, which: str, documents: Sequence[Document], thresholds: Sequence[float]
) -> list[Linked]:
    texts = [document.text for document in documents]
    found = peer(python, which, {"texts": texts, "plain": list(map(plain, texts)), "thresholds": thresholds})
    return [Linked(**each) for each in found]


def peer(python: Path, which: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    """What bench/peers_stories.py says of `given`."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        ran = subprocess.run([python, _SCRIPT, which, file.name], check=False, capture_output=True, text=True)
    if ran.returncode:
        why = (ran.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SystemExit(f"{which} failed ({why}); take {python.parents[1]} away and start again")
    said: list[dict[str, Any]] = json.loads(ran.stdout)
    return said


def plain(text: str) -> str:
    """The words that ours reads, for MinHash to cut into shingles."""
    return " ".join(words(text).values())


def _unit(vector: dict[int, float]) -> dict[int, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()} if length else vector
