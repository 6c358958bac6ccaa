"""The words of the domain as types: what was said, by whom, and the story that it became.

Everything is typed and timezone-aware. Times are UTC. What comes from outside is checked once, where it
enters (`earshot.border`); inside it is trusted.
"""

import enum
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from earshot.staff import STAFF

Moment = Annotated[datetime, Meta(tz=True)]
Id = Annotated[str, Meta(min_length=1, max_length=1_000)]
Name = Annotated[str, Meta(max_length=1_000)]
Url = Annotated[str, Meta(max_length=8_000)]
Text = Annotated[str, Meta(max_length=100_000)]
Place = Annotated[str, Meta(max_length=1_000)]
Count = Annotated[int, Meta(ge=0, le=2**53)]

Kind = Literal["post", "repost", "quote", "reply", "comment", "review", "article"]
Why = Literal["term", "own account", "followed conversation", "configured source"]


_LIKELY = 0.5  # of a polarity: it is that rather than not
OWN = "own"
"""The basis of a score where the brand itself speaks."""
_BEYOND_DOUBT = 0.8  # of danger: the five more that call so on our test part are all right


class Level(enum.IntEnum):
    """How loudly a story calls; the words on screen are these names."""

    calm = 0
    watch = 1
    warning = 2
    critical = 3


