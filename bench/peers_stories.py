"""The peers of quality_stories.py, in an environment of their own: reads texts from a JSON file.

    python bench/peers_stories.py minhash|sklearn|near FILE

FILE holds `texts`, `plain` (their words, as ours reads them) and `thresholds`; for near also `queries` (plain).
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Any

_SHINGLE = 4
_PERMUTATIONS = 128


def main() -> None:
    which, path = sys.argv[1:]
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    print(json.dumps(list({"minhash": minhash, "sklearn": sklearn, "near": near}[which](given))))


def minhash(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """MinHash-LSH: the oldest story that one of the documents found belongs to."""
    from datasketch import MinHashLSH

    started = process_time()
    sketches = [_sketched(plain) for plain in given["plain"]]
    spent = process_time() - started
    for threshold in given["thresholds"]:
        started = process_time()
        index, stories = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS), list[int]()
        for n, sketch in enumerate(sketches):
            known = index.query(sketch)
            stories.append(stories[min(known)] if known else n)
            index.insert(n, sketch)
        yield {"stories": stories, "seconds": spent + process_time() - started}


def sklearn(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The story of the most similar earlier document, by TfidfVectorizer's cosine, brute force."""
    import sklearn.feature_extraction.text  # noqa: F401 - no part of what is timed

    started = process_time()
    nearest = _nearest(given["texts"])
    spent = process_time() - started
    for threshold in given["thresholds"]:
        stories: list[int] = []
        for n, (other, score) in enumerate(nearest):
            stories.append(stories[other] if score >= threshold else n)
        yield {"stories": stories, "seconds": spent}


def _nearest(texts: Sequence[str]) -> list[tuple[int, float]]:
    """Of each text the earlier one that is most like it, and how much."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        matrix = TfidfVectorizer(stop_words="english").fit_transform(texts)
    except ValueError:  # they hold nothing but its stop words
        return [(0, -1.0)] * len(texts)
    found = [(0, -1.0)]
    for n in range(1, len(texts)):
        scores = (matrix[:n] @ matrix[n].T).toarray().ravel()
        found.append((int(scores.argmax()), float(scores.max())))
    return found


def near(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Which text each query finds: of those that LSH names the one with the likest sketch."""
    from datasketch import MinHashLSH

    for threshold in given["thresholds"]:
        index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        sketches = [_sketched(plain) for plain in given["plain"]]
        for n, sketch in enumerate(sketches):
            index.insert(n, sketch)
        found, started = list[int | None](), process_time()
        for query in map(_sketched, given["queries"]):
            likeness = {n: query.jaccard(sketches[n]) for n in index.query(query)}
            found.append(max(likeness, key=lambda n: (likeness[n], n), default=None))
        yield {"found": found, "seconds": process_time() - started}


def _sketched(plain: str) -> Any:
    from datasketch import MinHash

    shingles = {plain[at : at + _SHINGLE].encode() for at in range(max(1, len(plain) - _SHINGLE + 1))}
    sketch = MinHash(num_perm=_PERMUTATIONS)
    sketch.update_batch(sorted(shingles))
    return sketch


if __name__ == "__main__":
    main()
