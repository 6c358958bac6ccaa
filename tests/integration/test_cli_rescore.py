"""`earshot rescore` as it is run: on both databases, killed at any moment, beside and instead of a service."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import rescore_world
from cli_world import Earshot
from rescore_world import START, check_whole, hear, log, made, numbers, rescore_again
from sqlalchemy import URL, make_url

from earshot.claim import claimed
from earshot.errors import Refused
from earshot.store import Store, brands, mentions, notices
from earshot.topics import Withdrawn
from processors import rescore

KILLS = 20


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path | URL, tuple[str, ...]]]:
    """Where a store is, and the words that lead the command there."""
    if request.param == "sqlite":
        yield tmp_path / "data" / "earshot.db", ("--data-dir", str(tmp_path / "data"))
        return
    url = make_url(request.getfixturevalue("postgres_url"))
    config = tmp_path / "server.toml"
    shown = url.set(drivername="postgresql").set(password=None).render_as_string(hide_password=False)
    secret = f'password = "{url.password}"\n' if url.password else ""
    config.write_text(f'[store]\nurl = "{shown}"\n{secret}[bus]\nservers = ["127.0.0.1:1"]\n')
    yield url, ("--config", str(config))


def test_the_store_is_as_if_the_new_model_had_scored_it_from_the_start(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]], tmp_path: Path
) -> None:
    at, words = place
    with closing(made(tmp_path / "expected.db", log(300), old=False)) as expected:
        wanted = numbers(expected)
    with closing(made(at, log(300), old=True)) as store:
        status, out, _ = earshot("rescore", "--json", *words)
        assert (status, json.loads(out)["dry_run"]) == (0, False)
        assert numbers(store) == wanted
        with store.read() as connection:
            assert notices.count(connection) == 0
        status, out, _ = earshot("rescore", *words)
        assert (status, "carries" in out) == (0, True)


def test_beside_a_running_service_nothing_is_lost_or_counted_twice(
    place: tuple[Path | URL, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process hears on, a few mentions at a time, while this one goes through the past."""
    monkeypatch.setattr(rescore, "_PAGE", 20)
    at, _ = place
    events = log(600)
    with closing(made(at, events[:400], old=True)) as service, closing(Store(at)) as ours:
        hearing = threading.Thread(
            target=hear, args=(service, events[400:]), kwargs={"old": False, "batch": 7}
        )
        hearing.start()
        with suppress(Refused):  # where it hears without a pause, as it says; what is done stays
            rescore_again(ours)
        hearing.join()
        check_whole(service)
        rescore_again(ours)
        assert check_whole(service) == 600


@pytest.mark.timeout(300)
def test_killed_at_any_moment_it_goes_on_where_it_was(earshot: Earshot, tmp_path: Path) -> None:
    """What a kill leaves is whole at any time (see `check_whole`), and nothing that was done is done again."""
    at = tmp_path / "data" / "earshot.db"
    made(at, log(2_000), old=True).close()
    with closing(made(tmp_path / "expected.db", log(2_000), old=False)) as expected:
        wanted = numbers(expected)
    script = Path(rescore_world.__file__)
    found = subprocess.run([sys.executable, script, at, str(KILLS)], capture_output=True, check=False)
    assert found.returncode == 0, found.stderr.decode()
    done = [int(line) for line in found.stdout.split()]
    assert (done, len(done)) == (sorted(done), KILLS)
    assert len(set(done)) > 3  # however slow the machine, it is never for nothing
    status, out, _ = earshot("rescore", "--json", "--data-dir", at.parent)
    assert (status, json.loads(out)["scored"] <= 2_000 - done[-1]) == (0, True)
    with closing(Store(at)) as store:
        assert numbers(store) == wanted


def test_a_trial_says_what_would_move_most_and_writes_nothing(earshot: Earshot, tmp_path: Path) -> None:
    with closing(made(tmp_path / "data" / "earshot.db", log(60), old=True)) as store:
        before = numbers(store)
        status, out, err = earshot("rescore", "--dry-run", "--brand", "Acme", "--data-dir", tmp_path / "data")
        assert numbers(store) == before
    assert status == 0
    assert "mentions would be scored with" in out
    assert " -> " in out
    assert "Bolt" not in out + err
    assert "Acme: 30 of 30" in err


def test_a_brand_that_nobody_heard_of_is_refused(earshot: Earshot, tmp_path: Path) -> None:
    made(tmp_path / "data" / "earshot.db", log(4), old=True).close()
    status, _, err = earshot("rescore", "--brand", "Akme", "--data-dir", tmp_path / "data")
    assert (status, "Akme" in err, "known: Acme, Bolt" in err) == (1, True, True)


def test_a_file_that_a_service_works_on_is_refused_and_may_be_looked_at(
    earshot: Earshot, tmp_path: Path
) -> None:
    made(tmp_path / "data" / "earshot.db", log(4), old=True).close()
    with claimed(tmp_path / "data", ["processors"]):
        status, _, err = earshot("rescore", "--data-dir", tmp_path / "data")
        assert (status, "Stop it, run this again" in err) == (1, True)
        assert earshot("rescore", "--dry-run", "--data-dir", tmp_path / "data")[0] == 0


def test_without_a_database_there_is_nothing_to_score(earshot: Earshot, tmp_path: Path) -> None:
    status, _, err = earshot("rescore", "--data-dir", tmp_path / "none")
    assert (status, "there is no database" in err) == (1, True)


def test_what_was_withdrawn_stays_so(earshot: Earshot, tmp_path: Path) -> None:
    gone = Withdrawn(id="x:0", brand="Acme", collected_at=START + timedelta(hours=1))
    with closing(made(tmp_path / "data" / "earshot.db", [*log(10), gone], old=True)) as store:
        assert earshot("rescore", "--data-dir", tmp_path / "data")[0] == 0
        with store.read() as connection:
            (row,) = mentions.get(connection, [brands.number(1, 1)]).values()
        assert (bool(row.withdrawn), mentions.read(row).mention.text) == (True, "")
        check_whole(store)
