"""Everything that is wrong with a configuration, said at once: where, which key, what and what would do."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

from earshot.config.toml_lines import KeyPath, Lines
from earshot.errors import ConfigError

_PLAIN_WORDS = {
    "missing": "is required",
    "tuple_type": 'must be a list, like ["one", "two"]',
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "string_type": "must be text in quotes",
    "path_type": "must be a path in quotes",
}
_SUBJECT = re.compile(r"^(Input|String|Tuple|List|Value) should ")


class Faults:
    """Collects faults, one a key at most: the first says what the others follow from."""

    def __init__(self, file: str = "", lines: Lines | None = None) -> None:
        """Without a file (settings given by a program) faults name the key alone."""
        self._file = file
        self._lines = lines
        self._variables: dict[KeyPath, str] = {}
        self._found: dict[KeyPath, tuple[int, str]] = {}
        self._others: dict[str, None] = {}

    def set_by(self, path: KeyPath, variable: str) -> None:
        """What is wrong with this key from here on is the variable's fault, not the file's."""
        self._variables[path] = variable

    def setter(self, path: KeyPath) -> str | None:
        """The variable that set a key or what is around it."""
        prefixes = (path[:length] for length in range(len(path), 0, -1))
        return next((self._variables[prefix] for prefix in prefixes if prefix in self._variables), None)

    def add(self, path: KeyPath, message: str, written_as: KeyPath | None = None) -> None:
        """`written_as`: the key that the operator wrote, where it is not the one it stands for."""
        shown = written_as or path
        line, _ = self._where(shown)
        self._found.setdefault(path, (line, self.told(shown, message)))

    def told(self, path: KeyPath, message: str) -> str:
        """With where it is; alone it is no fault yet."""
        return ": ".join(part for part in (self._where(path)[1], dotted(path), message) if part)

    def add_variable(self, variable: str, message: str) -> None:
        self._found.setdefault((variable,), (0, f"{variable}: {message}"))

    def add_others(self, texts: Iterable[str]) -> None:
        """Those of a file that this one names, as they are."""
        self._others |= dict.fromkeys(texts)

    def raise_any(self) -> None:
        """Raises `ConfigError` with every fault, the environment's first, then by line, then other files'."""
        found = [text for _, text in sorted(self._found.values(), key=lambda fault: fault[0])]
        if found or self._others:
            raise ConfigError([*found, *self._others])

    def _where(self, path: KeyPath) -> tuple[int, str]:
        if variable := self.setter(path):
            return 0, variable
        if self._lines is None:
            return 0, self._file
        line = self._lines.of(path)
        return line, f"{self._file}:{line}"


def dotted(path: KeyPath) -> str:
    """A key path as an operator reads it: `collectors[1].kind`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def unknown(what: str, wrong: str, known: Iterable[str]) -> str:
    """Name what is not known together with what may have been meant."""
    names = {name.casefold(): name for name in sorted(known)}
    close = difflib.get_close_matches(wrong.casefold(), names, n=1)
    return f"unknown {what}; " + (
        f"did you mean {names[close[0]]!r}?" if close else f"known: {', '.join(names.values())}"
    )


def explain(error: ErrorDetails) -> str:
    """A fault that pydantic found in words of a configuration; never with the value, which may be secret."""
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])
    return _PLAIN_WORDS.get(error["type"]) or _SUBJECT.sub("must ", error["msg"])
