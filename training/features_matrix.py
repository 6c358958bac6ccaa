"""The runtime's own features as sparse matrices."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from processors.negativity.features import Bag, Features, extract

_CHUNK = 1_000


def by_text(texts: Sequence[str], bits: int) -> sparse.csr_matrix:
    """(texts, 2^bits), how often each feature occurs."""
    chunks = [_by_text(extract(texts[at : at + _CHUNK]), bits) for at in range(0, len(texts), _CHUNK)]
    return sparse.vstack(chunks, format="csr")


def by_token(texts: Sequence[str], bits: int, longest: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """(tokens, 2^bits), and how many tokens each text has: its first `longest`."""
    chunks, counts = [], []
    for at in range(0, len(texts), _CHUNK):
        features = extract(texts[at : at + _CHUNK])
        text = features.tokens.text
        kept = np.arange(len(text)) - np.searchsorted(text, text) < longest
        chunks.append(_by_token(features, bits)[kept])
        counts.append(np.bincount(text[kept], minlength=features.tokens.texts))
    return sparse.vstack(chunks, format="csr"), np.concatenate(counts)


def _by_text(features: Features, bits: int) -> sparse.csr_matrix:
    text = features.tokens.text
    token = np.arange(len(text))
    texts = sparse.csr_matrix(
        (np.ones(len(text), np.float32), (text, token)), shape=(features.tokens.texts, len(text))
    )
    return texts @ _by_token(features, bits)


def _by_token(features: Features, bits: int) -> sparse.csr_matrix:
    which = features.tokens.which
    inside = _matrix(features.inside, len(features.tokens.hashes), bits)
    return (inside[which] + _matrix(features.around, len(which), bits)).tocsr()


def _matrix(bags: Sequence[Bag], owners: int, bits: int) -> sparse.csr_matrix:
    columns = np.concatenate([bag.hashes & np.uint64((1 << bits) - 1) for bag in bags]).astype(np.int32)
    rows = np.concatenate(
        [np.repeat(bag.owners, np.diff(np.append(bag.starts, len(bag.hashes)))) for bag in bags]
    )
    ones = np.ones(len(columns), np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), shape=(owners, 1 << bits))
