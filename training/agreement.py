"""How far two hands agree on the same texts: `second.jsonl` beside the hands' own labels.

    PYTHONPATH=.:bench python training/agreement.py [FOLDER]

Cohen's kappa, and how many of the one's the other finds. After the second hand a third decided on `safety`, `legal`
and `churn` where label and model differed most (GUIDELINES.md): for those three the first labels shown are these.
"""

import sys
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import corpus

_ONE, _MANY = ("polarity", "mood", "address"), ("intents", "flags", "tried")
_LATER = ("self_harm", "discrimination")  # flags that the first seconds did not know
_LEAST = 5  # of either, to be worth a line


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("labels")
    print("\n".join(table(folder)))


def table(folder: Path) -> list[str]:
    first = {(row["hand"], row["text"]): row for row in corpus.labelled(folder)}
    second = corpus.rows(folder / "second.jsonl")
    pairs = [(first[row["hand"], row["text"]], row) for row in second]
    lines = [f"| {len(pairs):,} texts | kappa | agree | first | second | both |", "|---" * 6 + "|"]
    for key in _ONE:
        one, other = ([row[key] for row in rows] for rows in zip(*pairs, strict=True))
        same = sum(a == b for a, b in zip(one, other, strict=True))
        lines.append(f"| {key} | {kappa(one, other):.2f} | {100 * same / len(pairs):.1f} % | | | |")
    for key in _MANY:
        for name in sorted({name for pair in pairs for row in pair for name in row[key]}):
            knew = {b["by"] for _, b in pairs if name in b[key] or name not in _LATER}
            lines += _line(name, [(name in a[key], name in b[key]) for a, b in pairs if b["by"] in knew])
    return lines


def _line(name: str, pairs: Sequence[tuple[bool, bool]]) -> list[str]:
    one, other = zip(*pairs, strict=True)
    if max(sum(one), sum(other)) < _LEAST:
        return []
    both, same = sum(a and b for a, b in pairs), sum(a == b for a, b in pairs)
    share = f"{100 * same / len(pairs):.1f} %"
    return [f"| {name} | {kappa(one, other):.2f} | {share} | {sum(one)} | {sum(other)} | {both} |"]


def kappa(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Cohen's (1960): agreement beyond what chance would give."""
    count = len(one)
    first, second = Counter[Any](one), Counter[Any](other)
    chance = sum(first[key] * second[key] for key in first) / count**2
    observed = sum(a == b for a, b in zip(one, other, strict=True)) / count
    return (observed - chance) / (1 - chance) if chance < 1 else 1.0


if __name__ == "__main__":
    main()
