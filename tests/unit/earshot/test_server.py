"""A real server on a free port, asked over a real connection."""

import asyncio
import socket
from collections.abc import Sequence

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from earshot import metrics
from earshot.errors import Unavailable
from earshot.server import Server


async def hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


async def own_headers(_request: Request) -> Response:
    return PlainTextResponse("mine", headers={"Content-Security-Policy": "default-src 'self'"})


async def gone(_request: Request) -> Response:
    raise HTTPException(404, "no such source; known: shop")


async def broken(_request: Request) -> Response:
    raise KeyError("secret")


ROUTES = [
    Route("/hello", hello),
    Route("/own", own_headers),
    Route("/gone", gone),
    Route("/broken", broken),
    Route("/big", lambda request: PlainTextResponse("x"), methods=["POST"]),
]
Ask = tuple[str, dict[str, str]]


def ask(
    *requests: str | Ask,
    faults: dict[str, str] | None = None,
    routes: Sequence[BaseRoute] = ROUTES,
    host: str = "127.0.0.1",
    allowed: Sequence[str] = (),
) -> list[httpx.Response]:
    """The answers to requests: a path, or a path and headers."""

    async def whole() -> list[httpx.Response]:
        server = Server(host, 0, routes, lambda: faults or {}, allowed)
        stop = asyncio.Event()
        running = asyncio.create_task(server.run(stop))
        try:
            async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client:
                asked = [(r, {}) if isinstance(r, str) else r for r in requests]
                return [await client.get(path, headers=headers) for path, headers in asked]
        finally:
            stop.set()
            await asyncio.wait_for(running, 30)

    return asyncio.run(whole())


def answer(path: str, **values: object) -> httpx.Response:
    (only,) = ask(path, **values)  # type: ignore[arg-type]
    return only


# --- health -------------------------------------------------------------------------------------------------


def test_alive() -> None:
    found = answer("/healthz", faults={"alerts": "all is lost"})
    assert (found.status_code, found.text) == (200, "alive\n")


def test_ready() -> None:
    found = answer("/readyz")
    assert (found.status_code, found.json()) == (200, {"ready": True, "faults": {}})


def test_not_ready_says_who_and_why() -> None:
    found = answer("/readyz", faults={"processors": "the store cannot be read"})
    assert found.status_code == 503
    assert found.json() == {"ready": False, "faults": {"processors": "the store cannot be read"}}


def test_metrics_are_for_prometheus() -> None:
    metrics.PARKED.labels("webhook").inc()
    found = answer("/metrics")
    assert found.headers["content-type"].startswith("text/plain; version=")
    assert 'earshot_dead_letters_total{origin="webhook"}' in found.text


def test_routes_of_roles_are_served() -> None:
    assert answer("/hello").text == "hello"


# --- the port -----------------------------------------------------------------------------------------------


def test_a_port_in_use_is_an_error_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            Unavailable, match=rf"127\.0\.0\.1:{port} .*in use.*; set server\.port to a free one"
        ):
            Server("127.0.0.1", port, [], dict)


def test_an_address_that_is_not_ours_is_an_error_at_once() -> None:
    with pytest.raises(Unavailable, match=r"192\.0\.2\.1:0 cannot be listened on"):
        Server("192.0.2.1", 0, [], dict)


def test_the_port_is_free_again_afterwards() -> None:
    async def twice() -> None:
        port = 0
        for _ in range(2):
            server, stop = Server("127.0.0.1", port, [], dict), asyncio.Event()
            port = server.port
            stop.set()
            await asyncio.wait_for(server.run(stop), 30)

    asyncio.run(twice())


# --- names (DNS rebinding) ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1",
        "127.0.0.1:8600",
        "localhost",
        "LOCALHOST:1",
        "localhost.",
        "[::1]",
        "[::1]:8600",
        "ear.example",
        "Ear.Example.:443",
        "[fd00::7]:8600",
    ],
)
def test_its_own_names(name: str) -> None:
    (found,) = ask(("/hello", {"host": name}), allowed=["ear.example", "fd00::7"])
    assert (found.status_code, found.text) == (200, "hello")


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "evil.example:8600",
        "ear.example.evil.example",
        "evil.ear.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.7:8600",
        "[::2]:8600",
        "127.0.0.1:8600@evil.example",
        "localhost:evil",
        "",
        "*",
    ],
)
def test_names_of_others_are_told_off(name: str) -> None:
    paths = ("/hello", "/", "/healthz/", "/nothing")
    for found in ask(*((path, {"host": name}) for path in paths), allowed=["ear.example"]):
        assert found.status_code == 421
        assert "server.allowed_hosts" in found.text
        assert found.headers["content-type"] == "text/plain; charset=utf-8"
        assert found.headers["x-content-type-options"] == "nosniff"
        assert "evil" not in found.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_is_told_by_any_name(path: str) -> None:
    (found,) = ask((path, {"host": "10.0.0.7:8600"}))
    assert found.status_code == 200


def test_an_address_of_version_6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert answer("/hello", host="::1").text == "hello"


# --- what every answer carries ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/hello", "/healthz", "/readyz", "/metrics", "/nothing", "/big", "/gone", "/broken"]
)
def test_no_answer_can_be_taken_for_what_it_is_not(path: str) -> None:
    found = answer(path)
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-security-policy"].startswith("default-src 'none'; base-uri 'none'")
    assert "server" not in found.headers


def test_a_page_may_have_a_policy_of_its_own() -> None:
    assert answer("/own").headers["content-security-policy"] == "default-src 'self'"


@pytest.mark.parametrize("path", ["/", "/nothing", "/nothing/<script>", "/hello/x", "/..%2f..%2fetc/passwd"])
def test_nothing_at_an_address(path: str) -> None:
    found = answer(path)
    assert (found.status_code, found.text) == (404, "There is nothing at this address.\n")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"


def test_what_a_route_says_of_a_missing_thing_is_told() -> None:
    found = answer("/gone")
    assert (found.status_code, found.text) == (404, "no such source; known: shop\n")


def test_an_error_tells_nothing() -> None:
    found = answer("/broken")
    assert (found.status_code, found.text) == (500, "Internal Server Error")
