"""A transformer reads in the place of the model that ships: the same promises, and every fault with its mend."""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import mkdtemp
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_world import CONFIG, World, said
from typer.testing import CliRunner

from earshot.cli import app
from earshot.config import Config, TransformerSettings, from_dict
from earshot.errors import ConfigError
from earshot.seams import Asked
from earshot.store import brands
from processors.asked import NegativityScorer
from processors.negativity.choice import chosen
from processors.negativity.model import shipped
from processors.pipeline import Pipeline
from processors.rescore import Rescore
from processors.score import Reader, Text
from processors.turn import Desk
from processors.workers import Workers

for library in ("onnx", "onnxruntime", "tokenizers"):
    pytest.importorskip(
        library, reason=f"{library} is not installed: it is in the extras `transformer` and `dev`"
    )

import tiny_transformer as tiny  # noqa: E402 - it needs them
from onnx import TensorProto, helper  # noqa: E402

from processors.negativity.transformer import Transformer, _groups  # noqa: E402

LANGUAGES = ("it", "en", "ja")
WORDS = [
    *tiny.VOCABULARY,
    "parcel",
    "",
    "</s>",
    "&lt;/s&gt;",
    "<b>",
    "http",
    "@user",
    "\0",
    "\ud800",
    "\udfff",
    "😡",
    "配送",
    "\n",
]
ANY = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
HOSTILE = ["\0", "😀", "a", "a ", "&#1", "&amp;", "&lt;s&gt;", "<", "<s>", "\u0301", "\n", "İ", "!?", "\ud83d", "ﷺ", "\U000e0067", "配送"]  # fmt: skip

Make = Callable[..., Transformer]


def read(folder: Path, **written: Any) -> Transformer:
    return Transformer(folder, TransformerSettings(source=str(folder), **written), LANGUAGES)


@cache
def model(quantised: bool = False) -> Transformer:
    folder = Path(mkdtemp(prefix="earshot-test-")) / "tiny"
    return read(tiny.made(folder, middle=tiny.QUANTISED if quantised else tiny.PLAIN))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.made(tmp_path / "tiny")


# --- what it promises of every text ------------------------------------------------------------------------


def test_bad_and_good_are_told_apart_and_a_text_of_neither_is_neutral() -> None:
    bad, good, plain = model().opinions(["TERRIBLE furioso", "Grazie ottimo", "the shop opens at nine"])
    assert bad
    assert good
    assert plain
    assert bad.negative > 0.6
    assert good.positive > 0.6
    assert plain.neutral > 0.6


@settings(max_examples=60)
@given(st.lists(ANY, max_size=40), st.booleans())
def test_a_text_reads_the_same_in_any_company(texts: list[str], quantised: bool) -> None:
    together = model(quantised).opinions(texts)
    alone = [model(quantised).opinions([text])[0] for text in texts]
    assert [each is None for each in together] == [each is None for each in alone]
    assert np.allclose(
        [each or (0, 0, 0) for each in together], [each or (0, 0, 0) for each in alone], rtol=0, atol=1e-6
    )


