"""Train the model of intents, signs, address, mood, ways tried and dangers: `processors/models/signs-1.npz` and its card.

    PYTHONPATH=.:bench python training/signs.py --data DATA --halves FOLDER [--labels training/labels] [--out processors/models/signs-1.npz]

DATA and FOLDER are what `negativity.py --data` read and `--halves` wrote. Each plane is trained six times without a
sixth of the hands, which gives every text a score by who has not seen its hand: those make probabilities of distances,
and the card's figures.
Hands who wrote of one kind of text far more often than anybody hears of it have no say in how likely it is. Self-harm
and discrimination are taught beside public posts, which tell of neither in nearly all cases but are as dramatic as
people are: without, they call twice as often in vain where as many are found.
"""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

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

from earshot.handling import DANGERS
from processors.signs.model import ADDRESSES, GRAVE, MODEL_FILE, PLANES, WAY_PLANES, clues
from processors.terms import FILE, shipped

VERSION = "signs-1"
BITS = 17
_RECALL = {"legal": 2}  # a lawyer who is missed costs more than one who is told of in vain
_RIGHT = dict.fromkeys(WAY_PLANES, 0.5) | {"safety": 0.7}
"""Of those told so many are right, at least: who is said to have called is not asked to; nor may every third call be in vain."""
_C, _OF_COMPLAINTS = 0.5, 0.1  # a complaint is nearly the opinion: its own words travel less
_POSTS = 20_000  # public ones that teach the dangers, and as many others that say from where on they call
_IN_VAIN = 1 / 1000
"""Of public posts so many call for self-harm or discrimination: a hint is rare and mostly told in words that nobody has
labelled, so no share of those found could be promised."""
_FOUND = 0.975
"""Of what is labelled danger, legal steps, self-harm or discrimination so much at least is shown to be looked at. .95 is
wanted in trades that nobody has learnt from, and of some hands two or three of a hundred less are found than of all."""
_SHOWN = 1 / 10
"""Of public posts so many at most, for self-harm and for discrimination: to show .975 of the vaguest hints of despair every
third tweet to an airline would be. Nearly all of each are found within it."""
_FOLDS = 6
_OF_CLUES = 0.6  # how much a clue counts beside a text's words, whose squares add up to one


class Inputs(NamedTuple):
    """What the machines see of texts: words by their length, then clues as they were levelled."""

    rows: sparse.csr_matrix
    mean: np.ndarray
    spread: np.ndarray


class Hands(NamedTuple):
    """Of each of our own texts, by whom it is."""

    learnt: np.ndarray
    usual: np.ndarray
    fold: np.ndarray


class Learnt(NamedTuple):
    weights: np.ndarray
    bias: float
    least: float
    perhaps: float
    """From where on it is shown to be looked at; 1 where it never is."""
    unseen: np.ndarray
    """(texts,) the probability by who had not learnt from its hand."""


def main() -> None:
    options = _options()
    rows, terms, posts = corpus.labelled(options.labels), shipped(), _posts(options.data)
    parts = np.array([row["part"] for row in rows])
    texts = [row["text"] for row in rows] + [post.text for post in posts]
    languages = [row["lang"] for row in rows] + [post.language for post in posts]
    opinions = Unseen(options.halves).probabilities(texts, parts.tolist() + [post.part for post in posts])
    seen = clues(list(map(terms.find, texts, languages)), terms.concepts, opinions)
    inputs = _inputs(by_text(texts, BITS), seen, len(rows))
    labels = np.stack([holds(rows, plane) for plane in PLANES], axis=1)

    learnt = parts != HELD_OUT
    hands = Hands(learnt, learnt & ~np.isin(parts, list(corpus.OF_ONE_KIND)), folds(parts))
    ours, beside = inputs.rows[: len(rows)], inputs.rows[len(rows) :]
    found = []
    for at, plane in enumerate(PLANES):
        found.append(_learn(plane, ours, labels[:, at], hands, _concerned(rows, plane), beside))
        print(plane, flush=True)
    weights = np.stack([each.weights for each in found], axis=1)
    table, scale = whole(weights[: 1 << BITS], 100)
    of_clues = weights[1 << BITS :] * _OF_CLUES / inputs.spread[:, None]
    least = np.array([each.least for each in found])
    perhaps = np.array([found[PLANES.index(each)].perhaps for each in GRAVE])
    np.savez_compressed(
        options.out,
        version=VERSION,
        concepts=" ".join(terms.concepts),
        table=table,
        scale=scale,
        clues=of_clues,
        bias=np.array([each.bias for each in found]) - inputs.mean @ of_clues,
        least=least,
        perhaps=perhaps,
    )
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")
    files = corpus.manifest(options.data / "sentiment" / "train", options.labels, FILE)
    unseen = np.stack([each.unseen for each in found], axis=1)
    signs_card.write(options.out, labels, unseen, signs_card.Thresholds(least, perhaps), learnt, files)


