"""`earshot password`, as it is typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from earshot import passwords
from earshot.cli import app
from earshot.errors import Refused
from earshot.store import Store, access


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["password", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout.strip()


def test_a_new_one_replaces_the_old_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "earshot.db")
    made = [run("--data-dir", str(tmp_path)) for _ in range(2)]
    with store.read() as connection:
        kept = access.get(connection, passwords.KEPT_AS) or ""
    store.close()
    assert [passwords.is_right(each, kept) for each in made] == [False, True]


def test_one_that_is_configured_is_changed_there(tmp_path: Path) -> None:
    config = tmp_path / "earshot.toml"
    config.write_text('[console]\npassword = "una-di-prova"\n')
    with pytest.raises(Refused, match=r"change console.password there"):
        run("--config", str(config))


def test_without_a_database_there_is_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no database"):
        run("--data-dir", str(tmp_path))
