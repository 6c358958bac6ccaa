"""Templates to responses: escaping always on, a misspelt name is an error, files served from memory."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


class Renderer:
    """Holds the templates and the static files, read once."""

    def __init__(self) -> None:
        self._assets = {path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir())}
        digest = sha256(b"".join(self._assets.values())).hexdigest()[:12]
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals["version"] = digest  # new files get new addresses
        for name in self._templates.list_templates():
            self._templates.get_template(name)  # compiled now, so that no page waits for it on the loop

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        body = self._templates.get_template(template).render(values)
        return HTMLResponse(body.encode("utf-8", "replace"), status)

    def asset(self, name: str) -> Response | None:
        """A file of `static/`; its address carries its version, so that a browser may keep it."""
        body = self._assets.get(name)
        if body is None:
            return None
        return Response(body, media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": _FOR_EVER})
