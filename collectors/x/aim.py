"""What may be heard now, by the day's budget: everything, only loud stories, or nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from collectors.x.budget import Budget, Stage
from collectors.x.focus import loud_conversations
from collectors.x.rules import Rule, queries, rules, story_queries, story_rules
from earshot.matching import Watched
from earshot.seams import Clock
from earshot.store import Store


class Target(NamedTuple):
    """`rules` of the stream and `queries` of the search; both empty where nothing may be heard."""

    stage: Stage
    rules: tuple[Rule, ...] = ()
    queries: tuple[str, ...] = ()
    note: str = ""


class Aim:
    def __init__(
        self, brands: Sequence[Watched], languages: Sequence[str], budget: Budget, store: Store, clock: Clock
    ) -> None:
        """Raises `ConfigError` for terms that no rule can hold."""
        self._budget, self._store, self._clock = budget, store, clock
        note = "" if brands else "no brand is configured: there is nothing to ask X for"
        found = tuple(rules(brands, languages)), tuple(queries(brands, languages))
        self._all = Target("all", *found, note)

    @property
    def brand_rules(self) -> tuple[Rule, ...]:
        return self._all.rules

    def now(self) -> Target:
        """Blocking: it may ask the store. Raises `Unavailable`."""
        stage = self._budget.stage(self._clock.now())
        if stage == "all":
            return self._all
        if stage == "nothing":
            return Target(stage, note="the daily budget is spent: nothing is read until the UTC day turns")
        roots = loud_conversations(self._store)
        if not roots:
            return Target(
                stage,
                note="what is left of the daily budget is kept for stories at warning or above: there is none now",
            )
        return Target(
            stage,
            tuple(story_rules(roots)),
            tuple(story_queries(roots)),
            f"what is left of the daily budget goes to stories at warning or above: {len(roots)} conversations",
        )
