"""The indexes of words in Python and compiled ones, and all that they keep, in the same form."""

from array import array
from typing import Any

import pytest

from processors.likeness import FASTEST, PURE, Likeness

needs_compiled = pytest.mark.skipif(
    FASTEST is PURE, reason="there was no compiler when processors._likeness was installed"
)
both = pytest.mark.parametrize(
    "indexes", [pytest.param(PURE, id="pure"), pytest.param(FASTEST, id="compiled", marks=needs_compiled)]
)


def kept(likeness: Likeness) -> tuple[Any, ...]:
    """All of it: two that keep the same decide the same for ever after."""
    return uses(likeness.rarity), seen(likeness._near), stories(likeness._centroids), likeness.rarity.stories


def uses(rarity: Any) -> dict[int, tuple[int, list[int], list[int]]]:
    """How many stories use a word, the mentions and the stories that it leads to."""
    if hasattr(rarity, "kept"):
        return rarity.kept()
    return {
        word: (use.count, _unpacked(use.mentions), _unpacked(use.stories))
        for word, use in rarity._uses.items()
    }


def seen(near: Any) -> tuple[dict[int, tuple[int, int, list[int]]], list[tuple[int, int]]]:
    """Story, how many words it is found by and all its words, by mention; hours and mentions."""
    if hasattr(near, "kept"):
        return near.kept()
    return {n: (story, rarest, list(said)) for n, (story, rarest, said) in near._seen.items()}, list(
        near._ages
    )


def stories(centroids: Any) -> tuple[dict[int, tuple[Any, ...]], list[tuple[int, int]], list[int]]:
    """Words, opened, mentions, hour and square by story; hours and stories; those that changed, in order."""
    if hasattr(centroids, "kept"):
        return centroids.kept()
    found = {
        story: (one.counts, one.opened, one.mentions, one.hour, one.square)
        for story, one in centroids._stories.items()
    }
    return found, list(centroids._ages), list(centroids._changed)


def _unpacked(numbers: bytes) -> list[int]:
    return list(array("q", numbers))
