"""How well mentions are linked to stories by their words, beside MinHash-LSH and the nearest document.

    python bench/quality_stories.py --data FILE… [--json] [--shuffle]

FILE is CSV with TITLE (or TEXT), STORY and perhaps TIMESTAMP (ms), or JSON Lines with text, story (or label) and
perhaps time; rows with a time are read in its order, others in the file's. Nothing is tuned here: all thresholds are
the ones of the code. datasketch and scikit-learn are measured where they are installed. Then, on the same texts,
which part of edited copies finds its original.
"""

import argparse
import csv
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from linkers import Document, contenders, sketched

from processors.near import Near
from processors.words import Rarity, words

_STEP = 1_000_000  # µs between rows that have no time
_EDITED = 500


class BCubed(NamedTuple):
    precision: float
    recall: float
    f1: float


def b_cubed(found: Sequence[Hashable], true: Sequence[Hashable]) -> BCubed:
    """Of each document's cluster, the part that belongs with it, and the reverse, on average (Bagga and Baldwin)."""
    both, mine, theirs = Counter(zip(found, true, strict=True)), Counter(found), Counter(true)
    precision = sum(n * n / mine[cluster] for (cluster, _), n in both.items()) / max(len(found), 1)
    recall = sum(n * n / theirs[story] for (_, story), n in both.items()) / max(len(found), 1)
    return BCubed(precision, recall, 2 * precision * recall / ((precision + recall) or 1))


def main() -> None:
    options = _options()
    linkers, missing = contenders()
    found: dict[str, Any] = {"missing": missing, "sets": {}}
    for path in options.data:
        documents = read(path)
        if options.shuffle:
            documents = _shuffled(documents)
        found["sets"][path.stem] = {
            "documents": len(documents),
            "stories": len({document.story for document in documents}),
            "linking": {name: _measure(link, documents) for name, link in linkers.items()},
            "near_duplicates": near_duplicates(documents),
        }
    print(json.dumps(found, indent=1) if options.json else _for_people(found))


def _measure(
    link: Callable[[Sequence[Document]], list[int]], documents: Sequence[Document]
) -> dict[str, float]:
    started = process_time()
    stories = link(documents)
    seconds = process_time() - started
    quality = b_cubed(stories, [document.story for document in documents])
    return quality._asdict() | {"found": len(set(stories)), "documents_s": len(documents) / (seconds or 1e-9)}


# --- files --------------------------------------------------------------------------------------------------


def read(path: Path) -> list[Document]:
    """In the order in which they were said."""
    rows = list(_csv(path) if path.suffix.lower() == ".csv" else _jsonl(path))
    rows = [row for row in rows if row["text"] and row["story"] not in (None, "")]
    timed = all(row["time"] not in (None, "") for row in rows)
    clocks = [_clock(row["time"]) if timed else (n + 1) * _STEP for n, row in enumerate(rows)]
    documents = [
        Document(str(row["text"]), str(row["story"]), clock) for row, clock in zip(rows, clocks, strict=True)
    ]
    return sorted(documents, key=lambda document: document.clock)


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by = {str(name).lower(): value for name, value in row.items()}
            text, story = by.get("title") or by.get("text"), by.get("story") or by.get("label")
            yield {"text": text, "story": story, "time": by.get("timestamp") or by.get("time")}


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for row in (json.loads(line) for line in file if line.strip()):
            text = row.get("text") or row.get("title") or row.get("textCleaned")
            story = next(
                (row[name] for name in ("story", "label", "cluster", "clusterNo") if name in row), None
            )
            time = next((row[name] for name in ("time", "timestamp", "created_at") if name in row), None)
            yield {"text": text, "story": story, "time": time}


def _clock(time: str | float) -> int:
    """µs since 1970 of ISO 8601, seconds or milliseconds."""
    try:
        number = float(time)
    except ValueError:
        return round(datetime.fromisoformat(str(time)).timestamp() * 1e6)
    return round(number * (1e3 if number > 1e11 else 1e6))


def _shuffled(documents: Sequence[Document]) -> list[Document]:
    """The same times, other documents at them: the order says nothing about the story."""
    mixed = list(documents)
    random.Random(7).shuffle(mixed)
    return [Document(other.text, other.story, at.clock) for other, at in zip(mixed, documents, strict=True)]


# --- near-duplicates ----------------------------------------------------------------------------------------


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


def near_duplicates(documents: Sequence[Document]) -> dict[str, dict[str, float]]:
    """Share of edits that find their original or a text of its story, by kind; `us`: µs a query."""
    draw = random.Random(5)
    stories = {document.text: document.story for document in documents}
    texts = sorted(stories)
    vocabulary = sorted({word for text in texts for word in re.findall(r"\w{4,}", text)})
    usable = [text for text in texts if len(text.split()) >= 6]
    cases = [(text, edits(text, draw, vocabulary)) for text in draw.sample(usable, min(_EDITED, len(usable)))]
    found = {"ours": _recall(_near(texts), stories, cases)}
    with suppress(ImportError):  # it has been said
        found["MinHash-LSH .5, datasketch"] = _recall(_minhash(texts), stories, cases)
    return found


def _recall(
    find: Callable[[str], str | None], stories: dict[str, str], cases: Sequence[tuple[str, dict[str, str]]]
) -> dict[str, float]:
    hits: Counter[str] = Counter()
    started = process_time()
    for original, edited in cases:
        for kind, text in edited.items():
            other = find(text)
            hits[kind] += other is not None and stories[other] == stories[original]
    queries = sum(len(edited) for _, edited in cases)
    spent = 1e6 * (process_time() - started) / max(queries, 1)
    return {kind: hits[kind] / len(cases) for kind in cases[0][1]} | {"us": spent} if cases else {}


def _near(texts: Sequence[str]) -> Callable[[str], str | None]:
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


def _minhash(texts: Sequence[str]) -> Callable[[str], str | None]:
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)
    sketches = [sketched(text) for text in texts]
    for n, sketch in enumerate(sketches):
        index.insert(n, sketch)

    def find(text: str) -> str | None:
        sketch: Any = sketched(text)
        known = index.query(sketch)
        return texts[max(known, key=lambda n: (sketch.jaccard(sketches[n]), n))] if known else None

    return find


# --- printing -----------------------------------------------------------------------------------------------


def _for_people(found: dict[str, Any]) -> str:
    lines = list(found["missing"])
    for name, each in found["sets"].items():
        lines += ["", f"### {name}: {each['documents']:,} documents of {each['stories']:,} stories", ""]
        lines += ["| | B-cubed precision | recall | F1 | stories found | documents/s |", "|---" * 6 + "|"]
        for who, q in each["linking"].items():
            scores = " | ".join(f"{q[score]:.3f}" for score in BCubed._fields)
            lines.append(f"| {who} | {scores} | {q['found']:,} | {q['documents_s']:,.0f} |")
        kinds = next(iter(each["near_duplicates"].values()), {})
        lines += ["", "| edited copy finds its original | " + " | ".join(kinds) + " |"]
        lines.append("|---" * (len(kinds) + 1) + "|")
        for who, recall in each["near_duplicates"].items():
            cells = (f"{value:.0f}" if kind == "us" else f"{value:.2f}" for kind, value in recall.items())
            lines.append(f"| {who} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--shuffle", action="store_true", help="The same texts in a random order.")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
