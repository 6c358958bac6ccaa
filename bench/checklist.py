"""The CheckList file (Ribeiro et al., ACL 2020): cases by capability, each with what must come out."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parents[1] / "tests" / "golden" / "checklist.jsonl"
_CLASSES = ("neg", "neu", "pos")

Predict = Callable[[Sequence[str]], np.ndarray]
"""Texts to (texts, 3) probabilities."""


def cases() -> list[dict[str, str]]:
    """Each with text, lang, capability and what to expect: "neg", "neu", "pos", or "not neg"."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def passed(predict: Predict) -> list[tuple[dict[str, str], bool]]:
    found = cases()
    called = [_CLASSES[at] for at in predict([case["text"] for case in found]).argmax(1)]
    return [
        (case, (got == case["expect"]) if case["expect"] in _CLASSES else got != "neg")
        for case, got in zip(found, called, strict=True)
    ]


def by_capability(results: Sequence[tuple[dict[str, str], bool]]) -> dict[str, tuple[int, int]]:
    """How many passed, of how many."""
    counts = defaultdict[str, list[bool]](list)
    for case, good in results:
        counts[case["capability"]].append(good)
    return {name: (sum(good), len(good)) for name, good in counts.items()} | {
        "all": (sum(good for _, good in results), len(results))
    }
