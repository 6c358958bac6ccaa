"""What `earshot check` and `try` do with sources and receivers of any kind: none can hide how the others are doing."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, Literal

import pytest
from starlette.routing import BaseRoute, Route
from typer.testing import CliRunner

from earshot.cli import app
from earshot.cli.asking import Answer, affordable, ask, concerning, price, scratch
from earshot.cli.reaching import reach, reach_kept
from earshot.config import Brand, Config, from_dict
from earshot.errors import ConfigError, Permanent, Refused
from earshot.model import Author, Mention
from earshot.seams import CollectorSettings, ReceiverSettings
from earshot.topics import Event, Measured, Said, Withdrawn

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Source(CollectorSettings):
    """Answers with what `answers` does; called, where it has a path."""

    kind: Literal["test"] = "test"
    path: str = ""
    answers: ClassVar[dict[str, Callable[[], Any]]] = {}

    def build(self, context: Any) -> Any:
        async def once(limit: int) -> Sequence[Event]:
            answer = self.answers[self.name]()
            return (await answer if asyncio.iscoroutine(answer) else answer)[:limit]

        def routes() -> list[BaseRoute]:
            return [Route(self.path, lambda _: None)] if self.path else []

        return SimpleNamespace(name=self.name, once=once, routes=routes)


def said(native: str, text: str = "", **values: Any) -> Said:
    base = {"brand": "", "author": Author(id="u"), "created_at": AT, "collected_at": AT, "text": text}
    return Said(mention=Mention(id=f"x:{native}", **base | values))


def fails(error: Exception) -> Callable[[], Any]:
    def failing() -> Any:
        raise error

    return failing


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Any]]:
    monkeypatch.setattr(Source, "answers", made := {})
    return made


# --- asking -----------------------------------------------------------------------------------------------------


def test_sources_are_asked_side_by_side_and_each_has_its_own_end(answers: dict[str, Any]) -> None:
    answers |= {
        "good": lambda: [said("1"), said("2"), said("3")],
        "stuck": lambda: asyncio.sleep(3600),
        "refusing": fails(Refused("refusing: 401: make a new token")),
        "broken": fails(ZeroDivisionError("by zero")),
        "called": fails(Refused("called: POST to /hook")),
    }
    sources = [Source(name=name, path="/hook" if name == "called" else "") for name in answers]
    with scratch(Config()) as context:
        found = {each.source.name: each for each in ask(context, [(s, 2) for s in sources], patience=0.05)}
    assert len(found["good"].events) == 2
    assert found["stuck"].fault.startswith("no answer within 0.05 s")
    assert found["refusing"].fault == "refusing: 401: make a new token"
    assert found["broken"].fault == "breaks: ZeroDivisionError: by zero; please report it"
    assert (found["called"].unasked, found["called"].fault) == ("waits", "called: POST to /hook")
    assert [each.unasked for each in found.values()].count("") == 4


def test_a_source_that_cannot_even_be_built_is_told_too() -> None:
    class Bare(CollectorSettings):
        kind: Literal["bare"] = "bare"

    with scratch(Config()) as context:
        (answer,) = ask(context, [(Bare(name="bare"), 1)])
    assert answer.fault.startswith("breaks: NotImplementedError")


def test_the_scratch_context_keeps_nothing() -> None:
    with scratch(Config()) as context:
        path = context.store.path
        assert path
        assert path.exists()
    assert not path.parent.exists()


def test_events_are_given_their_brands_as_the_intake_gives_them() -> None:
    brands = [Brand(name="Acme", none=("acme street",)), Brand(name="Bolt", any=("bolt", "@bolt_it"))]
    counts: Any = {"collected_at": AT, "brand": ""}
    events = [
        said("1", "Acme, like BOLT"),
        said("2", "me too", parent="x:1"),
        said("3", "nothing"),
        said("4", "", brand="Acme"),
        Withdrawn(id="x:2", **counts),
        Withdrawn(id="x:3", **counts),
        Measured(id="x:9", metrics={}, **counts | {"brand": "Bolt"}),  # type: ignore[arg-type]
        said("3", "Acme after all"),
        Withdrawn(id="x:3", **counts),
    ]
    found = concerning([Answer(Source(name="s"), events)], brands)
    assert [each.brands for each in found] == [
        ("Acme", "Bolt"), ("Acme", "Bolt"), (), ("Acme",), ("Acme", "Bolt"), (), ("Bolt",), ("Acme",), ("Acme",),
    ]  # fmt: skip
    assert found[0].why == "term Acme, bolt"
    assert {each.why for each in found[1:7]} == {"followed conversation", "configured source"}


def test_a_brand_is_meant_whatever_letters_of_its_name_are_capitals() -> None:
    events = [
        said("1", "Acme street", brand=" aCME"),
        said("2", "me too", parent="x:1"),
        said("3", brand="Nope"),
        Withdrawn(id="x:3", brand="ACME", collected_at=AT),
    ]
    found = concerning([Answer(Source(name="s"), events)], [Brand(name="Acme")])
    assert [each.brands for each in found] == [("Acme",), ("Acme",), ("Nope",), ("Acme",)]


class Billing(Source):
    price_per_read: float = 0.005
    price_per_user: float = 0.01


def test_what_asking_costs_is_said_before_and_nothing_is_spent_without_consent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False, buffer=None))
    free, billing = Source(name="free"), Billing(name="x")
    config = Config(brands=(Brand(name="Acme"), Brand(name="Bolt")))
    assert (price(free, 50, 2), price(billing, 50, 2)) == (0, pytest.approx(1.5))
    said_: list[str] = []
    monkeypatch.setattr("typer.get_text_stream", lambda _: SimpleNamespace(isatty=lambda: False))
    assert affordable(config, [free, billing], 50, yes=False, say=said_.append) == [free]
    assert affordable(config, [free, billing], 50, yes=True, say=said_.append) == [free, billing]
    assert said_ == [
        "x bills what it is asked: about $1.50. It is not asked: --yes allows it.",
        "x bills what it is asked: about $1.50.",
    ]


# --- reaching ---------------------------------------------------------------------------------------------------


class Receiver(ReceiverSettings):
    """A channel that can check itself, if `check` says how; else what its settings name is connected to."""

    kind: Literal["test"] = "test"
    url: str = ""
    host: str = ""
    port: int = 0
    security: str = ""
    check: ClassVar[dict[str, Callable[[], None]]] = {}

    def build(self, context: Any) -> Any:
        given = {"check": self.check[self.name]} if self.name in self.check else {}
        return SimpleNamespace(send=None, close=lambda: None, **given)


@pytest.fixture
def port() -> Iterator[int]:
    """Where somebody listens who never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def nobodys_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_receivers_are_connected_to_by_what_their_settings_name(port: int) -> None:
    closed = nobodys_port()
    receivers = [
        Receiver(name="none"),
        Receiver(name="host", host="127.0.0.1", port=port),
        Receiver(name="url", url=f"http://127.0.0.1:{port}/T0KEN"),
        Receiver(name="closed", url=f"http://127.0.0.1:{closed}/T0KEN"),
        Receiver(name="unknown", host="nowhere.invalid", port=25),
    ]
    with scratch(Config()) as context:
        found = {each.name: each for each in reach(context, receivers)}
        assert reach(context, []) == []
    assert found["none"].how == ("ready", "nothing to connect to")
    assert found["host"].how == found["url"].how == ("ready", "can be connected to; nothing was sent")
    assert found["closed"].fault.startswith(f"127.0.0.1:{closed} cannot be reached: ")
    assert found["unknown"].fault.startswith("nowhere.invalid:25 cannot be reached: ")
    assert not [each for each in found.values() if "T0KEN" in each.fault]