@given(ANY)
def test_three_probabilities_sum_to_one_or_there_are_none(text: str) -> None:
    (opinion,) = model().opinions([text])
    assert opinion is None or (sum(opinion) == pytest.approx(1, abs=1e-9) and min(opinion) >= 0)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_thousand_characters_of_anything_are_read_in_passing(piece: str) -> None:
    long = piece * (100_000 // len(piece))
    started = process_time()
    assert model().opinions([long])[0]
    assert process_time() - started < 2


def test_texts_are_read_with_others_of_like_length() -> None:
    lengths = [3, 512, 0, 6, 3, 511, 7] * 11
    groups = [[lengths[at] for at in group] for group in _groups(lengths, 8)]
    assert sorted(length for group in groups for length in group) == sorted(filter(None, lengths))
    assert all(max(group) <= 2 * min(group) for group in groups)
    assert max(map(len, groups)) == 8
    assert list(_groups([], 8)) == list(_groups([0, 0], 8)) == []


def test_whole_numbers_that_depend_on_the_company_are_read_one_by_one() -> None:
    assert (model()._together, model(quantised=True)._together) == (8, 1)


def test_a_text_on_which_it_fails_is_unknown_and_takes_no_other_with_it() -> None:
    texts = ["terrible", "beyond", "great"]  # there is no vector for "beyond"
    bad, none, good = model().opinions(texts)
    assert none is None
    assert [bad, good] == model().opinions(["terrible", "great"])


def test_a_text_that_the_tokenizer_cannot_take_is_unknown(folder: Path) -> None:
    found = read(tiny.made(folder, tokenizer=without_a_sign_for_the_unknown))
    assert [each is None for each in found.opinions(["terrible", "parcel", "great"])] == [False, True, False]


def without_a_sign_for_the_unknown(words: Any) -> None:
    words.model = tiny.models.WordLevel(tiny.VOCABULARY, unk_token="gone")


def test_half_a_pair_is_a_sign_and_a_whole_one_is_its_character() -> None:
    ids = model()._ids
    assert ids("terrible \ud83d\ude21") == ids("terrible 😡")
    assert len(ids("\ud83d x")) == 4


def test_signs_of_the_tokenizer_are_letters_where_somebody_writes_them(tmp_path: Path) -> None:
    def marked(words: Any) -> None:
        words.add_special_tokens(["<s>", "</s>", "<pad>"])

    found = read(tiny.made(tmp_path / "tiny", tokenizer=marked))
    assert 2 not in found._ids("a &lt;/s&gt; b")[1:-1]


def test_no_more_is_read_than_it_has_places_for(tmp_path: Path) -> None:
    placed = partial(tiny.made, middle=tiny.PLACED)
    short = read(placed(tmp_path / "a", card=tiny.CARD | {"max_position_embeddings": 18}))
    assert len(short._ids("terrible " * 99)) == 16
    assert short.opinions(["terrible " * 99]) == short.opinions(["terrible " * 14])
    with pytest.raises(ConfigError, match=r"transformer\.file: .*cannot read a text: .*out of data bounds"):
        read(placed(tmp_path / "b"))
    assert len(model()._ids("a " * 2_000)) == 512


def test_the_tokenizers_own_limit_holds(tmp_path: Path) -> None:
    found = read(tiny.made(tmp_path / "tiny", tokenizer=lambda words: words.enable_truncation(20)))
    assert len(found._ids("terrible " * 99)) == 20


@pytest.mark.parametrize("output", [float("nan"), float("inf")])
def test_what_is_no_number_is_unknown(tmp_path: Path, output: float) -> None:
    odd = [
        helper.make_node("Constant", [], ["odd"], value_float=output),
        helper.make_node("Add", ["words", "odd"], ["vectors"]),
    ]
    assert read(tiny.made(tmp_path / "tiny", middle=odd)).opinions(["terrible"]) == [None]


# --- labels, calibration, version ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("positive", "negative", "neutral"), ("NEUTRAL", " Positive", "negative")])
def test_labels_may_be_in_any_order(tmp_path: Path, order: tuple[str, ...]) -> None:
    found = read(tiny.made(tmp_path / "tiny", card=tiny.CARD | {"id2label": dict(enumerate(order))}))
    (bad,) = found.opinions(["terrible"])
    (same,) = model().opinions(["terrible"])
    assert bad
    assert same
    name = order[0].strip().lower()
    assert getattr(bad, name) == pytest.approx(same.negative)  # the first class is high where a text is bad


def test_temperature_and_bias_calibrate(folder: Path) -> None:
    def negative(**written: Any) -> float:
        (opinion,) = read(folder, **written).opinions(["terrible"])
        assert opinion
        return opinion.negative

    sure, plain = negative(temperature=0.5), negative()
    assert negative(temperature=50) == pytest.approx(1 / 3, abs=0.02)
    assert negative(bias=(3, 0, 0)) > plain
    assert sure != plain


def test_the_version_names_all_that_decides(folder: Path, tmp_path: Path) -> None:
    versions = {
        read(folder).version,
        read(folder, temperature=2).version,
        read(folder, bias=(1, 0, 0)).version,
    }
    assert read(folder, threads=2).version in versions
    (folder / "model.onnx_data").write_bytes(b"weights")
    versions.add(read(folder).version)
    changed = json.loads((folder / "config.json").read_text()) | {"note": 1}
    (folder / "config.json").write_text(json.dumps(changed))
    versions.add(read(folder).version)
    assert len(versions) == 5
    assert all(version.startswith("transformer:tiny@") and len(version) == 25 for version in versions)


# --- what is wrong with a folder -----------------------------------------------------------------------------


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text(text) and None


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (without("tokenizer.json"), r"source: .*tiny: has no tokenizer\.json; name a folder"),
        (without("model.onnx"), r"source: .*tiny: has no model\.onnx; name a folder.*transformer\.file"),
        (holding("model.onnx", "x"), r"file: .*model\.onnx: is no model in ONNX that can be loaded: "),
        (holding("tokenizer.json", "{}"), r"source: .*tokenizer\.json: cannot be read: .*; export it"),
        (holding("config.json", "["), r"source: .*config\.json: is not the description of a model"),
        (holding("config.json", '{"id2label": {"a": "b"}}'), r"config\.json: is not the description"),
        (holding("config.json", "{}"), r"config\.json: has the labels none; its id2label must be like"),
        (
            holding("config.json", '{"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}}'),
            r'has the labels LABEL_0, LABEL_1, LABEL_2; its id2label must be like \{"0": "negative"',
        ),
        (holding("config.json", '{"id2label": {"0": "negative", "1": "positive"}}'), "has the labels neg"),
        (
            holding("config.json", '{"id2label": {"1": "negative", "2": "neutral", "3": "positive"}}'),
            "has the labels negative, neutral, positive; its id2label must be like",
        ),
    ],
)
def test_a_file_that_is_not_there_or_not_right(
    folder: Path, spoil: Callable[[Path], None], fault: str
) -> None:
    spoil(folder)
    with pytest.raises(ConfigError, match=rf"^transformer\..*{fault}"):
        read(folder)


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"inputs": ("tokens", "attention_mask")}, "makes tokens .*int64.* to logits; export it for text"),
        ({"inputs": ("input_ids", "attention_mask", "pixels")}, "pixels"),
        ({"kind": TensorProto.INT32}, r"input_ids tensor\(int32\)"),
        ({"output": "last_hidden_state"}, "to last_hidden_state; export it for text classification"),
        ({"classes": 2}, r"logits has the shape \(1, 2\); a row of 3 is needed"),
    ],
)
def test_a_model_of_another_form(tmp_path: Path, form: Mapping[str, Any], fault: str) -> None:
    with pytest.raises(ConfigError, match=rf"^transformer\.file: .*model\.onnx: .*{fault}"):
        read(tiny.made(tmp_path / "tiny", **form))


