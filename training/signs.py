"""Train the model of intents, signs, address, mood and ways tried: `processors/models/signs-1.npz` and its card.

    PYTHONPATH=.:bench python training/signs.py --halves FOLDER [--labels training/labels] [--out processors/models/signs-1.npz]

FOLDER is what `negativity.py --halves` wrote. Each plane is trained six times without a sixth of the hands, which
gives every text a score by who has not seen its hand: those make probabilities of distances, and the card's figures.
Hands who wrote of one kind of text far more often than anybody hears of it have no say in how likely it is.
"""

import argparse
from pathlib import Path
from typing import Any

import corpus
import numpy as np
import signs_card
from corpus import HELD_OUT
from features_matrix import by_text
from labelled import holds
from quantise import whole
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from unseen import Unseen

from processors.signs.model import ADDRESSES, MODEL_FILE, PLANES, WAY_PLANES, clues
from processors.terms import FILE, shipped

VERSION = "signs-1"
BITS = 17
_RECALL = {"legal": 2}  # a lawyer who is missed costs more than one who is told of in vain
_HALF = 0.5  # of the ways tried that are told, so many are right: who is said to have called is not asked to
_C, _OF_COMPLAINTS = 0.5, 0.1  # a complaint is nearly the opinion: its own words travel less
_FOLDS = 6
_OF_CLUES = 0.6  # how much a clue counts beside a text's words, whose squares add up to one


def main() -> None:
    options = _options()
    rows, terms = corpus.labelled(options.labels), shipped()
    parts = np.array([row["part"] for row in rows])
    texts = [row["text"] for row in rows]
    words = by_text(texts, BITS)
    length = np.sqrt(np.maximum(np.asarray(words.sum(axis=1)).ravel(), 1))
    words = sparse.diags_array(1 / length) @ words
    found = [terms.find(row["text"], row["lang"]) for row in rows]
    seen = clues(found, terms.concepts, Unseen(options.halves).probabilities(texts, parts.tolist()))
    mean, spread = seen.mean(0), np.maximum(seen.std(0), 1e-6)
    spread[:-3] = 1.0
    inputs = sparse.hstack([words, sparse.csr_matrix((seen - mean) / spread * _OF_CLUES)]).tocsr()
    labels = np.stack([holds(rows, plane) for plane in PLANES], axis=1)

    learnt = parts != HELD_OUT
    usual = learnt & ~np.isin(parts, list(corpus.OF_ONE_KIND))
    fold_of = folds(parts)
    weights, biases, unseen = [], [], np.zeros(labels.shape)
    for at, plane in enumerate(PLANES):
        among = learnt & _concerned(rows, plane)
        scores = np.zeros(len(rows))
        for fold in range(_FOLDS):
            machine = _machine(plane, inputs, labels[:, at], among & (fold_of != fold))
            asked = fold_of == fold
            scores[asked] = machine.decision_function(inputs[asked])
        machine = _machine(plane, inputs, labels[:, at], among)
        scores[~learnt] = machine.decision_function(inputs[~learnt])
        platt = LogisticRegression(C=1e3).fit(scores[among & usual, None], labels[among & usual, at])
        slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
        unseen[:, at] = 1 / (1 + np.exp(-(slope * scores + shift)))
        weights.append(slope * machine.coef_[0])
        biases.append(slope * float(machine.intercept_[0]) + shift)
        print(plane, flush=True)
    table, scale = whole(np.stack([each[: 1 << BITS] for each in weights], axis=1), 100)
    of_clues = np.stack([each[1 << BITS :] for each in weights], axis=1) * _OF_CLUES / spread[:, None]
    least = np.array(
        [
            _least(
                unseen[usual, at],
                labels[usual, at],
                _RECALL.get(plane, 1),
                _HALF if plane in WAY_PLANES else 0,
            )
            for at, plane in enumerate(PLANES)
        ]
    )
    np.savez_compressed(
        options.out,
        version=VERSION,
        concepts=" ".join(terms.concepts),
        table=table,
        scale=scale,
        clues=of_clues,
        bias=np.array(biases) - mean @ of_clues,
        least=least,
    )
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")
    signs_card.write(options.out, labels, unseen, least, learnt, corpus.manifest(options.labels, FILE))


def _least(p: np.ndarray, labelled: np.ndarray, recall: float, right: float = 0.0) -> float:
    """The threshold of the best F, with `recall` so many times as important as precision, which is `right` at least.

    1 where no threshold has that.
    """
    order = np.argsort(-p, kind="stable")
    hits, called, weight = np.cumsum(labelled[order]), np.arange(1, len(p) + 1), recall**2
    f = np.where(hits >= right * called, (1 + weight) * hits / (called + weight * labelled.sum()), 0.0)
    return round(float(p[order[f.argmax()]]), 3) if f.any() else 1.0


def _machine(plane: str, inputs: sparse.csr_matrix, labels: np.ndarray, among: np.ndarray) -> LinearSVC:
    strength = _OF_COMPLAINTS if plane == "complaint" else _C
    return LinearSVC(C=strength, tol=1e-2, max_iter=300, random_state=1).fit(inputs[among], labels[among])


def _concerned(rows: list[dict[str, Any]], plane: str) -> np.ndarray:
    """Forms of address are learnt from the languages that have them."""
    if plane not in ADDRESSES:
        return np.ones(len(rows), np.bool_)
    italian = plane in ("tu", "lei", "voi")
    return np.array([(row["lang"] == "it") if italian else row["lang"] not in ("it", "en") for row in rows])


def folds(parts: np.ndarray) -> np.ndarray:
    """(texts,) whole hands; -1 for the test part."""
    hands = sorted(set(parts.tolist()) - {HELD_OUT})
    of_hand = {hand: at % _FOLDS for at, hand in enumerate(hands)} | {HELD_OUT: -1}
    return np.array([of_hand[part] for part in parts])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--halves", type=Path, required=True)
    parser.add_argument("--labels", type=Path, default=Path(__file__).with_name("labels"))
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    return parser.parse_args()


if __name__ == "__main__":
    main()
