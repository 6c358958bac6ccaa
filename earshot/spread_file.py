"""A file of spread tables as `training/spread.py` writes it: whether it is one, and what it was learnt from."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

SHIPPED = Path(__file__).parents[1] / "processors" / "models" / "spread-1.json"
FEATURES = 10  # as in processors/spread/features.py; a test compares
_HOW = "`python training/spread.py FILE… --out MODEL.json` writes one"

_Rows = list[list[float]]


class _Platform(msgspec.Struct):
    edges: _Rows
    base: float
    tables: list[_Rows]
    pairs: list[_Rows]
    ages: list[float]
    branching: tuple[float, float]
    polls: list[float]
    levels: list[list[tuple[float, float]]]


class _TrainedOn(msgspec.Struct):
    file: str
    stories: int


class _File(msgspec.Struct):
    version: str
    knots: list[float]
    platforms: dict[str, _Platform]
    trained_on: list[_TrainedOn]


class Origin(NamedTuple):
    """Which tables they are."""

    version: str
    platforms: tuple[str, ...]
    trained_on: tuple[tuple[str, int], ...]
    """The files, with how many stories each."""


def read(path: Path) -> dict[str, Any]:
    """What it holds, as it is. Raises `LookupError` for the operator: not there, or not such a file."""
    try:
        raw: dict[str, Any] = json.loads(path.read_bytes(), parse_constant=_no_number)
        why = next(_faults(msgspec.convert(raw, _File)), "")
    except OSError as error:
        raise LookupError(f"cannot read {path}: {error.strerror}; {_HOW}") from error
    except ValueError as error:  # what is no JSON, and what is other JSON
        why = str(error)
    if why:
        raise LookupError(f"{path} holds no tables of spread: {why}; {_HOW}")
    return raw


def origin(path: Path) -> Origin:
    """Raises `LookupError`, as `read`."""
    found = msgspec.convert(read(path), _File)
    return Origin(
        found.version, tuple(found.platforms), tuple((each.file, each.stories) for each in found.trained_on)
    )


def _no_number(written: str) -> float:
    raise ValueError(f"{written} is no number")


def _faults(found: _File) -> Iterator[str]:
    if "any" not in found.platforms:
        yield 'no platform "any", which all others are read with'
    if not found.knots or not _rises([0.0, *found.knots]):
        yield "its knots do not rise from above 0"
    for name, each in found.platforms.items():
        yield from (f"{name}: {what}" for what in _faults_of(each, len(found.knots)))


def _faults_of(found: _Platform, knots: int) -> Iterator[str]:
    if not len(found.edges) == len(found.tables) == FEATURES:
        yield f"{len(found.tables)} tables where this version reads {FEATURES} features"
        return
    bins = [len(edges) + 1 for edges in found.edges]
    both = [(bins[i], bins[j]) for i in (0, 1) for j in range(i + 1, FEATURES)]
    if not all(map(_rises, (*found.edges, found.ages, found.polls))):
        yield "edges, ages or polls that do not rise"
    if [_shape(table) for table in found.tables] != [{(rows, knots)} for rows in bins]:
        yield "a table of another size than its edges and the knots"
    if [_shape(table) for table in found.pairs] != [{size} for size in both]:
        yield "a table of two features of another size than their edges"
    if not found.polls or _shape_of_levels(found) != {len(found.ages) + 1}:
        yield "levels for other ages or polls than it has"
    if not all(0 < p < 1 for poll in found.levels for ends in poll for p in ends):
        yield "levels that are no probabilities between 0 and 1"


def _shape(table: _Rows) -> set[tuple[int, int]]:
    return {(len(table), len(row)) for row in table}


def _shape_of_levels(found: _Platform) -> set[int]:
    """One for each poll, and one for what is told in one number."""
    return {len(ages) for ages in found.levels} if len(found.levels) == len(found.polls) + 1 else set()


def _rises(numbers: list[float]) -> bool:
    return all(one < other for one, other in pairwise(numbers))
