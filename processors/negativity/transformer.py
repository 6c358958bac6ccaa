"""A large model of somebody else's, like XLM-T, in the place of the one that ships: for those who have the machine.

Texts of like length are read together, as long as none reads otherwise for its company.
"""

import html
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from earshot import logs
from earshot.config import TransformerSettings
from processors.negativity.exported import OUTPUT, fault, opened
from processors.negativity.model import Floats, softmax
from processors.negativity.opinion import Opinion
from processors.negativity.tokens import LONGEST, TAGS

_LOG = logs.get(__name__)
_TOGETHER = (
    8  # texts that are read at once: short ones half as fast again as alone, and more at once no faster
)
_ALIKE = 4e-6  # of a logit, which is at most 1e-6 of a probability
_PROBES = (
    "Il pacco non è arrivato",
    "Great service, thank you so much!",
    "?",
    "no good: il treno è in ritardo",
)

Ids = Sequence[int]


class Transformer:
    """`processors.negativity.opinion.Model`; slower than the one that ships by a factor of hundreds."""

    def __init__(self, folder: Path, settings: TransformerSettings, languages: Sequence[str]) -> None:
        """`languages`: those that the model is trusted with.

        Raises:
            ConfigError: the folder holds no model that can be used; with the mend.
            OSError: a file cannot be read.
        """
        self._exported = opened(folder, settings)
        self._temperature, self._bias = settings.temperature, np.array(settings.bias, np.float64)
        self.version = f"transformer:{folder.resolve().name}@{self._exported.fingerprint}"
        self.languages = tuple(languages)
        self._together = self._tried(folder / settings.file)

    def opinions(self, texts: Sequence[str]) -> list[Opinion | None]:
        """One for each, in order; the same in any company, to 1e-6. Raises nothing, whatever the text.

        None where there is nothing to read, or the model finds no number.
        """
        logits = self._logits([self._read(text) for text in texts])
        scores = logits[:, self._exported.order] / self._temperature + self._bias
        known = np.isfinite(scores.sum(axis=1))
        rows = softmax(np.where(known[:, None], scores, 0)).tolist()
        return [Opinion(*row) if sure else None for row, sure in zip(rows, known, strict=True)]

    def _read(self, text: str) -> Ids:
        try:
            return self._ids(text)
        except Exception as error:  # noqa: BLE001 - the library's errors have no class of their own
            _LOG.warning("a text that the tokenizer cannot read", characters=len(text), reason=str(error))
            return ()

    def _ids(self, text: str) -> Ids:
        """The numbers of its tokens; half of a pair of surrogates becomes the sign for what is no character."""
        plain = html.unescape(TAGS.sub(" ", text[:LONGEST]))
        whole = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        ids: list[int] = self._exported.tokenizer.encode(whole).ids
        return ids

    def _logits(self, read: Sequence[Ids]) -> Floats:
        """(texts, 3), as the model orders its classes; not a number where it finds none."""
        logits: Floats = np.full((len(read), 3), np.nan)
        for group in _groups([len(ids) for ids in read], self._together):
            logits[group] = self._safely([read[at] for at in group])
        return logits

    def _safely(self, group: Sequence[Ids]) -> Floats:
        """A text on which the model fails takes no other with it."""
        try:
            return self._run(group)
        except Exception as error:  # noqa: BLE001 - the library's errors have no other class in common
            if len(group) > 1:
                return np.concatenate([self._safely([ids]) for ids in group])
            _LOG.warning("a text that the transformer cannot read", tokens=len(group[0]), reason=str(error))
            return np.full((1, 3), np.nan)

    def _run(self, group: Sequence[Ids]) -> Floats:
        lengths = np.array([len(ids) for ids in group])
        mask = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(mask.shape, self._exported.padding, np.int64)
        ids[mask] = np.concatenate([np.asarray(each, np.int64) for each in group])
        known = {"input_ids": ids, "attention_mask": mask.astype(np.int64), "token_type_ids": 0 * ids}
        given = {name: known[name] for name in self._exported.inputs}
        (logits,) = self._exported.session.run([OUTPUT], given)
        return np.asarray(logits, np.float64)

    def _tried(self, file: Path) -> int:
        """How many texts may be read at once: one, where a text reads otherwise beside others.

        So it is where numbers are made whole by the largest of all that is read at once (dynamic quantisation).
        """
        try:
            longest = self._run([self._ids("a " * LONGEST)])
            probes = [ids for text in _PROBES if (ids := self._ids(text))]
            beside = [self._run([ids, *probes])[0] for ids in probes]
            alone = [self._run([ids])[0] for ids in probes]
        except Exception as error:
            raise fault("file", f"{file}: cannot read a text: {error}; export it again") from error
        if longest.shape != (1, 3):
            raise fault("file", f"{file}: {OUTPUT} has the shape {longest.shape}; a row of 3 is needed")
        return _TOGETHER if np.allclose(beside, alone, rtol=0, atol=_ALIKE) else 1


def _groups(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """The places of texts that are read at once, at most twice as long as the shortest; without tokens, in none."""
    group: list[int] = []
    for at in sorted(np.flatnonzero(lengths).tolist(), key=lengths.__getitem__):
        if group and (len(group) == most or lengths[at] > 2 * lengths[group[0]]):
            yield group
            group = []
        group.append(at)
    if group:
        yield group
