"""Which part of edited copies of a text finds its original: ours beside MinHash-LSH, for quality_stories.py."""

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import NamedTuple

from linkers import Document, peer, plain

from processors.near import Near
from processors.words import Rarity, words

_EDITED = 500


def edits(text: str, draw: random.Random, vocabulary: Sequence[str]) -> dict[str, str]:
    """The same text as people pass it on."""
    said = text.split()

    def replaced(count: int) -> list[str]:
        at = set(draw.sample(range(len(said)), count))
        return [draw.choice(vocabulary) if n in at else word for n, word in enumerate(said)]

    return {
        "RT and URL": f"RT @someone: {text} https://t.example/{draw.randrange(10**6)}",
        "cut at 70 %": text[: int(len(text) * 0.7)],
        "one word": " ".join(replaced(1)),
        "two words and a tag": " ".join([*replaced(2), f"#{draw.choice(vocabulary)}"]),
        "three typos": _typos(text, draw),
        "comment of six words": " ".join([*draw.choices(vocabulary, k=6), text]),
    }


def _typos(text: str, draw: random.Random) -> str:
    letters = list(text)
    for at in draw.sample(range(len(letters) - 1), 3):
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def near_duplicates(documents: Sequence[Document], python: Path | None) -> dict[str, dict[str, float]]:
    """Share of edits that find their original or a text of its story, by kind; `us`: µs a query."""
    draw = random.Random(5)
    stories = {document.text: document.story for document in documents}
    texts = sorted(stories)
    vocabulary = sorted({word for text in texts for word in re.findall(r"\w{4,}", text)})
    usable = [text for text in texts if vocabulary and len(text.split()) >= 6]
    cases = [(text, edits(text, draw, vocabulary)) for text in draw.sample(usable, min(_EDITED, len(usable)))]
    queries = [text for _, edited in cases for text in edited.values()]
    if not queries:
        return {}
    finders = {"ours": _near(texts, queries)}
    if python:
        finders["MinHash-LSH 0.5, datasketch"] = _minhash(python, texts, queries)
    return {who: _recall(found, stories, cases) for who, found in finders.items()}


class _Finds(NamedTuple):
    texts: list[str | None]
    """What each query found."""
    seconds: float


def _recall(
    found: _Finds, stories: Mapping[str, str], cases: Sequence[tuple[str, dict[str, str]]]
) -> dict[str, float]:
    hits: Counter[str] = Counter()
    others = iter(found.texts)
    for original, edited in cases:
        for kind in edited:
            other = next(others)
            hits[kind] += other is not None and stories[other] == stories[original]
    spent = 1e6 * found.seconds / len(found.texts)
    return {kind: hits[kind] / len(cases) for kind in cases[0][1]} | {"us": spent}


def _near(texts: Sequence[str], queries: Sequence[str]) -> _Finds:
    find = _index(texts)
    started = process_time()
    found = [find(text) for text in queries]
    return _Finds(found, process_time() - started)


def _index(texts: Sequence[str]) -> Callable[[str], str | None]:
    rarity = Rarity()
    near = Near(rarity)
    for text in texts:
        rarity.stories += 1
        rarity.use(words(text))
    for n, text in enumerate(texts):
        near.add(n, n, rarity.weigh(words(text)), 0)

    def find(text: str) -> str | None:
        twin = near.find(rarity.weigh(words(text)))
        return texts[twin.n] if twin else None

    return find


def _minhash(python: Path, texts: Sequence[str], queries: Sequence[str]) -> _Finds:
    given = {"plain": list(map(plain, texts)), "queries": list(map(plain, queries)), "thresholds": [0.5]}
    (said,) = peer(python, "near", given)
    return _Finds([None if n is None else texts[n] for n in said["found"]], said["seconds"])
