"""A bounded memory of what was used lately."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps at least the `least` keys used last and at most twice as many, each call in constant time.

    Two generations: when the young one is full it becomes the old one, and the old one is forgotten. (A dict
    that loses its first key again and again is scanned from its start each time.)
    """

    def __init__(self, least: int) -> None:
        self._least = least
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        value = self._young.get(key)
        if value is None and (value := self._old.get(key)) is not None:
            self.put(key, value)
        return value

    def clear(self) -> None:
        self._young, self._old = {}, {}

    def put(self, key: K, value: V) -> None:
        self._young[key] = value
        if len(self._young) >= self._least:
            self._young, self._old = {}, self._young
