"""[[collectors]] kind = "x": what may be said about it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field, SecretStr, field_validator

from collectors.x.budget import Prices
from collectors.x.listener import Listener
from earshot.config.forms import Language, Positive, Share, WebAddress
from earshot.seams import Collector, CollectorSettings

if TYPE_CHECKING:
    from earshot.runtime import Context

_LONGEST_GAP = timedelta(days=6)  # the search goes seven days back


class X(CollectorSettings):
    """Posts of X that concern the brands, as they are written."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["x"] = "x"
    token: SecretStr = Field(description="Bearer token of an app in X's developer console.")
    host: WebAddress = Field(
        default="https://api.x.com", min_length=1, description="Where X's API is; another for a gateway."
    )
    languages: tuple[Language, ...] = Field(
        default=(), description="Only posts that X takes to be in these (ISO 639-1); empty: all."
    )
    daily_budget: float = Field(
        default=5.0,
        gt=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="US dollars a UTC day; then nothing is read.",
    )
    reserve: Share = Field(
        default=0.3, description="Share of `daily_budget` that only stories at warning or above may use."
    )
    price_per_read: float = Field(
        default=0.005,
        ge=0,
        le=1_000,
        allow_inf_nan=False,
        description="What X bills for a post, in US dollars.",
    )
    price_per_user: float = Field(
        default=0.01,
        ge=0,
        le=1_000,
        allow_inf_nan=False,
        description="What X bills for a post's author, in US dollars; 0 where your bill shows none.",
    )
    max_gap: Positive = Field(
        default=timedelta(hours=24),
        description="How far back posts are searched that were missed; at most 6d.",
    )

    @field_validator("token")
    @classmethod
    def _one_word(cls, token: SecretStr) -> SecretStr:
        written = token.get_secret_value()
        if not written or not written.isascii() or not written.isprintable() or " " in written:
            raise ValueError(
                "must be the bearer token alone, one word: copy it again from X's developer console"
            )
        return token

    @field_validator("max_gap")
    @classmethod
    def _searchable(cls, longest: timedelta) -> timedelta:
        if longest > _LONGEST_GAP:
            raise ValueError("must be at most 6d: X's search goes no further back")
        return longest

    @property
    def prices(self) -> Prices:
        return Prices(self.daily_budget, self.reserve, self.price_per_read, self.price_per_user)

    def build(self, context: "Context") -> Collector:
        return Listener(self, context)
