"""A baseline as fastText has it (Joulin et al., EACL 2017): the mean of hashed words and pairs, one softmax."""

from collections.abc import Sequence

import numpy as np

from processors.negativity.features import Features, extract
from processors.negativity.model import softmax

_BITS, _WIDTH = 18, 10
_RATE, _EPOCHS, _BATCH = 20.0, 8, 64


class FastTextLike:
    def __init__(self, texts: Sequence[str], labels: np.ndarray, seed: int = 1) -> None:
        draw = np.random.default_rng(seed)
        self._table = draw.uniform(-1 / _WIDTH, 1 / _WIDTH, (1 << _BITS, _WIDTH)).astype(np.float32)
        self._softmax = np.zeros((_WIDTH, 3), np.float32)
        steps, step = _EPOCHS * -(-len(texts) // _BATCH), 0
        for _ in range(_EPOCHS):
            order = draw.permutation(len(texts))
            for at in range(0, len(order), _BATCH):
                batch = order[at : at + _BATCH]
                self._learn([texts[i] for i in batch], labels[batch], _RATE * (1 - step / steps))
                step += 1

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        parts = [self._mean(_features(texts[at : at + 500]))[0] for at in range(0, len(texts), 500)]
        return softmax(np.concatenate(parts).astype(np.float64) @ self._softmax)

    def _learn(self, texts: Sequence[str], labels: np.ndarray, rate: float) -> None:
        mean, rows, text, counts = self._mean(_features(texts))
        wrong = (softmax(mean @ self._softmax) - np.eye(3)[labels]).astype(np.float32) / len(texts)
        back = wrong @ self._softmax.T / counts[:, None]
        self._softmax -= rate * mean.T @ wrong
        np.subtract.at(self._table, rows, (rate * back)[text])

    def _mean(self, found: tuple[np.ndarray, np.ndarray, int]) -> tuple[np.ndarray, ...]:
        rows, text, texts = found
        counts = np.maximum(np.bincount(text, minlength=texts), 1).astype(np.float32)
        sums = np.zeros((texts, _WIDTH), np.float32)
        np.add.at(sums, text, self._table[rows])
        return sums / counts[:, None], rows, text, counts


def _features(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, int]:
    """The rows of words and pairs, the text of each, and how many texts."""
    found: Features = extract(texts)
    tokens, pairs = found.tokens, found.around[0]
    hashes = np.concatenate([tokens.hashes[tokens.which], pairs.hashes])
    rows = (hashes & np.uint64((1 << _BITS) - 1)).astype(np.intp)
    return rows, np.concatenate([tokens.text, tokens.text[pairs.owners]]), tokens.texts
