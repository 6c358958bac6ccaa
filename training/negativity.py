"""Train the negativity model: from the data to `processors/models/negativity-1.npz` and its card.

    PYTHONPATH=.:bench python training/negativity.py --data DATA [--labels training/labels] [--halves FOLDER] [--out processors/models/negativity-1.npz]

DATA holds `sentiment/train/*.jsonl` and `sentiment/eval_only/*.jsonl`, LABELS `hand_*.jsonl`. Three times:

1. and 2. with either half of our own hands, side by side, so that the stack is fitted on what its parts have not
   seen: the other half's texts, and UMSAB's validation part;
3. with both halves, for the parts that are shipped. One hand and four trades are never learnt from: they test.

The two models of 1. and 2. go to FOLDER: `signs.py` and `target.py` ask them about texts that they have not seen.

The same data, seed and versions give the same model. Some minutes on two cores.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import card
import corpus
import linear
import network
import numpy as np
import quantise
import stacking
from corpus import BENCHMARK, HELD_OUT, NOISY, OWN, Text
from features_matrix import by_text, by_token

from processors.negativity.model import MODEL_FILE, Negativity

VERSION = "negativity-1"
LINEAR_OTHERS, LINEAR_CAP = 0.15, 5.0
OF_OWN_TEXTS = {"public": 0.0, "ratios": 5.0, "customers": 5.0}  # in the linear part; UMSAB has 1
GATE_OWN, GATE_BENCHMARK = 0.2, 3.0  # own texts in sum, of all others; a text of UMSAB
NETWORK_WEIGHTS, NETWORK_OTHERS, NETWORK_CAP = {BENCHMARK: 1.0, OWN: 1.0}, 0.6, 4.0
TWICE = (BENCHMARK, OWN)  # sources that the network sees twice an epoch
SAME_HEAD = {"tweeteval_sentiment": "semeval13_16"}


class Parts(NamedTuple):
    linear: linear.Linear
    network: network.Parameters
    heads: np.ndarray
    """(units, 6): the benchmark's head, then the customers'."""
    heads_bias: np.ndarray

    def outputs(self, texts: list[Text]) -> stacking.Outputs:
        """What the stack sees of each."""
        words = [text.text for text in texts]
        units, direct = network.units(self.network, tokenised(words))
        distances = linear.predict(self.linear, by_text(words, linear.BITS))
        answers = units @ self.heads + self.heads_bias + np.tile(direct, 2)
        return stacking.Outputs(distances, answers, stacking.clues(words))


def tokenised(words: list[str]) -> network.Tokenised:
    return network.Tokenised(*by_token(words, network.BITS, network.LONGEST))


def train_parts(texts: list[Text], epochs: int, seed: int) -> Parts:
    say(f"{len(texts)} texts: the linear part")
    planes = _linear(texts, seed)
    say("the network")
    trained = _network(texts, epochs, seed)
    heads = np.concatenate([trained["shared"] + trained["heads"][at] for at in (0, 1)], axis=1)
    bias = np.concatenate([trained["shared_bias"] + trained["heads_bias"][at] for at in (0, 1)])
    return Parts(planes, trained, heads, bias)


def _linear(texts: list[Text], seed: int) -> linear.Linear:
    labels, source = np.array([text.label for text in texts]), np.array([text.source for text in texts])
    shares = {
        name: corpus.weights(texts, {BENCHMARK: 1.0, OWN: own}, LINEAR_OTHERS, LINEAR_CAP)
        for name, own in OF_OWN_TEXTS.items()
    }
    is_own = source == OWN
    gate = np.where(is_own, GATE_OWN * (~is_own).sum() / is_own.sum(), 1.0)
    gate[source == BENCHMARK] = GATE_BENCHMARK
    counts = by_text([text.text for text in texts], linear.BITS)
    return linear.fit(counts, labels, is_own, linear.Shares(**shares, gate=gate), seed)


def _network(texts: list[Text], epochs: int, seed: int) -> network.Parameters:
    """Head 0 is the benchmark's, head 1 our own texts'."""
    sources = [SAME_HEAD.get(text.source, text.source) for text in texts]
    numbers = {source: at for at, source in enumerate(dict.fromkeys([BENCHMARK, OWN, *sources]))}
    again = np.flatnonzero([text.source in TWICE for text in texts])
    order = np.concatenate([np.arange(len(texts)), again])
    lesson = network.Lesson(
        labels=np.array([text.label for text in texts])[order],
        shares=corpus.weights(texts, NETWORK_WEIGHTS, NETWORK_OTHERS, NETWORK_CAP).astype(np.float32)[order],
        heads=np.array([numbers[source] for source in sources])[order],
    )
    data = tokenised([text.text for text in texts]).take(order)
    return network.train(data, lesson, len(numbers), epochs=epochs, seed=seed, say=say)


def say(line: str) -> None:
    print(f"{time.process_time():7.0f} s  {line}", flush=True)


class Half(NamedTuple):
    """What the parts learn from, and what they are asked then."""

    hands: list[str]
    learnt: list[Text]
    asked: list[Text]

    @property
    def name(self) -> str:
        return " ".join(self.hands)


def unseen(half: Half, epochs: int, seed: int, folder: Path | None) -> stacking.Outputs:
    say(f"half {half.name}")
    parts = train_parts(half.learnt, epochs, seed)
    outputs = parts.outputs(half.asked)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        stack = stacking.fit(outputs, half.asked)
        save(folder / f"half-{'-'.join(half.hands)}.npz", parts, stack)
    return outputs


def save(path: Path, parts: Parts, stack: np.ndarray) -> None:
    np.savez_compressed(
        path,
        version=VERSION,
        languages=" ".join(corpus.LANGUAGES),
        concepts=" ".join(stacking.CONCEPTS),
        stack=stack,
        **quantise.linear(parts.linear),
        **quantise.network(parts.network, parts.heads, parts.heads_bias),
    )


def halves(learnt: list[Text], validation: list[Text], hands: list[Text]) -> list[Half]:
    """Every other hand; each half answers for the other's texts and for half of the validation part."""
    names = sorted({text.part for text in hands} - {HELD_OUT})
    first = [text for text in hands if text.part in names[::2]]
    second = [text for text in hands if text.part in names[1::2]]
    return [
        Half(names[::2], [*learnt, *first], [*validation[::2], *second]),
        Half(names[1::2], [*learnt, *second], [*validation[1::2], *first]),
    ]


