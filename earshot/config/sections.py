"""The sections of `earshot.toml`, with what each setting means and what it is when nobody says.

Import them from `earshot.config`. The guide (docs/guide/configuration.md) is checked against these classes.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core.core_schema import ValidationInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from earshot.config.forms import (
    Bias,
    Domain,
    Duration,
    Handles,
    Language,
    Place,
    Polite,
    Positive,
    Share,
    Threshold,
    WebAddress,
    Weight,
    Word,
    Words,
)
from earshot.model import Always, OutletClass
from earshot.seams import Settings

_SQLITE = "sqlite:///"
_SHORTEST_PASSWORD = 8
_POSTGRES = ("postgresql://", "postgres://")
_WEB = ("https://", "http://")
_ON_HUB = re.compile(r"https?://[\w.:\[\]-]+(/[\w-][\w.-]*){1,9}", re.ASCII)


class General(Settings):
    """[earshot]: what concerns the whole process."""

    data_dir: Path = Field(
        default=Path("data"), description="Folder of the databases; made if it is missing."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="`text` for people, `json` for machines."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is logged: `debug`, `info`, `warning`, `error`."
    )


class Server(Settings):
    """[server]: the console, the API and the sources that are called."""

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8600, ge=0, le=65_535, description="Port to listen on; 0 takes any free one.")
    public_url: WebAddress = Field(
        default="", description="Base of the links in notices; empty: http://host:port."
    )
    allowed_hosts: Words = Field(
        default=(),
        description="Names that requests may carry in Host, besides those of `host` and `public_url`.",
    )

    @property
    def base_url(self) -> str:
        """What the links in notices begin with, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


class ConsoleSettings(Settings):
    """[console]: the pages, and who may open them."""

    login: bool = Field(
        default=True,
        description="Ask for the password; `false` only behind a proxy that lets in whom it knows.",
    )
    password: SecretStr | None = Field(
        default=None,
        description="What opens the console; empty: one is made at the first start and printed once.",
    )
    language: Literal["", "en", "it"] = Field(
        default="",
        description="Language of the pages until somebody chooses: en or it; empty: the browser's.",
    )
    time_zone: str = Field(
        default="UTC", description="In which the pages and notices give times, like `Europe/Rome`."
    )

    @field_validator("password")
    @classmethod
    def _long_enough(cls, password: SecretStr | None) -> SecretStr | None:
        if password is not None and len(password.get_secret_value()) < _SHORTEST_PASSWORD:
            raise ValueError(
                f"must have at least {_SHORTEST_PASSWORD} characters; leave it out to have one made"
            )
        return password

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"unknown time zone {name!r}; write one like Europe/Rome") from None
        return name


class StoreSettings(Settings):
    """[store]: where mentions, stories and alerts are kept."""

    url: SecretStr | None = Field(
        default=None,
        description="`sqlite:///PATH` or `postgresql://user@host:port/name`; empty: earshot.db in `data_dir`.",
    )
    password: SecretStr | None = Field(
        default=None, description="Password of the database user, where it is not in the address."
    )
    retain_days: int = Field(
        default=365,
        ge=1,
        le=3_650,
        description="Days after its last mention that a story is kept, with its mentions and alerts; dead letters too.",
    )

    @field_validator("url")
    @classmethod
    def _known_database(cls, url: SecretStr | None) -> SecretStr | None:
        written = url.get_secret_value() if url else ""
        if not written:
            return None
        try:
            named = bool(make_url(written).database)
        except (ArgumentError, ValueError):
            raise ValueError(
                "cannot be read as an address; encode what is special in it, like %40 for @"
            ) from None
        if not (named and written.startswith((_SQLITE, *_POSTGRES))):
            raise ValueError(
                f"must be {_SQLITE}PATH or postgresql://user@host:port/name;"
                " leave it out to use earshot.db in data_dir"
            )
        return url

    @property
    def is_postgres(self) -> bool:
        return self.url is not None and self.url.get_secret_value().startswith(_POSTGRES)


