"""Lists of outlets and voices: those that ship are sound, an operator's own are read or refused with the mend."""

import json
import re
import textwrap
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from earshot.cli import app
from earshot.config import Config, from_dict, load
from earshot.config.lists import CLASSES, Domains, Listing, read, shipped
from earshot.errors import ConfigError, Refused
from earshot.model import Author, Mention, Score
from processors.own import OwnAccounts
from processors.reach import Reach
from processors.rules import MentionRules

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = sorted(shipped())
Write = Callable[..., Config]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Load a configuration that stands beside other files; faults are told without the folder."""

    def written(text: str, environ: dict[str, str] | None = None, **files: str) -> Config:
        for name, content in files.items():
            (tmp_path / f"{name}.toml").write_text(textwrap.dedent(content), encoding="utf-8")
        (tmp_path / "earshot.toml").write_text(textwrap.dedent(text), encoding="utf-8")
        return load(tmp_path / "earshot.toml", environ or {})

    return written


@pytest.fixture
def faults(write: Write, tmp_path: Path) -> Callable[..., list[str]]:
    def found(text: str, **files: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            write(text, **files)
        return [fault.replace(f"{tmp_path}/", "") for fault in caught.value.faults]

    return found


def listing(name: str) -> Listing:
    return read(shipped()[name], Path(name))


def using(*names: str) -> str:
    return f"[rules]\nlists = {list(names)}\n"


def classes(config: Config) -> dict[str, str]:
    return {outlet.domain: outlet.outlet_class for outlet in config.outlets}


# --- those that ship --------------------------------------------------------------------------------------------


def test_an_italian_and_an_english_one_ship() -> None:
    assert NAMES == ["english", "italy"]


@pytest.mark.parametrize("name", NAMES)
def test_domains_are_bare_and_each_stands_once(name: str) -> None:
    domains = [outlet.domain for outlet in listing(name).media()]
    assert len(domains) == len(set(domains)) > 150
    assert not [domain for domain in domains if not re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", domain)]
    assert not [domain for domain in domains if domain.startswith("www.")], "the address comes without it"
    written = [each for kind in tomllib.loads(shipped()[name])["outlets"].values() for each in kind]
    assert sorted(written) == sorted(domains), "they are written as they are compared, in lower case"


@pytest.mark.parametrize("name", NAMES)
def test_no_domain_is_hidden_by_one_that_contains_it(name: str) -> None:
    """A subdomain of another class is meant; of the same class it would say nothing."""
    known = {outlet.domain: outlet.outlet_class for outlet in listing(name).media()}
    inner = [(d, p) for d in known for p in known if d.endswith(f".{p}") and known[d] == known[p]]
    assert inner == []


@pytest.mark.parametrize("name", NAMES)
def test_every_class_has_some(name: str) -> None:
    assert {outlet.outlet_class for outlet in listing(name).media()} == set(CLASSES)


@pytest.mark.parametrize("name", NAMES)
def test_handles_are_bare_and_each_stands_once(name: str) -> None:
    voices = listing(name).voices
    assert len(voices) == len(set(voices)) > 30
    assert not [voice for voice in voices if not re.fullmatch(r"[a-z0-9_]{3,30}", voice)]


@pytest.mark.parametrize("name", NAMES)
def test_each_handle_of_an_outlet_is_one_on_x_and_of_one_outlet(name: str) -> None:
    handles = [handle for outlet in listing(name).media() for handle in outlet.accounts]
    assert len(handles) == len(set(handles)) > 30
    assert not [handle for handle in handles if not re.fullmatch(r"x:@[a-z0-9_]{2,15}", handle)]


@pytest.mark.parametrize("name", NAMES)
def test_each_says_how_to_change_it_and_why_no_person_is_in_it(name: str) -> None:
    assert f"earshot lists {name} >" in shipped()[name]
    assert "no persons" in shipped()[name]


def test_where_they_name_the_same_they_agree() -> None:
    italy, english = (classes(from_dict({"rules": {"lists": [name]}})) for name in ("italy", "english"))
    assert {d for d in italy.keys() & english.keys() if italy[d] != english[d]} == set()


def test_the_forms_of_a_list_are_the_classes_of_an_outlet() -> None:
    assert tuple(Domains.model_fields) == CLASSES


# --- what they do -----------------------------------------------------------------------------------------------


def test_none_is_used_unless_it_is_named() -> None:
    assert (from_dict({}).outlets, from_dict({}).rules.voices) == ((), ())


def test_an_article_is_classed_and_a_voice_calls() -> None:
    config = from_dict({"brands": [{"name": "Acme"}], "rules": {"lists": ["italy"]}})
    who = Author(id="1", handle="Altroconsumo", followers=10)
    post = Mention(id="x:1", brand="Acme", author=who, created_at=AT, collected_at=AT, text="Acme, vergogna")
    article = Mention(
        id="f:1", brand="Acme", author=Author(id="a"), created_at=AT, collected_at=AT, text="Acme",
        kind="article", url="https://milano.corriere.it/notizie/1",
    )  # fmt: skip
    score = Score(language="it", negative=0.9)
    reach = Reach(config.risk, config.outlets)
    rules = MentionRules(config.rules, config.brands, OwnAccounts(config.brands), reach)
    assert [name for name, _ in rules.fire(post, score)] == ["voice"]
    assert Reach(config.risk, config.outlets).outlet(article) == ("corriere.it", "national")


def test_the_operators_own_outlet_wins_and_voices_are_added(write: Write) -> None:
    config = write(
        """
        [[outlets]]
        domain = "Ansa.it"
        class = "news"
        audience = 5
        [rules]
        voices = ["mine", "codacons"]
        lists = ["italy"]
        """
    )
    (ansa,) = [outlet for outlet in config.outlets if outlet.domain == "ansa.it"]
    assert (ansa.outlet_class, ansa.audience) == ("news", 5)
    assert ansa.accounts == ("x:@agenzia_ansa",), "what it does not say is the list's"
    assert config.rules.voices[:2] == ("mine", "codacons")
    assert config.rules.voices.count("codacons") == 1
    assert "altroconsumo" in config.rules.voices


def test_a_list_wins_over_those_named_after_it(write: Write) -> None:
    files = {
        "one": "outlets.local = ['a.it', 'b.it']",
        "two": "outlets.blog = ['b.it', 'c.it']\nvoices=['v']",
    }
    config = write(using("./one.toml", "two.toml"), **files)
    assert classes(config) == {"a.it": "local", "b.it": "local", "c.it": "blog"}
    assert config.rules.voices == ("v",)
    assert classes(write(using("two.toml", "one.toml"), **files))["b.it"] == "blog"


def test_a_path_is_relative_to_the_configuration(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(elsewhere)
    assert write(using("mine.toml"), mine="voices = ['v']").rules.voices == ("v",)
    assert write(using(str(tmp_path / "mine.toml"))).rules.voices == ("v",)


def test_the_environment_names_lists_too(write: Write) -> None:
    config = write("", {"EARSHOT_RULES__LISTS": "mine.toml, italy"}, mine="voices = ['v']")
    assert config.rules.voices[:2] == ("v", listing("italy").voices[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_under_another_name_does_the_same(write: Write, name: str) -> None:
    copied = write(using("mine.toml"), mine=shipped()[name])
    assert (copied.outlets, copied.rules.voices) == (
        (named := write(using(name))).outlets,
        named.rules.voices,
    )


# --- the commands -----------------------------------------------------------------------------------------------


def test_its_help_says_what_comes_next() -> None:
    assert "Next: lists =" in said("lists", "--help")


def said(*words: str) -> str:
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_printed_as_it_is(name: str) -> None:
    assert said("lists", name) == shipped()[name]


def test_the_lists_are_named_with_what_they_hold() -> None:
    (english, italy) = json.loads(said("lists", "--json"))["lists"]
    assert (english["name"], italy["name"]) == ("english", "italy")
    assert f"italy       {italy['outlets']} outlets, {italy['voices']} voices\n" in said("lists")


def test_an_unknown_one_is_refused_with_what_was_meant() -> None:
    with pytest.raises(Refused, match="unknown list 'itly'; did you mean 'italy'"):
        CliRunner().invoke(app, ["lists", "itly"], catch_exceptions=False)


def test_check_says_how_many_are_in_use(write: Write, tmp_path: Path) -> None:
    file = str(tmp_path / "earshot.toml")
    write("")
    assert "outlets    none: all media count as other news\n  voices     none\n" in said(
        "check", "--offline", "-c", file
    )
    write(
        using("mine.toml") + "voices = ['@V', 'w']\n[[brands]]\nname = 'Acme'\nvoices = ['W', 'x']",
        mine="voices = ['v']\noutlets.local = ['a.it', 'b.it']",
    )
    assert "outlets    2\n  voices     3\n" in said("check", "--offline", "-c", file)
    found = json.loads(said("check", "--offline", "--json", "-c", file))
    assert (found["outlets"], found["voices"]) == (2, 3)


# --- what is said of mistakes -----------------------------------------------------------------------------------


def test_an_unknown_name_and_a_missing_file_are_told_with_the_mend(faults: Callable[..., list[str]]) -> None:
    assert faults(using("italia", "lists/none.toml")) == [
        (
            "earshot.toml:2: rules.lists[0]: unknown list 'italia'; did you mean 'italy'?"
            " (a file of yours is named by its path, like lists/mine.toml)"
        ),
        (
            "earshot.toml:2: rules.lists[1]: cannot read lists/none.toml: No such file or directory;"
            " `earshot lists italy` prints one that ships, to copy"
        ),
    ]


def test_a_variable_that_names_an_unknown_list_is_told() -> None:
    with pytest.raises(ConfigError, match=r"^EARSHOT_RULES__LISTS: rules.lists\[0\]: unknown list 'norway'"):
        from_dict({}, {"EARSHOT_RULES__LISTS": "norway"})


def test_each_fault_of_a_file_is_told_with_its_line(faults: Callable[..., list[str]]) -> None:
    bad = """\
        voices = ["a", 3]
        [outlets]
        nationl = ["x.it"]
        national = ["y.it", "https://z.it",
          "q.it"]
        local = [" Q.it"]
        """
    assert faults("[server]\nport = -1\n" + using("bad.toml", "bad.toml"), bad=bad) == [
        "earshot.toml:2: server.port: must be greater than or equal to 0",
        "bad.toml:1: voices[1]: must be text in quotes",
        "bad.toml:3: outlets.nationl: unknown key; did you mean 'national'?",
        "bad.toml:4: outlets.national[1]: must be a domain like news.example, without https:// and without a path",
        "bad.toml:6: outlets.local[0]: 'q.it' is in national already; keep one of them",
    ]


def test_accounts_of_what_is_no_outlet_of_the_list_are_told(faults: Callable[..., list[str]]) -> None:
    bad = """        outlets.news = ["a.it"]
        [accounts]
        "a.it" = ["a"]
        "b.it" = ["b"]
        """
    assert faults(using("bad.toml"), bad=bad) == [
        "bad.toml:4: accounts.b.it: 'b.it' is in no class of [outlets]; add it there too"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("voices = [", "bad.toml:1: Invalid value"),
        ("outlets = 3", "bad.toml:1: outlets: must be a table"),
        ("[[outlets]]\ndomain = 'a.it'", "bad.toml:1: outlets: must be a table"),
        ("[rules]\nvoices = []", "bad.toml:1: rules: unknown key; did you mean 'outlets'?"),
    ],
)
def test_what_is_no_list_is_refused(faults: Callable[..., list[str]], text: str, said: str) -> None:
    (fault,) = faults(using("bad.toml"), bad=text)
    assert fault.startswith(said)


def test_what_is_no_text_or_no_path_is_refused(faults: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"voices = ['perch\xe9']")
    (fault,) = faults(using("latin.toml"))
    assert fault.endswith("cannot read latin.toml: not UTF-8 text; save it as UTF-8")
    (fault,) = faults('[rules]\nlists = ["a\\u0000/b"]')
    assert "\\x00" in fault
    assert "cannot be a path" in fault


@given(st.text(max_size=300))
def test_any_text_is_a_list_or_is_refused(text: str) -> None:
    try:
        assert read(text, Path("any.toml")) is not None
    except ConfigError as error:
        assert all(fault.startswith("any.toml:") for fault in error.faults)
