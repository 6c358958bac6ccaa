"""The `earshot` command as a user meets it: what it says, what it does, and what it says when it cannot."""

import json
import os
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cli_world import Earshot
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from service_world import FURIOUS, Receiver, Service, receiver, service
from sqlalchemy import make_url

from earshot import __version__
from earshot.cli.tables import day_and_time, day_or_time, length, one_line, printable, table
from earshot.clock import to_us
from earshot.model import Author, Mention
from earshot.store import Store, dead
from earshot.topics import MENTIONS, Said

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MAP = "id=id,text=text,author=user,time=at,brand=brand,followers=followers"


def table_of_mentions(path: Path, count: int = 30, **values: str) -> Path:
    rows = ["id,text,user,at,brand,followers"]
    for number in range(count):
        at = (START + timedelta(minutes=number)).isoformat()
        loud = "300000" if number == 3 else "100"
        row = {"text": f"{FURIOUS} number {number}", "brand": "Acme"} | values
        rows.append(f'{number},"{row["text"]}",u{number},{at},{row["brand"]},{loud}')
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def heard(earshot: Earshot, tmp_path: Path, **values: str) -> Path:
    """The data directory of a replay that is done."""
    file = table_of_mentions(tmp_path / "mentions.csv", **values)
    assert earshot("replay", file, "--map", MAP, "--data-dir", tmp_path / "heard", "--json").status == 0
    return tmp_path / "heard"


# --- help -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "teaches"),
    [
        ([], "earshot replay FILE"),
        (["run"], "Example: earshot run --config"),
        (["check"], "Example: earshot check"),
        (["replay"], "Example: earshot replay tweets.csv --map id=id"),
        (["stories"], "Example: earshot stories --brand"),
        (["alerts"], "Example: earshot alerts"),
        (["version"], "report a fault"),
        (["dead"], "earshot dead list"),
        (["dead", "list"], "earshot dead show 3"),
        (["dead", "show"], "Example: earshot dead show 3"),
        (["dead", "retry"], "Example: earshot dead retry 3"),
        (["migrate-store"], "Example: earshot migrate-store --to postgresql://"),
    ],
)
def test_every_help_gives_an_example_or_the_next_step(
    earshot: Earshot, words: list[str], teaches: str
) -> None:
    ran = earshot(*words, "--help")
    assert ran.status == 0
    assert teaches in " ".join(ran.out.replace("│", " ").split())


def test_version(earshot: Earshot) -> None:
    assert earshot("version") == (0, f"earshot {__version__}\n", "")


# --- check ----------------------------------------------------------------------------------------------------


def test_check_tells_every_fault_with_its_line(earshot: Earshot, tmp_path: Path) -> None:
    config = tmp_path / "bad.toml"
    config.write_text(
        '[server]\nport = 99999\n\n[[brands]]\nnane = "Acme"\n\n[[collectors]]\nkind = "feed"\n'
    )
    ran = earshot("check", "--config", config)
    assert (ran.status, ran.out) == (2, "")
    found = [line.removeprefix(f"{config}:").split(": ")[:2] for line in ran.errors.splitlines()]
    assert found == [
        ["2", "server.port"],
        ["4", "brands[0].name"],
        ["5", "brands[0].nane"],
        ["8", "collectors[0].kind"],
    ]
    assert "unknown kind 'feed'; known: " in ran.errors


def test_check_names_the_database_and_never_its_password(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.toml").write_text(
        '[store]\nurl = "postgresql://earshot@db/mentions"\npassword = "geheim"\n'
    )
    assert "database   postgresql://earshot@db:5432/mentions\n" in (ran := earshot("check")).out
    assert "geheim" not in ran.out
    (tmp_path / "earshot.toml").write_text('[earshot]\ndata_dir = "kept here"\n')
    assert "database   kept here/earshot.db\n" in earshot("check").out


def test_check_says_what_is_in_order(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.toml").write_text(
        '[server]\nport = 0\n[[brands]]\nname = "Acme [Italia]"\n[[receivers]]\nkind = "log"\n'
    )
    ran = earshot("check")
    assert (ran.status, ran.errors) == (0, "")
    assert "in order" in ran.out
    assert "Acme [Italia]" in ran.out
    assert "warning" not in ran.out


