"""What `earshot check` finds before `earshot run` does: a port that is taken, a folder that cannot be written."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earshot.cli.doubting import doubts
from earshot.cli.starting import databases, starting
from earshot.config import Config, from_dict, load


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def of_port(server: socket.socket | None, folder: Path) -> tuple[str, str]:
    port = server.getsockname()[1] if server else 0
    place, *_ = starting(configured(folder, server={"port": port}))
    return place.how


def configured(folder: Path, **sections: object) -> Config:
    return from_dict({"server": {"port": 0}, "earshot": {"data_dir": str(folder)}, **sections})


def answering(server: socket.socket, said: bytes) -> threading.Thread:
    def answer() -> None:
        connection, _ = server.accept()
        with closing(connection):
            connection.recv(4_096)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + said)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_a_port_that_is_free(tmp_path: Path) -> None:
    assert of_port(None, tmp_path) == ("ready", "is free")


def test_a_port_that_earshot_itself_has_is_no_fault(listener: socket.socket, tmp_path: Path) -> None:
    thread = answering(listener, b"alive\n")
    state, known = of_port(listener, tmp_path)
    thread.join()
    assert (state, known[:26]) == ("ready", "Earshot runs there already")


def test_a_port_that_another_has(listener: socket.socket, tmp_path: Path) -> None:
    thread = answering(listener, b"<html>")
    state, fault = of_port(listener, tmp_path)
    thread.join()
    assert (state, fault) == ("FAILS", "is taken by another program; set server.port to a free one")


def test_an_address_that_is_not_this_machines(tmp_path: Path) -> None:
    place, *_ = starting(configured(tmp_path, server={"port": 0, "host": "192.0.2.1"}))
    assert place.fault.startswith("cannot be listened on: ")


def test_folders_are_written_or_made_and_none_is_needed_beside_servers(tmp_path: Path) -> None:
    _, there = starting(configured(tmp_path))
    assert (there.name, there.known) == (str(tmp_path), "can be written")
    _, missing = starting(configured(tmp_path / "a" / "b"))
    assert missing.known == "the first start makes it"
    assert not (tmp_path / "a").exists()
    elsewhere = configured(tmp_path / "a", store={"url": f"sqlite:///{tmp_path}/b/kept.db"})
    assert [each.name for each in starting(elsewhere)[1:]] == [str(tmp_path / "b"), str(tmp_path / "a")]
    servers = {"bus": {"servers": ["kafka:9092"]}, "store": {"url": "postgresql://e@db/e"}}
    assert databases(configured(tmp_path / "a", **servers)) == []
    assert len(starting(configured(tmp_path / "a", **servers))) == 1


def test_the_samples_folder_is_looked_at_where_the_sample_runs(tmp_path: Path) -> None:
    _, folder = starting(configured(tmp_path, collectors=[{"kind": "sample"}]))
    assert folder.name == str(tmp_path / "sample")


def test_what_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    _, folder = starting(configured(tmp_path / "a"))
    assert folder.fault.startswith(f"{tmp_path} may not be written by this user")


def test_a_term_that_is_wanted_and_excluded_is_doubted(tmp_path: Path) -> None:
    brands = [{"name": "Acme", "any": ["acme", "ACME Ltd"], "none": ["acme ltd", "acme street"]}]
    (doubt,) = doubts(configured(tmp_path, brands=brands, receivers=[{"kind": "log"}]))
    assert doubt == "[[brands]] Acme: 'ACME Ltd' is in any and in none: what says it never matches"


FEEDS = {"kind": "feeds", "urls": ["https://f.example/rss"], "source": "mastodon"}


def platforms_doubted(folder: Path, *collectors: dict[str, object]) -> list[str]:
    """Of a configuration that names three, and uses a list that names X's."""
    text = (
        "[[brands]]\nname = 'Acme'\naccounts = ['acme', 'Mastodon:@acme',\n  'mastdon:@acme']\n"
        "[rules]\nlists = ['italy']\nvoices = ['reddit:@acme']\n[[receivers]]\nkind = 'log'\n"
    )
    for each in collectors:
        text += "[[collectors]]\n" + "".join(f"{key} = {value!r}\n" for key, value in each.items())
    (file := folder / "earshot.toml").write_text(text)
    config = load(file, {"EARSHOT_EARSHOT__DATA_DIR": str(folder)})
    return [doubt.replace(f"{folder}/", "") for doubt in doubts(config)]


def test_a_platform_that_no_source_has_is_doubted_with_its_line(tmp_path: Path) -> None:
    """Not those of lists, which are of everybody."""
    assert platforms_doubted(tmp_path, FEEDS) == [
        (
            "earshot.toml:4: brands[0].accounts[2]: nobody until a source has it: unknown platform 'mastdon';"
            " did you mean 'mastodon'?"
        ),
        "earshot.toml:7: rules.voices[0]: nobody until a source has it: unknown platform 'reddit'; known: mastodon",
    ]


@pytest.mark.parametrize(
    "source",
    [{"kind": "webhook", "secret": "whsec_" + "c2VjcmV0" * 6}, {"kind": "replay", "path": "a.jsonl"}],
)
def test_where_any_platform_may_come_none_is_doubted(tmp_path: Path, source: dict[str, object]) -> None:
    assert platforms_doubted(tmp_path, FEEDS, source) == []
    assert platforms_doubted(tmp_path) == [], "nor where there is no source yet"


def test_files_that_others_may_read_are_told_in_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for name in ("earshot.db", "bus.db"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    given = {"brands": [{"name": "Acme"}], "receivers": [{"kind": "log"}]}
    (doubt,) = doubts(configured(tmp_path, **given))
    assert doubt.endswith(f"chmod go= {tmp_path}/earshot.db {tmp_path}/bus.db")
