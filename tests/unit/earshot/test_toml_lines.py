"""The line that a fault names must be the line that the operator has to edit."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.config.toml_lines import KeyPath, locate

TRICKY = '''\
# [not.a.table] and key = 1
title = "a # b"  # [x]
"quoted.key" = """
[x]
y = 1
\\"""  z = 2
"""""
literal = \'\'\'
[[brands]]
name = "no"\'\'\'
site.url.path = 1.5
at = 1979-05-27 07:32:00
[server]
port = 1
tags = [ "[x]", # a comment ] }
  "two", 'th\\ree',
  [1, 2], {a = 1, "b c".d = [
    3]},
]
[[brands]]
name = "a"
[brands.extra]
deep = true
[[brands]]
name = "b"
[[brands.words]]
w = {}
[[brands.words]]
w = []
[x.y.z]
a = 1
[x]
b = 2
'''


def test_finds_every_form_of_key() -> None:
    lines = locate(TRICKY)
    expected = {
        ("title",): 2,
        ("quoted.key",): 3,
        ("literal",): 8,
        ("site", "url", "path"): 11,
        ("at",): 12,
        ("server",): 13,
        ("server", "port"): 14,
        ("server", "tags", 0): 15,
        ("server", "tags", 1): 16,
        ("server", "tags", 2): 16,
        ("server", "tags", 3, 1): 17,
        ("server", "tags", 4, "a"): 17,
        ("server", "tags", 4, "b c", "d"): 17,
        ("server", "tags", 4, "b c", "d", 0): 18,
        ("brands",): 20,
        ("brands", 0, "name"): 21,
        ("brands", 0, "extra", "deep"): 23,
        ("brands", 1): 24,
        ("brands", 1, "words", 1, "w"): 29,
        ("x", "y", "z", "a"): 31,
        ("x",): 32,
        ("x", "b"): 33,
    }
    assert {path: lines.of(path) for path in expected} == expected


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("server", "host"), 13, id="a key that is missing: its table"),
        pytest.param(("brands", 1, "any"), 24, id="a key that is missing: its element"),
        pytest.param(("nowhere",), 1, id="a table that is missing: the file"),
        pytest.param((), 1, id="the file"),
    ],
)
def test_falls_back_on_what_stands_around(path: KeyPath, line: int) -> None:
    assert path not in locate(TRICKY)._known or path == ()
    assert locate(TRICKY).of(path) == line


def test_an_empty_text_has_one_line() -> None:
    assert locate("").of(("server", "port")) == 1


# Values that carry what looks like TOML, in every form a value can take.
decoys = st.sampled_from(["[k0]", "k1 = 1", "# no", '"', "'", "[[k2]]", "}", "]", ",", "\\", ""])
scalars = st.one_of(
    st.sampled_from(["1", "-1.5e3", "true", "inf", "1979-05-27 07:32:00Z", "07:32:00"]),
    st.lists(decoys).map(" ".join).map(json.dumps),
    st.lists(decoys)
    .map("\n".join)
    .map(lambda text: '"""' + json.dumps(text)[1:-1].replace("\\n", "\n") + '"""'),
    st.lists(decoys).map("\n".join).map(lambda text: "'''" + text.replace("'", "") + "'''"),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[ # ]\n" + ",\n".join(items) + "\n]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"'i {n}'.x = {i}" for n, i in enumerate(items)) + "}"
        ),
    ),
    max_leaves=6,
)
key_forms = st.sampled_from(["{}", "'{}'", '"{}"', "'x[y] # '.{}", "{}.sub"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """TOML in which each table and each key has a name of its own, its number."""
    lines = []
    for number in range(draw(st.integers(0, 12))):
        name = f"k{number}"
        header = draw(
            st.sampled_from(
                [None, f"[{name}]", f"[[{name}]]", f"[t{number}.'a b'.{name}]", "[[many]]", "[many.{}]"]
            )
        )
        if header:
            lines.append(
                header.format(name) if "many.{" not in header or "[[many]]" in lines else f"[{name}]"
            )
        lines.append(
            draw(key_forms).format(f"v{number}")
            + " = "
            + draw(values)
            + draw(st.sampled_from(["", " # v0 = 1"]))
        )
    return "\n".join(lines)


def _paths(value: object, path: KeyPath = ()) -> list[KeyPath]:
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(found for key, inner in items for found in _paths(inner, (*path, key)))]


@given(documents())
def test_each_key_stands_on_its_line(text: str) -> None:
    lines, rows = locate(text), text.split("\n")
    for path in _paths(tomllib.loads(text))[1:]:
        assert path in lines
        if isinstance(path[-1], str):
            assert path[-1] in rows[lines.of(path) - 1]


@given(documents())
def test_finds_nothing_that_is_not_there(text: str) -> None:
    there = set(_paths(tomllib.loads(text)))
    assert set(locate(text)._known) <= there
