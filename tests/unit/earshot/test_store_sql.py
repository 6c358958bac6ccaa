"""One text for both databases: what PostgreSQL is given of it."""

import sqlite3

import pytest
from sqlalchemy import make_url

from earshot.store import named
from earshot.store.binding import Listed
from earshot.store.postgres import translated


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("select 1", "select 1"),
        ("where n = ? and m = ?", "where n = %s and m = %s"),
        ("where n in (select value from json_each(?)) and m < ?", "where n = any(%s) and m < %s"),
        ("select '?', \"a?b\", 'it''s ?', ?", "select '?', \"a?b\", 'it''s ?', %s"),
        ("where a like '%?' and n % 2 = ?", "where a like '%%?' and n %% 2 = %s"),
    ],
)
def test_questions_become_placeholders(ours: str, theirs: str) -> None:
    assert translated(ours) == theirs


@pytest.mark.parametrize("values", [[], [1, -(2**63), 2**63 - 1], ["a", "è\"'", ""]])
def test_a_list_is_one_parameter(values: list[object]) -> None:
    with sqlite3.connect(":memory:") as connection:
        found = connection.execute("select value from json_each(?)", (Listed(values),)).fetchall()
    connection.close()
    assert [value for (value,) in found] == values


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////var/e.db", "/var/e.db"),
        ("postgresql://me:secret@db/mentions", "postgresql://me@db:5432/mentions"),
        ("postgresql://db:5433/mentions?password=secret", "postgresql://db:5433/mentions"),
        ("postgresql+psycopg://me:secret@[::1]/mentions", "postgresql://me@[::1]:5432/mentions"),
    ],
)
def test_names_hold_no_password(url: str, name: str) -> None:
    assert named(make_url(url)) == name
