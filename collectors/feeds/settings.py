"""[[collectors]] kind = "feeds"."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from collectors.feeds import presets
from collectors.feeds.collector import FeedReader
from collectors.feeds.presets import Feed
from earshot.config.forms import Positive, Words
from earshot.errors import Refused
from earshot.seams import Collector, CollectorSettings

if TYPE_CHECKING:
    from earshot.runtime import Context

_SHORTEST_FOR_GOOGLE = timedelta(seconds=60)


def _feed_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        if parts.scheme.lower() in ("http", "https") and parts.hostname and parts.port != 0:
            return text
    except ValueError:
        pass
    raise ValueError("must be the address of a feed, like https://news.example/feed.xml")


FeedAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=8_000), AfterValidator(_feed_address)
]
App = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2}$")]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]


class Feeds(CollectorSettings):
    """RSS and Atom feeds, polled; and presets for what comes in that form."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["feeds"] = "feeds"
    urls: tuple[FeedAddress, ...] = Field(default=(), description="Addresses of RSS or Atom feeds.")
    google_news: Words = Field(default=(), description="What to search Google News for, one feed each.")
    google_alerts: tuple[FeedAddress, ...] = Field(
        default=(), description="Addresses of Google Alerts whose delivery is RSS."
    )
    apple_apps: tuple[App, ...] = Field(
        default=(), description="Numbers of apps in Apple's App Store, whose reviews are heard."
    )
    countries: tuple[Country, ...] = Field(
        default=("us",), min_length=1, description="Storefronts of `apple_apps`: two letters each."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = Field(
        default="en", description="Language of `google_news`: two letters."
    )
    country: Country = Field(default="US", description="Country of `google_news`: two letters.")
    source: Source = Field(
        default="",
        validate_default=False,
        description="What the ids from `urls` begin with; empty: its name.",
    )
    brand: str = Field(
        default="", description="The brand that every item concerns; empty: the one that it names."
    )
    interval: Positive = Field(
        default=timedelta(minutes=5),
        description="Time between two looks at a feed; at least 30s, for Google 60s.",
    )
    timeout: Positive = Field(
        default=timedelta(seconds=30), description="Time for one fetch, redirects and all."
    )
    max_bytes: int = Field(
        default=10_000_000, ge=1_000, le=100_000_000, description="Bytes of a feed, after decompression."
    )
    max_items: int = Field(
        default=1_000, ge=1, le=100_000, description="Items of a feed that are read, the newest first."
    )
    allow_private: bool = Field(
        default=False, description="Fetch from addresses of private networks and of this machine too."
    )

    @model_validator(mode="after")
    def _something_to_poll(self) -> Self:
        if not (self.urls or self.google_news or self.google_alerts or self.apple_apps):
            raise ValueError("nothing to fetch: give urls, google_news, google_alerts or apple_apps")
        google = bool(self.google_news or self.google_alerts)
        shortest = _SHORTEST_FOR_GOOGLE if google else timedelta(seconds=30)
        if self.interval < shortest:
            of_google = " for Google" if google else ""
            raise ValueError(f"interval: must be at least {shortest.seconds}s{of_google}")
        return self

    @property
    def polled_every(self) -> timedelta:
        return self.interval

    @property
    def heard_as(self) -> frozenset[str]:
        return frozenset(feed.source for feed in self.feeds())

    def feeds(self) -> Sequence[Feed]:
        """All that is polled, each once."""
        news = (presets.google_news(query, self.language, self.country.upper()) for query in self.google_news)
        found = [
            *(presets.plain(address, self.source or self.name) for address in self.urls),
            *news,
            *map(presets.google_alert, self.google_alerts),
            *presets.apple_apps(self.apple_apps, tuple(country.lower() for country in self.countries)),
        ]
        return list({feed.addresses: feed for feed in found}.values())

    def build(self, context: "Context") -> Collector:
        """Raises `Refused` where its brand is not watched."""
        names = [brand.name for brand in context.config.brands]
        if self.brand and self.brand not in names:
            known = ", ".join(names) or "none"
            raise Refused(f"{self.name}: brand {self.brand!r} is not among [[brands]]; known: {known}")
        return FeedReader(self, context)