class BusSettings(Settings):
    """[bus]: the log between collectors, processors and alerts: a file, or Kafka where `servers` are named."""

    servers: Words = Field(
        default=(), description="Kafka brokers, like `kafka:9092`; empty: the embedded log in `data_dir`."
    )
    prefix: str = Field(
        default="",
        pattern=r"^[a-zA-Z0-9._-]{0,100}$",
        description="What the names of topics and groups begin with, on a Kafka that others use too.",
    )
    partitions: int = Field(
        default=12, ge=1, le=10_000, description="Partitions of a topic that Earshot makes (Kafka)."
    )
    replication: int = Field(
        default=1, ge=1, le=100, description="Copies of each partition of a topic that Earshot makes (Kafka)."
    )
    instance: str = Field(
        default="",
        max_length=200,
        description="Name of this process among its group, kept over a crash; `{host}` stands for its host's; empty:"
        " a new one at each start (Kafka).",
    )
    longest_batch: Positive = Field(
        default=timedelta(minutes=5),
        description="Time a batch may take before another process is given its partitions (Kafka).",
    )
    session: Positive = Field(
        default=timedelta(seconds=45),
        description="Silence after which a process counts as dead and its partitions move (Kafka).",
    )
    tls: bool = Field(default=False, description="Speak TLS to the brokers (Kafka).")
    ca_file: Path | None = Field(
        default=None, description="Certificates to trust; empty: the machine's own (Kafka)."
    )
    certificate_file: Path | None = Field(
        default=None, description="Our certificate, where brokers ask for one (Kafka)."
    )
    key_file: Path | None = Field(default=None, description="Its private key (Kafka).")
    sasl: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="",
        description="How to log in: `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`; empty: not (Kafka).",
    )
    username: str = Field(default="", max_length=1_000, description="Who logs in (Kafka).")
    password: SecretStr | None = Field(default=None, description="Its password (Kafka).")
    retain_days: int = Field(default=7, ge=1, le=3_650, description="Days that messages are kept.")
    retain_mb: int = Field(
        default=1_024,
        ge=1,
        description="Megabytes a topic may take before the oldest go (Kafka: shared out among its partitions).",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len({bool(self.sasl), bool(self.username), bool(self.password)}) > 1:
            raise ValueError("sasl, username and password go together: give all three, or none")
        if bool(self.certificate_file) != bool(self.key_file):
            raise ValueError("certificate_file and key_file go together: give both, or none")
        if not self.tls and (self.ca_file or self.certificate_file):
            raise ValueError("certificates are of no use without tls = true")
        if self.session >= self.longest_batch:
            raise ValueError("longest_batch must be longer than session")
        return self


class IntakeSettings(Settings):
    """[intake]: how much may be waiting."""

    high_water: int = Field(
        default=20_000,
        ge=1,
        description="Messages that may wait for the processors before sources are told to slow down.",
    )


class Audience(Settings):
    """Who matters to a brand, by what people say of themselves; never by what would reveal more of them."""

    places: tuple[Place, ...] = Field(
        default=(), description="Places of which an author declares one, each in all its names."
    )
    languages: tuple[Language, ...] = Field(
        default=(), description="Languages that an author writes in: two letters, like `it`."
    )

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if not (self.places or self.languages):
            raise ValueError('says nothing: name places = ["Bologna"] or languages = ["it"], or take it out')
        return self


class Brand(Settings):
    """[[brands]]: what is watched, and the words that give it away."""

    name: Word = Field(description="How pages and notices call it; no two alike.")
    any: Words = Field(
        default=(), description="Terms of which one is enough; without `all` and `accounts`: its name."
    )
    all: Words = Field(default=(), description="Terms that must all be there.")
    none: Words = Field(default=(), description="Terms that must not be there.")
    accounts: Handles = Field(
        default=(),
        description="Its own accounts: what they say, what names them or answers them concerns it.",
    )
    competitors: Words = Field(default=(), description="Names of competitors.")
    voices: Handles = Field(
        default=(), description="Handles whose word weighs more than their followers, here."
    )
    audience: Audience | None = Field(
        default=None,
        description="Whose share among those who speak counts in the risk: the `places` that authors declare themselves, the `languages` that they write in.",
    )
    address: Polite = Field(
        default="lei",
        description="How it answers who leaves that open: `lei` or `tu`; in other languages formally or informally.",
    )
    address_differs_on: Words = Field(
        default=(),
        description="Sources on which it is the other of the two: what the ids of their mentions begin with, like `x`.",
    )

    def address_on(self, source: str) -> Polite:
        other: Polite = "tu" if self.address == "lei" else "lei"
        return other if source in self.address_differs_on else self.address

    @model_validator(mode="before")
    @classmethod
    def _matched_by_its_name(cls, raw: Any) -> Any:
        if (
            not isinstance(raw, dict)
            or "name" not in raw
            or any(raw.get(key) for key in ("any", "all", "accounts"))
        ):
            return raw
        return raw | {"any": (raw["name"],)} if isinstance(raw["name"], str) and raw["name"].strip() else raw


class Outlet(Settings):
    """[[outlets]]: a medium and how far it carries."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    domain: Domain = Field(description="Its domain, like news.example; speaks for its subdomains too.")
    outlet_class: OutletClass = Field(
        default="news",
        validation_alias="class",
        description="`national`, `regional` or `local` for media that are trusted; `news` or `blog` for others.",
    )
    audience: int | None = Field(
        default=None, ge=0, description="People it reaches; empty: what its class usually does."
    )
    accounts: Handles = Field(
        default=(),
        description="Handles of its own: who follows them and who reads its articles are the same people.",
    )


class ProcessorSettings(Settings):
    """[processors]: how the work on mentions is shared out."""

    workers: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Further processes that score texts, where one brand outgrows a core; 0: none.",
    )


class Scoring(Settings):
    """[scoring]: how texts are read."""

    languages: tuple[Language, ...] = Field(
        default=("it", "en", "es", "fr", "de", "pt", "ar", "hi"),
        description="Languages to choose from when a text does not say its own (ISO 639-1).",
    )

    @field_validator("languages")
    @classmethod
    def _one_at_least(cls, languages: tuple[Language, ...]) -> tuple[Language, ...]:
        """Not by `min_length`, which would also call a list empty of which no element is right."""
        if not languages:
            raise ValueError("is empty: name one at least")
        return languages


class TransformerSettings(Settings):
    """[transformer]: a large model in ONNX in the place of the one that ships; needs the extra `transformer`."""

    source: str = Field(
        default="",
        description="Folder that it was exported to, or its address on a hub, like `https://hub.example/owner/name`;"
        " empty: the model that ships reads.",
    )
    revision: str = Field(
        default="",
        validate_default=True,
        pattern="^([0-9a-f]{40})?$",
        description="Commit of the hub's files, 40 hexadecimal digits; required with an address.",
    )
    file: str = Field(
        default="model.onnx",
        pattern=r"^([\w-][\w.-]*/)*[\w-][\w.-]*$",
        description="The model's file in the folder or on the hub, like `onnx/model.onnx`.",
    )
    threads: int = Field(
        default=1,
        ge=1,
        le=256,
        description="Cores that a process reads with; see `workers` in `[processors]`.",
    )
    temperature: float = Field(
        default=1.0,
        ge=0.01,
        le=100,
        allow_inf_nan=False,
        description="What its scores are divided by: above 1 where it is too sure of itself.",
    )
    bias: tuple[Bias, Bias, Bias] = Field(
        default=(0.0, 0.0, 0.0),
        description="What is then added to those of negative, neutral and positive.",
    )

    @property
    def on_hub(self) -> bool:
        return self.source.startswith(_WEB)

    @field_validator("source")
    @classmethod
    def _folder_or_address(cls, source: str) -> str:
        if source.startswith(_WEB) and not _ON_HUB.fullmatch(source):
            raise ValueError("must be a folder, or an address like https://hub.example/owner/name")
        return source

    @field_validator("revision")
    @classmethod
    def _pinned(cls, revision: str, info: ValidationInfo) -> str:
        if not revision and info.data.get("source", "").startswith(_WEB):
            raise ValueError("is required with an address: the commit, 40 hexadecimal digits")
        return revision


class SpreadSettings(Settings):
    """[spread]: what it is forecast with how far a story spreads."""

    model: Path | None = Field(
        default=None,
        description="Tables that `training/spread.py` learnt from stories of your own, by their path, relative to the folder of `earshot.toml`; without it: those that ship.",
    )


class RiskSettings(Settings):
    """[risk]: weights of the terms, before they are fitted to verdicts, and the levels (0..100)."""

    bias: float = Field(
        default=-5.0, ge=-100, le=100, allow_inf_nan=False, description="Log-odds of nothing at all."
    )
    neg: Weight = Field(default=2.0, description="Weight of negativity.")
    reach: Weight = Field(default=1.0, description="Weight of the people reached.")
    spread: Weight = Field(default=2.0, description="Weight of the forecast.")
    media: Weight = Field(default=1.5, description="Weight of outlets that carried it.")
    audience: Weight = Field(
        default=0.8, description="Weight of confirmations and of authors who are of the brand's audience."
    )
    surge: Weight = Field(default=1.2, description="Weight of an unusual rate of negative mentions.")
    credibility: Weight = Field(
        default=0.5,
        description="Weight of mentions in words of their own: what repeats another without saying so counts for less.",
    )
    watch: Threshold = Field(default=30.0, description="Risk from which a story is worth watching.")
    warning: Threshold = Field(
        default=60.0, validate_default=True, description="Risk of a warning; above `watch`."
    )
    critical: Threshold = Field(
        default=85.0, validate_default=True, description="Critical risk; above `warning`."
    )
    half_life: Positive = Field(
        default=timedelta(hours=12),
        description="Silence after which the spread of a story that is large already, and what any story has reached, count half.",
    )
    base_cap: float = Field(
        default=0.3,
        ge=0,
        le=0.8,
        allow_inf_nan=False,
        description="The most that counts as a brand's usual negativity.",
    )
    assumed_followers: int = Field(
        default=100, ge=0, description="People that an account of unknown size is taken to reach."
    )
    max_followers: int = Field(
        default=1_000_000, ge=1, description="The most people one account is taken to reach."
    )

    @field_validator("warning", "critical")
    @classmethod
    def _ascends(cls, threshold: float, info: ValidationInfo) -> float:
        below = "watch" if info.field_name == "warning" else "warning"
        if threshold <= info.data.get(below, 0):
            raise ValueError(f"is {threshold:g} and must be above {below}, which is {info.data[below]:g}")
        return threshold


class Rules(Settings):
    """[rules]: who is told whatever the risk."""

    loud_followers: int = Field(default=100_000, ge=1, description="Followers from which an author is loud.")
    loud_negativity: Share = Field(
        default=0.6, description="Negativity from which a loud author or a voice is told."
    )
    voices: Handles = Field(
        default=(), description="Handles whose word weighs more than their followers, for all brands."
    )
    always: tuple[Always, ...] = Field(
        default=("safety", "legal", "discrimination", "self_harm", "press_interest"),
        description="What calls at any hour however small the story: danger to somebody, lawyers and authorities, "
        "discrimination, self-harm, the press that asks for a word.",
    )
    lists: Words = Field(
        default=(),
        description="Lists of outlets and voices to use besides: `italy`, `english`, or the path of a file of their form.",
    )


class AlertSettings(Settings):
    """[alerts]: when an alert ends, and how long a notice is tried."""

    hysteresis: float = Field(
        default=5.0,
        ge=0,
        le=50,
        allow_inf_nan=False,
        description="Points below its level at which an alert may end.",
    )
    resolve_after: Duration = Field(
        default=timedelta(minutes=60), description="Time that the risk must stay that low before it ends."
    )
    again_after: Positive = Field(
        default=timedelta(minutes=60),
        description="Time after which an open alert calls again, by itself, for the same danger, legal step, "
        "discrimination or self-harm of somebody else, who is told of sooner with whatever else it calls for; the "
        "second person in danger calls at once.",
    )
    first_retry: Positive = Field(
        default=timedelta(seconds=1), description="Wait before the second try; then doubled."
    )
    longest_retry: Positive = Field(
        default=timedelta(minutes=10),
        validate_default=True,
        description="The longest wait between two tries.",
    )
    give_up_after: Positive = Field(
        default=timedelta(hours=24), description="Age at which a notice is given up."
    )

    @field_validator("longest_retry")
    @classmethod
    def _at_least_the_first(cls, longest: timedelta, info: ValidationInfo) -> timedelta:
        if longest < info.data.get("first_retry", longest):
            raise ValueError("must not be shorter than first_retry")
        return longest
