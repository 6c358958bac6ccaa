"""With which words a text says what a plane sees in it, where no list has them. For the few that call; well under a ms."""

from collections.abc import Iterator, Sequence

from earshot.matching import fold
from processors.negativity.explanation import spelled
from processors.negativity.features import extract
from processors.negativity.places import Place, places
from processors.negativity.tokens import LONGEST
from processors.signs.model import Model

_MOST = 6  # tokens of a run
_WIDEST = 80  # characters of it
_READ = 400  # tokens of a text


def strongest(model: Model, text: str, plane: str) -> tuple[str, ...]:
    """The run of words that speaks most for it, folded; none where nothing does."""
    text = text[:LONGEST]
    features = extract([text])
    tokens = features.tokens
    worth, is_word = model.carried(features, plane)[:_READ].tolist(), tokens.words[tokens.which].tolist()
    where = places(text, spelled(tokens)[:_READ])
    runs = [(sum(worth[start:end]), start, end) for start, end in _runs(text, where, is_word)]
    best, start, end = max(runs, default=(0.0, 0, 0))
    return (fold(text[where[start][0] : where[end - 1][1]]),) if best > 0 else ()


def _runs(text: str, where: Sequence[Place], is_word: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """From a word to a word, on one line, with no handle and no address in between: nobody wrote what stands for those."""
    for start in range(len(where)):
        for end in range(start + 1, min(start + _MOST, len(where)) + 1):
            said = text[where[start][0] : where[end - 1][1]]
            if not is_word[start] or len(said) > _WIDEST or "\n" in said or "@user" in said or "http" in said:
                break
            if said and is_word[end - 1]:
                yield start, end