def _inputs(words: sparse.csr_matrix, seen: np.ndarray, ours: int) -> Inputs:
    """Levelled by our own texts, which are the first ones."""
    length = np.sqrt(np.maximum(np.asarray(words.sum(axis=1)).ravel(), 1))
    mean, spread = seen[:ours].mean(0), np.maximum(seen[:ours].std(0), 1e-6)
    spread[:-3] = 1.0
    levelled = sparse.csr_matrix((seen - mean) / spread * _OF_CLUES)
    rows = sparse.hstack([sparse.diags_array(1 / length) @ words, levelled]).tocsr()
    return Inputs(rows, mean, spread)


def _learn(
    plane: str,
    ours: sparse.csr_matrix,
    labels: np.ndarray,
    hands: Hands,
    concerned: np.ndarray,
    posts: sparse.csr_matrix,
) -> Learnt:
    among, beside = hands.learnt & concerned, posts[:_POSTS] if plane in DANGERS else None
    scores = np.zeros(len(labels))
    for fold in range(_FOLDS):
        machine = _machine(plane, ours, labels, among & (hands.fold != fold), beside)
        asked = hands.fold == fold
        scores[asked] = machine.decision_function(ours[asked])
    machine = _machine(plane, ours, labels, among, beside)
    scores[~hands.learnt] = machine.decision_function(ours[~hands.learnt])
    told = among & hands.usual
    platt = LogisticRegression(C=1e3).fit(scores[told, None], labels[told])
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    unseen = _probable(slope * scores + shift)
    perhaps = _perhaps(unseen[among & labels]) if plane in GRAVE else 1.0
    if plane in DANGERS:
        in_vain = _probable(slope * machine.decision_function(posts[_POSTS:]) + shift)
        least = round(float(np.quantile(in_vain, 1 - _IN_VAIN)), 5)
        perhaps = max(perhaps, round(float(np.quantile(in_vain, 1 - _SHOWN)), 5))
    else:
        of_usual = unseen[hands.usual], labels[hands.usual]
        least = _least(*of_usual, _RECALL.get(plane, 1), _RIGHT.get(plane, 0))
    bias = slope * float(machine.intercept_[0]) + shift
    return Learnt(slope * machine.coef_[0], bias, least, perhaps, unseen)


def _least(p: np.ndarray, labelled: np.ndarray, recall: float, right: float = 0.0) -> float:
    """The threshold of the best F, with `recall` so many times as important as precision, which is `right` at least.

    1 where no threshold has that.
    """
    order = np.argsort(-p, kind="stable")
    hits, called, weight = np.cumsum(labelled[order]), np.arange(1, len(p) + 1), recall**2
    f = np.where(hits >= right * called, (1 + weight) * hits / (called + weight * labelled.sum()), 0.0)
    return round(float(p[order[f.argmax()]]), 3) if f.any() else 1.0


def _perhaps(p: np.ndarray) -> float:
    """The highest threshold that shows enough of those that are labelled."""
    return round(float(np.quantile(p, 1 - _FOUND)), 5)


def _posts(data: Path) -> list[corpus.Text]:
    """Public posts by chance, in the languages of the term lists."""
    public = [
        text
        for text in corpus.public(data)
        if text.part == "train" and text.language in ("it", "en", "es", "fr", "de", "pt")
    ]
    return [public[at] for at in np.random.default_rng(0).choice(len(public), 2 * _POSTS, replace=False)]


def _probable(distances: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-distances))


def _machine(
    plane: str,
    inputs: sparse.csr_matrix,
    labels: np.ndarray,
    among: np.ndarray,
    beside: sparse.csr_matrix | None,
) -> LinearSVC:
    """Learns from those `among` them, and that it holds in none of `beside`."""
    inputs, labels = inputs[among], labels[among]
    if beside is not None:
        inputs, labels = sparse.vstack([inputs, beside]), np.append(labels, np.zeros(beside.shape[0], bool))
    strength = _OF_COMPLAINTS if plane == "complaint" else _C
    return LinearSVC(C=strength, tol=1e-2, max_iter=300, random_state=1).fit(inputs, labels)


def _concerned(rows: list[dict[str, Any]], plane: str) -> np.ndarray:
    """Forms of address are learnt from the languages that have them; danger from other texts than those of despair,
    which a plane of their own tells: with their words, fewer of all other dangers were found.
    """
    if plane == "safety":
        return ~holds(rows, "self_harm")
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
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--halves", type=Path, required=True)
    parser.add_argument("--labels", type=Path, default=Path(__file__).with_name("labels"))
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    return parser.parse_args()


if __name__ == "__main__":
    main()
