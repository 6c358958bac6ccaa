"""What an operator may write, what comes of it, and what is said about each mistake."""

import textwrap
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SecretStr, ValidationError

from earshot.config import Brand, Config, from_dict, load
from earshot.config.forms import Duration
from earshot.config.kinds import Kinds, installed
from earshot.errors import ConfigError
from earshot.model import Level
from earshot.seams import CollectorSettings, ReceiverSettings, Settings

EXAMPLE = Path(__file__).parents[3] / "earshot.example.toml"


class Login(Settings):
    user: str = "earshot"
    password: SecretStr | None = None


class Feed(CollectorSettings):
    kind: Literal["feed"] = "feed"
    urls: tuple[str, ...] = ()
    every: Duration = timedelta(minutes=5)
    login: Login | None = None


class Pager(ReceiverSettings):
    kind: Literal["pager"] = "pager"
    secret: SecretStr
    old_secret: SecretStr | None = Field(default=None, min_length=3)


def missing() -> None:
    raise ImportError("No module named 'aiopigeon'")


KINDS = Kinds(
    collectors={"feed": lambda: Feed, "broken": missing, "odd": lambda: Brand},
    receivers={"pager": lambda: Pager, "broken": missing},
)

Write = Callable[..., Config]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Load a text as earshot.toml of the working directory."""
    monkeypatch.chdir(tmp_path)

    def written(text: str, **environ: str) -> Config:
        Path("earshot.toml").write_text(textwrap.dedent(text), encoding="utf-8")
        return load(Path("earshot.toml"), environ, KINDS)

    return written


@pytest.fixture
def faults(write: Write) -> Callable[..., tuple[str, ...]]:
    def found(text: str, **environ: str) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            write(text, **environ)
        assert str(caught.value) == "\n".join(caught.value.faults)
        return caught.value.faults

    return found


Faults = Callable[..., tuple[str, ...]]


class TestDefaults:
    def test_nothing_is_a_configuration(self, write: Write) -> None:
        assert write("") == from_dict({}) == Config()

    def test_the_example_works_as_it_is(self) -> None:
        known = installed()._replace(receivers={"log": lambda: ReceiverSettings})
        config = load(EXAMPLE, {}, known)
        assert [brand.name for brand in config.brands] == ["Ronvia"]
        assert [receiver.name for receiver in config.receivers] == ["log"]

    def test_links_lead_to_the_server(self) -> None:
        assert from_dict({}).server.base_url == "http://127.0.0.1:8600"
        assert from_dict({"server": {"host": "::1", "port": 1}}).server.base_url == "http://[::1]:1"
        assert (
            from_dict({"server": {"public_url": "https://x.example/e/"}}).server.base_url
            == "https://x.example/e"
        )

    @pytest.mark.parametrize(
        ("written", "path"),
        [
            ({"earshot": {"data_dir": "d"}}, "d/earshot.db"),
            ({"store": {"url": ""}}, "data/earshot.db"),
            ({"store": {"url": "sqlite:////var/e.db"}}, "/var/e.db"),
        ],
    )
    def test_the_database_is_a_file(self, written: dict[str, Any], path: str) -> None:
        url = from_dict(written).store_url
        assert (url.drivername, url.database) == ("sqlite", path)

    def test_the_database_is_a_server_and_its_password_stands_apart(self) -> None:
        url = from_dict({"store": {"url": "postgresql://e@db:5433/mentions", "password": "p@/ss"}}).store_url
        assert (url.drivername, url.host, url.port) == ("postgresql+psycopg", "db", 5433)
        assert (url.username, url.password, url.database) == ("e", "p@/ss", "mentions")

    @pytest.mark.parametrize(
        ("bus", "fault"),
        [
            ({"sasl": "PLAIN"}, "sasl, username and password go together"),
            ({"username": "u"}, "sasl, username and password go together"),
            ({"tls": True, "key_file": "k"}, "certificate_file and key_file go together"),
            ({"ca_file": "ca"}, "of no use without tls = true"),
            ({"session": "5m"}, "longest_batch must be longer than session"),
        ],
    )
    def test_settings_of_the_bus_that_need_each_other(self, bus: dict[str, Any], fault: str) -> None:
        with pytest.raises(ConfigError, match=fault):
            from_dict({"bus": bus})

    def test_a_brand_says_lei_unless_it_is_told_otherwise_there(self) -> None:
        told = {"address": "tu", "address_differs_on": ["mail"]}
        one, other = from_dict({"brands": [{"name": "Acme"}, {"name": "Bolt", **told}]}).brands
        assert [one.address_on("x"), other.address_on("x"), other.address_on("mail")] == ["lei", "tu", "lei"]

    def test_nothing_can_be_changed_later(self) -> None:
        with pytest.raises(ValidationError):
            Config().server.port = 1  # type: ignore[misc]

    def test_what_a_program_gives_is_left_alone(self) -> None:
        raw = {"collectors": [{"kind": "feed"}], "server": {"port": 1}}
        config = from_dict(raw, {"EARSHOT_SERVER__PORT": "2"}, KINDS)
        assert (config.server.port, config.collectors[0].name) == (2, "feed")
        assert raw == {"collectors": [{"kind": "feed"}], "server": {"port": 1}}


class TestSections:
    def test_a_brand_without_terms_is_matched_by_its_name(self, write: Write) -> None:
        config = write("""
            [[brands]]
            name = "Ronvia"
            none = ["corso"]
            [[brands]]
            name = "Other"
            accounts = ["@other"]
            [[brands]]
            name = "Third"
            all = ["third", "bank"]
        """)
        assert [brand.any for brand in config.brands] == [("Ronvia",), (), ()]

    def test_an_outlet(self, write: Write) -> None:
        outlet = write('[[outlets]]\ndomain = "www.News.Example"\nclass = "national"').outlets[0]
        assert (outlet.domain, outlet.outlet_class, outlet.audience) == ("news.example", "national", None)

    def test_elements_are_named_by_their_kind(self, write: Write) -> None:
        config = write("""
            [[collectors]]
            kind = "feed"
            every = "90s"
            [[collectors]]
            kind = "feed"
            name = "second"
        """)
        first, second = config.collectors
        assert isinstance(first, Feed)
        assert (first.name, first.every, second.name) == ("feed", timedelta(seconds=90), "second")

    @pytest.mark.parametrize(("word", "level"), [("warning", Level.warning), ("Critical", Level.critical)])
    def test_levels_are_words(self, write: Write, word: str, level: Level) -> None:
        config = write(f'[[receivers]]\nkind = "pager"\nsecret = "s"\nmin_level = "{word}"')
        assert config.receivers[0].min_level is level


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("[servr]", "1: servr: unknown section; did you mean 'server'?"),
            (
                "zzz = 1",
                "1: zzz: unknown section; known: alerts, brands, bus, calendar, collectors, console, earshot, ",
            ),
            ("[server]\nprot = 1", "2: server.prot: unknown key; did you mean 'port'?"),
            ("[bus]\nzzz = 1", "2: bus.zzz: unknown key; known: ca_file, "),
            (
                "[rules]\nalways = ['fire']",
                "2: rules.always[0]: must be 'safety', 'legal', 'discrimination', 'self_harm' or 'press_interest'",
            ),
            (
                "[[calendar]]\nname = 'Strike'\nfrom = 'tomorow'\nto = 2026-12-05",
                "3: calendar[0].from: must be a day or a moment, like 2026-12-05 or 2026-12-05T06:00:00+01:00",
            ),
            ("server = 1", "1: server: is one table: write [server]"),
            ("[brands]", "1: brands: is a list of tables: write [[brands]] above each"),
            ("brands = [1]", "1: brands: is a list of tables: write [[brands]] above each"),
            ("[server]\n\nport = -1", "3: server.port: must be greater than or equal to 0"),
            ("[server]\npublic_url = 'x'", "2: server.public_url: must begin with http:// or https://"),
            ("[earshot]\nlog_format = 'xml'", "2: earshot.log_format: must be 'text' or 'json'"),
            ("[earshot]\ndata_dir = 1", "2: earshot.data_dir: must be a path in quotes"),
            ("[[brands]]\nany = ['a']", "1: brands[0].name: is required"),
            (
                "[[brands]]\nname = 'a'\nany = [\n'b',\n' ']",
                "5: brands[0].any[1]: is empty: take it out, or ",
            ),
            ("[[brands]]\nname = 'a'\nany = 'b'", '3: brands[0].any: must be a list, like ["one", "two"]'),
            ("[[brands]]\nname = 'a'\naddress = 'voi'", "3: brands[0].address: must be 'lei' or 'tu'"),
            ("[[brands]]\nname = 5", "2: brands[0].name: must be text in quotes"),
            (
                "[[brands]]\nname = 'a'\n[[brands]]\nname = 'A'",
                "4: brands[1].name: 'A' is taken by brands[0]; ",
            ),
            (
                "[[outlets]]\ndomain = 'a.b'\n[[outlets]]\ndomain = 'A.b'",
                "4: outlets[1].domain: 'A.b' is taken by",
            ),
            (
                "[[outlets]]\ndomain = 'https://a.b/c'",
                "2: outlets[0].domain: must be a domain like news.example",
            ),
            (
                "[[outlets]]\ndomain = 'a.b'\nclass = 'big'",
                "3: outlets[0].class: must be 'national', 'regional', ",
            ),
            ("[risk]\nneg = -1", "2: risk.neg: must be greater than or equal to 0"),
            ("[risk]\nneg = nan", "2: risk.neg: must be a finite number"),
            ("[risk]\nwatch = 70", "1: risk.warning: is 60 and must be above watch, which is 70"),
            ("[risk]\ncritical = 50", "2: risk.critical: is 50 and must be above warning, which is 60"),
            ("[alerts]\nfirst_retry = '1h'", "1: alerts.longest_retry: must not be shorter than first_retry"),
            ("[alerts]\nfirst_retry = 0", "2: alerts.first_retry: must be longer than nothing"),
            (
                "[alerts]\nresolve_after = '1 week'",
                "2: alerts.resolve_after: must be a length of time, like 90s",
            ),
            (
                "[store]\nurl = 'postgresql://h'",
                "2: store.url: must be sqlite:///PATH or postgresql:",
            ),
            ("[store]\nurl = 'sqlite:///'", "2: store.url: must be sqlite:///PATH or postgresql:"),
            ("[[collectors]]", "1: collectors[0].kind: is required; known: broken, feed, odd"),
            (
                "[[collectors]]\nkind = 'fed'",
                "2: collectors[0].kind: unknown kind 'fed'; known: broken, feed, odd",
            ),
            ("[[collectors]]\nkind = 1", "2: collectors[0].kind: unknown kind 1; known: broken, feed, odd"),
            (
                "[[collectors]]\nkind = 'broken'",
                "2: collectors[0].kind: kind 'broken' is registered and cannot be ",
            ),
            ("[[collectors]]\nkind = 'odd'", "2: collectors[0].kind: kind 'odd' is registered as <class"),
            ("[[collectors]]\nkind = 'feed'\nname = 'A b'", "3: collectors[0].name: must match pattern"),
            (
                "[[collectors]]\nkind = 'feed'\n[[collectors]]\nkind = 'feed'",
                "3: collectors[1].name: 'feed' is taken by collectors[0]; give this one another name",
            ),
            (
                "[[collectors]]\nkind = 'feed'\n[collectors.login]\nusr = 1",
                "4: collectors[0].login.usr: unknown key; did you mean 'user'?",
            ),
            (
                "[[receivers]]\nkind = 'pager'\nsecret = 's'\nold_secrt_file = 'x'",
                "4: receivers[0].old_secrt_file: unknown key; did you mean 'old_secret_file'?",
            ),
            (
                "[[receivers]]\nkind = 'pager'\nsecret = 's'\nmin_level = 'loud'",
                "4: receivers[0].min_level: unknown level 'loud'; known: watch, warning, critical",
            ),
            (
                "[[brands]]\nname = 'Ronvia'\n[[receivers]]\nkind = 'pager'\nsecret = 's'\nbrands = ['Ronvai']",
                "6: receivers[0].brands[0]: unknown brand 'Ronvai'; did you mean 'Ronvia'?",
            ),
            ("[server]\nport =", "2: Invalid value"),
            ("[server\nport = 1", "1: Expected ']' at the end of a table declaration"),
            ("a = [", "1: Invalid value (at end of document)"),
        ],
    )
    def test_each_says_where_and_what(self, faults: Faults, text: str, fault: str) -> None:
        (found,) = faults(text)
        assert found.startswith(f"earshot.toml:{fault}")

    def test_all_are_said_at_once_in_order(self, faults: Faults) -> None:
        found = faults(
            """
            [server]
            port = "x"
            [[brands]]
            name = "a"
            any = [""]
            [[brands]]
            name = "a"
            [[collectors]]
            kind = "fed"
            [[receivers]]
            kind = "pager"
            min_level = "calm"
            [servr]
            """,
            EARSHOT_BUS__RETAIN_DAYS="many",
        )
        assert [fault.split(": ")[0] for fault in found] == [
            "EARSHOT_BUS__RETAIN_DAYS",
            *(f"earshot.toml:{line}" for line in (3, 6, 8, 10, 11, 13, 14)),
        ]

    def test_never_shows_a_secret(self, faults: Faults) -> None:
        found = faults(
            """
            [store]
            url = "postgresql://hush:hush"
            [[receivers]]
            kind = "pager"
            secret = ["hush"]
            """,
            EARSHOT_RECEIVERS__PAGER__OLD_SECRET="hu",
        )
        assert len(found) == 3
        assert "hu" not in "".join(found)

    def test_a_missing_file_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"no such file.*earshot init.*--config PATH"):
            load(tmp_path / "none.toml", {})

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
            load(tmp_path, {})

    def test_what_is_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "e.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(ConfigError, match="is not UTF-8"):
            load(tmp_path / "e.toml", {})

    def test_a_byte_order_mark_is_no_fault(self, tmp_path: Path) -> None:
        (tmp_path / "e.toml").write_bytes(b"\xef\xbb\xbf[server]\r\nport = 1\r\n")
        assert load(tmp_path / "e.toml", {}).server.port == 1

    def test_without_a_file_the_key_is_named(self) -> None:
        with pytest.raises(ConfigError, match=r"^server\.port: must be a valid integer"):
            from_dict({"server": {"port": "x"}})


PAGERS = """
    [[receivers]]
    kind = "pager"
    name = "pr-mail"
    secret = "from the file"
    [[receivers]]
    kind = "pager"
    secret_file = "nowhere"
