"""Rules that call whatever the risk: a small story can have a loud first voice, or be taken up by the press.

A brand's own accounts are no voices: what they publish is an answer. An outlet's are no loud authors: they are press.
"""

from earshot.accounts import Accounts
from earshot.config import Brand, Rules
from earshot.model import Level, Mention, OutletClass, Reason, Score, Story
from processors.episodes import Signal
from processors.own import OwnAccounts
from processors.reach import Reach

_TRUSTED: tuple[OutletClass, ...] = ("national", "regional", "local")


def takes_up(story: Story, outlet: str | None) -> Reason | None:
    """Whether a mention by such an outlet, not counted yet, is the first trusted pick-up of what others said.

    The first one of the whole country is told of again: that is where most readers are.
    """
    if outlet not in _TRUSTED or story.authors <= len(story.outlets):
        return None
    known = set(story.outlets.values())
    if known.isdisjoint(_TRUSTED):
        return "pick_up"
    return "national" if outlet == "national" and "national" not in known else None


class MentionRules:
    """Negative, and said by many followers or by a voice; or grave; or the press asks for a word, whatever its mood."""

    def __init__(self, rules: Rules, brands: tuple[Brand, ...], own: OwnAccounts, reach: Reach) -> None:
        self._rules, self._own, self._reach = rules, own, reach
        everywhere = [(written, "") for written in rules.voices]
        self._voices = Accounts(
            everywhere + [(each, brand.name) for brand in brands for each in brand.voices]
        )

    def fire(self, mention: Mention, score: Score) -> list[Signal]:
        is_negative = score.negative is not None and score.negative >= self._rules.loud_negativity
        asks = "press_interest" in score.signs
        if not (is_negative or asks or score.grave) or self._own.wrote(mention):
            return []
        fired = self._negative(mention) if is_negative else []
        always: list[Signal] = [(reason, Level.warning) for reason in score.grave]
        if asks:
            always.append(("press_interest", Level.warning))
        return [*fired, *(signal for signal in always if signal[0] in self._rules.always)]

    def _negative(self, mention: Mention) -> list[Signal]:
        fired: list[Signal] = []
        is_loud = (mention.author.followers or 0) >= self._rules.loud_followers
        if is_loud and not self._reach.is_outlet(mention):
            fired.append(("loud_author", Level.warning))
        whose = self._voices.of(mention)
        if "" in whose or mention.brand in whose:
            fired.append(("voice", Level.warning))
        return fired
