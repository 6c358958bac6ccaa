"""A server that a test cannot do without."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

import pytest
from servers.daemon import Missing

_Server = TypeVar("_Server")


@contextmanager
def or_fail(starting: AbstractContextManager[_Server]) -> Iterator[_Server]:
    """The server; without one the test fails, unless somebody said that it may be skipped."""
    if os.environ.get("EARSHOT_TEST_SKIP_SERVERS") == "1":
        pytest.skip("needs a real server, and EARSHOT_TEST_SKIP_SERVERS is 1")
    with ExitStack() as started:
        try:
            server = started.enter_context(starting)
        except Missing as missing:
            pytest.fail(str(missing), pytrace=False)
        yield server
