"""A brand's audience in words: Bologna, Emilia-Romagna; Italian."""

from babel import Locale

from earshot.config import Audience
from earshot.explain.figures import Language

_MOST = 4  # that are named; the others are an ellipsis


def audience(profile: Audience, language: Language) -> str:
    names = Locale(language).languages
    spoken = [names.get(code, code) for code in profile.languages]
    return "; ".join(_some(part) for part in (profile.places, spoken) if part)


def _some(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join([*names[:_MOST], *(["…"] if len(names) > _MOST else [])])