"""


def secrets(config: Config) -> list[str]:
    return [r.secret.get_secret_value() for r in config.receivers if isinstance(r, Pager)]


class TestEnvironment:
    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("SERVER__PORT", "9000", {"server": {"port": 9000}}),
            ("ALERTS__RESOLVE_AFTER", "2h", {"alerts": {"resolve_after": "2h"}}),
            ("STORE__URL", "sqlite:///x.db", {"store": {"url": "sqlite:///x.db"}}),
            ("SCORING__LANGUAGES", "it, en", {"scoring": {"languages": ["it", "en"]}}),
            ("SERVER__ALLOWED_HOSTS", "", {}),
        ],
    )
    def test_overrides_a_setting(self, name: str, value: str, expected: dict[str, Any]) -> None:
        assert from_dict({}, {f"EARSHOT_{name}": value}) == from_dict(expected)

    def test_is_stronger_than_the_file(self, write: Write) -> None:
        assert write("[server]\nport = 1", EARSHOT_SERVER__PORT="2").server.port == 2

    @pytest.mark.parametrize("first", ["0", "PR_MAIL", "pr-mail", "Pr_Mail"])
    @pytest.mark.parametrize("second", ["1", "PAGER"])
    def test_calls_elements_by_place_or_name(self, write: Write, first: str, second: str) -> None:
        environ = {
            f"EARSHOT_RECEIVERS__{first}__SECRET": "one",
            f"EARSHOT_RECEIVERS__{second}__SECRET": "two",
        }
        assert secrets(write(PAGERS, **environ)) == ["one", "two"]

    def test_reaches_inside(self, write: Write) -> None:
        text = '[[collectors]]\nkind = "feed"\n[collectors.login]\nuser = "u"'
        (feed,) = write(text, EARSHOT_COLLECTORS__FEED__LOGIN__PASSWORD="p").collectors
        assert isinstance(feed, Feed)
        assert feed.login == Login(user="u", password=SecretStr("p"))

    def test_an_outlet_is_called_by_its_domain(self, write: Write) -> None:
        text = '[[outlets]]\ndomain = "news.example"'
        outlet = write(text, EARSHOT_OUTLETS__NEWS_EXAMPLE__CLASS="blog").outlets[0]
        assert outlet.outlet_class == "blog"

    def test_a_kind_brings_its_keys(self, write: Write) -> None:
        environ = {"EARSHOT_COLLECTORS__0__KIND": "feed", "EARSHOT_COLLECTORS__0__EVERY": "1s"}
        (feed,) = write("[[collectors]]\nkind = 'odd'", **environ).collectors
        assert isinstance(feed, Feed)
        assert feed.every == timedelta(seconds=1)

    def test_others_are_left_alone(self) -> None:
        environ = {"EARSHOT_CONFIG": "x", "EARSHOT_TEST_KAFKA": "y", "EARSHOTS": "z", "PATH": ""}
        assert from_dict({}, environ) == Config()

    @pytest.mark.parametrize(
        ("name", "suggestion"),
        [
            ("EARSHOT_SERVER__PROT", "; did you mean EARSHOT_SERVER__PORT?"),
            ("EARSHOT_SERVER_PORT", "; did you mean EARSHOT_SERVER__PORT?"),
            ("EARSHOT_SERVER__PRT_FILE", "; did you mean EARSHOT_SERVER__PORT_FILE?"),
            ("EARSHOT_RECEIVERS__PR_MIAL__SECRET", "; did you mean EARSHOT_RECEIVERS__PR_MAIL__SECRET?"),
            ("EARSHOT_CONFIGURATION_OF_NOTHING_AT_ALL", ""),
        ],
    )
    def test_a_misspelt_name_is_a_fault(self, faults: Faults, name: str, suggestion: str) -> None:
        text = PAGERS.replace("secret_file", "secret")
        assert faults(text, **{name: "1"}) == (f"{name}: sets nothing that is known{suggestion}",)

    def test_an_unknown_kind_is_one_fault(self, faults: Faults) -> None:
        environ = {"EARSHOT_COLLECTORS__FED__X": "1", "EARSHOT_COLLECTORS__0__Y": "2"}
        assert len(faults("[[collectors]]\nkind = 'fed'", **environ)) == 1

    def test_a_fault_names_the_variable(self, faults: Faults) -> None:
        assert faults("[server]\nport = 1", EARSHOT_SERVER__PORT="x") == (
            "EARSHOT_SERVER__PORT: server.port: must be a valid integer, unable to parse string as an integer",
        )
        assert faults("", EARSHOT_SCORING__LANGUAGES="it,eng")[0].startswith(
            "EARSHOT_SCORING__LANGUAGES: scoring.languages[1]: "
        )

    def test_two_names_for_one_setting_are_a_fault(self, faults: Faults) -> None:
        environ = {"EARSHOT_RECEIVERS__0__SECRET": "a", "EARSHOT_RECEIVERS__PR_MAIL__SECRET": "b"}
        assert faults(PAGERS.replace("secret_file", "secret"), **environ) == (
            "EARSHOT_RECEIVERS__PR_MAIL__SECRET: EARSHOT_RECEIVERS__0__SECRET sets the same; keep one of them",
        )


class TestSecretFiles:
    def test_are_read_beside_the_configuration(self, write: Write, tmp_path: Path) -> None:
        (tmp_path / "nowhere").write_text("found\n", encoding="utf-8")
        assert secrets(write(PAGERS)) == ["from the file", "found"]

    def test_a_variable_may_name_the_file(self, write: Write, tmp_path: Path) -> None:
        (tmp_path / "s").write_text("  two\r\n", encoding="utf-8")
        assert secrets(write(PAGERS, EARSHOT_RECEIVERS__PAGER__SECRET_FILE=str(tmp_path / "s")))[1] == "  two"

    def test_a_variable_may_name_any_settings_file(self, write: Write, tmp_path: Path) -> None:
        (tmp_path / "l").write_text("it,en\n", encoding="utf-8")
        assert write("", EARSHOT_SCORING__LANGUAGES_FILE="l").scoring.languages == ("it", "en")

    def test_that_cannot_be_read_are_one_fault(self, faults: Faults) -> None:
        assert faults(PAGERS) == (
            "earshot.toml:8: receivers[1].secret_file: cannot read nowhere: No such file or directory",
        )

    def test_that_a_variable_names_and_cannot_be_read(self, faults: Faults) -> None:
        name = "EARSHOT_SERVER__PORT_FILE"
        assert faults("", **{name: "gone"}) == (f"{name}: cannot read gone: No such file or directory",)

    def test_that_are_no_text(self, faults: Faults, tmp_path: Path) -> None:
        (tmp_path / "nowhere").write_bytes(b"\xff")
        assert faults(PAGERS)[0].endswith("cannot read nowhere: not UTF-8 text")

    @pytest.mark.parametrize("value", ["7", "['a']"])
    def test_whose_name_is_no_path(self, faults: Faults, value: str) -> None:
        assert faults(PAGERS.replace('"nowhere"', value)) == (
            "earshot.toml:8: receivers[1].secret_file: must be a path in quotes",
        )

    def test_and_the_secret_itself_are_a_fault(self, faults: Faults) -> None:
        assert faults(PAGERS + '    secret = "x"\n') == (
            "earshot.toml:8: receivers[1].secret_file: secret is given too; keep one of them",
        )

    def test_and_the_variable_itself_are_a_fault(self, faults: Faults, tmp_path: Path) -> None:
        (tmp_path / "p").write_text("1", encoding="utf-8")
        assert faults("", EARSHOT_SERVER__PORT="1", EARSHOT_SERVER__PORT_FILE="p") == (
            "EARSHOT_SERVER__PORT_FILE: EARSHOT_SERVER__PORT sets the same; keep one of them",
        )


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z"), exclude_characters=","), min_size=1
)
typed: Mapping[str, st.SearchStrategy[Any]] = {
    "server.port": st.integers(0, 65_535),
    "bus.retain_mb": st.integers(1),
    "risk.neg": st.floats(0, 100),
    "rules.voices": st.lists(
        words.map(lambda word: f"@{word}"), max_size=4
    ),  # what it names may hold a colon
    "server.host": words,
}


@given(st.fixed_dictionaries({}, optional=dict(typed)))
def test_the_environment_says_what_the_file_would(settings: dict[str, Any]) -> None:
    raw: dict[str, dict[str, Any]] = {}
    environ = {}
    for path, value in settings.items():
        section, key = path.split(".")
        raw.setdefault(section, {})[key] = value
        name = f"EARSHOT_{section}__{key}".upper()
        environ[name] = ",".join(value) if isinstance(value, list) else str(value)
    assert from_dict({}, environ) == from_dict(raw)


class Played(CollectorSettings):
    own_time = True
    kind: Literal["played"] = "played"


def test_a_source_with_a_time_of_its_own_stands_alone() -> None:
    kinds = Kinds(collectors={"feed": lambda: Feed, "played": lambda: Played}, receivers={})
    alone = {"collectors": [{"kind": "played"}]}
    assert from_dict(alone, kinds=kinds).own_time
    assert not from_dict({"collectors": [{"kind": "feed"}]}, kinds=kinds).own_time
    with pytest.raises(ConfigError, match=r"collectors\[1\].*played runs on a time of its own"):
        from_dict({"collectors": [{"kind": "feed"}, {"kind": "played"}]}, kinds=kinds)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('password = "short"', "2: console.password: must have at least 8 characters"),
        ('time_zone = "Europe/Rom"', "2: console.time_zone: unknown time zone 'Europe/Rom'"),
    ],
)
def test_what_the_console_cannot_use_is_said(write: Write, written: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        write(f"[console]\n{written}\n")
    assert said in str(refused.value)
