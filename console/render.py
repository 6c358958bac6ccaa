"""Templates to responses: escaping always on, a misspelt name is an error, files served from memory."""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from console.tongue import Tongue

TEMPLATES = Path(__file__).parent / "templates"
_STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class Renderer:
    """Holds the templates in each language and the static files, read once."""

    def __init__(self, tongues: Iterable[Tongue]) -> None:
        self._assets = {path.name: path.read_bytes() for path in sorted(_STATIC.iterdir())}
        digest = sha256(b"".join(self._assets.values())).hexdigest()[:12]
        self._templates = {say.language: _environment(say, digest) for say in tongues}

    def page(self, say: Tongue, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """`say` is there in the template too."""
        written = self._templates[say.language].get_template(template).render(values, say=say)
        return HTMLResponse(written.encode("utf-8", "replace"), status)

    def asset(self, name: str) -> Response | None:
        """A file of `static/`; its address carries its version, so that a browser may keep it."""
        body = self._assets.get(name)
        if body is None:
            return None
        return Response(body, media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": _FOR_EVER})


@cache
def _environment(say: Tongue, version: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(say.translations, newstyle=True)  # type: ignore[attr-defined]
    made.globals["version"] = version  # new files get new addresses
    for name in made.list_templates():
        made.get_template(name)  # compiled now, so that no page waits for it on the loop
    return made
