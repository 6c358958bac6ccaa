"""`earshot init`: what it asks and understands, and that what it writes is what the real sources accept."""

import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earshot.cli.draft import X_TOKEN, Answers, draft
from earshot.cli.interview import interview
from earshot.cli.questions import Language, Questions, language_of, split
from earshot.config import Config, load
from earshot.errors import Refused

EVERYTHING: dict[str, Any] = {
    "company": "Ronvia",
    "also": ("#ronvia", "Ronvia Spa"),
    "never": ("via ronvia",),
    "accounts": ("@ronvia",),
    "competitors": ("Bartoli",),
    "news": True,
    "news_language": "it",
    "news_country": "it",
    "feeds": ("https://news.example/feed.xml?a=1,2",),
    "apps": ("123456789",),
    "app_countries": ("it", "US"),
    "x": True,
    "x_token": "a-token",
    "webhook": True,
    "mail_to": ("press@ronvia.example", "care@ronvia.example"),
    "mail_host": "smtp.ronvia.example:465",
    "mail_user": "earshot",
    "mail_password": "p ss;wörd",
    "notify": "https://hooks.example/T0KEN",
}
ALL = tuple(EVERYTHING)


class Person:
    """Answers question after question; sees what is said."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.seen, self.hidden = list(answers), list[str](), list[str]()

    def prompt(self, question: str, default: str, hidden: bool) -> str:
        self.seen.append(question)
        self.hidden += [question] if hidden else []
        return (self.answers.pop(0) if self.answers else "") or default

    def questions(self, language: Language = "en") -> Questions:
        return Questions(language, self.prompt, self.seen.append)


def loaded(folder: Path, answers: Answers, **environ: str) -> Config:
    """What the written files say, read as `earshot run` reads them."""
    made = draft(answers)
    secrets = dict(made.given) | dict.fromkeys(
        made.made, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
    )
    (folder / "secrets").mkdir(exist_ok=True)
    for file, secret in secrets.items():
        (folder / file).write_text(f"{secret}\n", encoding="utf-8")
    (folder / "earshot.toml").write_text(made.text, encoding="utf-8")
    return load(folder / "earshot.toml", environ)


def answered(**values: Any) -> Answers:
    return interview({"company": "Ronvia"} | values, None, {})


# --- what is written --------------------------------------------------------------------------------------------


def test_everything_is_accepted_by_the_real_sources_and_channels(tmp_path: Path) -> None:
    config = loaded(tmp_path, answered(**EVERYTHING))
    (brand,) = config.brands
    assert (brand.name, brand.any) == ("Ronvia", ("Ronvia", "#ronvia", "Ronvia Spa"))
    assert (brand.none, brand.accounts, brand.competitors) == (("via ronvia",), ("@ronvia",), ("Bartoli",))
    sources: dict[str, Any] = {source.name: source for source in config.collectors}
    assert list(sources) == ["news", "feeds", "reviews", "x", "webhook"]
    assert sources["news"].google_news == ('"Ronvia"', '"Ronvia Spa"')
    assert (sources["news"].language, sources["news"].country) == ("it", "IT")
    assert sources["feeds"].urls == EVERYTHING["feeds"]
    assert (sources["reviews"].apple_apps, sources["reviews"].countries) == (("123456789",), ("it", "us"))
    assert sources["reviews"].brand == brand.name
    assert sources["x"].token.get_secret_value() == "a-token"
    receivers: dict[str, Any] = {receiver.name: receiver for receiver in config.receivers}
    assert list(receivers) == ["log", "mail", "webhook"]
    mail = receivers["mail"]
    assert (mail.host, mail.port, mail.security) == ("smtp.ronvia.example", 465, "tls")
    assert (mail.sender, mail.to) == ("press@ronvia.example", EVERYTHING["mail_to"])
    assert mail.password.get_secret_value() == "p ss;wörd"
    assert receivers["webhook"].url == EVERYTHING["notify"]


def test_no_secret_stands_in_the_configuration() -> None:
    made = draft(answered(**EVERYTHING))
    assert made.given == {"secrets/x": "a-token", "secrets/mail": "p ss;wörd"}
    assert made.made == ("secrets/webhook", "secrets/notify")
    assert not [secret for secret in made.given.values() if secret in made.text]
    assert "a-token" not in repr(answered(**EVERYTHING))


def test_the_name_alone_is_enough(tmp_path: Path) -> None:
    config = loaded(tmp_path, answered())
    assert (config.brands[0].any, config.collectors, [r.kind for r in config.receivers]) == (
        ("Ronvia",),
        (),
        ["log"],
    )


@pytest.mark.parametrize(
    ("given", "lists"),
    [
        ({}, ("english",)),
        ({"news_language": "it"}, ("italy",)),
        ({"news": True, "news_country": "IT"}, ("italy",)),
        ({"app_countries": ("de", "it")}, ("italy",)),
        ({"news_language": "de"}, ()),
        ({"news_language": "it", "lists": ("english",)}, ("english",)),
        ({"lists": ()}, ()),
    ],
)
def test_the_list_of_the_language_that_is_heard_is_used(
    tmp_path: Path, given: dict[str, Any], lists: tuple[str, ...]
) -> None:
    config = loaded(tmp_path, answered(**given))
    assert config.rules.lists == lists
    assert bool(config.outlets) == bool(config.rules.voices) == bool(lists)


def test_who_is_asked_in_italian_gets_the_italian_list(tmp_path: Path) -> None:
    answers = interview({}, Person("Ronvia").questions("it"), {})
    assert loaded(tmp_path, answers).rules.lists == ("italy",)


def test_a_token_may_come_from_the_environment(tmp_path: Path) -> None:
    answers = interview({"company": "Ronvia", "x": True}, None, {X_TOKEN: "from-there"})
    config: Any = loaded(tmp_path, answers, **{X_TOKEN: "from-there"})
    assert config.collectors[0].token.get_secret_value() == "from-there"
    assert draft(answers).given == {}


def test_it_reads_as_if_written_by_hand() -> None:
    lines = draft(answered(**EVERYTHING)).text.splitlines()
    assert not [line for line in lines if len(line) > 120]
    assert not [one for one, next_ in pairwise(lines) if one == next_ == ""]
    headings = [number for number, line in enumerate(lines) if line.startswith("[[collectors]]")]
    assert all(lines[number - 1].startswith("#") for number in headings), "each source says what it is"
    assert """google_news = ['"Ronvia"', '"Ronvia Spa"']""" in lines


NAMES = st.text(min_size=1).filter(lambda text: text.strip() and any(c.isalnum() for c in text))


@settings(max_examples=100)
@given(company=NAMES, also=st.lists(NAMES, max_size=3), never=st.lists(NAMES, max_size=2))
def test_whatever_is_answered_stands_in_the_file_as_it_was(
    company: str, also: list[str], never: list[str]
) -> None:
    raw = tomllib.loads(draft(Answers(company=company, also=tuple(also), never=tuple(never))).text)
    (brand,) = raw["brands"]

    def kept(word: str) -> str:
        return "".join(sign for sign in word if sign != "\0")

    assert brand["name"] == kept(company)
    assert brand["any"] == [kept(word) for word in dict.fromkeys((company, *also))]
    assert brand.get("none", []) == [kept(word) for word in never]


# --- what is asked ----------------------------------------------------------------------------------------------


def test_a_person_is_asked_until_the_answers_can_be_used() -> None:
    person = Person(
        "", "Ronvia", "#ronvia, Ronvia Spa", "", "@ronvia", "", "maybe", "y", "english", "en", "",
        "ftp://x", "https://a.example/1, https://b.example/2", "12a", "", "n", "y", "press", "", "",
    )  # fmt: skip
    answers = interview({}, person.questions(), {})
    assert person.answers == []
    assert (answers.company, answers.also, answers.never) == ("Ronvia", ("#ronvia", "Ronvia Spa"), ())
    assert (answers.news, answers.news_language, answers.news_country) == (True, "en", "US")
    assert answers.feeds == ("https://a.example/1", "https://b.example/2")
    assert (answers.apps, answers.x, answers.webhook, answers.mail_to, answers.notify) == (
        (), False, True, (), "",
    )  # fmt: skip
    said = "\n".join(person.seen)
    for complaint in ("An answer is needed", "Please answer y or n", "two letters", "ftp://x: an address"):
        assert complaint in said


def test_without_a_server_there_is_no_mail_and_the_questions_go_on() -> None:
    person = Person(
        "Ronvia", "", "", "", "", "n", "", "", "n", "n", "press@acme", "press@acme.example", "", ""
    )
    answers = interview({}, person.questions(), {})
    assert person.answers == []
    assert (answers.mail_to, answers.mail_host) == ((), "")
    assert "press@acme: an address is needed, like press@acme.example" in person.seen
    assert any("no mail is set up" in said for said in person.seen)


def test_in_italian_with_italian_answers() -> None:
    person = Person("Ronvia", "", "", "", "", "sì", "", "", "", "", "s", "un-gettone", "no")
    answers = interview({}, person.questions("it"), {})
    assert "Nome dell'azienda" in person.seen[1]
    assert (answers.news, answers.news_language, answers.news_country) == (True, "it", "IT")
    assert (answers.x, answers.x_token, answers.webhook, answers.language) == (
        True,
        "un-gettone",
        False,
        "it",
    )
    assert person.hidden == ["  bearer token (non viene mostrato)"], "a secret is not shown as it is typed"


def test_what_was_given_is_not_asked() -> None:
    person, given_all = Person(), EVERYTHING | {"mail_sender": "care@ronvia.example"}
    assert interview(given_all, person.questions(), {}) == interview(given_all, None, {})
    assert len(person.seen) == 1  # the welcome


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"company": " "}, "give at least --company"),
        ({"x": True}, "--x-token-file"),
        ({"feeds": ("https://u:p@a.example/feed",)}, "without a password"),
        ({"notify": "hooks.example"}, "an address is needed"),
        ({"mail_to": ("a@b",), "mail_host": "h"}, "'a@b': an address is needed"),
        ({"mail_to": ("a@b.example",)}, "--mail-host"),
        ({"mail_to": ("a@b.example",), "mail_host": "h", "mail_user": "u"}, "go together"),
        ({"mail_to": ("a@b.example",), "mail_host": "h:smtp"}, "'smtp' is no port"),
    ],
)
def test_what_does_not_fit_together_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        answered(**values)


@pytest.mark.parametrize(
    ("environ", "language"),
    [({}, "en"), ({"LANG": "it_IT.UTF-8"}, "it"), ({"LANG": "it_IT.UTF-8", "LC_ALL": "C"}, "en")],
)
def test_the_language_is_the_environments(environ: dict[str, str], language: str) -> None:
    assert language_of(environ) == language


def test_every_question_has_words_in_both_languages() -> None:
    for language in ("en", "it"):
        questions = Person().questions(language)
        assert all(questions.word(what) for what in _asked())


def _asked() -> Iterator[str]:
    yield from ("welcome", *ALL, "mail_sender", "needed", "yes_or_no", "none")


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        ("a, b ,,a", ("a", "b")),
        ("", ()),
        ("https://a.example/?x=1,2, https://b.example", ("https://a.example/?x=1,2", "https://b.example")),
        ("https://a.example https://b.example", ("https://a.example", "https://b.example")),
    ],
)
def test_answers_are_split_at_their_commas(answer: str, parts: tuple[str, ...]) -> None:
    assert split(answer) == parts
