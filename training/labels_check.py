"""Whether the labels are as GUIDELINES.md says, and no two texts are nearly the same.

    PYTHONPATH=.:bench python training/labels_check.py [FOLDER]

Prints what is wrong, a line each, and ends with 1 where anything is; then the counts.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import corpus
from corpus import fingerprint

_KEYS = "text lang polarity intents address mood target other tried flags sector channel".split()
_ONE = {
    "lang": "it en es fr de pt ar hi ja ko id".split(),
    "polarity": "neg neu pos".split(),
    "address": "tu lei voi none formal informal".split(),
    "mood": "anger irony worry disappointment gratitude joy neutral".split(),
    "channel": "post review comment forum headline".split(),
}
_MANY = {
    "intents": "complaint question praise request churn legal safety news other".split(),
    "tried": "phone counter chat email app social form visit".split(),
    "flags": "press_interest confirmation sensitive minor employee spam victim".split(),
}
_ALIKE = 0.75  # of the words of two texts: as good as one text
_LEAST_WORDS = 5


def problems(folder: Path) -> Iterator[str]:
    rows = corpus.labelled(folder)
    for row in rows:
        yield from (f"hand {row['hand']}: {fault}: {row['text'][:60]}" for fault in _faults(row))
    yield from _twice(rows)
    yield from _nearly_twice(rows)


def _faults(row: dict[str, Any]) -> Iterator[str]:
    if [key for key in row if key not in ("hand", "part")] != _KEYS:
        yield "keys"
        return
    yield from (f"{key} {row[key]!r}" for key, known in _ONE.items() if row[key] not in known)
    yield from (f"{key} {row[key]!r}" for key, known in _MANY.items() if set(row[key]) - set(known))
    if not row["intents"]:
        yield "no intent"
    other = row["other"]
    if other and (set(other) != {"name", "polarity"} or other["polarity"] not in _ONE["polarity"]):
        yield "other"


def _twice(rows: list[dict[str, Any]]) -> Iterator[str]:
    seen = dict[str, str]()
    for row in rows:
        if known := seen.get(form := fingerprint(row["text"]) or row["text"]):
            yield f"hands {known} and {row['hand']}: twice: {row['text'][:60]}"
        seen[form] = row["hand"]


def _nearly_twice(rows: list[dict[str, Any]]) -> Iterator[str]:
    """By the words that two have in common, of all that either has; found by their rarest ones."""
    words = [frozenset(row["text"].lower().split()) for row in rows]
    times = Counter(word for each in words for word in each)
    by_word = defaultdict[str, list[int]](list)
    for at, each in enumerate(words):
        if len(each) < _LEAST_WORDS:
            continue
        rarest = sorted(each, key=lambda word: (times[word], word))[: len(each) // 3 + 1]
        for other in {other for word in rarest for other in by_word[word]}:
            if len(each & words[other]) >= _ALIKE * len(each | words[other]):
                both = f"{rows[other]['hand']} and {rows[at]['hand']}"
                yield f"hands {both}: nearly twice: {rows[other]['text'][:60]} | {rows[at]['text'][:60]}"
        for word in rarest:
            by_word[word].append(at)


def counts(folder: Path) -> dict[str, Counter[str]]:
    rows = corpus.labelled(folder)
    found = {key: Counter(row[key] for row in rows) for key in ("lang", "polarity", "mood", "hand")}
    return found | {key: Counter(each for row in rows for each in row[key]) for key in _MANY}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("labels")
    faults = list(problems(folder))
    print(*faults, sep="\n")
    for key, found in counts(folder).items():
        print(f"{key}: " + ", ".join(f"{name} {times}" for name, times in found.most_common()))
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