def main() -> None:
    options = _options()
    everything = corpus.public(options.data)
    hands = [text for text in corpus.own(options.labels) if text.part not in corpus.ONLY_SIGNS]
    validation = [text for text in everything if text.part == "val"]
    tested = [*(text.text for text in (*validation, *hands)), *corpus.eval_only(options.data)]
    learnt = corpus.without((text for text in everything if text.part == "train"), tested)
    parted = halves(learnt, [text for text in validation if text.language not in NOISY], hands)
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        asked = [pool.submit(unseen, half, options.epochs, options.seed, options.halves) for half in parted]
        answers = [each.result() for each in asked]
    shown = [text for half in parted for text in half.asked]
    outputs = stacking.Outputs(*map(np.concatenate, zip(*answers, strict=True)))
    stack, honest = stacking.fit(outputs, shown), stacking.cross_fitted(outputs, shown, options.seed)
    print(*card.table(shown, honest), sep="\n", flush=True)

    parts = train_parts(
        [*learnt, *(text for text in hands if text.part != HELD_OUT)], options.epochs, options.seed
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save(options.out, parts, stack)
    say(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")
    held_out = [text for text in hands if text.part == HELD_OUT]
    by_shipped = Negativity(options.out).probabilities([text.text for text in held_out])
    print(*card.table(held_out, by_shipped), sep="\n", flush=True)
    files = corpus.manifest(options.data / "sentiment", options.labels)
    never_learnt = options.data / "sentiment" / "eval_only"
    card.write(options.out, files, never_learnt, (shown, honest), (held_out, by_shipped))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, default=Path(__file__).with_name("labels"))
    parser.add_argument("--halves", type=Path, help="Where the models of the halves go.")
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="Halves that are trained at the same time.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
