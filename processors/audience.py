"""Whether an author is of the audience that matters to a brand, by what they say of themselves. Pure.

Two things count: the place that their account declares, and the language that they write in. Nothing is inferred
from what they write about, and nothing is kept of a person but inside a story (docs/decisions/0020).
"""

from collections.abc import Iterable

from earshot.config import Audience, Brand
from earshot.matching import Finder, fold
from earshot.model import Mention, Score

_UNKNOWN = "unknown"  # as a score says it


class Audiences:
    """Those of the brands that have a profile."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self._profiles = {brand.name: _Profile(brand.audience) for brand in brands if brand.audience}

    def fits(self, mention: Mention, score: Score) -> bool:
        """No part of the brand's profile is contradicted, and at least one is met."""
        profile = self._profiles.get(mention.brand)
        if profile is None:
            return False
        parts = profile.lives_there(mention.author.place), profile.speaks(score.language)
        return True in parts and False not in parts


class _Profile:
    """What each part of it answers is None where it does not ask, or nothing is known."""

    def __init__(self, audience: Audience) -> None:
        self._places = Finder(map(_spaced, audience.places)) if audience.places else None
        self._languages = frozenset(audience.languages)

    def lives_there(self, place: str) -> bool | None:
        """A place without a letter, such as a globe, says nothing."""
        if self._places is None or not any(map(str.isalpha, place)):
            return None
        return next(self._places.find(_spaced(place)), None) is not None

    def speaks(self, language: str) -> bool | None:
        if not self._languages or language == _UNKNOWN:
            return None
        return language in self._languages


def _spaced(place: str) -> str:
    """Emilia-Romagna is Emilia Romagna."""
    return fold(place).replace("-", " ")
