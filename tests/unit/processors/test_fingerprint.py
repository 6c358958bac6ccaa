"""A model that keeps its name and changes is another one."""

from pathlib import Path
from shutil import copytree

import pytest

from processors.fingerprint import fingerprint
from processors.negativity.model import MODEL_FILE

SHIPPED = MODEL_FILE.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(SHIPPED, tmp_path / "models"))


def test_the_same_files_have_the_same_one_wherever_they_lie(folder: Path) -> None:
    assert fingerprint(folder) == fingerprint()
    assert len(fingerprint()) == 8


@pytest.mark.parametrize(
    "name", [each.name for each in SHIPPED.iterdir() if each.suffix in {".npz", ".toml"}]
)
def test_another_model_of_the_same_name_or_a_word_more_has_another_one(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b"\n")
    assert fingerprint(folder) != fingerprint()


@pytest.mark.parametrize("name", ["negativity-1.md", "signs-1.json", "spread-1.json"])
def test_a_card_and_what_reads_no_text_change_nothing(folder: Path, name: str) -> None:
    (folder / name).write_text("{}", encoding="utf-8")
    assert fingerprint(folder) == fingerprint()
