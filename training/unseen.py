"""What the negativity model would say of our own texts, had it not learnt from their hands.

The two models of the halves (`negativity.py --halves`) answer each for the hands that it has not learnt from, and
both for the test part.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from processors.negativity.model import Negativity


class Unseen:
    def __init__(self, folder: Path) -> None:
        self._models = [
            (frozenset(path.stem.removeprefix("half-").split("-")), Negativity(path))
            for path in sorted(folder.glob("half-*.npz"))
        ]
        if len(self._models) != 2:
            raise SystemExit(
                f"{folder}: two files half-*.npz are expected: run negativity.py --halves {folder}"
            )

    def probabilities(self, texts: Sequence[str], parts: Sequence[str]) -> np.ndarray:
        """(texts, 3); `parts`: whose each text is."""
        answers = np.stack([model.probabilities(texts) for _, model in self._models])
        learnt = np.array([[part in hands for part in parts] for hands, _ in self._models])
        share = ~learnt / (~learnt).sum(0)
        mixed: np.ndarray = np.einsum("mtc,mt->tc", answers, share)
        return mixed
