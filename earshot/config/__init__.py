"""The configuration: `earshot.toml` and the environment, as frozen objects that were checked once.

Every fault is reported at once, as `file:line: key: message`; what comes from the environment names the variable.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, PrivateAttr
from sqlalchemy import URL, make_url

from earshot import spread_file
from earshot.config import lists
from earshot.config.document import Document, Table, build
from earshot.config.environment import override, read_secrets
from earshot.config.faults import Faults, dotted, unknown
from earshot.config.kinds import Kinds, installed
from earshot.config.lists import Listing
from earshot.config.platforms import unheard
from earshot.config.sections import (
    AlertSettings,
    Audience,
    Brand,
    BusSettings,
    ConsoleSettings,
    General,
    IntakeSettings,
    Outlet,
    ProcessorSettings,
    RiskSettings,
    Rules,
    Scoring,
    Server,
    SpreadSettings,
    StoreSettings,
    TransformerSettings,
)
from earshot.config.surges import Expected, SurgeSettings, Topic
from earshot.config.toml_file import parse
from earshot.config.toml_lines import KeyPath
from earshot.errors import ConfigError
from earshot.seams import CollectorSettings, ReceiverSettings, Settings

__all__ = [
    "AlertSettings",
    "Audience",
    "Brand",
    "BusSettings",
    "Config",
    "ConsoleSettings",
    "Expected",
    "General",
    "IntakeSettings",
    "Outlet",
    "ProcessorSettings",
    "RiskSettings",
    "Rules",
    "Scoring",
    "Server",
    "SpreadSettings",
    "StoreSettings",
    "SurgeSettings",
    "Topic",
    "TransformerSettings",
    "from_dict",
    "load",
]


class Config(Settings):
    """All sections. An empty file is a valid configuration."""

    earshot: General = Field(default=General(), description="What concerns the whole process.")
    server: Server = Field(
        default=Server(), description="The console, the API and the sources that are called."
    )
    store: StoreSettings = Field(default=StoreSettings(), description="Where everything is kept.")
    bus: BusSettings = Field(default=BusSettings(), description="The log between the roles.")
    intake: IntakeSettings = Field(default=IntakeSettings(), description="How much may be waiting.")
    brands: tuple[Brand, ...] = Field(default=(), description="What is watched.")
    topics: tuple[Topic, ...] = Field(default=(), description="What brands are spoken of for.")
    outlets: tuple[Outlet, ...] = Field(default=(), description="Media, and how far they carry.")
    processors: ProcessorSettings = Field(
        default=ProcessorSettings(), description="How the work on mentions is shared out."
    )
    scoring: Scoring = Field(default=Scoring(), description="How texts are read.")
    transformer: TransformerSettings = Field(
        default=TransformerSettings(), description="A large model in the place of the one that ships."
    )
    spread: SpreadSettings = Field(
        default=SpreadSettings(), description="What forecasts how far a story spreads."
    )
    risk: RiskSettings = Field(default=RiskSettings(), description="What makes a story dangerous.")
    rules: Rules = Field(default=Rules(), description="Who is told whatever the risk.")
    surges: SurgeSettings = Field(
        default=SurgeSettings(), description="When so many speak at once that somebody must know."
    )
    calendar: tuple[Expected, ...] = Field(
        default=(), description="When more is said than usual, and everybody knows why."
    )
    alerts: AlertSettings = Field(default=AlertSettings(), description="The life of alerts and notices.")
    console: ConsoleSettings = Field(
        default=ConsoleSettings(), description="The pages, and who may open them."
    )
    collectors: tuple[CollectorSettings, ...] = Field(default=(), description="The sources.")
    receivers: tuple[ReceiverSettings, ...] = Field(default=(), description="Who is told, and through what.")
    _doubts: tuple[str, ...] = PrivateAttr(default=())

    @property
    def doubts(self) -> tuple[str, ...]:
        """What was written and cannot have been meant so, with its place; no faults."""
        return self._doubts

    def doubted(self, doubts: Iterable[str]) -> Self:
        self._doubts = tuple(doubts)
        return self

    @property
    def own_time(self) -> bool:
        """Whether a source brings a time of its own, on which everything then runs."""
        return any(collector.own_time for collector in self.collectors)

    def audience_of(self, brand: str) -> Audience | None:
        """Who matters to a brand; None where nobody has said, or the brand is watched no more."""
        return next((each.audience for each in self.brands if each.name == brand), None)

    @property
    def store_url(self) -> URL:
        """Where everything is kept: a file of SQLite's, or a database of PostgreSQL's."""
        if self.store.url is None:
            return URL.create("sqlite", database=str(self.earshot.data_dir / "earshot.db"))
        url = make_url(self.store.url.get_secret_value())
        if self.store.is_postgres:
            url = url.set(drivername="postgresql+psycopg")
            if self.store.password:
                url = url.set(password=self.store.password.get_secret_value())
        return url


def load(path: Path, environ: Mapping[str, str], kinds: Kinds | None = None) -> Config:
    """Read a file and what the environment overrides. `kinds`: instead of those that are installed.

    Raises:
        ConfigError: with every fault there is, or why the file cannot be read.
    """
    written, faults = parse(_text(path), path)
    return _checked(written, environ, kinds or installed(), faults, path.parent)


def from_dict(
    raw: dict[str, Any], environ: Mapping[str, str] | None = None, kinds: Kinds | None = None
) -> Config:
    """A configuration without a file; `raw` is what `tomllib` would give, and stays as it is.

    Raises:
        ConfigError: with every fault there is; each names its key.
    """
    return _checked(copy.deepcopy(raw), environ or {}, kinds or installed(), Faults(), Path())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        todo = "make one with `earshot init`, or name yours with `--config PATH`"
        raise ConfigError([f"{path}: there is no such file; {todo}"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text; save it as UTF-8"]) from None


def _checked(
    written: dict[str, Any], environ: Mapping[str, str], kinds: Kinds, faults: Faults, folder: Path
) -> Config:
    document = Document(written, Config, kinds, faults)
    override(document, environ, faults)
    read_secrets(document, folder, faults)
    sections = list(document.sections())
    built = {table.path: part for table in sections if (part := _built(table, faults)) is not None}
    _check_names(sections, faults)
    _check_brands(sections, faults)
    _check_own_time(built, faults)
    named = _lists(built.get(("rules",)), folder, faults)
    _find_tables(built, folder, faults)
    faults.raise_any()
    config = _assembled(built)
    return _with_lists(config, named).doubted(unheard(sections, config.collectors, faults))


def _built(table: Table, faults: Faults) -> BaseModel | None:
    if table.unknown_kind:
        faults.add((*table.path, "kind"), table.unknown_kind)
        return None
    if "kind" in table.written:
        table.written.setdefault("name", table.written["kind"])
    return build(table.model, table.written, table.path, faults)


def _check_names(sections: Sequence[Table], faults: Faults) -> None:
    """No two alike; - and _ count as the same because a variable's name cannot tell them apart."""
    for section, key in (
        ("brands", "name"),
        ("topics", "name"),
        ("outlets", "domain"),
        ("collectors", "name"),
        ("receivers", "name"),
    ):
        first: dict[str, KeyPath] = {}
        for path, name in _words(sections, section, key):
            other = first.setdefault(name.casefold().replace("-", "_"), path)
            if other != path:
                faults.add((*path, key), f"{name!r} is taken by {dotted(other)}; give this one another {key}")


