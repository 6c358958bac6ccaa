"""Lists of media and voices that a configuration names: those that ship, and files of the same form."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from pydantic import Field

from earshot.config.document import build
from earshot.config.faults import Faults, unknown
from earshot.config.forms import Domain, Handles
from earshot.config.sections import Outlet
from earshot.config.toml_file import parse
from earshot.model import OutletClass
from earshot.seams import Settings

CLASSES: tuple[OutletClass, ...] = get_args(OutletClass)
_NAME = re.compile(r"[\w -]*")  # all else is a path
_HOW = "`earshot lists italy` prints one that ships, to copy"


class Domains(Settings):
    """[outlets] of a list: the domains of each class."""

    national: tuple[Domain, ...] = ()
    regional: tuple[Domain, ...] = ()
    local: tuple[Domain, ...] = ()
    news: tuple[Domain, ...] = ()
    blog: tuple[Domain, ...] = ()


class Listing(Settings):
    """What a list holds; each domain once."""

    outlets: Domains = Domains()
    accounts: dict[Domain, Handles] = Field(default_factory=dict)
    """By domain, the handles of those of `outlets` whose handles are sure."""
    voices: Handles = ()

    def media(self) -> Iterator[Outlet]:
        for kind in CLASSES:
            for domain in getattr(self.outlets, kind):
                yield Outlet(domain=domain, outlet_class=kind, accounts=self.accounts.get(domain, ()))


def shipped() -> Mapping[str, str]:
    """The text of each list that comes with Earshot, by its name."""
    found = (file for file in (files("earshot") / "lists").iterdir() if file.name.endswith(".toml"))
    return {
        file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
        for file in sorted(found, key=lambda file: file.name)
    }


def load(name: str, folder: Path) -> Listing:
    """A list that ships, by its name, or the file at a path that is relative to `folder`.

    Raises:
        LookupError: there is no such list, or its file cannot be read; the message is for the operator.
        ConfigError: with every fault in the file, each with its line.
    """
    if not _NAME.fullmatch(name):
        return read(_text(folder / name), folder / name)
    known = shipped()
    if name not in known:
        wrong = unknown(f"list {name!r}", name, known)
        raise LookupError(f"{wrong} (a file of yours is named by its path, like lists/mine.toml)")
    return read(known[name], Path(f"{name}.toml"))


def read(text: str, file: Path) -> Listing:
    """Raises `ConfigError`, with every fault; `file` is how they call it."""
    written, faults = parse(text, file)
    found = build(Listing, written, (), faults)
    _check_once(written.get("outlets"), faults)
    _check_accounts(found, faults)
    faults.raise_any()
    return found or Listing()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LookupError(f"cannot read {path}: {error.strerror}; {_HOW}") from error
    except UnicodeDecodeError:
        raise LookupError(f"cannot read {path}: not UTF-8 text; save it as UTF-8") from None
    except ValueError:
        raise LookupError(f"{str(path)!r} cannot be a path; {_HOW}") from None


def _check_accounts(found: Listing | None, faults: Faults) -> None:
    known = {outlet.domain for outlet in found.media()} if found else set()
    for domain in found.accounts if found else ():
        if domain not in known:
            faults.add(("accounts", domain), f"{domain!r} is in no class of [outlets]; add it there too")


def _check_once(outlets: Any, faults: Faults) -> None:
    """An outlet has one class: which one would count where it has two? Also said of what has other faults."""
    first: dict[str, str] = {}
    for kind, domains in outlets.items() if isinstance(outlets, dict) else ():
        for index, domain in enumerate(domains if isinstance(domains, list) else ()):
            name = str(domain).strip().lower()
            if name in first:
                faults.add(
                    ("outlets", kind, index), f"{name!r} is in {first[name]} already; keep one of them"
                )
            first.setdefault(name, kind)
