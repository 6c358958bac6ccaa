"""`earshot init`: a first configuration, from a few questions or from options."""

import os
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console

from earshot.cli.draft import Draft, draft
from earshot.cli.interview import interview
from earshot.cli.options import DEFAULT, ConfigPath
from earshot.cli.questions import Questions, language_of, split
from earshot.config import load
from earshot.errors import ConfigError, Refused, Unavailable
from earshot.folders import make_folder_of
from earshot.matching import Matcher
from earshot.signing import new_secret

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
Words = list[str] | None


def _words(name: str, meaning: str) -> Any:
    return typer.Option(name, metavar="WORDS", help=meaning)


def _yes_no(name: str, meaning: str) -> Any:
    return typer.Option(f"--{name}/--no-{name}", help=meaning, show_default=False)


def init(
    company: Annotated[str | None, typer.Option(help="Its name, as people write it.")] = None,
    also: Annotated[Words, _words("--also", "Other spellings and hashtags.")] = None,
    never: Annotated[Words, _words("--never", "Words with which it is something else.")] = None,
    accounts: Annotated[Words, _words("--account", "Its own accounts, like @acme.")] = None,
    competitors: Annotated[Words, _words("--competitor", "Competitors.")] = None,
    news: Annotated[bool | None, _yes_no("news", "Listen to Google News.")] = None,
    news_language: Annotated[str | None, typer.Option(help="Of Google News, like en.")] = None,
    news_country: Annotated[str | None, typer.Option(help="Of Google News, like US.")] = None,
    feeds: Annotated[Words, _words("--feed", "Addresses of feeds.")] = None,
    apps: Annotated[Words, _words("--app", "Numbers of your apps in Apple's App Store.")] = None,
    app_countries: Annotated[Words, _words("--app-country", "Stores to read, like us.")] = None,
    x: Annotated[bool | None, _yes_no("x", "Listen to X, which bills each post that is read.")] = None,
    x_token_file: Annotated[
        Path | None, typer.Option(help="A file with the bearer token for X; it is copied.")
    ] = None,
    webhook: Annotated[bool | None, _yes_no("webhook", "Let other systems send mentions.")] = None,
    mail_to: Annotated[Words, _words("--mail-to", "Who gets alerts by mail.")] = None,
    mail_host: Annotated[str | None, typer.Option(help="SMTP server, or server:port.")] = None,
    mail_sender: Annotated[str | None, typer.Option(help="Address that mails come from.")] = None,
    mail_user: Annotated[str | None, typer.Option(help="User name at the server.")] = None,
    mail_password_file: Annotated[
        Path | None, typer.Option(help="A file with its password; it is copied.")
    ] = None,
    notify: Annotated[str | None, typer.Option(help="Address that alerts are posted to.")] = None,
    lists: Annotated[Words, _words("--list", "Lists of outlets and voices, like italy.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: options and defaults.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there; the old is kept as .bak.")
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Write a first earshot.toml: asks a few questions, in English or Italian, or takes options.

    Where an option takes WORDS, write commas between them or give it again. Secrets go to files of their own in
    secrets/, which only you can read; never into the configuration.

    Example: earshot init, or earshot init --yes --company Acme --also "#acme" --news --webhook

    Next: earshot check, then earshot run.
    """
    path = config or DEFAULT
    if path.exists() and not force:
        raise Refused(f"{path}: is there already; --force replaces it and keeps the old one as {path}.bak")
    given = {
        "company": company, "also": _split(also), "never": _split(never), "accounts": _split(accounts),
        "competitors": _split(competitors), "news": news, "news_language": news_language,
        "news_country": news_country, "feeds": _split(feeds), "apps": _split(apps), "app_countries": _split(app_countries),
        "x": x, "x_token": _secret(x_token_file), "webhook": webhook, "mail_to": _split(mail_to),
        "mail_host": mail_host, "mail_sender": mail_sender, "mail_user": mail_user,
        "mail_password": _secret(mail_password_file), "notify": notify, "lists": _split(lists),
    }  # fmt: skip
    given = {key: value for key, value in given.items() if value is not None}
    made = draft(interview(given, _questions(asking=not yes), os.environ))
    _must_be_accepted(made)
    _tell(path, _write(path, made, force=force))


def _split(words: Words) -> tuple[str, ...] | None:
    return None if words is None else split(",".join(words))


def _secret(file: Path | None) -> str | None:
    """Raises `Refused`."""
    try:
        return None if file is None else file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        raise Refused(f"{file}: cannot be read: {reason}") from None


def _questions(*, asking: bool) -> Questions | None:
    """None where nothing is to be asked. Raises `Refused` where nobody could answer."""
    return Questions(language_of(os.environ), _prompt, _OUT.print) if asking and _has_terminal() else None


def _has_terminal() -> bool:
    return typer.get_text_stream("stdin").isatty()


def _prompt(question: str, default: str, hidden: bool) -> str:
    answer: str = typer.prompt(
        question, default=default, show_default=bool(default), hide_input=hidden, type=str
    )
    return answer


def _must_be_accepted(made: Draft) -> None:
    """Tried in a folder of its own before anything is written. Raises `Refused` with every fault."""
    with TemporaryDirectory(prefix="earshot-") as folder:
        path = Path(folder) / "earshot.toml"
        _write(path, made)
        try:
            Matcher(load(path, os.environ).brands)
        except ConfigError as error:
            faults = "\n".join(fault.removeprefix(f"{folder}/") for fault in error.faults)
            raise Refused(f"nothing was written, as it would not be accepted:\n{faults}") from None


def _write(path: Path, made: Draft, *, force: bool = False) -> list[str]:
    """What became of each file. Secrets of ours that are there already stay: others sign with them.

    Raises:
        Refused: a file that was given is there already, and nobody said that it may be replaced.
        Unavailable: something cannot be written.
    """
    secrets = {path.parent / file: secret for file, secret in made.given.items()}
    if there := [str(file) for file in secrets if file.exists() and not force]:
        raise Refused(
            f"{', '.join(there)}: is there already; --force replaces it and keeps the old one as .bak"
        )
    ours = [path.parent / file for file in made.made]
    secrets |= {file: new_secret() for file in ours if not file.exists()}
    try:
        make_folder_of(path)
        for file, secret in secrets.items():
            _write_secret(file, secret)
        _set_aside(path)
        with path.open("x", encoding="utf-8") as opened:
            opened.write(made.text)
    except OSError as error:
        raise Unavailable(f"{error.filename or path}: cannot be written: {error.strerror}") from error
    kept = [f"{file}  was there already and stays" for file in ours if file not in secrets]
    return [str(path), *(f"{file}  a secret: only you can read it" for file in secrets), *kept]


def _write_secret(path: Path, secret: str) -> None:
    """A file that only its owner reads, from its first byte on."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    _set_aside(path)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{secret}\n")


def _set_aside(path: Path) -> None:
    """What is there gets a name that is free."""
    if path.exists() or path.is_symlink():
        names = (path.with_name(f"{path.name}.bak{number or ''}") for number in range(1_000))
        path.rename(next(name for name in names if not name.exists()))


def _tell(path: Path, written: list[str]) -> None:
    _OUT.print("Written:")
    for line in written:
        _OUT.print(f"  {line}")
    if len(written) > 1:
        _OUT.print("Keep the secrets out of version control: write secrets/ into .gitignore.")
    option = "" if path == DEFAULT else f" --config {shlex.quote(str(path))}"
    _OUT.print(f"Next:\n  earshot check{option}\n  earshot run{option}")
