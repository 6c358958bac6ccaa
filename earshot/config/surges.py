"""What a surge is counted by: topics, what is expected, and when one begins. Import from `earshot.config`."""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from earshot.config.forms import Duration, Word, Words
from earshot.seams import Settings

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)", re.ASCII)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _day(written: Any) -> date | datetime:
    """TOML's own, or a text of the same form (ISO 8601)."""
    if isinstance(written, date):
        return written
    with suppress(ValueError):
        return date.fromisoformat(str(written))
    with suppress(ValueError):
        return datetime.fromisoformat(str(written))
    raise ValueError("must be a day or a moment, like 2026-12-05 or 2026-12-05T06:00:00+01:00")


Day = Annotated[date | datetime, BeforeValidator(_day)]


class Topic(Settings):
    """[[topics]]: something that brands are spoken of for, and the words that give it away."""

    name: Word = Field(description="How pages and notices call it; no two alike.")
    any: Words = Field(
        default=(), description="Terms of which one is enough; without `all`: the topic's name."
    )
    all: Words = Field(default=(), description="Terms that must all be there.")
    none: Words = Field(default=(), description="Terms that must not be there.")
    brands: tuple[str, ...] = Field(default=(), description="Only for these brands; empty means all.")

    @property
    def accounts(self) -> tuple[str, ...]:
        """A topic has none: with this it can be matched as a brand is."""
        return ()


class SurgeSettings(Settings):
    """[surges]: when so many speak at once that somebody must know."""

    lateness: Duration = Field(
        default=timedelta(minutes=2),
        le=timedelta(hours=1),
        description="How late streaming sources may bring a mention: so long each five minutes stay open.",
    )
    threshold: float = Field(
        default=1.8,
        ge=0.5,
        le=20,
        allow_inf_nan=False,
        description="Rarity from which an hour is a surge: 1.8 is one busy hour in six, 2.3 one in ten.",
    )
    growth: float = Field(
        default=1.5,
        ge=1.1,
        le=100,
        allow_inf_nan=False,
        description="Times as many authors as when it was last told from which a surge is told again.",
    )


class Expected(Settings):
    """[[calendar]]: when more is said than usual, and everybody knows why."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    name: Word = Field(description="What it is, as pages and notices say it: strike, pension day, match.")
    begins: Day | None = Field(
        default=None, validation_alias="from", description="When it begins: a day, or a moment."
    )
    ends: Day | None = Field(
        default=None,
        validation_alias="to",
        description="When it ends: a day, which still counts, or a moment.",
    )
    weekday: Literal["", *WEEKDAYS] = Field(  # type: ignore[valid-type]  # the words themselves
        default="", description="Every week on this day, like `sunday`; with `from` and `to`: between them."
    )
    day: int | None = Field(
        default=None,
        ge=1,
        le=31,
        description="Every month on this day, from 1; with `from` and `to` likewise.",
    )
    hours: Annotated[str, StringConstraints(pattern=rf"^({_HOURS.pattern})?$")] = Field(
        default="", description="Only between these hours, like `18:00-23:30`; empty: all day."
    )
    brands: tuple[str, ...] = Field(default=(), description="Only for these brands; empty means all.")
    factor: float = Field(
        default=2.0,
        ge=1,
        le=20,
        allow_inf_nan=False,
        description="What the threshold of a surge is multiplied by meanwhile.",
    )

    @field_validator("hours")
    @classmethod
    def _forwards(cls, hours: str) -> str:
        begin, _, end = hours.partition("-")
        if hours and end <= begin:
            raise ValueError("must end after they begin; write two entries for a night")
        if end > "24:00":
            raise ValueError("must end at 24:00 at the latest")
        return hours

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not (self.weekday or self.day) and (self.begins is None or self.ends is None):
            raise ValueError("says no time: give from and to, or a weekday, or a day of the month")
        return self

    def covers(self, moment: datetime) -> bool:
        """Whether it is expected at a moment, which is told in the zone that days are meant in."""
        if self.begins is not None and moment < _moment(self.begins, moment):
            return False
        if self.ends is not None and moment >= _end(self.ends, moment):
            return False
        if self.weekday and WEEKDAYS[moment.weekday()] != self.weekday:
            return False
        return self.day in (None, moment.day) and self._in_hours(f"{moment:%H:%M}")

    def _in_hours(self, clock: str) -> bool:
        begin, _, end = self.hours.partition("-")
        return not self.hours or begin <= clock < end


def _moment(written: datetime | date, like: datetime) -> datetime:
    """As it was written, or in the zone of `like` where it does not say."""
    if not isinstance(written, datetime):
        written = datetime.combine(written, time())
    return written if written.tzinfo else written.replace(tzinfo=like.tzinfo)


def _end(written: datetime | date, like: datetime) -> datetime:
    if isinstance(written, datetime):
        return _moment(written, like)
    return _moment(written + timedelta(days=1), like)
