"""A text of two companies taken apart: what it says of the one, what of the other, and the words around a name.

Clauses go to the company that they name, and those that name none to the one named last. A clause that names both
is in both views, where the model of `processors.target.model` has to tell them apart by the words around the names.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

Span = tuple[int, int]

_CLAUSE = re.compile(
    r"(?<=[.!?…;:\n])\s+|\s[—–-]\s|,\s+|\s(?=(?:"
    r"ma|però|invece|mentre|almeno|anche se|quando|"
    r"but|while|whereas|unlike|after|since|at least|instead|so i|and|"
    r"aber|während|dafür|und|pero|mientras|en cambio|y|mais|tandis que|alors que|par contre|et|mas|enquanto|já|e"
    r")\s)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+|[^\w\s]")
_NEAR = 4  # words before and after a name
_LOOKED = 200  # characters in which those are looked for
_NAMES = 3  # of which the words around are looked at
_OTHER = "\ue003"
BINS = 1 << 12


class Views(NamedTuple):
    own: str
    others: str
    first: bool
    """Whether the brand is named first."""
    shared: bool
    """Whether a clause names both."""
    own_handle: bool
    other_handle: bool
    context: tuple[int, ...]
    """Hashes of the words around the brand's name, each below `BINS`."""


def views(text: str, own: Sequence[Span], others: Sequence[Span]) -> Views:
    """`own` and `others`: where the brand and the other companies are named, at least once each."""
    parts = _parts(text, own, others)
    return Views(
        " ".join(clause for clause, whose in parts if whose in ("own", "both")) or text,
        " ".join(clause for clause, whose in parts if whose in ("others", "both")) or text,
        min(own) < min(others),
        any(whose == "both" for _, whose in parts),
        _is_handle(text, own[0]),
        _is_handle(text, others[0]),
        _context(text, own, others),
    )


def _parts(text: str, own: Sequence[Span], others: Sequence[Span]) -> list[tuple[str, str]]:
    cuts = [0, *(found.end() for found in _CLAUSE.finditer(text)), len(text)]
    latest = "own" if min(own) < min(others) else "others"
    parts = []
    for start, end in pairwise(cuts):
        of_own, of_others = _within(own, start, end), _within(others, start, end)
        if of_own and of_others:
            latest = "own" if of_own[-1] > of_others[-1] else "others"
            parts.append((text[start:end], "both"))
            continue
        latest = "own" if of_own else "others" if of_others else latest
        parts.append((text[start:end], latest))
    return parts


def _within(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    return [span for span in spans if start <= span[0] < end]


def _is_handle(text: str, span: Span) -> bool:
    return "@" in text[max(0, span[0] - 1) : span[1]]


def _context(text: str, own: Sequence[Span], others: Sequence[Span]) -> tuple[int, ...]:
    found: list[str] = []
    for start, end in own[:_NAMES]:
        before = _words(text, max(0, start - _LOOKED), start, others)[-_NEAR:]
        after = _words(text, end, min(len(text), end + _LOOKED), others)[:_NEAR]
        found += [f"<{word}" for word in before] + [f">{word}" for word in after]
        found += [
            f"<<{before[-1] if before else ''}",
            f">>{after[0] if after else ''}",
            f"<2{' '.join(before[-2:])}",
        ]
    return tuple(crc32(word.encode("utf-8", "replace")) % BINS for word in found)


def _words(text: str, start: int, end: int, others: Sequence[Span]) -> list[str]:
    """Lower case, another company's name as one sign."""
    pieces, at = [], start
    for first, last in others:
        if at <= first and last <= end:
            pieces += [text[at:first], _OTHER]
            at = last
    pieces.append(text[at:end])
    return _WORD.findall(" ".join(pieces).lower())
