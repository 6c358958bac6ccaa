"""Whether the labels are as GUIDELINES.md says, no two texts nearly the same, and none nearly a case that tests.

    PYTHONPATH=.:bench python training/labels_check.py [FOLDER]

Prints what is wrong, a line each, and ends with 1 where anything is; then the counts.
"""

import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import corpus
from corpus import fingerprint

from earshot.matching import fold

_GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
TESTED = tuple(_GOLDEN / f"{name}.jsonl" for name in ("checklist", "plain", "hints", "incidental"))

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
    "flags": "press_interest confirmation sensitive minor employee spam victim self_harm discrimination".split(),
}
_ALIKE = 0.75  # of the words of two texts: as good as one text
_TOLD = 0.6  # of a label and a case that tests: the case is as good as told beforehand
_LEAST_WORDS = 4
_UNSPACED, _RUN = "ja", 3  # a language without blanks: runs of so many characters stand for words


def problems(folder: Path) -> Iterator[str]:
    rows = corpus.labelled(folder)
    for row in rows:
        yield from (f"hand {row['hand']}: {fault}: {row['text'][:60]}" for fault in _faults(row))
    yield from _twice(rows)
    words = [_words(row) for row in rows]
    yield from _nearly_twice(rows, words)
    yield from _told([case for path in TESTED for case in corpus.rows(path)], rows, words)


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
        return
    names = {"target": row["target"], "other": other and other["name"]}
    yield from (
        f"{key} {name!r} is not in the text"
        for key, name in names.items()
        if name is not None and (not name or name not in row["text"])
    )


def _twice(rows: list[dict[str, Any]]) -> Iterator[str]:
    seen = dict[str, str]()
    for row in rows:
        if known := seen.get(form := fingerprint(row["text"]) or row["text"]):
            yield f"hands {known} and {row['hand']}: twice: {row['text'][:60]}"
        seen[form] = row["hand"]


def _words(row: dict[str, Any]) -> frozenset[str]:
    r"""Without `\w`, which takes the vowels of Hindi for gaps."""
    kept = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in fold(row["text"]))
    words = "".join(kept).split()
    if row["lang"] != _UNSPACED:
        return frozenset(words)
    run = "".join(words)
    return frozenset(run[at : at + _RUN] for at in range(len(run) - _RUN + 1))


def _nearly_twice(rows: list[dict[str, Any]], words: Sequence[frozenset[str]]) -> Iterator[str]:
    """By the words that two have in common, of all that either has; found by their rarest ones."""
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


def _told(
    cases: list[dict[str, Any]], rows: list[dict[str, Any]], words: Sequence[frozenset[str]]
) -> Iterator[str]:
    """Labels that nearly are a case that tests, however short it is."""
    by_word = defaultdict[str, list[int]](list)
    for at, each in enumerate(words):
        for word in each:
            by_word[word].append(at)
    for case in cases:
        asked = _words(case)
        for at, both in Counter(at for word in asked for at in by_word[word]).items():
            if both >= _TOLD * (len(asked) + len(words[at]) - both):
                yield f"hand {rows[at]['hand']}: tested on: {case['text'][:60]} | {rows[at]['text'][:60]}"


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