def test_brokers_and_the_database_are_connected_to(port: int) -> None:
    closed = nobodys_port()
    url = f"postgresql://earshot:geheim@127.0.0.1:{closed}/mentions"
    servers = [f"127.0.0.1:{port}", f"127.0.0.1:{closed}", "kafka"]
    config = from_dict({"bus": {"servers": servers}, "store": {"url": url}})
    database, *brokers = reach_kept(config)
    assert "cannot be opened" in database.fault
    assert "geheim" not in database.fault
    assert [each.how[0] for each in brokers] == ["ready", "FAILS", "FAILS"]
    assert {each.what for each in (database, *brokers)} == {"server"}
    assert reach_kept(Config()) == []


@pytest.mark.postgres
def test_a_database_that_is_there_lets_us_in(postgres_url: str) -> None:
    (found,) = reach_kept(from_dict({"store": {"url": postgres_url}}))
    assert found.how == ("ready", "lets us in; the first start makes its tables")


def test_where_tls_begins_at_once_it_must_succeed() -> None:
    """Somebody who speaks no TLS hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_hang_up, args=(server,))
        thread.start()
        with scratch(Config()) as context:
            (found,) = reach(
                context, [Receiver(name="url", url=f"https://127.0.0.1:{server.getsockname()[1]}")]
            )
        thread.join()
    assert found.how[0] == "FAILS"
    assert "cannot be reached" in found.fault


def _hang_up(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1)
        connection.sendall(b"220 not TLS\r\n")


def test_a_channel_that_can_check_itself_is_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = {
        "in": lambda: None,
        "out": fails(Permanent("smtp.example:587 answered 535: wrong password")),
        "broken": fails(ZeroDivisionError("T0KEN")),
        "tls": fails(ssl.SSLError(1, "certificate has expired")),
    }
    monkeypatch.setattr(Receiver, "check", checks)
    with scratch(Config()) as context:
        found = [each.how for each in reach(context, [Receiver(name=name) for name in checks])]
    assert found == [
        ("ready", "lets us in; nothing was sent"),
        ("FAILS", "smtp.example:587 answered 535: wrong password"),
        ("FAILS", "breaks: ZeroDivisionError; please report it"),
        ("FAILS", "tls cannot be reached: certificate has expired"),
    ]


# --- the model --------------------------------------------------------------------------------------------------


@pytest.fixture
def offline(tmp_path: Path) -> Callable[..., str]:
    """What `check --offline` says of a configuration."""

    def checked(text: str, *options: str) -> str:
        (tmp_path / "earshot.toml").write_text(text, encoding="utf-8")
        words = ["check", "--offline", "--config", str(tmp_path / "earshot.toml"), *options]
        return CliRunner().invoke(app, words, catch_exceptions=False).output

    return checked


def test_languages_that_the_model_does_not_read_are_named(offline: Callable[..., str]) -> None:
    said_ = offline('[scoring]\nlanguages = ["nl", "it", "ja"]')
    assert "  model      the one that ships\n  languages  nl, it, ja\n" in said_
    assert "  not read by this model, so unknown: nl, ja\n" in said_
    assert json.loads(offline('[scoring]\nlanguages = ["nl", "it"]', "--json"))["unread"] == ["nl"]
    assert "not read" not in offline("")


def test_a_language_that_nothing_can_tell_is_refused_once(offline: Callable[..., str]) -> None:
    with pytest.raises(ConfigError) as caught:
        offline('[scoring]\nlanguages = ["xx"]')
    (fault,) = caught.value.faults
    assert "earshot.toml:2: scoring.languages[0]: 'xx' is no language" in fault
    with pytest.raises(ConfigError, match=r"scoring\.languages: is empty: name one at least"):
        offline("[scoring]\nlanguages = []")


def test_a_transformer_that_cannot_be_loaded_is_refused_as_a_start_would(
    offline: Callable[..., str], tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="the extra `transformer` is not installed")
    pytest.importorskip("tokenizers", reason="the extra `transformer` is not installed")
    with pytest.raises(ConfigError, match=r"^transformer\.source: .*none: has no model\.onnx"):
        offline(f'[transformer]\nsource = "{tmp_path}/none"')


def test_a_transformer_on_a_hub_is_not_fetched(offline: Callable[..., str]) -> None:
    source = "https://hub.invalid/owner/name"
    said_ = offline(f'[transformer]\nsource = "{source}"\nrevision = "{"0" * 40}"')
    assert f"  model      {source}, not tried: earshot score ok fetches it and tries it\n" in said_
