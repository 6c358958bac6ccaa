"""In which order the records of a file were heard: 16 bytes a record, for files of millions."""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np


class Order(Sequence[tuple[int, int]]):
    """(offset, line) of each record by its time; of those with the same time in the order of the file."""

    def __init__(self, offsets: "array[int]", lines: "array[int]", times: "array[int]") -> None:
        places = np.argsort(np.frombuffer(times, np.int64), kind="stable")
        self._offsets = np.frombuffer(offsets, np.int64)[places]
        self._lines = np.frombuffer(lines, np.int64)[places]

    def __len__(self) -> int:
        return len(self._offsets)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return list(zip(self._offsets[at].tolist(), self._lines[at].tolist(), strict=True))
        return int(self._offsets[at]), int(self._lines[at])
