import subprocess
import sys
from math import isfinite, log

import pytest
from both_indexes import both, uses
from hypothesis import given
from hypothesis import strategies as st

from processors.likeness import Indexes
from processors.words import PACKED, newest, pack, repeated, words


def said(text: str) -> list[str]:
    return list(words(text).values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RT @anna: Ronvia's app is DOWN https://t.example/x?y=1", ["ronvia", "app", "down"]),
        ("L'app dell'Ateneo non va #appdown", ["app", "dell", "ateneo", "va", "appdown"]),
        ("down, down... DOWN!", ["down"]),
        ("a b c", []),
        ("", []),
        ("https://t.example/x", []),
        ("スマホ決済が落ちた", ["スマ", "マホ", "ホ決", "決済", "済が", "が落", "落ち", "ちた"]),
        ("x" * 40 + " " + "É" * 40, ["x" * 32, "é" * 32]),
        ("app落ちた", ["ap", "pp", "p落", "落ち", "ちた"]),
    ],
)
def test_what_counts_as_a_word(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@given(st.text())
def test_no_text_is_refused_and_none_has_many_words(text: str) -> None:
    found = words(text)
    assert len(found) <= 64
    assert all(1 < len(word) <= 32 for word in found.values())


@given(st.text(max_size=200))
def test_case_and_what_stands_around_change_nothing(text: str) -> None:
    assert words(f"RT @someone: {text} https://t.example/a".lower()) == words(text.lower())


def test_a_flood_is_cut() -> None:
    assert len(words(" ".join(f"word{n}" for n in range(100_000)))) == 64
    assert len(said("x" * 1_000_000)) == 1


def test_hashes_are_the_same_in_every_process() -> None:
    code = "from processors.words import words; print(sorted(words('the app is down again')))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {f"{sorted(words('the app is down again'))}\n"}


@both
def test_a_word_of_many_stories_weighs_less(indexes: Indexes) -> None:
    rarity = indexes.rarity()
    rarity.stories = 9
    for _ in range(9):
        rarity.use([1])
    rarity.use([2])
    assert rarity.weight(1) == log(2)
    assert rarity.weight(2) == log(6)
    assert rarity.weight(3) == log(11)
    weighed = rarity.weigh([1, 2, 3])
    assert weighed.words == (3, 2, 1)
    assert weighed.weights == [log(11), log(6), log(2)]
    assert weighed.whole == sum(weighed.weights)
    assert rarity.total([1, 2, 3]) == pytest.approx(sum(weighed.weights))


@both
@given(stories=st.lists(st.frozensets(st.integers(0, 9), min_size=1), max_size=20))
def test_what_was_used_and_dropped_leaves_nothing(indexes: Indexes, stories: list[frozenset[int]]) -> None:
    rarity = indexes.rarity()
    for each in stories:
        rarity.use(each)
    for each in stories:
        rarity.drop(each)
    assert len(rarity) == len(uses(rarity)) == 0
    assert isfinite(rarity.weight(0))


@given(st.lists(st.lists(st.integers(1, 2**60), max_size=5), max_size=6), st.integers(0, 20))
def test_the_newest_are_taken_list_by_list_while_a_whole_one_has_room(
    lists: list[list[int]], most: int
) -> None:
    found = list(newest([b"".join(map(pack, each)) for each in lists], most, 5 * PACKED))
    whole = [number for each in lists for number in each]
    assert len(found) <= most
    assert set(found) <= set(whole)
    if most >= 5 * len(lists):
        assert found == whole


@given(st.lists(st.integers(1, 9), max_size=20))
def test_what_is_there_more_than_once_is_counted(numbers: list[int]) -> None:
    found = repeated(newest([b"".join(map(pack, numbers))], 20, 20 * PACKED))
    assert found == {number: numbers.count(number) - 1 for number in numbers if numbers.count(number) > 1}
