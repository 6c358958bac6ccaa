"""How an engineer connects sources: `init`, `check`, `sources` and `try`, with real servers at the other end."""

import json
import os
import pty
import select
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cli_world import Earshot
from msgspec import structs

from earshot.model import SourceReport
from earshot.store import Store, sources

NOW = datetime.now(UTC)
BRAND = '[[brands]]\nname = "Ronvia"\nany = ["ronvia", "#ronvia"]\naccounts = ["@ronvia"]\nnone = ["ronvia del corso"]\n'
HOSTILE = "\x1b]0;owned\x07 [bold]not bold[/bold] \x9b2J \u202edrawkcab"


# --- a feed on this machine -------------------------------------------------------------------------------------


class Site(ThreadingHTTPServer):
    """Serves one feed; `status` says how it is answered."""

    daemon_threads = True

    def __init__(self, *items: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.asked = 200, 0
        self.show(*items)

    def show(self, *items: str) -> None:
        entries = "".join(items)
        head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>'
        self.body = f"{head}{entries}</channel></rss>".encode()

    @property
    def source(self) -> str:
        """Its table in a configuration."""
        url = f"http://127.0.0.1:{self.server_port}/feed.xml"
        return f'[[collectors]]\nkind = "feeds"\nname = "news"\nurls = ["{url}"]\nallow_private = true\n'


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("content-type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def served(server: Site) -> Iterator[Site]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with served(Site(item("Ronvia perde un pacco", 1), item("Nulla di che", 2))) as server:
        yield server


def item(title: str, number: int, author: str = "La Voce") -> str:
    at = format_datetime(NOW - timedelta(minutes=number))
    return (
        f"<item><guid>n{number}</guid><title>{title}</title><author>{author}</author><pubDate>{at}</pubDate>"
        f"<link>https://voce.example/{number}</link></item>"
    )


def configured(folder: Path, *parts: str) -> None:
    """On any free port: somebody may have the usual one."""
    text = "\n".join([BRAND, *parts, "[server]\nport = 0\n"])
    (folder / "earshot.toml").write_text(text, encoding="utf-8")


def written(folder: Path, *rows: dict[str, Any]) -> str:
    """A file of mentions; its table in a configuration."""
    whole = {"author": {"id": "anna"}, "created_at": NOW.isoformat()}
    lines = [json.dumps({"id": f"x:{number}"} | whole | row) for number, row in enumerate(rows)]
    (folder / "mentions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return '[[collectors]]\nkind = "replay"\nname = "file"\npath = "mentions.jsonl"\nsource = "x"\n'


WEBHOOK = '[[collectors]]\nkind = "webhook"\nname = "hook"\nsecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="\n'
X = '[[collectors]]\nkind = "x"\ntoken = "a-token"\nhost = "http://127.0.0.1:1"\nprice_per_read = 0.005\nprice_per_user = 0.01\n'


# --- help -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "teaches"),
    [
        ("init", "Next: earshot check"),
        ("sources", "Next: earshot try SOURCE"),
        ("try", "Example: earshot try"),
    ],
)
def test_every_help_gives_an_example_or_the_next_step(earshot: Earshot, command: str, teaches: str) -> None:
    ran = earshot(command, "--help")
    assert ran.status == 0
    assert teaches in " ".join(ran.out.replace("│", " ").split())


# --- try --------------------------------------------------------------------------------------------------------


def test_try_prints_what_would_be_published_and_stores_nothing(
    earshot: Earshot, tmp_path: Path, site: Site
) -> None:
    configured(tmp_path, site.source)
    ran = earshot("try", "news")
    assert (ran.status, ran.errors) == (0, "")
    assert "Ronvia (term ronvia) · article · " in ran.out
    assert "\n  Ronvia perde un pacco\n  https://voce.example/1\n" in ran.out
    assert "1 concerns no brand and would not be published, such as:\n    Nulla di che" in ran.out
    assert ran.out.endswith("1 of 2 would be published. Nothing was stored.\n")
    assert [file.name for file in tmp_path.iterdir()] == ["earshot.toml"]
    assert site.asked == 1


def test_try_for_programs(earshot: Earshot, tmp_path: Path, site: Site) -> None:
    configured(tmp_path, site.source)
    found = earshot("try", "news", "--json").json
    assert (found["source"], found["stored"]) == ("news", False)
    assert [(event["title"], event["brands"], event["kind"]) for event in found["events"]] == [
        ("Ronvia perde un pacco", ["Ronvia"], "article"),
        ("Nulla di che", [], "article"),
    ]


def test_try_says_why_a_mention_concerns_its_brands(earshot: Earshot, tmp_path: Path) -> None:
    rows = [
        {"text": "@ronvia rispondete"},
        {"text": "anche a me", "parent": "x:0"},
        {"text": "cinque stelle", "brand": "Ronvia"},
        {"text": "ronvia del corso è chiusa"},
    ]
    configured(tmp_path, written(tmp_path, *rows))
    events = earshot("try", "file", "--json").json["events"]
    assert [(event["why"], bool(event["brands"])) for event in events] == [
        ("term ronvia, @ronvia", True),
        ("followed conversation", True),
        ("configured source", True),
        ("followed conversation", False),
    ]


def test_try_takes_a_brands_name_as_collectors_do(earshot: Earshot, tmp_path: Path) -> None:
    rows = [{"text": "cinque stelle", "brand": name} for name in (" rONVIA", "Ronvai", "Ronvai", HOSTILE)]
    configured(tmp_path, written(tmp_path, *rows))
    ran = earshot("try", "file", "--json")
    assert [event["brands"] for event in ran.json["events"]][:2] == [["Ronvia"], ["Ronvai"]]
    assert ran.errors.count("brand: 'Ronvai' is not configured; known: Ronvia; a file may bring its own") == 1
    assert all(sign.isprintable() or sign == "\n" for sign in ran.errors)


@pytest.mark.parametrize("words", [("try", "file"), ("check",)])
def test_what_strangers_wrote_cannot_steer_the_terminal(
    earshot: Earshot, tmp_path: Path, words: tuple[str, ...]
) -> None:
    author = {"id": "m", "name": HOSTILE}
    rows = [{"text": f"ronvia {HOSTILE}", "author": author, "url": f"https://x.example/{HOSTILE}"}]
    configured(tmp_path, written(tmp_path, *rows, {"text": HOSTILE, "author": author}))
    for ran in (earshot(*words), earshot(*words, "--json")):
        assert all(sign.isprintable() or sign == "\n" for sign in ran.out)
    assert "[bold]not bold[/bold]" in earshot("try", "file").out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("newz", "there is no source 'newz'; did you mean news? configured: news, hook"),
        ("y\x1b[2J", "there is no source 'y\\x1b[2J'; configured: news, hook"),
        ("hook", "hook: nothing to fetch, it is called: POST a signed mention to /api/mentions"),
    ],
)
def test_what_cannot_be_tried_is_told_in_one_line(
    earshot: Earshot, tmp_path: Path, site: Site, name: str, message: str
) -> None:
    configured(tmp_path, site.source, WEBHOOK)
    ran = earshot("try", name)
    assert (ran.status, ran.out, ran.errors) == (1, "", f"earshot: {message}\n")


