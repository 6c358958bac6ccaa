"""Which model reads, and what is said where the one that was chosen cannot."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from earshot.config import from_dict
from earshot.errors import ConfigError
from processors.negativity.choice import chosen
from processors.negativity.model import shipped

COMMIT = "0123456789abcdef" * 2 + "01234567"


def test_the_model_that_ships_reads_unless_another_is_chosen() -> None:
    assert chosen(from_dict({})) is shipped


def test_what_loads_a_model_travels_to_other_processes() -> None:
    load = chosen(from_dict({"transformer": {"source": "m"}}))
    assert pickle.loads(pickle.dumps(load)).args == load.args  # type: ignore[attr-defined]


def test_without_the_extra_the_mend_is_told() -> None:
    code = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from earshot.config import from_dict; from processors.negativity.choice import chosen\n"
        "try: chosen(from_dict({'transformer': {'source': 'm'}}))()\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.startswith("ConfigError transformer.source: needs the extra `transformer` (")
    assert "pip install 'earshot[transformer]'" in ran.stdout


def test_who_has_no_transformer_loads_none_of_its_libraries() -> None:
    code = (
        "import sys; from earshot.config import from_dict; from processors.asked import NegativityScorer\n"
        "from earshot.seams import Asked; NegativityScorer(from_dict({})).score([Asked('Il pacco non arriva')])\n"
        "print([m for m in ('onnxruntime', 'tokenizers', 'httpx', 'onnx') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"source": "https://hub.example/o/n"}, "transformer.revision: is required with an address"),
        ({"source": "https://hub.example/o/n", "revision": "main"}, "transformer.revision: must match"),
        ({"source": "https://hub.example", "revision": COMMIT}, "transformer.source: must be a folder, or"),
        ({"source": "https://hub.example/o/..", "revision": COMMIT}, "transformer.source: must be a folder"),
        ({"source": "https://u:p@hub.example/o/n", "revision": COMMIT}, "transformer.source: must be a fold"),
        ({"source": "https://hub.example/o/n?x", "revision": COMMIT}, "transformer.source: must be a folder"),
        ({"file": "../model.onnx"}, "transformer.file: must match"),
        ({"file": "/model.onnx"}, "transformer.file: must match"),
        ({"threads": 0}, "transformer.threads: must be greater"),
        ({"temperature": 0}, "transformer.temperature: must be greater"),
        ({"bias": [0, 0]}, "transformer.bias"),
        ({"bias": [0, 0, float("nan")]}, "transformer.bias"),
        ({"languages": ["it"]}, "transformer.languages: unknown key; known: bias, file,"),
    ],
)
def test_settings_that_cannot_be_meant(written: dict[str, Any], fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_dict({"transformer": written})
    assert str(caught.value).startswith(fault)


def test_the_environment_sets_it_without_a_file() -> None:
    environ = {
        "EARSHOT_TRANSFORMER__SOURCE": "http://[::1]:8080/o/n",
        "EARSHOT_TRANSFORMER__REVISION": COMMIT,
        "EARSHOT_TRANSFORMER__BIAS": "0.1, 0, -0.1",
    }
    found = from_dict({}, environ).transformer
    assert (found.on_hub, found.revision, found.bias) == (True, COMMIT, (0.1, 0.0, -0.1))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="the extra `transformer` is not installed")
    pytest.importorskip("tokenizers", reason="the extra `transformer` is not installed")
    load = chosen(from_dict({"transformer": {"source": str(tmp_path / "none")}}))
    with pytest.raises(ConfigError, match=r"^transformer\.source: .*none: has no model\.onnx, no tokenizer"):
        load()
