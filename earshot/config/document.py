"""A configuration as it was written, each table beside the class that says what may stand in it."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from earshot.config.faults import Faults, explain, unknown
from earshot.config.kinds import Kinds, base_of
from earshot.config.toml_lines import KeyPath

Model = TypeVar("Model", bound=BaseModel)


class Table(NamedTuple):
    """One table: `written` is the part of the document itself, so that overrides change the document."""

    path: KeyPath
    model: type[BaseModel]
    written: dict[str, Any]
    calls: tuple[KeyPath, ...]
    """The paths by which it can be called: by its place and, in an array, by its name."""
    unknown_kind: str = ""
    """Why its own form is not known; `model` is then what all kinds have in common."""


class Document:
    """The sections of a configuration."""

    def __init__(self, written: dict[str, Any], form: type[BaseModel], kinds: Kinds, faults: Faults) -> None:
        self._written = written
        self._form = form
        self._kinds = kinds
        self._check(faults)

    def sections(self) -> Iterator[Table]:
        """Each section, written or not, and each element of those that are arrays."""
        for key, field in keys(self._form).items():
            model = table_of(field.annotation)
            if model and is_list(field.annotation):
                yield from self._elements(key, model)
            elif model and isinstance(self._written.setdefault(key, {}), dict):
                yield Table((key,), model, self._written[key], ((key,),))

    def tables(self) -> Iterator[Table]:
        """The sections and the tables that are written inside them."""
        for table in self.sections():
            yield table
            yield from _nested(table)

    def _check(self, faults: Faults) -> None:
        """Sections that are not known, `[x]` where `[[x]]` is meant, and the other way round."""
        form = keys(self._form)
        for key, value in self._written.items():
            if key not in form:
                faults.add((key,), unknown("section", key, form))
            elif not is_list(form[key].annotation) and not isinstance(value, dict):
                faults.add((key,), f"is one table: write [{key}]")
            elif is_list(form[key].annotation) and not _is_array_of_tables(value):
                faults.add((key,), f"is a list of tables: write [[{key}]] above each")

    def _elements(self, section: str, model: type[BaseModel]) -> Iterator[Table]:
        array = self._written.get(section, [])
        for index, element in enumerate(array if _is_array_of_tables(array) else []):
            name = element.get("name") or element.get("domain") or element.get("kind")
            calls: tuple[KeyPath, ...] = (
                ((section, index), (section, str(name))) if name else ((section, index),)
            )
            table = Table((section, index), model, element, calls)
            yield table if self._kinds.of(section) is None else self._of_its_kind(table, section)

    def _of_its_kind(self, table: Table, section: str) -> Table:
        try:
            return table._replace(model=self._kinds.load(section, table.written.get("kind")))
        except LookupError as error:
            return table._replace(model=base_of(section), unknown_kind=str(error))


def build(model: type[Model], written: dict[str, Any], path: KeyPath, faults: Faults) -> Model | None:
    """What is written at `path` as an object that was checked; None where it has faults."""
    try:
        return model.model_validate(written)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            faults.add((*path, *details["loc"]), _message(model, details))
        return None


def _message(model: type[BaseModel], details: ErrorDetails) -> str:
    if details["type"] != "extra_forbidden":
        return explain(details)
    *around, key = details["loc"]
    return unknown("key", str(key), known_keys(model, tuple(around)))


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a table as they are written."""
    return {
        str(field.validation_alias or field.alias or name): field
        for name, field in model.model_fields.items()
    }


def known_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    """What may be written in the table at `path` inside a model's table, the twins of secrets included."""
    for key in path:
        field = keys(model).get(str(key))
        model = (field and table_of(field.annotation)) or model
    written = keys(model)
    return [*written, *(f"{key}_file" for key, field in written.items() if is_secret(field.annotation))]


def table_of(annotation: Any) -> type[BaseModel] | None:
    """The class of the tables that a key holds, if it holds any."""
    parts = _parts(annotation)
    return next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)


def is_secret(annotation: Any) -> bool:
    return SecretStr in _parts(annotation)


def is_list(annotation: Any) -> bool:
    return any(get_origin(part) in {tuple, list, set, frozenset} for part in _parts(annotation))


def _parts(annotation: Any) -> list[Any]:
    """An annotation and everything it is made of."""
    return [annotation, *(part for inner in get_args(annotation) for part in _parts(inner))]


def _is_array_of_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(element, dict) for element in value)


def _nested(table: Table) -> Iterator[Table]:
    for key, field in keys(table.model).items():
        model, value = table_of(field.annotation), table.written.get(key)
        if model and isinstance(value, dict):
            inner = Table((*table.path, key), model, value, tuple((*call, key) for call in table.calls))
            yield inner
            yield from _nested(inner)