def test_a_source_that_refuses_says_so(earshot: Earshot, tmp_path: Path, site: Site) -> None:
    site.status = 404
    configured(tmp_path, site.source)
    ran = earshot("try", "news")
    assert (ran.status, ran.out) == (1, "")
    assert ran.errors.startswith("earshot: news: ")
    assert "404" in ran.errors


def test_without_sources_it_says_how_to_come_by_one(earshot: Earshot, tmp_path: Path) -> None:
    configured(tmp_path)
    assert "earshot init" in earshot("try", "news").errors
    assert "earshot init" in earshot("sources").out


def test_what_bills_is_asked_only_by_consent(earshot: Earshot, tmp_path: Path) -> None:
    configured(tmp_path, X)
    ran = earshot("try", "x", "--limit", 20)
    assert (ran.status, ran.out) == (1, "")
    assert "x bills what it is asked: about $0.30. It is not asked: --yes allows it." in ran.errors
    agreed = earshot("try", "x", "--limit", 20, "--yes")
    assert agreed.status == 1, "the address is nobody's: it was asked"
    assert "127.0.0.1" in agreed.errors


# --- check ------------------------------------------------------------------------------------------------------


def test_check_asks_every_source_and_receiver_and_sends_nothing(
    earshot: Earshot, tmp_path: Path, site: Site
) -> None:
    receivers = (
        f'[[receivers]]\nkind = "mail"\nhost = "127.0.0.1"\nport = {site.server_port}\n'
        'security = "none"\nsender = "a@b.example"\nto = ["c@d.example"]\n[[receivers]]\nkind = "log"\n'
    )
    configured(tmp_path, site.source, WEBHOOK, receivers)
    ran = earshot("check")
    assert ran.out.startswith("The configuration is in order.\n  brands     Ronvia\n")
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["source", "news", "answers", "2", "mentions", "just", "now"] in lines
    assert ["source", "hook", "waits", "nothing"] in [line[:4] for line in lines]
    assert ["receiver", "log", "ready", "nothing", "to", "connect", "to"] in lines
    assert "Ronvia: 1 mention matches:\n" in ran.out
    assert "Too few to suggest exclusions: its terms found 1, at least 20 different" in ran.out
    assert [file.name for file in tmp_path.iterdir()] == ["earshot.toml"]


