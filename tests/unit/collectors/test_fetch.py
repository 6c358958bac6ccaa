"""A real client against a real server that misbehaves."""

import asyncio
import gzip
import shutil
import socket
import ssl
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from feeds_world import Web, web

from collectors.addresses import is_public
from collectors.fetch import Fetched, Fetcher, Unfetched, shown
from earshot.clock import SetClock

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MOST = 100_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as site:
        yield site


def our_server_or_public(address: str) -> bool:
    """The test's own server stands for the internet."""
    return address == "127.0.0.1" or is_public(address)


async def get(url: str, *validators: str, **settings: Any) -> Fetched:
    given = {"timeout": 10, "max_bytes": MOST, "allowed": our_server_or_public} | settings
    async with Fetcher(SetClock(NOW), **given) as fetcher:
        return await fetcher.get(url, *validators)


async def refused(url: str, **settings: Any) -> Unfetched:
    with pytest.raises(Unfetched) as found:
        await get(url, **settings)
    assert "\n" not in str(found.value)
    return found.value


async def test_a_page_with_what_to_ask_next_time(site: Web) -> None:
    url = site.feed(
        "/a", "words", "text/xml", ETag='"7"', **{"Last-Modified": "Mon, 02 Mar 2026 11:00:00 GMT"}
    )
    assert await get(url) == Fetched(b"words", "text/xml", url, '"7"', "Mon, 02 Mar 2026 11:00:00 GMT")
    sent = site.asked[0][1]
    assert sent["user-agent"].startswith("Earshot/")
    assert sent["accept-encoding"] == "gzip"
    assert "if-none-match" not in sent


async def test_nothing_new(site: Web) -> None:
    site.pages["/a"] = 304, {}, b""
    found = await get(site.url("/a"), '"7"', "Mon, 02 Mar 2026 11:00:00 GMT")
    assert found.body is None
    sent = site.asked[0][1]
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"7"', "Mon, 02 Mar 2026 11:00:00 GMT")


@pytest.mark.parametrize("etag", ['"\xe9"', '"' + "a" * 2_000 + '"'])
async def test_validators_that_no_header_may_hold_are_not_sent_back(site: Web, etag: str) -> None:
    assert (await get(site.feed("/a", "words", ETag=etag))).etag == ""


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(site: Web, code: int) -> None:
    site.pages["/a"] = code, {"Location": "/b"}, b""
    site.feed("/b", "words")
    assert (await get(site.url("/a"))).url == site.url("/b")


async def test_a_loop_ends(site: Web) -> None:
    site.pages["/a"] = 302, {"Location": "/b"}, b""
    site.pages["/b"] = 302, {"Location": "/a"}, b""
    fault = await refused(site.url("/a"))
    assert (fault.kind, len(site.asked)) == ("redirects", 6)


@pytest.mark.parametrize(
    "there", ["ftp://x.example/", "file:///etc/passwd", "javascript:alert(1)", "", "http://", "//"]
)
async def test_redirects_to_what_is_no_web_address(site: Web, there: str) -> None:
    site.pages["/a"] = 302, {"Location": there}, b""
    assert (await refused(site.url("/a"))).kind in {"redirects", "bad_address"}


@pytest.mark.parametrize(
    "there",
    [
        "http://127.0.0.2:{port}/b", "http://127.2:{port}/b", "http://2130706434:{port}/b", "http://0x7f.2:{port}/b",
        "http://[::1]:{port}/b", "http://[::ffff:127.0.0.2]:{port}/b", "http://0.0.0.0:{port}/b",
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00:ec2::254]/",
        "http://inside.example:{port}/b", "http://both.example:{port}/b", "http://localhost.:{port}/b",
    ],
)  # fmt: skip
async def test_redirects_to_our_own_networks_are_refused(site: Web, there: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        names = {
            "inside.example": ["127.0.0.2"],
            "both.example": ["127.0.0.1", "127.0.0.2"],
            "localhost.": ["127.0.0.2"],
        }
        if host in names:
            return names[host]
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(entry[4][0]) for entry in found]

    site.pages["/a"] = 302, {"Location": there.format(port=site.port)}, b""
    site.feed("/b", "secret")
    fault = await refused(site.url("/a"), resolve=resolve)
    assert fault.kind == "private_address"
    assert "allow_private" in str(fault)
    assert site.paths() == ["/a"]


