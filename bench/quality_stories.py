"""How well mentions are linked to stories by their words, beside MinHash-LSH and the nearest document.

    python bench/quality_stories.py --data FILE… [--json] [--shuffle]
    python bench/quality_stories.py --train FILE… --test FILE… [--json]

FILE is CSV (by comma, semicolon, tab or bar) with TITLE (or TEXT), STORY and perhaps TIMESTAMP, or JSON Lines with
text, story (or label) and perhaps time; rows with a time are read in its order, others in the file's. Ours is never
tuned here: its thresholds are the ones of the code. The peers keep the usual ones with --data; with --train each gets
the one with the best mean F1 over four parts of --train by time, and all figures are of --test. The range is that of
F1 over three parts by time. Then, on the same texts, which part of edited copies finds its original. The peers,
datasketch and scikit-learn, get an environment of their own in .servers/peers.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from edited_copies import near_duplicates
from linkers import Contender, Document, Linked, contenders
from stories_file import read

from earshot.errors import Refused

_TUNED, _RANGED = 4, 3  # parts by time: of --train, and of what is measured
_SCORES = ("precision", "recall", "f1")


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
    try:
        train = [read(path) for path in options.train]
        sets = {path: read(path) for path in options.test or options.data}
    except Refused as error:
        raise SystemExit(str(error)) from None
    if options.shuffle:
        sets = {path: _shuffled(documents) for path, documents in sets.items()}
    found = _found(sets, train)
    print(json.dumps(found, indent=1) if options.json else _for_people(found))


def _found(sets: Mapping[Path, Sequence[Document]], train: Sequence[Sequence[Document]]) -> dict[str, Any]:
    linkers, python, missing = contenders()
    chosen = {each.name: (choose(each, train) if train and each.grid else each.usual) for each in linkers}
    names = Counter(path.stem for path in sets)
    return {
        "missing": missing,
        "chosen on --train": [
            each.name.format(*chosen[each.name]) for each in linkers if train and each.grid
        ],
        "sets": {
            path.stem if names[path.stem] == 1 else str(path): {
                "documents": len(documents),
                "stories": len({document.story for document in documents}),
                "linking": _linking(linkers, chosen, documents),
                "near_duplicates": near_duplicates(documents, python),
            }
            for path, documents in sets.items()
        },
    }


def choose(contender: Contender, train: Sequence[Sequence[Document]]) -> tuple[float]:
    """The threshold with the best mean F1 over parts by time, of two alike the lower one."""
    parts = [part for documents in train for part in _parts(documents, _TUNED)]
    scores = np.array(
        [
            [_quality(linked.stories, part).f1 for linked in contender.link(part, contender.grid)]
            for part in parts
        ]
    )
    return (contender.grid[int(scores.mean(0).argmax())],)


def _linking(
    linkers: Sequence[Contender], chosen: Mapping[str, Sequence[float]], documents: Sequence[Document]
) -> dict[str, Any]:
    return {
        each.name.format(threshold): _measure(linked, documents)
        for each in linkers
        for threshold, linked in zip(chosen[each.name], each.link(documents, chosen[each.name]), strict=True)
    }


def _measure(linked: Linked, documents: Sequence[Document]) -> dict[str, Any]:
    scores = [
        _quality(list(stories), part).f1
        for stories, part in zip(_parts(linked.stories, _RANGED), _parts(documents, _RANGED), strict=True)
    ]
    return _quality(linked.stories, documents)._asdict() | {
        "f1_range": [min(scores), max(scores)],
        "found": len(set(linked.stories)),
        "documents_s": len(documents) / (linked.seconds or 1e-9),
    }


def _quality(stories: Sequence[int], documents: Sequence[Document]) -> BCubed:
    return b_cubed(stories, [document.story for document in documents])


def _parts(rows: Sequence[Any], count: int) -> list[Sequence[Any]]:
    """Consecutive, of about the same size, none empty."""
    cuts = [len(rows) * n // count for n in range(count + 1)]
    return [rows[at:until] for at, until in pairwise(cuts) if until > at]


def _shuffled(documents: Sequence[Document]) -> list[Document]:
    """The same times, other documents at them: the order says nothing about the story."""
    mixed = list(documents)
    random.Random(7).shuffle(mixed)
    return [Document(other.text, other.story, at.clock) for other, at in zip(mixed, documents, strict=True)]


# --- printing -----------------------------------------------------------------------------------------------


def _for_people(found: dict[str, Any]) -> str:
    lines = list(found["missing"])
    if found["chosen on --train"]:
        lines.append("thresholds chosen on --train: " + "; ".join(found["chosen on --train"]))
    for name, each in found["sets"].items():
        lines += ["", f"### {name}: {each['documents']:,} documents of {each['stories']:,} stories", ""]
        lines += ["| | B-cubed precision | recall | F1 | over three parts | stories found | documents/s |"]
        lines.append("|---" * 7 + "|")
        for who, q in each["linking"].items():
            scores = " | ".join(f"{q[score]:.3f}" for score in _SCORES)
            span = "–".join(f"{f1:.3f}" for f1 in q["f1_range"])
            lines.append(f"| {who} | {scores} | {span} | {q['found']:,} | {q['documents_s']:,.0f} |")
        lines += _near_lines(each["near_duplicates"])
    return "\n".join(lines)


def _near_lines(recalls: dict[str, dict[str, float]]) -> list[str]:
    if not recalls:
        return ["", "No text has six words: no edited copies are looked for."]
    kinds = next(iter(recalls.values()))
    lines = ["", "| edited copy finds its original | " + " | ".join(kinds) + " |"]
    lines.append("|---" * (len(kinds) + 1) + "|")
    for who, recall in recalls.items():
        cells = (f"{value:.0f}" if kind == "us" else f"{value:.2f}" for kind, value in recall.items())
        lines.append(f"| {who} | " + " | ".join(cells) + " |")
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("--data", "--train", "--test"):
        parser.add_argument(name, type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--shuffle", action="store_true", help="The same texts in a random order.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if bool(options.train) != bool(options.test) or bool(options.data) == bool(options.test):
        parser.error("name either --data FILE…, or both --train FILE… and --test FILE…")
    return options


if __name__ == "__main__":
    main()
