"""A folder that a model was exported to, in ONNX: what Earshot needs of it, checked before anything is read.

Needs the extra `transformer`: its two libraries are imported here and nowhere else.
"""

from collections.abc import Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import onnxruntime
from tokenizers import Tokenizer

from earshot.config import TransformerSettings
from earshot.errors import ConfigError
from processors.fingerprint import fingerprint
from processors.negativity.opinion import Opinion

OUTPUT = "logits"
_NEEDED, _ALLOWED = {"input_ids", "attention_mask"}, {"input_ids", "attention_mask", "token_type_ids"}
_TOKENS = 512  # that are read of a text, unless the model reads fewer
_FEWEST = 8  # tokens; a model that reads fewer cannot hold its own marks and a thought


class Exported(NamedTuple):
    """What reads: `tokenizer` makes numbers of a text, cut to what the model takes, `session` runs the model."""

    tokenizer: Any
    session: Any
    inputs: list[str]
    order: list[int]
    """The places of negative, neutral and positive among the model's classes."""
    padding: int
    fingerprint: str
    """Of all that decides: the files, the calibration, and what ships and reads beside it."""


class Card(msgspec.Struct):
    """What `config.json` says of a model; the rest of it is not read."""

    id2label: dict[int, str] = {}
    pad_token_id: int | None = None
    max_position_embeddings: int | None = None

    @property
    def longest(self) -> int:
        """Tokens that it has positions for: RoBERTa begins to count them behind the padding's number."""
        positions = self.max_position_embeddings or 0
        return positions - (self.pad_token_id or 0) - 1 if positions > 0 else _TOKENS


def opened(folder: Path, settings: TransformerSettings) -> Exported:
    """The folder, read.

    Raises:
        ConfigError: it holds no model that can be used; with the mend.
        OSError: a file cannot be read.
    """
    files = _files(folder, settings.file)
    card = _card(files["config.json"])
    session = _session(files[settings.file], settings.threads)
    return Exported(
        _tokenizer(files["tokenizer.json"], card),
        session,
        _inputs(session, files[settings.file]),
        _order(card, files["config.json"]),
        card.pad_token_id or 0,
        _fingerprint(folder, files, settings),
    )


def fault(key: str, message: str) -> ConfigError:
    return ConfigError([f"transformer.{key}: {message}"])


def _files(folder: Path, model: str) -> dict[str, Path]:
    files = {name: folder / name for name in (model, "tokenizer.json", "config.json")}
    if missing := [name for name, path in files.items() if not path.is_file()]:
        known = "a folder that a model was exported to in ONNX; transformer.file is the model's name in it"
        raise fault("source", f"{folder}: has no {', no '.join(missing)}; name {known}")
    return files


def _fingerprint(folder: Path, files: Mapping[str, Path], settings: TransformerSettings) -> str:
    """Weights that lie in files of their own are named after the model's."""
    beside = {path for path in folder.glob(f"{settings.file}*") if path.is_file()}
    whole = sha256(repr((settings.temperature, settings.bias, fingerprint())).encode())
    for path in sorted(beside | {*files.values()}):
        with path.open("rb") as file:
            whole.update(file_digest(file, "sha256").digest())
    return whole.hexdigest()[:8]


def _card(file: Path) -> Card:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Card)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise fault("source", f"{file}: is not the description of a model: {error}") from error


def _order(card: Card, file: Path) -> list[int]:
    places = {label.strip().casefold(): place for place, label in card.id2label.items()}
    if {*places} != {*Opinion._fields} or {*card.id2label} != {0, 1, 2}:
        found = ", ".join(card.id2label.values())[:200] or "none"
        wanted = '{"0": "negative", "1": "neutral", "2": "positive"}, in the order of its classes'
        raise fault("source", f"{file}: has the labels {found}; its id2label must be like {wanted}")
    return [places[name] for name in Opinion._fields]


def _tokenizer(file: Path, card: Card) -> Any:
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:
        raise fault("source", f"{file}: cannot be read: {error}; export it with the model again") from error
    own = (tokenizer.truncation or {}).get("max_length", _TOKENS)
    most = min(_TOKENS, own, card.longest)
    if most < _FEWEST:
        raise fault("source", f"{file}: the model takes {most} tokens; one that takes {_FEWEST} is needed")
    tokenizer.enable_truncation(most)
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # who writes </s> has written letters, and ended nothing
    return tokenizer


def _session(file: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = 4  # what it would say on standard error is in its exceptions too
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise fault("file", f"{file}: is no model in ONNX that can be loaded: {error}") from error


def _inputs(session: Any, file: Path) -> list[str]:
    """The names of what it takes; checks what it gives too."""
    takes = {each.name: each.type for each in session.get_inputs()}
    gives = [each.name for each in session.get_outputs()]
    if not _NEEDED <= {*takes} <= _ALLOWED or {*takes.values()} != {"tensor(int64)"} or OUTPUT not in gives:
        found = f"{', '.join(f'{name} {kind}' for name, kind in takes.items())} to {', '.join(gives)}"
        wanted = f"{' and '.join(sorted(_NEEDED))} (int64) to {OUTPUT}"
        raise fault("file", f"{file}: makes {found}; export it for text classification: {wanted}")
    return list(takes)