def test_a_model_that_asks_for_kinds_of_tokens_is_given_them(tmp_path: Path) -> None:
    form = ("input_ids", "attention_mask", "token_type_ids")
    assert read(tiny.made(tmp_path / "tiny", inputs=form)).opinions(["terrible"])[0]


def test_a_model_in_a_folder_of_its_folder(tmp_path: Path) -> None:
    folder = tiny.made(tmp_path / "tiny", file="onnx/model_int8.onnx")
    assert read(folder, file="onnx/model_int8.onnx").opinions(["terrible"])[0]


def test_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to("/proc/self/mem")
    with pytest.raises(ConfigError, match=r"^transformer\.source: .*tiny: cannot be read: .*Input/output"):
        chosen(from_dict({"transformer": {"source": str(folder)}}))()


# --- in the service ------------------------------------------------------------------------------------------


@pytest.fixture
def settled(folder: Path) -> Config:
    return from_dict(CONFIG | {"transformer": {"source": str(folder)}, "scoring": {"languages": LANGUAGES}})


TEXTS: list[Text] = [
    (f"{words} number {number}", declared)
    for number in range(20)
    for words, declared in (("terrible", "en"), ("grazie", "it"), ("配送が遅れて", "ja"), ("ничего", "ru"))
]


def test_the_reader_takes_it_in_the_languages_that_are_configured(settled: Config) -> None:
    reader = Reader(LANGUAGES, chosen(settled))
    bad, good, japanese, russian = reader.read(TEXTS[:4])
    assert bad.model == reader.model.version == russian.model
    assert None not in {bad.opinion, good.opinion, japanese.opinion}
    assert russian.opinion is None