class Author(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The account that wrote a mention; accounts are never merged by guess."""

    id: Id
    handle: Name = ""
    name: Name = ""
    url: Url = ""
    followers: Count | None = None
    verified: bool = False
    place: Place = ""
    """Where they say themselves that they are, in their own words: never guessed, and empty where they do not say."""


class Metrics(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a platform counted, as it was at one moment. None: the platform does not say."""

    at: Moment
    likes: Count | None = None
    reposts: Count | None = None
    replies: Count | None = None
    quotes: Count | None = None
    views: Count | None = None
    since: Moment | None = None
    """When the counts of those who carried it on were first seen as they are; None: then."""

    @property
    def carried(self) -> int | None:
        """How many reposted, quoted or answered it; None: the platform says nothing of them."""
        counts = [count for count in (self.reposts, self.quotes, self.replies) if count is not None]
        return sum(counts) if counts else None


class Rating(Struct, frozen=True, omit_defaults=True):
    """Stars: `value` of at most `best`."""

    value: Annotated[float, Meta(ge=0, le=1_000)]
    best: Annotated[float, Meta(gt=0, le=1_000)] = 5

    @property
    def of_five(self) -> float:
        return 5 * min(self.value, self.best) / self.best


class Mention(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One public post, comment, review or article that concerns one brand.

    `id` is `source:native id`, the same for ever and through edits; id and brand together are the identity.
    `created_at` is when it was said, `collected_at` when we heard it: the clock that decides.
    """

    id: Id
    brand: Id
    author: Author
    created_at: Moment
    collected_at: Moment
    why: Why = "configured source"
    kind: Kind = "post"
    text: Text = ""
    title: Text = ""
    language: Annotated[str, Meta(max_length=35)] | None = None
    url: Url = ""
    root: Id | None = None
    parent: Id | None = None
    quoted: Id | None = None
    reposted: Id | None = None
    links: Annotated[tuple[Url, ...], Meta(max_length=100)] = ()
    metrics: Metrics | None = None
    rating: Rating | None = None
    edited_at: Moment | None = None
    claimed_at: Moment | None = None
    """What the source claimed as `created_at`, where that lay after `collected_at` and was clamped."""
    backfill: bool = False
    """Heard more than a day after it was said, or imported: builds stories, never alerts."""

    @property
    def source(self) -> str:
        return self.id.partition(":")[0]


Intent = Literal["complaint", "question", "praise", "request", "churn", "legal", "safety", "news", "other"]
Sign = Literal[
    "confirmation",
    "press_interest",
    "sensitive",
    "minor",
    "victim",
    "employee",
    "spam",
]
Address = Literal["tu", "lei", "voi", "informal", "formal", "none"]
"""By which word the author speaks to the company: the first three in Italian, the next two in other languages."""
Mood = Literal["anger", "irony", "worry", "disappointment", "gratitude", "joy", "neutral"]
Emphasis = Literal["capitals", "repeats", "emoji"]
"""What makes a text loud: many capitals, letters or marks over and over, several emoji."""
Way = Literal["phone", "counter", "chat", "email", "app", "social", "form", "visit"]


Grave = Literal["safety", "legal", "discrimination", "self_harm"]
"""What must be told at any hour, however small its story is."""
_GRAVEST_FIRST: tuple[Grave, ...] = ("self_harm", "safety", "legal", "discrimination")
Always = Literal["safety", "legal", "discrimination", "self_harm", "press_interest"]
"""That, and who asks for it: what an operator may choose of."""


class Tried(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A way to the company that the author has tried already: nobody is sent back to it."""

    way: Way
    times: int = 1
    words: str
    """That say so."""


class Score(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How one text reads. `negative` is None where it could not be read: unknown is never "fine"."""

    language: str
    """ISO 639-1, or "unknown"."""
    negative: float | None = None
    """Towards the brand, as the other two."""
    neutral: float | None = None
    positive: float | None = None
    uncertain: bool = False
    basis: str = ""
    """What the score stands on: "text", "rating", "target" (what is said of the brand itself), or several."""
    intents: dict[Intent, float] = {}
    """Calibrated probabilities, those of at least a twentieth."""
    signs: tuple[Sign, ...] = ()
    """They decide how a mention is handled, and are never kept of a person."""
    grave: tuple[Grave, ...] = ()
    """As the words were read; what holds whatever staff said since is `calls`."""
    perhaps: dict[Grave, float] = {}
    """What it may tell of besides: shown to be looked at, and calls nobody. How near each is to a call, by its share of
    the probability that calls; from 1 on something else held it back, as that no word bears it out."""
    named: tuple[Grave, ...] = ()
    """What staff named beside it, of what is no intent."""
    address: Address = "none"
    mood: Mood = "neutral"
    emphasis: tuple[Emphasis, ...] = ()
    tried: tuple[Tried, ...] = ()
    evidence: tuple[str, ...] = ()
    """The words by which a threat, a danger or a sensitive matter was seen."""
    model: str = ""
    """The version of what read it."""

    @property
    def vote(self) -> int | None:
        """p(negative) in ten-thousandths: whole numbers add up the same in any order, and subtract exactly."""
        return None if self.negative is None else round(self.negative * 10_000)

    @property
    def strongest(self) -> tuple[str, float]:
        """As what it reads, negative, neutral or positive, and how likely that is; of one that could be read."""
        shares = {
            "negative": self.negative or 0.0,
            "neutral": self.neutral or 0.0,
            "positive": self.positive or 0.0,
        }
        return max(shares.items(), key=lambda pair: pair[1])

    @property
    def is_glad(self) -> bool:
        """Whether it is most likely positive towards the brand."""
        positive = self.positive or 0.0
        return self.negative is not None and positive > self.negative and positive >= (self.neutral or 0.0)

    @property
    def calls(self) -> tuple[Grave, ...]:
        """What of `grave`, and of what staff named, holds towards the brand.

        Danger and discrimination where it is negative: many who name them are glad, or ask; danger too where the brand
        is victim or setting, and where it is told beyond doubt by who is not glad: who jokes about a burn has one. The
        law unless the author is glad: a threat may be told without any feeling. Self-harm always, and first: it is
        what has to be answered.
        """
        named = {*self.intents, *self.named} if self.basis == STAFF else ()
        if not self.grave and not named:
            return ()
        calls: set[str] = {"self_harm"}
        if (self.negative or 0.0) >= _LIKELY:
            calls |= {"safety", "discrimination"}
        if "victim" in self.basis or self._tells_danger:
            calls.add("safety")
        if (self.positive or 0.0) < _LIKELY:
            calls.add("legal")
        return tuple(
            [each for each in _GRAVEST_FIRST if each in calls and (each in self.grave or each in named)]
        )

    @property
    def _tells_danger(self) -> bool:
        """Whether no mood takes it back but gladness. What staff say of a text is said, and needs no such guess."""
        sure = self.basis != STAFF and self.intents.get("safety", 0.0) >= _BEYOND_DOUBT
        return sure and (self.positive or 0.0) < _LIKELY


Reason = Literal[
    "risk",
    "loud_author",
    "voice",
    "press_interest",
    "pick_up",
    "national",
    "safety",
    "legal",
    "discrimination",
    "self_harm",
]
OutletClass = Literal["national", "regional", "local", "news", "blog"]


class Step(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One reason to notify: the story reached a level, or something happened that must be told."""

    level: Level
    reason: Reason
    at: Moment
    mention: Id
    """The mention that did it."""
    risk: float
    story: int = 0
    """Where it was decided elsewhere, in a story that has become part of this one or that this one was split from, or in
    an earlier episode: that story; nobody is told again."""
    episode: int = 0
    """And that story's episode."""
    also: bool = False
    """Decided at once with the step before it: the two are told as one."""
    author: int = 0
    """Hash of who wrote the mention, where the reason is grave: the same person calls once. 0: not known."""
    again: int = 0
    """How often its episode had called for this reason before."""
    said: int = 0
    """Where that is above 0: how many mentions have said so since, in words of their own and by others."""
    read_at: Moment | None = None
    """When its mention said so, where it may have waited since; None: at `at`."""


class Episode(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One time that a story called: opened, perhaps louder, resolved. A later rise opens the next."""

    number: int
    steps: tuple[Step, ...]
    waiting: tuple[Step, ...] = ()
    """Grave reasons that somebody else has brought since: each is a step from its moment on."""
    below_since: Moment | None = None
    """Since when the risk has stayed under the level that opened it, less the hysteresis."""
    resolved_at: Moment | None = None

    @property
    def level(self) -> Level:
        return max(step.level for step in self.steps)

    @property
    def opened_at(self) -> datetime:
        return self.steps[0].at

    @property
    def decisions(self) -> list[tuple[Step, ...]]:
        """Its steps, those together that were decided at once."""
        made: list[tuple[Step, ...]] = []
        for step in self.steps:
            if step.also and made:
                made[-1] = (*made[-1], step)
            else:
                made.append((step,))
        return made


class Terms(Struct, frozen=True, kw_only=True):
    """The points that make a risk, after the gate; they and `bias` add up to its log-odds."""

    bias: float
    neg: float = 0.0
    reach: float = 0.0
    spread: float = 0.0
    media: float = 0.0
    audience: float = 0.0
    surge: float = 0.0
    credibility: float = 0.0

    @property
    def total(self) -> float:
        return (
            self.bias
            + self.neg
            + self.reach
            + self.spread
            + self.media
            + self.audience
            + self.surge
            + self.credibility
        )


class Forecast(Struct, frozen=True, array_like=True):
    """How many mentions a story will have in the end; never fewer than it has."""

    size: int
    low: int
    high: int
    """`low` to `high` is meant to hold four of five."""
    chances: tuple[tuple[int, float], ...] = ()
    """Sizes that it has not come to yet, rising, N* among them, and how likely each is."""


SEEN = 10.0
"""The risk from which a calm story stands high in a list, so that silence has to lower it too."""


class Story(Struct, omit_defaults=True, kw_only=True):
    """Everything that carries the same thing on, in numbers. Changed only by its brand's owner.

    All counts are whole numbers that are sums over rows, so that adding, editing and withdrawing mentions in
    any order gives the same story as folding what is stored again.
    """

    id: int
    """The number of its first mention (see `earshot.store.brands`): older stories have smaller ones."""
    brand: Id
    version: int = 0
    first: Id
    """The mention that began it."""
    opened_at: Moment
    """When the earliest of its mentions was said."""
    last_at: Moment
    """When the latest of its mentions was heard."""
    mentions: int = 0
    withdrawn: int = 0
    unread: int = 0
    """Mentions that no scorer could read; a repost without words has nothing to be read."""
    authors: int = 0
    voters: int = 0
    """Authors with at least one mention that could be read."""
    votes: int = 0
    """Sum of the voters' mean p(negative), in ten-thousandths: one vote an author."""
    negative_authors: int = 0
    """Voters whose mean p(negative) is at least one half."""
    followers: int = 0
    """Sum over distinct accounts, each at most a million; an outlet's own are in `outlet_followers`."""
    reach: int = 0
    """Estimated people: `followers`, and of each outlet its audience or its largest account, whichever is more."""
    outlets: dict[str, OutletClass] = field(default_factory=dict)
    """Domain -> class, for each outlet that carried it; the classes of place are the trusted ones."""
    outlet_followers: dict[str, int] = field(default_factory=dict)
    """Domain -> followers of the largest of the outlet's own accounts that spoke in it."""
    confirmations: int = 0
    """Mentions that say that it happened to their author too."""
    audience: int = 0
    """Authors who are of the brand's audience, by the place that they declare and the language that they write in."""
    grave: int = 0
    """Mentions that tell of danger, the law, discrimination or self-harm, less the withdrawn ones."""
    sensitive: int = 0
    """Mentions that are to be handled with care, less the withdrawn ones: a surge never covers them up."""
    copies: int = 0
    """Mentions that say the words of another one and are no reposts."""
    counted: int = 0
    """What platforms counted below its mentions: reposts, quotes and answers, heard or not."""
    counted_at: Moment | None = None
    """When the newest of these counts was first seen."""
    spread: tuple[float, ...] = ()
    """What its spread is remembered by (`processors.spread.state`); empty while it has one mention."""
    base: float = 0.0
    """The brand's base rate of negativity when the risk was last assessed."""
    large: int = 20
    """N*: mentions that one story in twenty of its brand reaches, as known then."""
    chance: float = 0.0
    """That it becomes so large, or goes on being, as of then; 0 where nothing negative spreads."""
    echo: float = 1.0
    """How far what it has reached still counts: half after each half-life of silence, 0 once it is forgotten; as of then."""
    surge: float = 0.0
    """How far above the usual the last hour of the surge was that it belongs to, in [0, 1], as of then; 0: of none."""
    forecast: Forecast | None = None
    """As of then, where it stands above calm."""
    risk: float = 0.0
    level: Level = Level.calm
    part_of: int = 0
    """The story that it has become part of; 0: it stands for itself."""
    joined_n: int = 0
    """The number of the mention that proved it."""
    calmed: Level = Level.calm
    """The level at which it last settled: a rise above it opens an episode."""
    terms: Terms = field(default_factory=lambda: Terms(bias=0.0))
    episodes: tuple[Episode, ...] = ()

    @property
    def unheard(self) -> int:
        """How many more the platforms counted than were heard: all but the first may be among those."""
        return self.size - self.mentions if self.counted else 0

    @property
    def size(self) -> int:
        """Mentions, heard or counted."""
        return max(self.mentions, self.counted + (self.mentions > 0)) if self.counted else self.mentions

    @property
    def episode(self) -> Episode | None:
        """The episode that is open now, if any."""
        return self.episodes[-1] if self.episodes and self.episodes[-1].resolved_at is None else None

    @property
    def loudness(self) -> Level:
        """How loudly it calls: as its open episode does, or as it stands."""
        return self.episode.level if self.episode else self.level

    @property
    def fades(self) -> bool:
        """Whether silence alone still lowers its risk to any effect."""
        matters = self.level > Level.calm or self.episode is not None or self.risk >= SEEN
        return matters and (self.chance > 0 or self.echo > 0) and self.part_of == 0

    @property
    def is_awake(self) -> bool:
        """Whether the clock alone may still change it."""
        return self.episode is not None or self.fades


class SourceReport(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How one source is doing, as its own process says. What a source does not know stays empty."""

    name: str
    kind: str
    at: Moment
    started_at: Moment
    working: bool = True
    """False once a finite source has ended."""
    last_success: Moment | None = None
    """When it last answered as it should, with or without news."""
    last_heard: Moment | None = None
    """When it last brought something."""
    heard: int = 0
    """Events published since the start of its process, once for each brand."""
    unmatched: int = 0
    """Events that concerned no brand."""
    errors: dict[str, int] = field(default_factory=dict)
    """By kind, since the start of its process."""
    error: str = ""
    """The last one, in words; empty since it succeeded again."""
    error_at: Moment | None = None
    refused: dict[str, int] = field(default_factory=dict)
    """What its senders did wrong, by kind, since the start of its process: no fault of the source."""
    refusal: str = ""
    """The last of it that was kept, with its place, in words; where nothing was, the last."""
    refused_at: Moment | None = None
    limit_left: int | None = None
    """Requests that the source still allows until `limit_resets_at`."""
    limit_resets_at: Moment | None = None
    reads_today: int | None = None
    """What the source bills, this UTC day."""
    cost_today: float | None = None
    """US dollars."""
    budget_today: float | None = None
    note: str = ""
    """What its operators should know just now, in English."""
    stopped_at: Moment | None = None
    """The last word of its process before this one."""
    rhythm: dict[str, dict[str, int]] = field(default_factory=dict)
    """How long it usually brings nothing (`earshot.rhythm`)."""
