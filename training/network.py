"""The token network: sums of hashed embeddings, one convolution, pooling, a head for each source of labels.

XLA is slow at scattered additions on a CPU, so the sums and their gradients are products with sparse matrices
(scipy), and JAX differentiates the dense rest. AdamW (Loshchilov and Hutter, ICLR 2019), one-cycle learning rate.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import sparse

BITS = 17
LONGEST = 64  # tokens that are read of a text
WIDTH = 32  # of an embedding
HIDDEN = 96
_LENGTHS = (16, 32, 64)  # batches are padded to one of these, each compiled once
_BATCH = 256
_KEPT_FEATURES, _KEPT_UNITS = 0.4, 0.5
_SMOOTHING = 0.05
_RATE = 3e-3
_WARM = 0.1  # share of the steps in which the rate rises
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
WIDE = 0.3  # scale of the wide table's part
_DECAY = {"table": 1.0, "heads": 1.0}
_DECAY_ELSEWHERE = 0.02

Parameters = dict[str, Any]


class Tokenised(NamedTuple):
    features: sparse.csr_matrix
    """(tokens, 2^BITS)"""
    counts: np.ndarray
    """(texts,) tokens of each."""

    def take(self, texts: np.ndarray) -> "Tokenised":
        """Those texts, in that order."""
        counts = self.counts[texts]
        first = np.cumsum(self.counts)[texts] - counts
        ends = np.cumsum(counts)
        tokens = np.repeat(first - (ends - counts), counts) + np.arange(counts.sum())
        return Tokenised(self.features[tokens], counts)


class Lesson(NamedTuple):
    """What is to be learnt: for each text its label, its share in the loss, its head (0: shared alone)."""

    labels: np.ndarray
    shares: np.ndarray
    heads: np.ndarray


def begin(heads: int, seed: int) -> Parameters:
    draw = np.random.default_rng(seed)
    units = 2 * HIDDEN + WIDTH
    bound = 1 / np.sqrt(3 * WIDTH)
    table = np.zeros((1 << BITS, WIDTH + 3), np.float32)
    table[:, :WIDTH] = draw.normal(0, 0.1, (1 << BITS, WIDTH))
    return {
        "table": table,
        "gain": np.ones(WIDTH, np.float32),
        "shift": np.zeros(WIDTH, np.float32),
        "convolution": draw.uniform(-bound, bound, (3 * WIDTH, HIDDEN)).astype(np.float32),
        "bias": np.zeros(HIDDEN, np.float32),
        "shared": draw.normal(0, 0.03, (units, 3)).astype(np.float32),
        "shared_bias": np.zeros(3, np.float32),
        "heads": np.zeros((heads, units, 3), np.float32),
        "heads_bias": np.zeros((heads, 3), np.float32),
    }


def pooled(p: Parameters, embedded: jax.Array, mask: jax.Array) -> tuple[jax.Array, jax.Array]:
    """What the heads see (texts, units), and the wide table's own vote (texts, 3).

    `embedded` is (texts, tokens, WIDTH + 3), `mask` (texts, tokens) 1 where there is a token.
    """
    e, wide = embedded[..., :WIDTH], embedded[..., WIDTH:]
    e = e - e.mean(-1, keepdims=True)
    e = e / jnp.sqrt((e * e).mean(-1, keepdims=True) + 1e-5)
    e = (e * p["gain"] + p["shift"]) * mask[..., None]
    edge = jnp.zeros_like(e[:, :1])
    around = jnp.concatenate(
        [jnp.concatenate([edge, e[:, :-1]], 1), e, jnp.concatenate([e[:, 1:], edge], 1)], -1
    )
    hidden = jax.nn.relu(around @ p["convolution"] + p["bias"]) * mask[..., None]
    tokens = jnp.maximum(mask.sum(1), 1)[:, None]
    units = jnp.concatenate([hidden.max(1), hidden.sum(1) / tokens, e.sum(1) / tokens], -1)
    return units, WIDE * wide.sum(1) / jnp.sqrt(tokens)


def _loss(p: Parameters, embedded: jax.Array, mask: jax.Array, lesson: Lesson, key: jax.Array) -> jax.Array:
    units, wide = pooled(p, embedded, mask)
    units = units * jax.random.bernoulli(key, _KEPT_UNITS, units.shape) / _KEPT_UNITS
    own = jnp.einsum("nu,nuk->nk", units, p["heads"][lesson.heads]) + p["heads_bias"][lesson.heads]
    logits = units @ p["shared"] + p["shared_bias"] + own + wide
    target = jax.nn.one_hot(lesson.labels, 3) * (1 - _SMOOTHING) + _SMOOTHING / 3
    return -(jax.nn.log_softmax(logits) * target).sum(-1) @ lesson.shares / _BATCH


_slopes = jax.jit(jax.value_and_grad(_loss, argnums=(0, 1)))


@partial(jax.jit, donate_argnums=(0, 2, 3))
def _step(p: Parameters, g: Parameters, m: Parameters, v: Parameters, t: Any, rate: Any) -> Any:
    """One step of AdamW; decay is apart from the gradient."""
    m = jax.tree.map(lambda m, g: _BETA1 * m + (1 - _BETA1) * g, m, g)
    v = jax.tree.map(lambda v, g: _BETA2 * v + (1 - _BETA2) * g * g, v, g)
    size = rate * jnp.sqrt(1 - _BETA2**t) / (1 - _BETA1**t)
    decay = {name: 1 - rate * _DECAY.get(name, _DECAY_ELSEWHERE) for name in p}
    moved = {name: p[name] * decay[name] - size * m[name] / (jnp.sqrt(v[name]) + _EPSILON) for name in p}
    return moved, m, v


def train(
    data: Tokenised, lesson: Lesson, heads: int, *, epochs: int, seed: int, say: Callable[[str], None] = print
) -> Parameters:
    draw, key = np.random.default_rng(seed), jax.random.key(seed)
    p = {name: jnp.asarray(value) for name, value in begin(heads, seed).items()}
    m, v = jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p)
    steps = epochs * -(-len(lesson.labels) // _BATCH)
    step = 0
    for epoch in range(epochs):
        total = 0.0
        for batch in _batches(data.counts, draw):
            step += 1
            kept, mask = _matrix(data, batch, draw)
            table = np.asarray(p["table"])
            embedded = (kept @ table).reshape(*mask.shape, -1)
            rest = {name: value for name, value in p.items() if name != "table"}
            part = Lesson(*(each[batch] for each in lesson))
            loss, (slopes, inner) = _slopes(rest, embedded, mask, part, jax.random.fold_in(key, step))
            outer = kept.T @ np.asarray(inner).reshape(-1, table.shape[1])
            del table
            p, m, v = _step(p, slopes | {"table": jnp.asarray(outer)}, m, v, step, _rate(step, steps))
            total += float(loss)
        say(f"  epoch {epoch + 1}/{epochs}: loss {total / (steps / epochs):.4f}")
    return {name: np.asarray(value) for name, value in p.items()}


def units(p: Parameters, data: Tokenised) -> tuple[np.ndarray, np.ndarray]:
    """`pooled` of every text, without dropout."""
    found = np.zeros((len(data.counts), 2 * HIDDEN + WIDTH), np.float32)
    wide = np.zeros((len(data.counts), 3), np.float32)
    rest = {name: value for name, value in p.items() if name != "table"}
    for at in range(0, len(data.counts), _BATCH):
        batch = np.arange(at, min(at + _BATCH, len(data.counts)))
        padded = np.append(batch, np.zeros(_BATCH - len(batch), np.int64))
        matrix, mask = _matrix(data, padded, None)
        seen = _pooled(rest, (matrix @ p["table"]).reshape(*mask.shape, -1), mask)
        found[batch], wide[batch] = (np.asarray(each)[: len(batch)] for each in seen)
    return found, wide


_pooled = jax.jit(pooled)


def _rate(step: int, steps: int) -> float:
    """Up and down a cosine (Smith and Topin, 2018)."""
    warm = _WARM * steps
    if step < warm:
        return float(_RATE * (0.04 + 0.96 * (1 - np.cos(np.pi * step / warm)) / 2))
    return float(_RATE * (1e-4 + (1 + np.cos(np.pi * (step - warm) / (steps - warm))) / 2))


def _batches(counts: np.ndarray, draw: np.random.Generator) -> Iterator[np.ndarray]:
    """Every text once, in batches of texts of about the same length, for less padding."""
    order = draw.permutation(len(counts))
    span = 8 * _BATCH
    pieces = [order[at : at + span] for at in range(0, len(order), span)]
    sorted_pieces = [piece[np.argsort(counts[piece], kind="stable")] for piece in pieces]
    batches = [p[at : at + _BATCH] for p in sorted_pieces for at in range(0, len(p), _BATCH)]
    batches = [batch for batch in batches if len(batch) == _BATCH]
    for place in draw.permutation(len(batches)):
        yield batches[place]


def _matrix(
    data: Tokenised, batch: Sequence[int] | np.ndarray, draw: np.random.Generator | None
) -> tuple[sparse.csr_matrix, np.ndarray]:
    """The features (texts * length, 2^BITS) of a batch, some of them dropped, and where there are tokens."""
    counts = data.counts[batch]
    length = next(length for length in _LENGTHS if length >= counts.max())
    mask = np.arange(length) < counts[:, None]
    first = _offsets(data)[batch]
    rows = (first[:, None] + np.arange(length))[mask]
    indptr = data.features.indptr
    sizes = np.zeros(mask.size + 1, np.int64)
    sizes[1:][mask.ravel()] = indptr[rows + 1] - indptr[rows]
    ends = np.cumsum(sizes)
    starts = np.repeat(indptr[rows] - ends[:-1][mask.ravel()], sizes[1:][mask.ravel()])
    places = starts + np.arange(ends[-1])
    values = data.features.data[places]
    if draw is not None:
        values = values * (draw.random(len(values), np.float32) < _KEPT_FEATURES) / np.float32(_KEPT_FEATURES)
    shape = (mask.size, data.features.shape[1])
    return sparse.csr_matrix((values, data.features.indices[places], ends), shape=shape), mask.astype(
        np.float32
    )


def _offsets(data: Tokenised) -> np.ndarray:
    return np.cumsum(data.counts) - data.counts
