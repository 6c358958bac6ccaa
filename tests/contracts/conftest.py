"""What runs on both stores."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from earshot.store import Store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    at = tmp_path / "earshot.db"
    with closing(
        Store(at if request.param == "sqlite" else make_url(request.getfixturevalue("postgres_url")))
    ) as opened:
        yield opened