def test_the_second_opinion_stays(settled: Config) -> None:
    """The tiny model takes "rotto" for bad; VADER does not know it, and takes the rest for good."""
    texts: list[Text] = [
        ("rotto rotto rotto rotto rotto love happy best", "en"),
        ("rotto rotto rotto", "en"),
    ]
    assert [found.uncertain for found in Reader(LANGUAGES, chosen(settled)).read(texts)] == [True, False]


def test_workers_read_with_it(settled: Config) -> None:
    with closing(Workers(LANGUAGES, 2, chosen(settled))) as workers:
        assert workers.read(TEXTS) == Reader(LANGUAGES, chosen(settled)).read(TEXTS)


def test_it_comes_from_a_hub(tmp_path: Path) -> None:
    commit = "0123456789abcdef" * 2 + "01234567"
    tiny.made(tmp_path / "hub/owner/xlm-t/resolve" / commit)
    handler = partial(Quiet, directory=str(tmp_path / "hub"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as hub:
        thread = threading.Thread(target=hub.serve_forever, args=(0.01,))
        thread.start()
        written = {"source": f"http://127.0.0.1:{hub.server_port}/owner/xlm-t", "revision": commit}
        config = from_dict({"transformer": written, "earshot": {"data_dir": str(tmp_path / "data")}})
        version = chosen(config)().version
        hub.shutdown()
        thread.join()
    assert version.startswith("transformer:xlm-t@")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


def test_it_is_loaded_once_a_process(settled: Config) -> None:
    assert chosen(settled)() is chosen(settled)()


def test_it_scores_and_has_no_reasons(settled: Config) -> None:
    scorer = NegativityScorer(settled)
    (found,) = scorer.score([Asked("terrible service, worst ever", "en")])
    assert found["negative"] > 0.4
    assert found["model"].startswith("transformer:tiny@")
    assert scorer.explain(Asked("terrible service")) is None


def test_earshot_score_uses_it(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "earshot.toml"
    path.write_text(f'[transformer]\nsource = "{folder}"\n')
    ran = CliRunner().invoke(app, ["score", "terrible service, the worst", "--config", str(path)])
    assert ran.exit_code == 0
    assert "transformer:tiny@" in ran.output
    assert "more negative" not in ran.output


def models(world: World) -> set[str]:
    return {kept.score.model for story in world.stories() for kept in world.kept(story)}


def test_the_pipeline_uses_it_and_rescore_notices_that_another_model_reads(
    tmp_path: Path, settled: Config
) -> None:
    world = World(tmp_path).hear(said("1", text="Acme: terrible, the worst of all companies that I know"))
    assert models(world) == {shipped().version}
    with closing(Rescore(settled, world.store)) as rescorer:
        (brand,) = (each for each in _brands(world) if each.name == "Acme")
        changes = [change for step in rescorer.score(brand, dry=False) for change in step.changes]
        assert [change.mention for change in changes] == ["x:1"]
        assert models(world) == {rescorer.model} == {chosen(settled)().version}
    world.pipeline = Pipeline(world.context, Desk(settled))
    world.hear(said("2", 1, text="Acme: thank you, that was great and wonderful of you", parent="x:1"))
    assert models(world) == {rescorer.model}


def _brands(world: World) -> list[brands.Brand]:
    with world.store.read() as connection:
        return list(brands.every(connection))