def test_check_warns_of_what_watches_nothing_and_tells_nobody(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.toml").write_text("[server]\nport = 0\n")
    ran = earshot("check")
    assert ran.status == 0
    assert "warning: no [[brands]]: nothing will match" in ran.out
    assert "warning: no [[receivers]]: nobody is told" in ran.out
    assert len(earshot("check", "--offline", "--json").json["warnings"]) == 2


def test_check_finds_what_a_start_would_be_refused_for(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (tmp_path / "earshot.toml").write_text(
            f'[server]\nport = {port}\n[earshot]\ndata_dir = "taken/data"\n'
        )
        ran = earshot("check")
        assert earshot("run").status == 1
    assert ran.status == 1
    assert f"127.0.0.1:{port}  FAILS     is taken by another program" in ran.out
    assert "taken is a file: name a folder in earshot.data_dir" in ran.out
    assert earshot("check", "--offline").status == 0


# --- replay ---------------------------------------------------------------------------------------------------


def test_replay_says_what_it_made_of_the_file_and_what_to_do_next(earshot: Earshot, tmp_path: Path) -> None:
    ran = earshot("replay", table_of_mentions(tmp_path / "m.csv"), "--map", MAP)
    assert ran.status == 0
    assert ran.out.startswith("30 mentions in ")
    assert " and 1 alert; 0 could not be read or stored" in ran.out
    following = next(line.split() for line in ran.out.splitlines() if "earshot stories" in line)
    assert len(json.loads(earshot(*following[1:], "--json", "-n", 100).out)) >= 1
    again = earshot("replay", tmp_path / "m.csv", "--map", MAP)
    assert again.out.startswith("0 mentions in ")
    assert "All 30 records of the file were heard before." in again.out
    assert following[-1].startswith("data/replay/m-")


def test_replay_keeps_to_the_configured_folder(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.toml").write_text('[earshot]\ndata_dir = "kept"\n')
    ran = earshot("replay", table_of_mentions(tmp_path / "m.csv"), "--map", MAP)
    assert "--data-dir kept/replay/m-" in ran.out
    assert not (tmp_path / "data").exists()


def test_replay_for_programs(earshot: Earshot, tmp_path: Path) -> None:
    words = [
        "replay",
        table_of_mentions(tmp_path / "m.csv"),
        "--map",
        MAP,
        "--data-dir",
        tmp_path / "d",
        "--json",
    ]
    first, second = earshot(*words).json, earshot(*words).json
    became = ["mentions", "edits", "withdrawals", "counts", "known", "unheard"]
    assert list(first) == [*became, "seconds", "mentions_per_s", "stories", "alerts", "dead"]
    assert (first["mentions"], first["alerts"], first["dead"]) == (30, 1, 0)
    assert second | {"seconds": 0, "mentions_per_s": 0} == first | {
        "seconds": 0,
        "mentions_per_s": 0,
        "mentions": 0,
    }


def test_replay_says_what_became_of_each_event(earshot: Earshot, tmp_path: Path) -> None:
    """Mentions are those that were stored; an edit or a withdrawal makes none."""

    def said(native: str, minute: int, text: str = "Acme", **more: object) -> dict[str, object]:
        at = (START + timedelta(minutes=minute)).isoformat()
        who = {"author": {"id": "u"}, "brand": "Acme"}
        return {"id": f"x:{native}", "created_at": at, "collected_at": at, "text": text} | who | more

    def later(kind: str, native: str, minute: int, **more: object) -> dict[str, object]:
        at = (START + timedelta(minutes=minute)).isoformat()
        return {"type": kind, "id": f"x:{native}", "brand": "Acme", "collected_at": at} | more

    counts = {"metrics": {"at": (START + timedelta(minutes=9)).isoformat(), "likes": 3}}
    rows = [
        said("1", 0), said("2", 1), said("3", 2), said("1", 3, "Acme, mended"), said("2", 4),
        later("withdrawn", "3", 5), later("measured", "1", 9, **counts), later("measured", "9", 9, **counts),
    ]  # fmt: skip
    file = tmp_path / "m.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = "3 mentions, 1 edit, 1 withdrawal, 1 count, 1 known already, 1 of nothing that was heard in "
    assert earshot("replay", file).out.startswith(told)
    found = earshot("replay", file, "--json", "--data-dir", tmp_path / "again").json
    assert [found[name] for name in ("mentions", "edits", "withdrawals", "counts", "known", "unheard")] == [
        3, 1, 1, 1, 1, 1,
    ]  # fmt: skip


def test_replay_counts_what_is_broken_and_what_concerns_nobody(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.toml").write_text('[[brands]]\nname = "Acme"\n')
    rows = [
        {"id": 1, "t": "about Acme"},
        {"id": 2, "t": "about nobody"},
        {"id": 3, "t": "Acme", "at": "never"},
    ]
    file = tmp_path / "m.jsonl"
    file.write_text("".join(json.dumps({"at": START.isoformat()} | row) + "\n" for row in rows))
    ran = earshot("replay", file, "--map", "id=id,text=t,time=at")
    assert ran.out.startswith("1 mention in ")
    assert "1 could not be read or stored" in ran.out
    assert "1 concerned no brand" in ran.out
    assert "earshot dead list --data-dir" in ran.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.csv", "--map", MAP], "absent.csv: there is no such file"),
        (["."], ".: is not a file"),
        (["m.csv"], "a CSV file needs one"),
        (["m.csv", "--map", "id=id,tekst=text,time=at,brand=brand"], "--map: unknown field 'tekst', did you mean 'text'?"),
        (["m.csv", "--map", "id"], "--map: 'id': write field=column"),
        (["m.csv", "--map", "id=id,text=text,time=at"], "--map: no brand=…"),
        (["m.csv", "--map", MAP.replace("=user", "=nobody")], "m.csv:1: no column 'nobody'; it has id, text, user"),
        (["m.csv", "--map", MAP, "--speed", "fast"], "--speed 'fast': write max, or a number of times such as 60x"),
        (["m.csv", "--map", MAP, "--speed", "0"], "--speed '0'"),
        (["m.csv", "--map", MAP, "--data-dir", "m.csv/below"], "m.csv/below/earshot.db"),
        (["m.csv", "--map", MAP, "--config", "absent.toml"], "absent.toml: there is no such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_refused_in_words(
    earshot: Earshot, tmp_path: Path, words: list[str], message: str
) -> None:
    table_of_mentions(tmp_path / "m.csv", 1)
    ran = earshot("replay", *words, "--json")
    assert ran.status == (2 if "absent.toml" in message else 1)
    assert ran.out == ""
    assert message in ran.errors
    assert len(ran.errors.splitlines()) == 1


# --- stories and alerts ---------------------------------------------------------------------------------------


def test_stories_fit_eighty_columns(earshot: Earshot, tmp_path: Path) -> None:
    data = heard(earshot, tmp_path, brand="A Rather Long Name of a Brand")
    ran = earshot("stories", "--data-dir", data)
    head, *rows = [
        line for line in ran.out.splitlines() if line.strip() and "─" not in line and "last" not in line
    ]
    assert head.split() == [
        "risk",
        "level",
        "brand",
        "mentions",
        "authors",
        "heard",
        "first",
        "words",
        "story",
    ]
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80
    ids = {str(story["id"]) for story in earshot("stories", "--data-dir", data, "--json").json}
    assert {row.split()[-1] for row in rows} == ids, "numbers are never cut"
    assert "…" in rows[0]


def test_stories_of_one_brand_and_for_programs(earshot: Earshot, tmp_path: Path) -> None:
    data = heard(earshot, tmp_path)
    (first, *_) = earshot("stories", "--brand", "Acme", "--data-dir", data, "--json", "--limit", 1).json
    assert first["brand"] == "Acme"
    assert first["headline"].startswith("This is a horrible")
    assert first["last_at"].endswith("+00:00")
    ran = earshot("stories", "--brand", "Akme", "--data-dir", data)
    assert (ran.status, ran.errors) == (
        1,
        "earshot: --brand 'Akme': nothing was heard about it; known: Acme\n",
    )


def test_alerts_fit_and_say_why(earshot: Earshot, tmp_path: Path) -> None:
    data = heard(earshot, tmp_path)
    ran = earshot("alerts", "--data-dir", data)
    assert "risk" in ran.out
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80
    (alert,) = earshot("alerts", "--data-dir", data, "--json").json
    assert (alert["level"], alert["brand"], alert["reason"]) == ("critical", "Acme", "risk")
    assert alert["reasons"][0] == "risk"
    assert " 09:03 " in ran.out
    assert datetime.fromisoformat(alert["opened_at"]) == START + timedelta(minutes=3)


def test_where_nothing_was_heard_it_says_what_to_do(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    earshot("replay", "empty.jsonl", "--data-dir", "none", "--json")
    assert "earshot replay FILE" in earshot("stories", "--data-dir", "none").out
    assert "No alerts" in earshot("alerts", "--data-dir", "none").out
    assert "No surges" in earshot("surges", "--data-dir", "none").out
    assert "No dead letters" in earshot("dead", "list", "--data-dir", "none").out
    assert earshot("stories", "--data-dir", "none", "--json").json == []


@pytest.mark.parametrize(
    "words", [["stories"], ["alerts"], ["dead", "list"], ["dead", "show", "1"], ["dead", "retry", "1"]]
)
def test_without_a_database_it_says_how_to_come_by_one(
    earshot: Earshot, tmp_path: Path, words: list[str]
) -> None:
    ran = earshot(*words, "--data-dir", tmp_path / "none")
    assert ran.status == 1
    assert ran.errors.startswith(
        f"earshot: {tmp_path / 'none' / 'earshot.db'}: there is no database of Earshot's; earshot run"
    )


@pytest.mark.postgres
def test_a_database_of_a_servers_must_be_in_use_already(
    earshot: Earshot, tmp_path: Path, postgres_url: str
) -> None:
    """A command that only reads makes no tables in what may be somebody else's."""
    (tmp_path / "earshot.toml").write_text(f'[store]\nurl = "{postgres_url}"\n')
    for _ in range(2):
        ran = earshot("stories")
        assert (ran.status, len(ran.errors.splitlines())) == (1, 1)
        assert "there is no database of Earshot's; earshot run" in ran.errors
        assert (make_url(postgres_url).password or "none") not in ran.errors
    Store(make_url(postgres_url)).close()
    assert "No stories yet" in earshot("stories").out


def test_a_server_that_is_not_there_is_told_in_one_line(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.toml").write_text('[store]\nurl = "postgresql://e:geheim@127.0.0.1:1/mentions"\n')
    for words in (["stories"], ["run", "alerts"]):
        ran = earshot(*words)
        assert (ran.status, len(ran.errors.splitlines())) == (1, 1)
        assert ran.errors.startswith("earshot: postgresql://e@127.0.0.1:1/mentions cannot be opened: ")
        assert "geheim" not in ran.errors


def test_a_file_that_is_no_database_is_told_as_such(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.db").write_text("these are only words, and many of them, " * 100)
    ran = earshot("stories", "--data-dir", tmp_path)
    assert (ran.status, len(ran.errors.splitlines())) == (1, 1)
    assert "earshot.db" in ran.errors


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "words",
    [["alerts"], ["stories"], ["dead", "list"], ["surges"], ["quality"], ["rescore", "--dry-run"]],
)
def test_what_only_reads_writes_nothing(
    earshot: Earshot, tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even what SQLite keeps beside a file: in a folder that may not be written it could not."""
    data = heard(earshot, tmp_path)
    monkeypatch.setattr("earshot.store.sqlite.os.access", lambda _path, mode: mode == os.R_OK)
    before = snapshot(data)
    ran = earshot(*words, "--data-dir", data)
    assert (ran.status, snapshot(data)) == (0, before), ran.errors


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        ("0008", "is at revision 0008 of an older Earshot, this one reads"),
        ("9999", "is at revision 9999 of a newer Earshot, this one reads"),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        ["alerts"],
        ["password"],
        ["label", "1", "neg"],
        ["rescore"],
        ["stories", "join", "1", "2"],
        ["stories", "split", "1", "2"],
        ["migrate-store", "--to", "postgresql://nowhere/x"],
    ],
)
def test_another_versions_database_is_left_as_it_is(
    earshot: Earshot, tmp_path: Path, words: list[str], revision: str, told: str
) -> None:
    """Else a look, or a word of staff's, with a new version would change what an old one works on."""
    data = heard(earshot, tmp_path)
    with closing(sqlite3.connect(data / "earshot.db")) as database, database:
        database.execute("update alembic_version set version_num = ?", (revision,))
    ran = earshot(*words, "--data-dir", data)
    assert (ran.status, len(ran.errors.splitlines())) == (1, 1)
    assert told in ran.errors
    with closing(sqlite3.connect(data / "earshot.db")) as database:
        assert database.execute("select version_num from alembic_version").fetchone() == (revision,)


# --- dead letters ---------------------------------------------------------------------------------------------


def parked(data: Path, origin: str, raw: bytes, reason: str = "no reason") -> None:
    store = Store(data / "earshot.db")
    with store.begin() as connection:
        dead.park(connection, to_us(START), [(origin, reason, raw)])
    store.close()


def test_a_letter_is_listed_and_shown_whole(earshot: Earshot, tmp_path: Path) -> None:
    data = heard(earshot, tmp_path)
    parked(data, "file.jsonl:17", b'{"id": "\xff' + b"w" * 300 + b"\x1b[31m", "not [red]UTF-8[/red]")
    listed, shown = (
        earshot("dead", "list", "--data-dir", data),
        earshot("dead", "show", 1, "--data-dir", data),
    )
    assert "file.jsonl:17" in listed.out
    assert "not [red]UTF-8[/red]" in " ".join(listed.out.split()) or "[red]" in listed.out
    assert "1 in all" in listed.out
    assert f'{{"id": "\\xff{"w" * 300}\\x1b[31m' in shown.out, (
        "in one piece, and the terminal keeps its colour"
    )
    assert "reason  not [red]UTF-8[/red]" in shown.out
    found = earshot("dead", "list", "--data-dir", data, "--json").json
    assert (found["total"], found["letters"][0]["origin"]) == (1, "file.jsonl:17")


def test_a_message_that_is_put_back_is_processed_by_the_next_run(earshot: Earshot, tmp_path: Path) -> None:
    data = heard(earshot, tmp_path)
    late = Mention(
        id="x:late",
        brand="Late",
        author=Author(id="u"),
        created_at=START,
        collected_at=START,
        text="better late",
    )
    parked(data, "topic:mentions:0:999", MENTIONS.encode(Said(mention=late)))
    ran = earshot("dead", "retry", 1, "--data-dir", data)
    assert (ran.status, ran.out) == (0, "letter 1 is back on mentions; earshot run takes it up\n")
    assert earshot("dead", "list", "--data-dir", data, "--json").json["total"] == 0
    again = earshot("replay", tmp_path / "mentions.csv", "--map", MAP, "--data-dir", data, "--json")
    assert again.json["mentions"] == 1
    (story,) = earshot("stories", "--brand", "Late", "--data-dir", data, "--json").json
    assert story["headline"] == "better late"


@pytest.mark.parametrize(
    ("origin", "raw", "message"),
    [
        ("file.jsonl:17", b"{", "mend file.jsonl:17 at its source and hear it again"),
        ("topic:mentions:0:1", b"x" * 1_000_001, "only the first 1,000,000 of 1,000,001 bytes were kept"),
    ],
)
def test_what_cannot_be_put_back_is_refused_with_what_to_do(
    earshot: Earshot, tmp_path: Path, origin: str, raw: bytes, message: str
) -> None:
    data = heard(earshot, tmp_path)
    parked(data, origin, raw)
    ran = earshot("dead", "retry", 1, "--data-dir", data)
    assert ran.status == 1
    assert message in ran.errors
    assert earshot("dead", "list", "--data-dir", data, "--json").json["total"] == 1


def test_a_letter_that_does_not_exist(earshot: Earshot, tmp_path: Path) -> None:
    ran = earshot("dead", "show", 9, "--data-dir", heard(earshot, tmp_path))
    assert (ran.status, ran.errors) == (1, "earshot: there is no letter 9; earshot dead list shows them\n")


# --- tables ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 2, 17, 34, tzinfo=UTC), "17:34"),
        (datetime(2026, 3, 1, 17, 34, tzinfo=UTC), "01 Mar"),
        (datetime(2015, 2, 21, tzinfo=UTC), "Feb 2015"),
    ],
)
def test_times_are_as_short_as_they_can_be_understood(moment: datetime, expected: str) -> None:
    assert day_or_time(moment, datetime(2026, 3, 2, 18, 0, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 2, 17, 34, tzinfo=UTC), "17:34"),
        (datetime(2026, 3, 1, 17, 34, tzinfo=UTC), "01 Mar 17:34"),
        (datetime(2015, 2, 21, 9, 5, tzinfo=UTC), "21 Feb 2015 09:05"),
    ],
)
def test_an_alerts_moment_is_told_to_the_minute_however_old(moment: datetime, expected: str) -> None:
    assert day_and_time(moment, datetime(2026, 3, 2, 18, 0, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0m"), (59, "59m"), (60, "1h"), (192, "3h 12m"), (1445, "1d"), (3_200, "2d 5h")],
)
def test_how_long_it_lasted_is_told_in_two_units(minutes: int, expected: str) -> None:
    assert length(timedelta(minutes=minutes)) == expected


@given(st.text())
def test_what_strangers_wrote_cannot_steer_the_terminal(text: str) -> None:
    assert all(sign.isprintable() or sign in "\n\t" for sign in printable(text))
    assert one_line(text).isprintable()


@given(
    rows=st.lists(st.tuples(st.integers(0, 10**13), st.text(max_size=40), st.text(max_size=40)), max_size=5),
    width=st.integers(45, 120),
)
def test_a_table_is_never_wider_than_the_terminal_and_cuts_no_number(
    rows: list[tuple[int, str, str]], width: int
) -> None:
    console = Console(width=width)
    with console.capture() as said:
        console.print(
            table(
                console,
                [("number", "right"), ("name", "short"), ("words", "rest")],
                [[str(number), *words] for number, *words in rows],
            )
        )
    assert all(cell_len(line) <= width for line in said.get().splitlines())
    assert all(str(number) in said.get() for number, *_ in rows)


# --- run ------------------------------------------------------------------------------------------------------


@pytest.fixture
def told() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


@pytest.fixture
def running(tmp_path: Path, told: Receiver) -> Iterator[Service]:
    with service(tmp_path, told) as started:
        yield started.start()


def test_a_signed_mention_becomes_a_story_and_a_notice(
    earshot: Earshot, running: Service, told: Receiver
) -> None:
    assert httpx.get(f"{running.url}/healthz").text == "alive\n"
    assert httpx.get(f"{running.url}/readyz").json() == {"ready": True, "faults": {}}
    assert running.post("1", f"Acme! {FURIOUS}").json() == {"accepted": 1, "published": 1, "refused": []}
    notice = told.next()
    assert (notice["brand"], notice["level"], notice["reason"]) == ("Acme", "warning", "loud_author")
    (story,) = earshot("stories", "--config", running.config, "--json").json
    assert (story["id"], story["mentions"]) == (notice["story"], 1)
    metrics = httpx.get(f"{running.url}/metrics").text
    assert 'earshot_heard_total{collector="webhook",event="any"} 1.0' in metrics


def test_a_stop_keeps_everything_for_the_next_start(
    earshot: Earshot, running: Service, told: Receiver
) -> None:
    running.post("1", f"Acme! {FURIOUS}")
    running.post("2", "Dirty shops, rude clerks, terrible queues: I hate Acme")
    running.signal(signal.SIGTERM)
    assert running.ended() == 0
    running.start()
    assert {told.next()["story"] for _ in range(2)} == {
        story["id"] for story in earshot("stories", "--config", running.config, "--json").json
    }
    running.signal(signal.SIGINT)
    assert running.ended() == 0


def test_a_second_signal_exits_at_once_and_what_was_in_hand_is_sent_again(
    running: Service, told: Receiver
) -> None:
    told.open.clear()
    running.post("1", f"Acme! {FURIOUS}")
    assert told.called.wait(10)
    running.signal(signal.SIGTERM)
    running.until_it_says("a second signal exits at once")
    running.signal(signal.SIGTERM)
    assert running.ended() == 130
    told.open.set()
    first = told.next()
    running.start()
    again = told.next()
    assert again["identity"] == first["identity"]
    assert (first["possible_repeat"], again["possible_repeat"]) == (False, True)


@pytest.mark.parametrize("words", [["run"], ["run", "nonsense"]])
def test_what_cannot_run_says_so_in_one_line(earshot: Earshot, tmp_path: Path, words: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "earshot.toml").write_text(f"[server]\nport = {port}\n")
        ran = earshot(*words)
    expected = "unknown role nonsense; known: " if words[1:] else f"127.0.0.1:{port} cannot be listened on"
    assert ran.status == 1
    assert expected in ran.errors
    assert len(ran.errors.splitlines()) == 1


def test_without_a_configuration_it_says_how_to_come_by_one(earshot: Earshot) -> None:
    ran = earshot("run")
    assert (ran.status, ran.out) == (2, "")
    assert "earshot.toml: there is no such file; make one with" in ran.errors
