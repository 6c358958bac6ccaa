"""With which words a text says what a plane sees in it, where no list has them. For the few that call: half a ms."""

import numpy as np

from earshot.matching import fold
from processors.negativity.explanation import spelled
from processors.negativity.features import extract
from processors.negativity.places import places
from processors.signs.model import Model

_MOST = 6  # words
_READ = 400


def strongest(model: Model, text: str, plane: str) -> tuple[str, ...]:
    """The run of words that speaks most for it, folded; none where nothing does."""
    features = extract([text])
    worth, words = model.carried(features, plane)[:_READ], spelled(features.tokens)[:_READ]
    sums = np.concatenate([[0.0], np.cumsum(worth)])
    runs = (
        (float(sums[end] - sums[start]), start, end)
        for end in range(1, len(sums))
        for start in range(max(0, end - _MOST), end)
    )
    best, start, end = max(runs, default=(0.0, 0, 0))
    if best <= 0:
        return ()
    where = places(text, words)
    said = fold(text[where[start][0] : where[end - 1][1]])
    return (said,) if said else ()
