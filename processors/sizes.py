"""How large a brand's stories become: a histogram of their sizes, and the size that one in twenty reaches (N*).

Its steps grow by a fifth and begin at twenty mentions, so that nearly every story stays in the first one and
most mentions change nothing.
"""

from bisect import bisect_right

Sizes = tuple[int, ...]
"""Stories by step: below twenty mentions, then from each edge on; what is missing at the end is 0."""

EDGES = tuple(dict.fromkeys(round(20 * 2 ** (step / 4)) for step in range(120)))
"""Where the steps after the first one begin."""

_SHARE = 0.05
_PRIOR = 100  # small stories that a brand is taken to have had before its first one


def grow(sizes: Sizes, before: int, after: int) -> Sizes:
    """One story has `after` mentions now and had `before`; 0: there is none. The same tuple where nothing changed.

    Two that are joined: `grow(grow(sizes, one, one + other), other, 0)`.
    """
    old, new = _step(before), _step(after)
    if old == new:
        return sizes
    counts = [*sizes, *[0] * (max(old, new) + 1 - len(sizes))]
    if old >= 0:
        counts[old] = max(0, counts[old] - 1)
    if new >= 0:
        counts[new] += 1
    return tuple(counts)


def large(sizes: Sizes) -> int:
    """N*: the least edge that at most one story in twenty reached, at least 20."""
    allowed = _SHARE * (sum(sizes) + _PRIOR)
    for step in range(len(sizes) - 1, 0, -1):
        allowed -= sizes[step]
        if allowed < 0:
            return EDGES[step]
    return EDGES[0]


def _step(mentions: int) -> int:
    if 0 < mentions < EDGES[0]:
        return 0
    return min(bisect_right(EDGES, mentions), len(EDGES) - 1) if mentions else -1
