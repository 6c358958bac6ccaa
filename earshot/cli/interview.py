"""What `earshot init` asks, in which order, and what follows from an answer."""

from collections.abc import Callable, Mapping
from typing import Any

from earshot.cli.draft import X_TOKEN, Answers
from earshot.cli.questions import Questions, fits
from earshot.errors import Refused

_DEFAULT_PORT = 587


def interview(given: Mapping[str, Any], questions: Questions | None, environ: Mapping[str, str]) -> Answers:
    """What is given is not asked; without questions the rest is left at its default.

    Raises:
        Refused: something is missing and nobody can be asked, or what was given does not fit together.
    """
    answers = dict(given)
    if questions:
        _ask(questions, answers, environ)
    if not str(answers.get("company", "")).strip():
        raise Refused("nobody to ask here: give at least --company NAME; earshot init --help lists the rest")
    return _settled(answers, environ, questions.language if questions else "en")


def _ask(questions: Questions, answers: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Fill in what was not given."""

    def fill(key: str, ask: Callable[..., Any], *words: Any, **how: Any) -> Any:
        if key not in answers:
            answers[key] = ask(key, *words, **how)
        return answers[key]

    country = "IT" if questions.language == "it" else "US"
    questions.say(questions.word("welcome"))
    fill("company", questions.text, needed=True)
    for key in ("also", "never", "accounts", "competitors"):
        fill(key, questions.words)
    if fill("news", questions.agree, default=True):
        fill("news_language", questions.text, questions.language, form="letters")
        fill("news_country", questions.text, country, form="letters")
    fill("feeds", questions.words, form="address")
    if fill("apps", questions.words, form="number"):
        fill("app_countries", questions.words, country.lower(), form="letters")
    if fill("x", questions.agree) and X_TOKEN not in environ:
        fill("x_token", questions.secret)
    fill("webhook", questions.agree)
    if fill("mail_to", questions.words, form="mail"):
        _ask_about_mail(questions, answers, fill)
    fill("notify", questions.text, form="address")


def _ask_about_mail(questions: Questions, answers: dict[str, Any], fill: Callable[..., Any]) -> None:
    """Without a server there is no mail."""
    if not fill("mail_host", questions.text, form="server"):
        answers["mail_to"] = ()
        questions.say(questions.word("no_mail"))
        return
    fill("mail_sender", questions.text, answers["mail_to"][0], form="mail")
    if fill("mail_user", questions.text):
        fill("mail_password", questions.secret)


def _settled(answers: dict[str, Any], environ: Mapping[str, str], language: str) -> Answers:
    answers = {key: value for key, value in answers.items() if value not in (None, "")} | {
        "language": language
    }
    if answers.get("x_token"):
        answers["x"] = True
    if any(not fits(each, "address") for each in (*answers.get("feeds", ()), *_some(answers.get("notify")))):
        raise Refused(
            "--feed, --notify: an address is needed, without a password in it: see docs/guide/connect.md"
        )
    mails = (*answers.get("mail_to", ()), *_some(answers.get("mail_sender")))
    if wrong := [each for each in mails if not fits(each, "mail")]:
        raise Refused(f"mail: {', '.join(map(repr, wrong))}: an address is needed, like press@acme.example")
    if answers.get("x") and not answers.get("x_token") and X_TOKEN not in environ:
        raise Refused(f"x: a bearer token is needed: --x-token-file PATH, or {X_TOKEN} in the environment")
    if answers.get("mail_to") and not answers.get("mail_host"):
        raise Refused("mail: --mail-host names the server")
    if bool(answers.get("mail_user")) != bool(answers.get("mail_password")):
        raise Refused("mail: a user name and a password go together: --mail-user, --mail-password-file")
    host, _, port = str(answers.get("mail_host", "")).partition(":")
    if port and not port.isdecimal():
        raise Refused(f"mail: {port!r} is no port: write the server as mail.example:587")
    return Answers(**answers | {"mail_host": host, "mail_port": int(port or _DEFAULT_PORT)})


def _some(word: str | None) -> tuple[str, ...]:
    return (word,) if word else ()
