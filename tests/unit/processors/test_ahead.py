"""What words decided is decided once, however often the batch is done again."""

from typing import Any

import pytest

from earshot.errors import Stale
from processors.ahead import Ahead, Asked
from processors.centroid import Joined
from processors.likeness import Likeness

OUTAGE = "Ronvia app down again, card refused at the till"
AGAIN = "again the card refused at the till, Ronvia app down"


def always(_: Joined) -> bool:
    return True


def asked(n: int, **values: Any) -> Asked:
    return Asked(n, n, **{"own": n, "clock": 5, "story": 0} | values)


def decide(ahead: Ahead, n: int, text: str, **values: int) -> int:
    """The story that was found; 0: none."""
    found = ahead.decide(asked(n, **values), lambda: text, always).alike
    return found.story if found else 0


@pytest.fixture
def ahead() -> Ahead:
    return Ahead(Likeness())


def test_done_again_it_is_told_the_same(ahead: Ahead) -> None:
    texts = [OUTAGE, AGAIN, AGAIN, "Drivers on strike in Genoa, depots closed"]
    for _ in range(3):
        assert [decide(ahead, n, text) for n, text in enumerate(texts, 1)] == [0, 1, 1, 0]
    assert len(ahead._likeness._near) == len(texts)


def test_what_is_saved_is_forgotten(ahead: Ahead) -> None:
    for n in range(1, 9):
        decide(ahead, n, OUTAGE)
    ahead.saved(8)
    assert not ahead._decided


@pytest.mark.parametrize("values", [{"own": 9}, {"clock": 6}, {"story": 1}])
def test_asked_something_else_it_says_so_and_is_good_for_nothing(
    ahead: Ahead, values: dict[str, int]
) -> None:
    decide(ahead, 1, OUTAGE)
    decide(ahead, 2, AGAIN)
    with pytest.raises(Stale, match="not the same"):
        decide(ahead, 2, AGAIN, **values)
    assert ahead.spoiled


def test_asked_about_what_it_has_passed_it_says_so(ahead: Ahead) -> None:
    decide(ahead, 2, OUTAGE)
    with pytest.raises(Stale, match="asks more"):
        decide(ahead, 1, AGAIN)
    assert ahead.spoiled


def test_a_fault_in_the_middle_spoils_it(ahead: Ahead) -> None:
    def broken() -> str:
        raise OSError

    with pytest.raises(OSError):
        ahead.decide(asked(1), broken, always)
    assert ahead.spoiled
