"""The configured topics that a text speaks of, for one brand."""

from collections.abc import Sequence

from earshot.config import Topic
from earshot.matching import Matcher

EVERYTHING = ""
"""The topic of all that is said of a brand."""


class Subjects:
    """Those of one brand."""

    def __init__(self, topics: Sequence[Topic], brand: str) -> None:
        found = [topic for topic in topics if not topic.brands or brand in topic.brands]
        self.names = (EVERYTHING, *(topic.name for topic in found))
        self._matcher = Matcher(found) if found else None

    @property
    def are_configured(self) -> bool:
        """Whether the words of a text matter."""
        return self._matcher is not None

    def of(self, text: str) -> tuple[str, ...]:
        """Everything first."""
        return (EVERYTHING, *self._matcher.match(text)) if self._matcher else (EVERYTHING,)
