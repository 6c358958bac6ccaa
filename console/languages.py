"""The languages of the pages: English as it is written in the code, the others from `locale/<language>.po`."""

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from earshot.explain import Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "it")
NAMES: Final[dict[Language, str]] = {"en": "English", "it": "Italiano"}

_LOCALE = Path(__file__).parent / "locale"


def translations(language: Language) -> NullTranslations:
    """Compiled now, in memory: what is edited is what is shown."""
    if language == "en":
        return NullTranslations()
    with (_LOCALE / f"{language}.po").open("rb") as written:
        catalog = read_po(written, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def known(name: str | None) -> Language | None:
    return next((language for language in LANGUAGES if language == name), None)


def preferred(header: str) -> Language:
    """Of an Accept-Language header, the first that we have as the browser ranks them; else English."""
    ranked = sorted(map(_ranked, header[:1_000].split(",")), key=lambda pair: -pair[1])
    found = (known(name) for name, quality in ranked if quality > 0)
    return next((language for language in found if language), "en")


def _ranked(part: str) -> tuple[str, float]:
    """`it-CH;q=0.8` to ("it", 0.8)."""
    name, _, rest = part.partition(";")
    try:
        quality = float(rest.partition("=")[2] or 1) if rest else 1.0
    except ValueError:
        quality = 0.0
    return name.strip().lower().partition("-")[0], quality
