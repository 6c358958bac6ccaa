"""Rules on a single mention that call whatever the risk: a small story can have a loud first voice.

A brand's own accounts are no voices: what they publish is an answer.
"""

from earshot.config import Brand, Rules
from earshot.model import Level, Mention, Score
from processors.episodes import Signal


class MentionRules:
    """The default rules, as far as the scores exist: negative, and said by many followers or by a voice."""

    def __init__(self, rules: Rules, brands: tuple[Brand, ...]) -> None:
        self._rules = rules
        self._everywhere = frozenset(map(_handle, rules.voices))
        self._voices = {brand.name: frozenset(map(_handle, brand.voices)) for brand in brands}
        self._own = {brand.name: frozenset(map(_handle, brand.accounts)) for brand in brands}

    def fire(self, mention: Mention, score: Score) -> list[Signal]:
        if score.negative is None or score.negative < self._rules.loud_negativity:
            return []
        handle = _handle(mention.author.handle or mention.author.id)
        if handle in self._own.get(mention.brand, ()):
            return []
        fired: list[Signal] = []
        if (mention.author.followers or 0) >= self._rules.loud_followers:
            fired.append(("loud_author", Level.warning))
        if handle in self._everywhere or handle in self._voices.get(mention.brand, ()):
            fired.append(("voice", Level.warning))
        return fired


def _handle(handle: str) -> str:
    return handle.removeprefix("@").casefold()
