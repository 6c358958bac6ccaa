"""What is installed to say something about a text."""

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points

from earshot.config import Config
from earshot.model import Grave, Intent
from earshot.seams import Asked, Explanation, Scorer


def installed(config: Config) -> list[Scorer]:
    """All of them, by name. What they read with is loaded when it is first needed."""
    points = sorted(entry_points(group="earshot.scorers"), key=lambda point: point.name)
    return [point.load()(config) for point in points]


def least(scorers: Iterable[Scorer]) -> Mapping[Intent, float]:
    """The probability from which each intent is said to hold."""
    return {intent: p for each in scorers for intent, p in each.least.items()}


def explained(scorers: Iterable[Scorer], asked: Asked) -> Explanation | None:
    """The first reasons that one of them has. Blocking: up to a second for a long text."""
    return next((found for each in scorers if (found := each.explain(asked))), None)


def words(scorers: Iterable[Scorer], asked: Asked, grave: Grave) -> tuple[str, ...]:
    """With which a text tells of a danger, or may: the first that one of them knows. Blocking."""
    return next((found for each in scorers if (found := each.words(asked, grave))), ())
