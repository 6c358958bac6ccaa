"""A web server of our own that misbehaves as told, and feeds to put on it."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

Answer = tuple[int, Mapping[str, str], bytes]
Page = Answer | Callable[[BaseHTTPRequestHandler], Answer | None]
"""An answer, or what makes one; None: it has written to the socket itself."""


class Web:
    """`pages` by path; `asked` is every request: path and headers, in order."""

    def __init__(self, port: int) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.port = port

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def feed(
        self, path: str, body: str | bytes, content_type: str = "application/rss+xml", **headers: str
    ) -> str:
        raw = body.encode() if isinstance(body, str) else body
        self.pages[path] = 200, {"Content-Type": content_type, **headers}, raw
        return self.url(path)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append((handler.path, {name.lower(): value for name, value in handler.headers.items()}))
        page = self.pages.get(handler.path, (404, {}, b""))
        found = page(handler) if callable(page) else page
        if found is None:
            handler.close_connection = True
            return
        code, headers, body = found
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@contextmanager
def web(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                site.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None: ...

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        site = Web(server.server_address[1])
        serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        try:
            yield site
        finally:
            server.shutdown()
            serving.join()


def rss(*items: str, title: str = "Il Corriere") -> str:
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def item(
    number: int | str = 1,
    text: str = "Ronvia non risponde",
    at: str = "Mon, 02 Mar 2026 11:00:00 GMT",
    **more: str,
) -> str:
    """An item; what is empty is left out."""
    fields = {
        "title": f"Title {number}",
        "description": escape(text),
        "link": f"https://news.example/{number}",
        "guid": f"https://news.example/?p={number}",
        "pubDate": at,
    } | more
    return (
        "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value) + "</item>"
    )


REVIEWS = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns:im="http://itunes.apple.com/rss" xmlns="http://www.w3.org/2005/Atom" xml:lang="it">
<id>https://itunes.apple.com/it/rss/customerreviews/id=99/mostrecent/xml</id><title>iTunes Store: recensioni</title>
<entry><id>99</id><title>Ronvia Pay - Ronvia S.p.A.</title><im:name>Ronvia Pay</im:name></entry>
<entry><updated>2026-03-02T02:10:00-07:00</updated><id>7001</id><title>Non funziona</title>
<content type="text">L'app si blocca &lt; subito &amp; sempre</content><content type="html">&lt;table&gt;&lt;/table&gt;</content>
<im:rating>1</im:rating><im:version>5.1</im:version>
<author><name>anna_84</name><uri>https://itunes.apple.com/it/reviews/id77</uri></author>
<link rel="related" href="https://itunes.apple.com/it/review?id=99&amp;type=Purple%20Software"/></entry>
</feed>"""
