"""A transformer that is none, made here: each word's own vector, their mean, one linear layer; and its tokenizer."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from processors.negativity.transformer import _PROBES

BAD = ("terrible", "pessimo", "furioso", "rotto", "worst")
GOOD = ("great", "grazie", "ottimo", "thank", "wonderful")
PROBED = re.findall(r"\w+|[^\w\s]+", " ".join(("a", *_PROBES)).lower())
SIGNS = ("<s>", "<pad>", "</s>", "<unk>")
VOCABULARY = {word: at for at, word in enumerate(dict.fromkeys((*SIGNS, *BAD, *GOOD, *PROBED, "beyond")))}
LABELS = {0: "negative", 1: "neutral", 2: "positive"}
CARD: dict[str, Any] = {
    "id2label": LABELS,
    "pad_token_id": 1,
    "max_position_embeddings": 514,
    "model_type": "tiny",
}

Nodes = Sequence[onnx.NodeProto]


def made(
    folder: Path,
    *,
    card: Mapping[str, Any] = CARD,
    middle: Nodes | None = None,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    kind: int = TensorProto.INT64,
    output: str = "logits",
    classes: int = 3,
    tokenizer: Callable[[Tokenizer], None] = lambda _: None,
    file: str = "model.onnx",
) -> Path:
    """The folder, with the three files. `middle` makes `vectors` (texts, tokens, 3) of `words`, alike."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model(middle or PLAIN, inputs, kind, output, classes), folder / file)
    (folder / "config.json").write_text(json.dumps(dict(card)), encoding="utf-8")
    words = words_alone()
    tokenizer(words)
    words.save(str(folder / "tokenizer.json"))
    return folder


PLAIN: Nodes = [helper.make_node("Identity", ["words"], ["vectors"])]
QUANTISED: Nodes = [  # by the largest number of all texts that are read together
    helper.make_node("DynamicQuantizeLinear", ["words"], ["whole", "scale", "zero"]),
    helper.make_node("DequantizeLinear", ["whole", "scale", "zero"], ["vectors"]),
]
PLACED: Nodes = [  # with 16 positions, as RoBERTa counts: the first is 2
    helper.make_node("CumSum", ["attention_mask", "one"], ["counted"]),
    helper.make_node("Add", ["counted", "one"], ["at"]),
    helper.make_node("Gather", ["positions", "at"], ["places"]),
    helper.make_node("Add", ["words", "places"], ["vectors"]),
]


def model(middle: Nodes, inputs: Sequence[str], kind: int, output: str, classes: int) -> onnx.ModelProto:
    """Input numbers to scores, (texts, classes)."""
    node = helper.make_node
    graph = helper.make_graph(
        [
            node("Cast", [inputs[0]], ["ids"], to=TensorProto.INT64),
            node("Gather", ["table", "ids"], ["words"]),
            *middle,
            node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
            node("Unsqueeze", ["mask", "last"], ["weights"]),
            node("Mul", ["vectors", "weights"], ["masked"]),
            node("ReduceSum", ["masked", "one"], ["sums"], keepdims=0),
            node("ReduceSum", ["weights", "one"], ["counts"], keepdims=0),
            node("Div", ["sums", "counts"], ["means"]),
            node("MatMul", ["means", "linear"], [output]),
        ],
        "tiny",
        [helper.make_tensor_value_info(name, kind, ["texts", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["texts", classes])],
        [numpy_helper.from_array(array, name) for name, array in _weights(classes).items()],
    )
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _weights(classes: int) -> dict[str, Any]:
    """The table lacks the last word of the vocabulary: there the model fails."""
    noise = np.random.default_rng(7).normal(0, 0.01, (len(VOCABULARY) - 1, 3))
    table = noise + np.array([_meaning(word) for word in [*VOCABULARY][:-1]])
    return {
        "table": table.astype(np.float32),
        "positions": np.zeros((18, 3), np.float32),
        "linear": 6 * np.eye(3, classes, dtype=np.float32),
        "one": np.array([1], np.int64),
        "last": np.array([2], np.int64),
    }


def _meaning(word: str) -> tuple[float, float, float]:
    return (float(word in BAD), 0.3, float(word in GOOD))


def words_alone() -> Tokenizer:
    """Words as they are, in small letters, between two signs."""
    words = Tokenizer(models.WordLevel(VOCABULARY, unk_token="<unk>"))
    words.normalizer = normalizers.Lowercase()
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return words
