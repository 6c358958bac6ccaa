"""Calibrate VADER: from its compound, neg and pos to p(negative), p(neutral), p(positive).

    python training/vader.py TRAIN.jsonl VALIDATION.jsonl

Multinomial logistic regression, fitted by Newton's method on English texts (JSON Lines with text, lang, label).
Prints the weights that `processors/negativity.py` holds, and the log loss and calibration error on both files.
Fitted with semeval13_16 (datastories, MIT) and validated on UMSAB English (cardiffnlp/xlm-t, Apache-2.0).
"""

import json
import sys
from pathlib import Path

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

LABELS = ("neg", "neu", "pos")


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 4) and labels (n,); classes are weighted equal by the caller."""
    vader = SentimentIntensityAnalyzer()
    features, labels = [], []
    for line in path.open(encoding="utf-8"):
        text = json.loads(line)
        if text["lang"] == "en":
            score = vader.polarity_scores(text["text"])
            features.append((1.0, score["compound"], score["neg"], score["pos"]))
            labels.append(LABELS.index(text["label"]))
    return np.array(features), np.array(labels)


def predict(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    z = x @ weights.T
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def fit(x: np.ndarray, y: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Weights (3, 4); each class counts the same in sum."""
    share = (len(y) / 3 / np.bincount(y, minlength=3))[y]
    target = np.eye(3)[y]
    weights = np.zeros((3, x.shape[1]))
    for _ in range(30):
        p = predict(weights, x)
        gradient = ((p - target) * share[:, None]).T @ x + ridge * weights
        blocks = [
            (share[:, None] * (p[:, [i]] * ((i == j) - p[:, [j]])) * x).T @ x
            for i in range(3)
            for j in range(3)
        ]
        hessian = np.block([[blocks[3 * i + j] for j in range(3)] for i in range(3)])
        hessian += ridge * np.eye(len(hessian))
        weights -= np.linalg.solve(hessian, gradient.ravel()).reshape(weights.shape)
    return weights


def calibration_error(p: np.ndarray, y: np.ndarray) -> float:
    """Mean distance of p(negative) from the share of negatives, in ten equal bins, weighted by size."""
    bins = np.minimum((p[:, 0] * 10).astype(int), 9)
    return float(
        sum(
            abs(p[bins == b, 0].mean() - (y[bins == b] == 0).mean()) * (bins == b).mean()
            for b in range(10)
            if (bins == b).any()
        )
    )


def main() -> None:
    (x, y), (vx, vy) = read(Path(sys.argv[1])), read(Path(sys.argv[2]))
    weights = fit(x, y)
    print(np.round(weights, 3).tolist())
    for name, features, labels in (("train", x, y), ("validation", vx, vy)):
        p = predict(weights, features)
        loss = -np.log(p[np.arange(len(labels)), labels]).mean()
        print(
            f"{name}: {len(labels)} texts, log loss {loss:.3f}, ECE(neg) {calibration_error(p, labels):.3f}"
        )


if __name__ == "__main__":
    main()
