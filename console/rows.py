"""What the templates are given: words and numbers as they are read, no markup but of our own pictures."""

from typing import NamedTuple

from markupsafe import Markup

from earshot.explain import People


class When(NamedTuple):
    """A moment as the reader's clock shows it: in full with the zone, as short as is clear, and how long ago."""

    iso: str
    full: str
    short: str
    ago: str


class Excerpt(NamedTuple):
    """A text as far as it is shown; `more` says how much is not."""

    text: str
    language: str | None
    more: str = ""


class StoryRow(NamedTuple):
    """A story in a list: as an alert (with `reason` and `since`) or on its own."""

    id: int
    level: str
    level_word: str
    brand: str
    headline: Excerpt | None
    gone: bool
    mentions: str
    authors: str
    reach: str
    negative: str
    heard: When
    risk: int
    reason: str = ""
    since: When | None = None
    over: str = ""
    """The word for it where its alert is over; else empty."""
    was: str = ""
    """How loudly it had called then, and for how long it has been so."""
    ended: str = ""
    """Why its alert is over, where that word does not say so."""
    before: str = ""
    """How loudly it called before, and when, where it calls again."""
    seen: str = ""
    """The words that it calls for; then the headline is what says them."""
    edited: str = ""
    """That what it calls for says something else by now, or nothing."""


class CauseRow(NamedTuple):
    """A mention whose words a step was taken for."""

    quote: Excerpt | None
    """What it says around them; None where it was withdrawn."""
    seen: str
    """Which they were; empty where that is not known any more."""
    edited: str
    """That it was edited or withdrawn since; empty: it was not."""


class MentionRow(NamedTuple):
    n: int
    handle: str
    verified: bool
    source: str
    kind: str
    said: When
    why: str
    withdrawn: bool
    text: Excerpt | None
    score: str
    mood: str
    stars: str
    rated: str
    link: str | None
    host: str
    ours: bool = False
    """Whether the brand itself wrote it, from one of its configured accounts."""
    people: str = ""
    """How many its author reaches, where the source says so."""
    edited: When | None = None


class SaidRow(NamedTuple):
    """A mention on a story's page."""

    row: MentionRow
    shared: str
    """How many passed it on as it is, and when; empty: nobody."""
    shares: list[MentionRow]


class StepRow(NamedTuple):
    level: str
    level_word: str
    reason: str
    at: When
    known: str
    handle: str
    anchor: int | None
    """The number of the mention that did it, where the page shows it."""
    episode: int
    cause: CauseRow | None
    """Where its words are the reason."""


class TermRow(NamedTuple):
    key: str
    points: str
    sentence: str
    value: float


class SurgeRow(NamedTuple):
    """A surge in a list."""

    id: int
    level: str
    level_word: str
    name: str
    sentence: str
    hour: str
    """How many, at its height."""
    opened: When
    over: When | None
    fresh: str
    expected: str


class HomePage(NamedTuple):
    state: str
    alerts: list[StoryRow]
    unseen: list[StoryRow]
    """Grave ones, and those of the press, whose alert is over, for some days."""
    resolved: list[StoryRow]
    stories: list[StoryRow]
    brands: list[str]
    chosen: str | None
    heard: bool
    """Whether anything was ever heard."""
    empty: bool
    all_stories: str
    """Leads to the whole list."""
    surges: list[SurgeRow]
    """Those that go on, the last seen first."""
    lately: str
    """In which days the stories were heard of."""
    stay: str
    """How long the unseen ones do."""
    silent: list[str]
    """What is to be said of sources that tell nothing now."""


class ChanceRow(NamedTuple):
    size: str
    share: str
    large: bool
    """Whether it is the size of one story in twenty."""


class OutlookRow(NamedTuple):
    """One thing that the curve shows, in a sentence."""

    name: str
    said: str
    note: str = ""
    """What it cannot be taken for."""
    chances: tuple[ChanceRow, ...] = ()


class CarrierRow(NamedTuple):
    """An account or an outlet, with what it adds to a story's reach."""

    n: int
    """The mention that brought it into the story."""
    name: str
    what: str
    """Where the account is, or the class of the outlet."""
    people: str
    share: str
    bar: Markup
    """The same share as a picture."""
    at: When
    ours: bool
    """Whether it is the brand's own account."""


class CarriedRow(NamedTuple):
    """Who carried a story."""

    strongest: list[CarrierRow]
    others: str
    """What the reach has beside them; empty: nothing."""
    outlets: list[CarrierRow]
    """The trusted ones, in the order in which they took it up."""
    first: str
    """The first of them beside the moment at which we called."""


class StoryPage(NamedTuple):
    row: StoryRow
    opened: When
    mention_count: str
    author_count: str
    people: People
    negative_count: str
    steps: list[StepRow]
    said: list[SaidRow]
    several: bool
    """Whether more than one mention is shown, so that one may be split off."""
    shown: str
    labels: str
    """What the mood beside a mention is; empty where none is told."""
    withdrawn: str
    unread: str
    voters: str
    outlets: str
    origin: str
    watched: bool
    by_rule: bool
    """Whether a rule, not the risk, made the open alert."""
    unheard: str
    """What only the platforms count; empty: nothing."""
    outlook: list[OutlookRow]
    carried: CarriedRow | None


class FrameRow(NamedTuple):
    listening: str
    """For how many brands, or that nothing is listened to any more."""
    listens: bool
    heard: When | None
    open_alerts: str
    """How many; empty for none."""
    loudest: str
    said: str
    """Of the open alerts, to be read out."""
    mark: str


class Around(NamedTuple):
    """What stands around a page."""

    here: str
    address: str
    token: str
    inside: bool
    """Whether the pages may be shown the way to."""
    leaves: bool
    """Whether there is a session to end."""
    clock: str
    """The simulated clock in words, where the time is simulated."""
    frame: FrameRow | None
    """None where the store was not asked."""