def test_check_says_which_do_not_answer_and_goes_on_with_the_others(
    earshot: Earshot, tmp_path: Path, site: Site
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    hook = f'[[receivers]]\nkind = "webhook"\nurl = "http://127.0.0.1:{port}/T0KEN"\nsecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="\n'
    site.status = 503
    configured(tmp_path, site.source, written(tmp_path, {"text": "ronvia!"}), hook)
    ran = earshot("check")
    assert ran.status == 1
    assert "source    news     FAILS     " in ran.out
    assert "source    file     answers   1 mention just now" in ran.out
    assert f"receiver  webhook  FAILS     127.0.0.1:{port}" in ran.out
    assert "T0KEN" not in ran.out + ran.errors
    states = earshot("check", "--json").json
    assert [(each["name"], each["state"]) for each in states["sources"]] == [
        ("news", "fails"),
        ("file", "answers"),
    ]
    assert states["receivers"][0]["state"] == "fails"


def test_check_offline_connects_to_nothing(earshot: Earshot, tmp_path: Path, site: Site) -> None:
    configured(tmp_path, site.source, X)
    ran = earshot("check", "--offline")
    assert (ran.status, ran.errors, site.asked) == (0, "", 0)
    assert ran.out.startswith("The configuration is in order.")
    assert earshot("check", "--offline", "--json").json["brands"] == [{"name": "Ronvia"}]


def test_check_leaves_out_what_bills_unless_told_to_ask(earshot: Earshot, tmp_path: Path) -> None:
    configured(tmp_path, X)
    ran = earshot("check")
    assert (ran.status, "x  skipped   it bills" in ran.out) == (0, True)
    assert "about $0.75" in ran.errors
    agreed = earshot("check", "--yes")
    assert (agreed.status, "x  FAILS" in agreed.out) == (1, True)


def test_check_refuses_terms_that_look_for_nothing(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "earshot.toml").write_text('[[brands]]\nname = "Acme"\nany = ["@"]\n')
    ran = earshot("check", "--offline")
    assert (ran.status, ran.out) == (2, "")
    assert "the term '@' has nothing to look for" in ran.errors


def test_check_suggests_exclusions_as_a_line_to_write(earshot: Earshot, tmp_path: Path) -> None:
    ours = [{"text": f"@ronvia il pacco numero {number} non arriva"} for number in range(20)]
    streets = [{"text": f"Lavori in via Ronvia, giorno {number}"} for number in range(4)]
    configured(tmp_path, written(tmp_path, *ours, *streets))
    ran = earshot("check")
    assert ran.status == 0
    assert "“via ronvia” takes away 4 of 24" in ran.out
    assert "    · Lavori in via Ronvia, giorno 0\n    · Lavori in via Ronvia, giorno 1\n" in ran.out
    assert 'In [[brands]] name = "Ronvia":  none = ["ronvia del corso", "via ronvia"]' in ran.out
    (brand,) = earshot("check", "--json").json["brands"]
    assert (brand["matched"], len(brand["mentions"]), brand["none"]) == (
        24,
        24,
        ["ronvia del corso", "via ronvia"],
    )


def test_check_shows_the_newest_fifty(earshot: Earshot, tmp_path: Path) -> None:
    rows = [
        {"text": f"ronvia {number}", "created_at": (NOW - timedelta(minutes=number)).isoformat()}
        for number in range(70)
    ]
    configured(tmp_path, written(tmp_path, *rows))
    ran = earshot("check")
    assert "Ronvia: 70 mentions match, of which the newest 50:" in ran.out
    assert ("ronvia 49" in ran.out, "ronvia 50" in ran.out) == (True, False)
    assert max(map(len, ran.out.splitlines())) <= 120


# --- sources ----------------------------------------------------------------------------------------------------


def reported(folder: Path, *reports: SourceReport) -> None:
    store = Store(folder / "data" / "earshot.db")
    with store.begin() as connection:
        sources.save(connection, reports)
    store.close()


def report(name: str, **values: Any) -> SourceReport:
    now = datetime.now(UTC)
    return structs.replace(SourceReport(name=name, kind="feeds", at=now, started_at=now), **values)


def test_sources_says_how_each_is_doing(earshot: Earshot, tmp_path: Path, site: Site) -> None:
    now = datetime.now(UTC)
    configured(tmp_path, site.source, WEBHOOK, X, written(tmp_path))
    assert {(each["name"], each["state"]) for each in earshot("sources", "--json").json} == {
        (name, "never run") for name in ("news", "hook", "x", "file")
    }
    assert not (tmp_path / "data").exists(), "looking makes no database"
    reported(
        tmp_path,
        report("news", heard=1_234, last_success=now, last_heard=now),
        report("hook", at=now - timedelta(minutes=5)),
        report("x", error="429: \x1b[2Jslow down", error_at=now, errors={"http_429": 3}, limit_left=0,
               cost_today=1.5, budget_today=5.0, note="only loud stories"),
        report("file", working=False, heard=7),
        report("post", refused={"http_422": 1_204, "http_401": 2}, refused_at=now,
               refusal="post:msg_1:0: kind: '\x1b[2J' is none of post, reply"),
        report("old"),
    )  # fmt: skip
    ran = earshot("sources")
    rows = {line.split()[0]: line for line in ran.out.splitlines() if line.strip()}
    assert "working" in rows["news"]
    assert "1,234" in rows["news"]
    assert "not running" in ran.out
    assert "hook: its process last reported" in ran.out
    assert "failing" in ran.out
    assert "$1.50 of 5.00" in ran.out
    assert "x: since" in ran.out
    assert "429: \\x1b[2Jslow down" in ran.out
    assert "x: only loud stories" in ran.out
    assert "post: refused what senders sent (http_422 1,204, http_401 2), last " in ran.out
    assert ": post:msg_1:0: kind: '\\x1b[2J' is none of post, reply; earshot dead list shows" in ran.out
    assert "ended" in rows["file"]
    assert "no longer configured" in rows["old"]
    found = {each["name"]: each for each in earshot("sources", "--json").json}
    assert (found["news"]["heard"], found["news"]["error"], found["x"]["limit_left"]) == (1_234, "", 0)
    states = {name: each["state"] for name, each in found.items()}
    assert states == {
        "news": "working", "hook": "not running", "x": "failing", "file": "ended", "old": "no longer configured",
        "post": "no longer configured",
    }  # fmt: skip


# --- init -------------------------------------------------------------------------------------------------------


def test_init_without_a_terminal_takes_options(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("geheim-token\n")
    words = ["--company", "Ronvia", "--also", "#ronvia, ronvia spa", "--news", "--news-language", "it"]
    words += ["--webhook", "--x", "--x-token-file", "token"]
    ran = earshot("init", *words)
    assert (ran.status, ran.errors) == (0, "")
    assert ran.out.endswith("Next:\n  earshot check\n  earshot run\n")
    assert "secrets/ into .gitignore" in ran.out
    assert "geheim-token" not in ran.out + (tmp_path / "earshot.toml").read_text()
    for secret in ("secrets/x", "secrets/webhook"):
        assert stat.S_IMODE((tmp_path / secret).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    checked = earshot("check", "--offline")
    assert (checked.status, "sources    news, x, webhook" in checked.out) == (0, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "give at least --company NAME"),
        (["--company", "@"], "the term '@' has nothing to look for"),
        (["--company", "A", "--news", "--news-country", "Italia"], "collectors[0].country"),
        (["--company", "A", "--x"], "a bearer token is needed"),
        (["--company", "A", "--x", "--x-token-file", "none"], "none: cannot be read"),
    ],
)
def test_init_writes_nothing_that_would_not_be_accepted(
    earshot: Earshot, tmp_path: Path, words: list[str], message: str
) -> None:
    ran = earshot("init", *words)
    assert (ran.status, ran.out) == (1, "")
    assert message in ran.errors
    assert list(tmp_path.iterdir()) == []


def test_init_never_overwrites_unless_told_and_then_keeps_the_old(earshot: Earshot, tmp_path: Path) -> None:
    earshot("init", "--company", "First", "--webhook")
    secret = (tmp_path / "secrets/webhook").read_text()
    refused = earshot("init", "--company", "Second")
    assert (refused.status, "--force replaces it" in refused.errors) == (1, True)
    assert '"First"' in (tmp_path / "earshot.toml").read_text()
    for name in ("Second", "Third"):
        ran = earshot("init", "--company", name, "--webhook", "--force")
        assert "secrets/webhook  was there already and stays" in ran.out
    assert [name for name in ("First", "Second", "Third") if _holds(tmp_path, name)] == [
        "First",
        "Second",
        "Third",
    ]
    assert (tmp_path / "secrets/webhook").read_text() == secret, "its senders sign with it"


def _holds(folder: Path, name: str) -> bool:
    return any(f'"{name}"' in file.read_text() for file in folder.glob("earshot.toml*"))


def test_init_does_not_replace_a_secret_that_is_there(earshot: Earshot, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("new")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/x").write_text("old")
    words = ["init", "--company", "Acme", "--x", "--x-token-file", "token"]
    assert "secrets/x: is there already" in earshot(*words).errors
    assert earshot(*words, "--force").status == 0
    assert [(tmp_path / "secrets" / name).read_text().strip() for name in ("x", "x.bak")] == ["new", "old"]


def test_init_writes_where_it_is_told_and_says_so_in_the_next_commands(
    earshot: Earshot, tmp_path: Path
) -> None:
    ran = earshot("init", "--company", "Acme", "--webhook", "--config", "conf dir/acme.toml")
    assert "earshot check --config 'conf dir/acme.toml'" in ran.out
    assert (tmp_path / "conf dir/secrets/webhook").exists()
    assert earshot("check", "--offline", "--config", "conf dir/acme.toml").status == 0


def test_init_asks_a_person_at_a_terminal(tmp_path: Path) -> None:
    answers = ["Ronvia", "#ronvia", "via ronvia", "@ronvia", "", "no", "", "", "sì", "geheim", "s", "", ""]
    said, status = talk(tmp_path, answers, "init")
    assert status == 0
    assert "Nome dell'azienda" in said
    assert "geheim" not in said, "what is secret is not shown as it is typed"
    assert (tmp_path / "secrets/x").read_text() == "geheim\n"
    assert 'none = ["via ronvia"]' in (tmp_path / "earshot.toml").read_text()


def talk(folder: Path, answers: list[str], *words: str) -> tuple[str, int]:
    """Run a command on a terminal of its own and answer its questions; what was on the screen, and its status."""
    process, screen = pty.fork()
    if process == 0:
        os.chdir(folder)
        environ = os.environ | {"LANG": "it_IT.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "COLUMNS": "100"}
        os.execve(sys.executable, [sys.executable, "-m", "earshot", *words], environ)
    said, asked = "", 0
    while data := _read(screen):
        said += data
        if answers and said[asked:].endswith(": "):  # the blank comes last, when what is typed counts
            asked = len(said)
            os.write(screen, f"{answers.pop(0)}\n".encode())
    os.close(screen)
    return said, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _read(screen: int) -> str:
    """Empty at the end, or after 20 s of nothing."""
    ready, _, _ = select.select([screen], [], [], 20)
    try:
        return os.read(screen, 65_536).decode(errors="replace") if ready else ""
    except OSError:  # how Linux says that the other end of a terminal is closed
        return ""
