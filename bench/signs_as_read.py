"""What the product makes of labelled texts: the part of `quality_signs.py` that asks the scorer instead of thresholds.

It decides otherwise: the form of address is the likeliest of those that the text's language has, the mood the likeliest
of all, ways tried need a word that stands for them, and danger and the law call with words for them alone. Nor where the
author is glad: praise that is labelled danger or the law should not call. Despair does, and is counted as that and not
as danger. "To look at" is what calls, and what is shown because it may tell of it though it calls nobody. The language is
guessed, as where no source declares it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from labelled import Row

from earshot.config import from_dict
from earshot.model import Author, Mention, Score
from earshot.quality import wilson
from processors.score import Reader, Scorer
from processors.signs.model import ADDRESSES
from processors.signs.ways import WAYS

_DANGERS = {
    "safety": "danger",
    "legal": "the law",
    "self_harm": "self-harm",
    "discrimination": "discrimination",
}
_NAMES = (
    *(f"address: {form}" for form in ADDRESSES),
    *(f"tried: {way}" for way in WAYS),
    *(f"calls: {danger}" for danger in _DANGERS.values()),
    *(f"to look at: {danger}" for danger in _DANGERS.values()),
)
_HOW = ("calls", "to look at")
_NOW = datetime(2026, 1, 5, tzinfo=UTC)


def measure(rows: Sequence[Row]) -> dict[str, Any]:
    """Of rows in our own form; nothing where there are none."""
    if not rows:
        return {}
    scores = Scorer(Reader(from_dict({}).scoring.languages)).score([_mention(row["text"]) for row in rows])
    labelled, read = list(map(_labelled, rows)), list(map(_read, scores))
    right = [score.mood == row["mood"] for score, row in zip(scores, rows, strict=True)]
    return {
        "mood": {
            **_share("right", sum(right), len(rows)),
            "always_neutral": sum(row["mood"] == "neutral" for row in rows) / len(rows),
        },
        "found": {name: _figures(name, labelled, read) for name in _NAMES},
    }


def for_people(found: dict[str, Any]) -> Iterator[str]:
    mood = found["mood"]
    yield "\n| as it is read | texts | said | right | precision | recall |\n|---|---|---|---|---|---|"
    for name, each in found["found"].items():
        yield (
            f"| {name} | {each['texts']} | {each['said']} | {each['right']}"
            f" | {_cell(each, 'precision')} | {_cell(each, 'recall')} |"
        )
    yield f"\nmood: {_cell(mood, 'right')} right; always neutral: {100 * mood['always_neutral']:.0f}"


def _mention(text: str) -> Mention:
    return Mention(id="x:1", brand="", author=Author(id="x:1"), text=text, created_at=_NOW, collected_at=_NOW)


def _labelled(row: Row) -> set[str]:
    held = set() if row["polarity"] == "pos" else {*row["intents"], *row["flags"]}
    if "self_harm" in row["flags"]:
        held = {*held, "self_harm"} - {"safety"}  # it is the danger that is told
    told = {f"{how}: {name}" for danger, name in _DANGERS.items() if danger in held for how in _HOW}
    return {f"address: {row['address']}", *(f"tried: {way}" for way in row["tried"]), *told}


def _read(score: Score) -> set[str]:
    said = set(score.calls) - ({"safety"} if "self_harm" in score.calls else set())
    calls = {f"calls: {name}" for danger, name in _DANGERS.items() if danger in said}
    shown = {f"to look at: {_DANGERS[danger]}" for danger in (*score.calls, *score.perhaps)}
    return {f"address: {score.address}", *(f"tried: {each.way}" for each in score.tried), *calls, *shown}


def _figures(name: str, labelled: list[set[str]], read: list[set[str]]) -> dict[str, float | None]:
    there, said = [name in each for each in labelled], [name in each for each in read]
    right = sum(map(bool.__and__, there, said))
    counts = {"texts": sum(there), "said": sum(said), "right": right}
    return counts | _share("precision", right, sum(said)) | _share("recall", right, sum(there))


def _share(name: str, hits: int, total: int) -> dict[str, float | None]:
    """With its interval; None where there is nothing to share."""
    value, low, high = wilson(hits, total) if total else (None, None, None)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _cell(figures: dict[str, Any], name: str) -> str:
    value, low, high = (figures[f"{name}{end}"] for end in ("", "_low", "_high"))
    return "-" if value is None else f"{100 * value:.0f} ({100 * low:.0f} to {100 * high:.0f})"