def _check_brands(sections: Sequence[Table], faults: Faults) -> None:
    brands = [name for _, name in _words(sections, "brands", "name")]
    choosing = [table for table in sections if table.path[0] in ("receivers", "topics", "calendar")]
    for table in choosing if brands else ():
        wanted = table.written.get("brands")
        for index, brand in enumerate(wanted if isinstance(wanted, list | tuple) else ()):
            if isinstance(brand, str) and brand not in brands:
                faults.add((*table.path, "brands", index), unknown(f"brand {brand!r}", brand, brands))


def _check_own_time(built: Mapping[KeyPath, BaseModel], faults: Faults) -> None:
    """What a live source hears now would be years off on another's clock."""
    collectors = {path: part for path, part in built.items() if isinstance(part, CollectorSettings)}
    for path, part in collectors.items():
        if part.own_time and len(collectors) > 1:
            faults.add(path, f"{part.name} runs on a time of its own: take it out, or every other source")


def _words(sections: Sequence[Table], section: str, key: str) -> Iterator[tuple[KeyPath, str]]:
    """A key of each element of a section, also of those that have other faults."""
    for table in sections:
        word = table.written.get(key) if table.path[0] == section else None
        if isinstance(word, str):
            yield table.path, word.strip()


def _assembled(built: Mapping[KeyPath, BaseModel]) -> Config:
    sections: dict[str, Any] = {}
    for path, part in built.items():
        section = str(path[0])
        sections[section] = part if len(path) == 1 else (*sections.get(section, ()), part)
    return Config(**sections)


def _lists(rules: BaseModel | None, folder: Path, faults: Faults) -> list[Listing]:
    found = []
    for index, name in enumerate(rules.lists if isinstance(rules, Rules) else ()):
        try:
            found.append(lists.load(name, folder))
        except LookupError as error:
            faults.add(("rules", "lists", index), str(error))
        except ConfigError as error:
            faults.add_others(error.faults)
    return found


def _find_tables(built: dict[KeyPath, BaseModel], folder: Path, faults: Faults) -> None:
    """The file of `[spread]`, from where the configuration lies; whether it is one is told now, not at a forecast."""
    named = built.get(("spread",))
    if not isinstance(named, SpreadSettings) or named.model is None:
        return
    path = folder / named.model
    try:
        spread_file.read(path)
    except LookupError as error:
        faults.add(("spread", "model"), str(error))
    built["spread",] = named.model_copy(update={"model": path})


def _with_lists(config: Config, named: Sequence[Listing]) -> Config:
    """The operator's own outlets win over a list's, and a list over those that are named after it.

    Accounts that nobody wrote for the outlet that wins are those of the next one.
    """
    if not named:
        return config
    outlets = {outlet.domain: outlet for outlet in config.outlets}
    for outlet in (outlet for each in named for outlet in each.media()):
        known = outlets.setdefault(outlet.domain, outlet)
        if outlet.accounts and "accounts" not in known.model_fields_set:
            outlets[outlet.domain] = known.model_copy(update={"accounts": outlet.accounts})
    voices = dict.fromkeys((*config.rules.voices, *(voice for each in named for voice in each.voices)))
    rules = config.rules.model_copy(update={"voices": tuple(voices)})
    return config.model_copy(update={"outlets": tuple(outlets.values()), "rules": rules})
