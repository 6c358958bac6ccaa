"""What the browser tests look at: invented stories on a real server, and what a page may not do."""

import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import ConsoleMessage, Dialog, Page
from starlette.applications import Starlette

from earshot.model import Forecast, Grave, Level

# Tests are folders, not packages: this one borrows the world of another.
sys.path.insert(0, str(Path(__file__).parents[1] / "unit/console"))
from console_world import Words, World, called

LISTS = (
    "/stories",
    "/stories?state=open",
    "/stories?state=resolved&level=critical",
    "/alerts",
    "/sources",
    "/unsure",
)
MAY: dict[Grave, float] = {"safety": 0.5, "legal": 0.2, "discrimination": 0.1, "self_harm": 0.1}
CHANCES = ((4_500, 0.38), (5_000, 0.31), (10_000, 0.06), (20_000, 0.004))
AHEAD: dict[str, Any] = {"level": Level.critical, "forecast": Forecast(4_200, 3_300, 9_100, CHANCES)}
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"


@dataclass
class Site:
    """Where it is served, and what is on it."""

    url: str
    storm: int
    single: int
    hostile: int

    @property
    def pages(self) -> list[str]:
        return [
            f"{self.url}{path}"
            for path in ("/", *self.stories, *self.mentions, "/stories/1", "/?brand=Ronvia", *LISTS)
        ]

    @property
    def stories(self) -> list[str]:
        return [f"/stories/{story}" for story in (self.storm, self.single, self.hostile)]

    @property
    def mentions(self) -> list[str]:
        """The first of each story, and one that could not be read."""
        return [f"/mentions/{n}" for n in (self.storm, self.single, self.hostile, self.hostile + 1)]


@dataclass
class Seen:
    """What a page did that no page of ours should."""

    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if "status of 404" not in message.text:  # the page that was asked for is not there: that is the test
            self.complaints.append(message.text)


class Served:
    """An application on a free port; entered once it may be asked, left once its thread has ended."""

    def __init__(self, app: Starlette) -> None:
        config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._socket = config.bind_socket()
        self._socket.listen()
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> str:
        self._thread.start()  # the socket listens already: what is asked before the server runs waits in its queue
        return "http://{}:{}".format(*self._socket.getsockname())

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)


def fill(world: World) -> tuple[int, int, int]:
    reposts = [
        Words("Cade sempre la linea", ago=600 - i / 5, who=f"@u{i % 900}", kind="repost")
        for i in range(2_999)
    ]
    first = (1 << 40) + 1
    steps = [
        world.step(level, 600 - n / 5, first + n + 1) for level, n in ((Level.watch, 5), (Level.warning, 14))
    ]
    loud = called(*steps, world.step(Level.critical, 400, first + 1_001))
    storm = world.tell(
        "Ronvia", [Words("Carta bloccata", ago=601), *reposts], risk=93.4, episodes=loud, **AHEAD
    )
    world.alert(storm)
    single = world.tell("Celerpost", [Words("W" * 400, ago=1, who="@" + "w" * 300, perhaps=MAY)], risk=29.0)
    rtl = Words("هذه الخدمة سيئة \u202eevil", who="@سارة", negative=None)
    hostile = world.tell(
        "Baldo", [Words(XSS, who=XSS, url="javascript:alert(5)", title=XSS, perhaps=MAY), rtl], risk=40.0
    )
    return storm, single, hostile
