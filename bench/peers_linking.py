"""The peers of speed_linking.py, in an environment of their own: reads texts and queries from a JSON file.

python bench/peers_linking.py minhash|sklearn FILE
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time


def main() -> None:
    which, path = sys.argv[1:]
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    before, started = _resident(), process_time()
    find = {"minhash": _minhash, "sklearn": _sklearn}[which](given["live"])
    built, memory = process_time() - started, _resident() - before
    queries = given["queries"] if which == "minhash" else given["queries"][:200]
    started = process_time()
    for text in queries:
        find(text)
    spent = 1e6 * (process_time() - started) / len(queries)
    print(json.dumps({"us": spent, "rebuild_s": built, "memory_mb": memory}))


def _minhash(live: list[str]) -> Callable[[str], object]:
    """Found and added, as ours; shingles of four letters, 128 permutations."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)

    def sketched(text: str) -> MinHash:
        sketch = MinHash(num_perm=128)
        sketch.update_batch([text[at : at + 4].encode() for at in range(max(1, len(text) - 3))])
        return sketch

    for n, text in enumerate(live):
        index.insert(n, sketched(text))

    def find(text: str) -> object:
        sketch = sketched(text)
        found = index.query(sketch)
        index.insert(object(), sketch, check_duplication=False)
        return found

    return find


def _sklearn(live: list[str]) -> Callable[[str], object]:
    """Nearest neighbour by cosine, brute force over a sparse matrix; nothing is added."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors

    vectors = TfidfVectorizer()
    nearest = NearestNeighbors(n_neighbors=1, metric="cosine", algorithm="brute").fit(
        vectors.fit_transform(live)
    )
    return lambda text: nearest.kneighbors(vectors.transform([text]))


def _resident() -> float:
    """MB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


if __name__ == "__main__":
    main()
