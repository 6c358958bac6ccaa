"""A first `earshot.toml` from a few answers, as a person would write it. Pure; secrets go into files of their own."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from earshot.border import clean

X_TOKEN = "EARSHOT_COLLECTORS__X__TOKEN"  # noqa: S105 - the name of a variable
_HEAD = """\
# Earshot's configuration, begun by `earshot init`. It is yours: change it by hand.
# Every setting and its default: docs/guide/configuration.md. More sources and receivers: docs/guide/connect.md
# `earshot check` says everything that is wrong, each with its line.

[earshot]
data_dir = "data"
"""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What is to be watched, where from, and who is told. Empty: not wanted."""

    company: str
    also: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    news: bool = False
    news_language: str = "en"
    news_country: str = "US"
    feeds: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    app_countries: tuple[str, ...] = ("us",)
    x: bool = False
    x_token: str = field(default="", repr=False)
    """Empty: it comes from the environment."""
    webhook: bool = False
    mail_to: tuple[str, ...] = ()
    mail_host: str = ""
    mail_port: int = 587
    mail_sender: str = ""
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    notify: str = ""
    language: str = "en"
    """Of notices."""
    lists: tuple[str, ...] | None = None
    """Of outlets and voices; None: the one of the language that is listened to."""


class Draft(NamedTuple):
    text: str
    given: Mapping[str, str]
    """Secrets that were given, by the file that holds them, beside the configuration."""
    made: tuple[str, ...]
    """Files of the secrets that we make, where they are not there yet."""


def draft(answers: Answers) -> Draft:
    parts = [_HEAD, _brand(answers), _rules(answers), *_sources(answers), *_receivers(answers)]
    given = {"secrets/x": answers.x_token, "secrets/mail": answers.mail_password}
    made = {"secrets/webhook": answers.webhook, "secrets/notify": bool(answers.notify)}
    return Draft(
        "\n".join(parts),
        {file: secret for file, secret in given.items() if secret},
        tuple(file for file, wanted in made.items() if wanted),
    )


def _brand(answers: Answers) -> str:
    any_of = dict.fromkeys((answers.company, *answers.also))
    return _table(
        "# What is watched. Upper and lower case and accents do not matter.",
        "[[brands]]",
        f"name = {_text(answers.company)}",
        f"any = {_list(any_of)}  # one of these is enough",
        _unless(answers.never, "none", "with one of these it is something else", 'none = ["acme street"]'),
        _unless(
            answers.accounts, "accounts", "what names or answers these concerns it", 'accounts = ["@acme"]'
        ),
        _unless(answers.competitors, "competitors", "", 'competitors = ["Bolt"]'),
    )


def _rules(answers: Answers) -> str:
    return _table(
        "# Media with how far they carry, and voices whose word weighs more than their followers: associations,",
        "# authorities, programmes. `earshot lists` names those that ship and prints one to change.",
        "[rules]",
        _unless(_lists(answers), "lists", "", 'lists = ["english"]'),
    )


def _lists(answers: Answers) -> tuple[str, ...]:
    if answers.lists is not None:
        return answers.lists
    places = (answers.language, answers.news_language, answers.news_country, *answers.app_countries)
    if "it" in (place.lower() for place in places):
        return ("italy",)
    return ("english",) if answers.news_language.lower() == "en" else ()


def _sources(answers: Answers) -> Iterator[str]:
    if answers.news:
        yield _news(answers)
    if answers.feeds:
        yield _table(
            "# Feeds; what names the company in its title or text is heard.",
            "[[collectors]]",
            'kind = "feeds"',
            f"urls = {_list(answers.feeds)}",
        )
    if answers.apps:
        yield _reviews(answers)
    if answers.x:
        yield _x(answers)
    if answers.webhook:
        yield _table(
            "# Called by other systems: a signed POST of mentions to /api/mentions (standardwebhooks.com).",
            "# They sign with what secrets/webhook holds; give it to nobody else.",
            "[[collectors]]",
            'kind = "webhook"',
            'secret_file = "secrets/webhook"',
        )


def _news(answers: Answers) -> str:
    words = dict.fromkeys(term for term in (answers.company, *answers.also) if term[0] not in "#@")
    searches = [f'"{word}"' for word in (term.replace('"', " ").strip() for term in words) if word]
    return _table(
        "# Google News, searched for each of these.",
        "[[collectors]]",
        'kind = "feeds"',
        'name = "news"',
        f"google_news = {_list(searches)}",
        f"language = {_text(answers.news_language.lower())}",
        f"country = {_text(answers.news_country.upper())}",
    )


def _reviews(answers: Answers) -> str:
    return _table(
        "# Reviews in Apple's App Store. They rarely name the company, so each is taken to concern it.",
        "[[collectors]]",
        'kind = "feeds"',
        'name = "reviews"',
        f"apple_apps = {_list(answers.apps)}",
        f"countries = {_list(country.lower() for country in answers.app_countries)}",
        f"brand = {_text(answers.company)}",
    )


def _x(answers: Answers) -> str:
    return _table(
        "# X bills each post that is read.",
        "[[collectors]]",
        'kind = "x"',
        'token_file = "secrets/x"' if answers.x_token else f"# its token is in the environment: {X_TOKEN}",
        "daily_budget = 5.0  # US dollars a day (UTC); then nothing more is read",
    )


def _receivers(answers: Answers) -> Iterator[str]:
    yield _table(
        "# Who is told. The log needs no account anywhere.",
        "[[receivers]]",
        'kind = "log"',
        'min_level = "watch"',
    )
    if answers.mail_to:
        yield _mail(answers)
    if answers.notify:
        yield _table(
            "# Each notice as a signed POST; the receiver checks it with what secrets/notify holds. Is the address",
            "# itself a secret? Then take url out, and set EARSHOT_RECEIVERS__WEBHOOK__URL in the environment.",
            "[[receivers]]",
            'kind = "webhook"',
            f"url = {_text(answers.notify)}",
            'secret_file = "secrets/notify"',
            f"language = {_text(answers.language)}",
        )


def _mail(answers: Answers) -> str:
    login = [f"username = {_text(answers.mail_user)}", 'password_file = "secrets/mail"']
    return _table(
        "[[receivers]]",
        'kind = "mail"',
        f"host = {_text(answers.mail_host)}",
        f"port = {answers.mail_port}",
        *(['security = "tls"'] if answers.mail_port == 465 else []),
        *(login if answers.mail_user else []),
        f"sender = {_text(answers.mail_sender or answers.mail_to[0])}",
        f"to = {_list(answers.mail_to)}",
        'min_level = "warning"  # watch, warning or critical',
        f"language = {_text(answers.language)}",
    )


def _table(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def _unless(words: tuple[str, ...], key: str, meaning: str, example: str) -> str:
    """A list of words or, where there are none, how one would be written."""
    line = f"{key} = {_list(words)}" if words else f"# {example}"
    return f"{line}  # {meaning}" if meaning else line


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(_text(word) for word in words)}]"


def _text(word: str) -> str:
    """A string of TOML, in the quotes that a person would take; DEL must be escaped, which JSON does not do."""
    word = clean(word)
    if '"' in word and "'" not in word and word.isprintable():
        return f"'{word}'"
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")
