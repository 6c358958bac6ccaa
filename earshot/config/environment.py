"""Settings from outside the file: variables (`EARSHOT_SERVER__PORT`) and the files that hold secrets.

Each setting has a variable and a twin of it that ends in `_FILE`; each secret has such a twin in the file too.
"""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from earshot.config.document import Document, Table, is_list, is_secret, keys
from earshot.config.faults import Faults
from earshot.config.toml_lines import KeyPath

PREFIX = "EARSHOT_"
_OTHERS = ("EARSHOT_CONFIG", "EARSHOT_TEST_")  # the command line's own, and what tests need


class _Setting(NamedTuple):
    table: Table
    key: str
    field: FieldInfo
    from_file: bool

    @property
    def path(self) -> KeyPath:
        return (*self.table.path, self.key)


def override(document: Document, environ: Mapping[str, str], faults: Faults) -> None:
    """Write what the variables say into the document."""
    wanted = [name for name in environ if name.startswith(PREFIX) and not _is_other(name)]
    # A kind decides which other keys its element has, so kinds come first.
    for batch in (
        [n for n in wanted if n.endswith("__KIND")],
        [n for n in wanted if not n.endswith("__KIND")],
    ):
        settings = _settings(document)
        for name in sorted(batch):
            setting = settings.get(_alike(name))
            if setting:
                _apply(setting, name, environ[name], faults)
            elif not _of_unknown_kind(document, name):
                faults.add_variable(name, _unknown(name, settings))


def read_secrets(document: Document, folder: Path, faults: Faults) -> None:
    """Replace each `<key>_file` of a secret by what the file holds; paths are relative to `folder`."""
    for table in document.tables():
        known = keys(table.model)
        for key, field in known.items():
            twin = f"{key}_file"
            if is_secret(field.annotation) and twin in table.written and twin not in known:
                _read_twin(table, key, field, folder, faults)


def _is_other(name: str) -> bool:
    return name == _OTHERS[0] or name.startswith(_OTHERS[1])


def _settings(document: Document) -> dict[str, _Setting]:
    """All variables that mean something, in capitals."""
    direct: dict[str, _Setting] = {}
    twins: dict[str, _Setting] = {}
    for table in document.tables():
        for key, field in keys(table.model).items():
            for call in table.calls:
                name = variable((*call, key))
                direct.setdefault(name, _Setting(table, key, field, from_file=False))
                twins.setdefault(f"{name}_FILE", _Setting(table, key, field, from_file=True))
    return twins | direct


def variable(path: KeyPath) -> str:
    """The variable that sets a key."""
    return PREFIX + "__".join(_alike(str(part)) for part in path)


def _alike(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()


def _of_unknown_kind(document: Document, name: str) -> bool:
    """Nobody can tell whether the variable is right; the unknown kind itself is reported."""
    return any(
        _alike(name).startswith(variable(call) + "__")
        for table in document.sections()
        if table.unknown_kind
        for call in table.calls
    )


def _unknown(name: str, settings: Mapping[str, _Setting]) -> str:
    close = difflib.get_close_matches(_alike(name), settings, n=1)
    return "sets nothing that is known" + (f"; did you mean {close[0]}?" if close else "")


def _apply(setting: _Setting, name: str, value: str, faults: Faults) -> None:
    if other := faults.setter(setting.path):
        faults.add_variable(name, f"{other} sets the same; keep one of them")
        return
    try:
        text = _content(Path(value)) if setting.from_file else value
    except ValueError as error:
        faults.add_variable(name, str(error))
        return
    setting.table.written[setting.key] = _form(text, setting.field)
    if is_secret(setting.field.annotation):
        setting.table.written.pop(f"{setting.key}_file", None)
    faults.set_by(setting.path, name)


def _read_twin(table: Table, key: str, field: FieldInfo, folder: Path, faults: Faults) -> None:
    twin = f"{key}_file"
    file = table.written.pop(twin)
    path, written_as = (*table.path, key), (*table.path, twin)
    if key in table.written:
        faults.add(path, f"{key} is given too; keep one of them", written_as)
    elif not isinstance(file, str):
        faults.add(path, "must be a path in quotes", written_as)
    else:
        try:
            table.written[key] = _form(_content(folder / file), field)
        except ValueError as error:
            faults.add(path, str(error), written_as)


def _content(path: Path) -> str:
    """Raises `ValueError`, for the operator, where there is no text to read."""
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError(f"cannot read {path}: not UTF-8 text") from None


def _form(text: str, field: FieldInfo) -> Any:
    """A list is written with commas; all else is read by the setting's own type."""
    if not is_list(field.annotation):
        return text
    return [item.strip() for item in text.split(",")] if text.strip() else []