async def test_by_default_this_machine_is_refused_on_the_first_hop(site: Web) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert (await refused(site.url("/a", host), allowed=is_public)).kind == "private_address"
    assert not site.asked


async def test_the_connection_goes_to_the_address_that_was_checked(site: Web) -> None:
    """A name that answers differently the second time is asked once."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    site.feed("/a", "words")
    assert (await get(site.url("/a", "news.example"), resolve=rebinding)).body == b"words"
    assert len(answers) == 1
    assert site.asked[0][1]["host"] == f"news.example:{site.port}"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For news.example, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl, which makes the certificate (Debian: apt-get install openssl)")
    made, named = (
        tmp_path / "news.pem",
        ["-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example"],
    )
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *named]
        + ["-keyout", str(made), "-out", str(tmp_path / "public.pem")], check=True, capture_output=True,
    )  # fmt: skip
    made.write_bytes(made.read_bytes() + (tmp_path / "public.pem").read_bytes())
    return made


async def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    asked: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with web(tls) as site:
        site.feed("/a", "words")
        site.pages["/b"] = 302, {"Location": "http://news.example/"}, b""
        assert (await get(f"https://news.example:{site.port}/a", resolve=resolve)).body == b"words"
        other = await refused(f"https://other.example:{site.port}/a", resolve=resolve)
        downgrade = await refused(f"https://news.example:{site.port}/b", resolve=resolve)
    assert (other.kind, "other.example" in str(other)) == ("unreachable", True)
    assert (downgrade.kind, "from https to http" in str(downgrade)) == ("redirects", True)
    assert asked == ["news.example", "other.example", "news.example"]


async def test_the_next_address_where_one_does_not_answer(site: Web) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.3", "127.0.0.1"]

    site.feed("/a", "words")
    assert (
        await get(site.url("/a", "news.example"), resolve=resolve, allowed=lambda _: True)
    ).body == b"words"


async def test_a_name_that_nobody_knows() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    fault = await refused("http://nowhere.example/", resolve=resolve)
    assert (fault.kind, "cannot be resolved" in str(fault)) == ("unreachable", True)


async def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unheard:
        port = unheard.getsockname()[1]
    assert (await refused(f"http://127.0.0.1:{port}/")).kind == "unreachable"


async def test_a_login_is_for_its_own_server_only(site: Web) -> None:
    with web() as other:
        other.feed("/c", "words")
        site.pages["/a"] = 302, {"Location": "/b"}, b""
        site.pages["/b"] = 302, {"Location": other.url("/c")}, b""
        found = await get(f"http://anna:s3cret@127.0.0.1:{site.port}/a")
        assert [("authorization" in headers) for _, headers in site.asked] == [True, True]
        assert "authorization" not in other.asked[0][1]
        assert "s3cret" not in found.url


async def test_messages_tell_no_secret(site: Web) -> None:
    fault = await refused(f"http://anna:s3cret@127.0.0.1:{site.port}/a?token=t0ken")
    assert str(fault) == "127.0.0.1/a: HTTP 404 Not Found"
    assert shown("https://x.example") == "x.example/"


async def test_a_cookie_lasts_for_one_fetch(site: Web) -> None:
    site.pages["/a"] = 302, {"Location": "/b", "Set-Cookie": "seen=1"}, b""
    site.feed("/b", "words")
    async with Fetcher(SetClock(NOW), timeout=10, max_bytes=MOST, allowed=our_server_or_public) as fetcher:
        await fetcher.get(site.url("/a"))
        await fetcher.get(site.url("/b"))
    assert [("cookie" in headers) for _, headers in site.asked] == [False, True, False]


@pytest.mark.parametrize(
    "url",
    ["http://", "ftp://x.example/a", "nonsense", "http://[1/", "http://x.example:99999/", "http://\x00/"],
)
async def test_what_is_no_address(url: str) -> None:
    assert (await refused(url)).kind == "bad_address"


# --- size -------------------------------------------------------------------------------------------------


async def test_as_large_as_it_may_be(site: Web) -> None:
    assert len((await get(site.feed("/a", b"x" * MOST))).body or b"") == MOST
    assert (await refused(site.feed("/a", b"x" * (MOST + 1)))).kind == "too_large"


async def test_an_answer_without_an_end(site: Web) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"<item/>" * 1_000)

    site.pages["/a"] = endless
    assert (await refused(site.url("/a"))).kind == "too_large"


async def test_gzip(site: Web) -> None:
    url = site.feed("/a", gzip.compress(b"words"), **{"Content-Encoding": "gzip"})
    assert (await get(url)).body == b"words"


async def test_a_gzip_bomb(site: Web) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(60)) + packer.flush()
    assert len(bomb) < MOST
    assert (await refused(site.feed("/a", bomb, **{"Content-Encoding": "gzip"}))).kind == "too_large"


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"words", "gzip"),
        (gzip.compress(b"words", mtime=0)[:-9], "gzip"),
        (b"x", "zstd"),
        (b"x", "gzip, gzip"),
        (b"x", "br"),
    ],
    ids=["no gzip", "cut short", "zstd", "twice", "br"],
)
async def test_compression_that_is_none_or_not_ours(site: Web, body: bytes, coding: str) -> None:
    assert (await refused(site.feed("/a", body, **{"Content-Encoding": coding}))).kind == "encoding"


# --- time -------------------------------------------------------------------------------------------------


async def test_a_dripping_answer_ends(site: Web) -> None:
    """Each byte comes in good time; all of them would take for ever."""
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"<")
                handler.wfile.flush()
                handler.rfile.raw._sock.settimeout(0.05)  # type: ignore[attr-defined]
                with suppress(TimeoutError):
                    handler.rfile.raw._sock.recv(1)  # type: ignore[attr-defined]
                    return
        finally:
            loop.call_soon_threadsafe(gone.set)

    site.pages["/a"] = drip
    fault = await refused(site.url("/a"), timeout=0.3)
    assert (fault.kind, str(fault)) == ("timeout", "127.0.0.1/a: not done after 0.3 s")
    await gone.wait()


async def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert (await refused(f"http://127.0.0.1:{mute.getsockname()[1]}/", timeout=0.2)).kind == "timeout"


async def test_what_is_no_http(site: Web) -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")

    site.pages["/a"] = nonsense
    assert (await refused(site.url("/a"))).kind == "unreachable"


async def test_an_answer_that_breaks_off(site: Web) -> None:
    site.feed("/a", b"words", **{"Content-Length": "99", "Connection": "close"})
    assert (await refused(site.url("/a"))).kind == "unreachable"


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("120", 120), ("Mon, 02 Mar 2026 12:01:00 GMT", 60), ("Mon, 02 Mar 2026 11:00:00 GMT", 0), ("soon", None),
     ("", None), ("-1", None), ("9" * 400, 999_999_999), ("Mon, 02 Mar 2026 12:01:00", None)],
)  # fmt: skip
async def test_when_to_come_back(site: Web, written: str, seconds: float | None) -> None:
    site.pages["/a"] = 429, {"Retry-After": written}, b""
    fault = await refused(site.url("/a"))
    assert (fault.kind, fault.retry_after) == ("http_429", seconds)


async def test_gone_for_good_and_not_let_in(site: Web) -> None:
    site.pages["/gone"] = 410, {}, b""
    site.pages["/closed"] = 401, {}, b""
    assert "take it out" in str(await refused(site.url("/gone")))
    assert "login" in str(await refused(site.url("/closed")))


async def test_proxies_of_the_environment_are_not_used(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await get(site.feed("/a", "words"))).body == b"words"
