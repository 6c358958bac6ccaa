"""How a story stands, decided from its numbers and the configuration. Pure."""

from copy import copy

from earshot.clock import from_us
from earshot.config import Config
from earshot.model import Level, Mention, Reason, Score, Story
from earshot.store import mentions
from earshot.store.mentions import Row
from processors import again, episodes, risk
from processors.audience import Audiences
from processors.episodes import Cause
from processors.outlook import Outlook, as_of
from processors.own import OwnAccounts
from processors.reach import Reach
from processors.rules import MentionRules
from processors.spread.model import Spread

_MOVED = 2.0  # points by which silence has to lower a risk before anybody hears of it


class Judge:
    def __init__(self, config: Config) -> None:
        self._outlook = Outlook(config.risk.half_life, Spread.load(config.spread.model))
        self.reach = Reach(config.risk, config.outlets)
        self.own = OwnAccounts(config.brands)
        self.rules = MentionRules(config.rules, config.brands, self.own, self.reach)
        self._audiences = Audiences(config.brands)
        self.resolve_after = config.alerts.resolve_after
        self._risk = config.risk
        self._hysteresis = config.alerts.hysteresis
        self._pause = config.alerts.again_after

    def followers(self, mention: Mention) -> int:
        """Whom it reaches by its author's account: nobody by the brand's own, which spreads no complaint."""
        return 0 if self.own.wrote(mention) else self.reach.followers(mention)

    def fits(self, mention: Mention, score: Score) -> int:
        """1: its author is of the brand's audience. Those are readers: neither the brand's own accounts nor the press."""
        if not self._audiences.fits(mention, score):
            return 0
        is_reader = (
            mention.kind != "article" and not self.reach.speaker(mention) and not self.own.wrote(mention)
        )
        return int(is_reader)

    def base_rate(self, votes: int, voters: int) -> float:
        return risk.base_rate(votes, voters, self._risk.base_cap)

    def assess(
        self,
        story: Story,
        base: float,
        clock: int,
        mention: Mention,
        score: Score | None,
        row: Row | None = None,
        before: Row | None = None,
        *,
        taken_up: Reason | None = None,
        spoken: bool = True,
        is_glad: bool = False,
    ) -> None:
        """Set the story's risk, level and episodes after `mention` was counted or changed at `clock` µs.

        `row`: the mention's, where it says something; `before`: as it was until now. `taken_up`: it is the
        first that a trusted outlet made of it, or one of the whole country. `spoken`: somebody has just said it; else silence goes on.
        `is_glad`: where there is no `score`, as it was read.
        """
        x_neg = risk.negativity(story, base)
        story.echo = 1.0 if spoken else self._outlook.echo(story, clock)
        self._expect(story, x_neg, clock)
        level, held = self._stand(story, base, x_neg)
        signals = self.rules.fire(mention, score) if score else []
        if taken_up and risk.gate(x_neg) == 1:
            signals.append((taken_up, Level.warning))
        if level or signals or story.episodes or story.level:
            now = from_us(clock)
            is_glad = score.is_glad if score else is_glad
            cause = self._cause(mention, row if signals else None, before, is_glad=is_glad)
            episodes.advance(
                story, level, held, signals, cause, now, pause=self._pause, quiet=mention.backfill
            )

    def reassess(self, story: Story, base: float, clock: int) -> None:
        """The same where nothing was said, only its numbers are others now: as of its last mention, calling nobody.

        But for its chance and its echo, which are as of `clock` µs, so that silence has not to pass twice.
        """
        x_neg = risk.negativity(story, base)
        story.echo = self._outlook.echo(story, clock)
        self._expect(story, x_neg, clock)
        level, held = self._stand(story, base, x_neg)
        if level or story.episodes or story.level:
            nobody = Cause(story.first)
            episodes.advance(story, level, held, (), nobody, story.last_at, pause=self._pause, quiet=True)
        self.foresee(story, clock)

    def faded(self, story: Story, at: int) -> Story | None:
        """What silence until `at` µs makes of it: never more than it was; to be foreseen as of then.

        None where that is little.
        """
        known = as_of(story, at)
        chance, echo = self._outlook.chance(story, known), self._outlook.echo(story, at)
        if chance >= story.chance and echo >= story.echo:
            return None
        fresh = copy(story)
        fresh.chance, fresh.echo = min(chance, story.chance), min(echo, story.echo)
        level, held = risk.assess(fresh, story.base, story.reach, self._risk, self._hysteresis)
        episodes.fade(fresh, level, held, from_us(at))
        moved = story.risk - fresh.risk >= _MOVED or not fresh.fades or fresh.level != story.level
        return fresh if moved or fresh.episodes != story.episodes else None

    def foresee(self, story: Story, clock: int) -> None:
        """Set its forecast as of `clock` µs: it decides nothing, and costs more than all that does."""
        seen = story.level and story.chance
        story.forecast = self._outlook.forecast(story, as_of(story, clock)) if seen else None

    def _expect(self, story: Story, x_neg: float, clock: int) -> None:
        """Set its chance; 0 where nothing negative spreads."""
        if story.size == 1 or not risk.gate(x_neg):  # of one: less than half a thousandth
            story.chance = 0.0
        else:
            story.chance = self._outlook.chance(story, as_of(story, clock))

    def _stand(self, story: Story, base: float, x_neg: float) -> tuple[Level, Level]:
        people = story.followers
        if story.outlets or story.outlet_followers:
            people += self.reach.audience(story.outlets, story.outlet_followers)
        return risk.assess(story, base, people, self._risk, self._hysteresis, x_neg)

    def _cause(self, mention: Mention, row: Row | None, before: Row | None, *, is_glad: bool) -> Cause:
        """What was grave before it was edited is nothing new."""
        if row is None:
            return Cause(mention.id, is_glad=is_glad)
        was_grave = before is not None and bool(mentions.score_of(before).calls)
        is_new = again.in_own_words(mention.kind, row.link) and not was_grave
        return Cause(mention.id, row.author, is_new, self.reach.is_outlet(mention), is_glad)
